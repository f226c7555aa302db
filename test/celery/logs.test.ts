// Where `logs` ends up in the manifests, and in which layers it may stand.

import type { Environment, Tenant } from '../../lib/spec';
import { mainOf, variable } from '../support/props';
import { plain, synth, tenantOf } from '../support/synth';
import type { Synth } from '../support/synth';

const app = {
  beat: {},
  web: { command: ['serve'], port: 8080 },
  flower: { auth: { secret: 'flower', key: 'login' } },
  migrate: { command: ['migrate'] },
} as const;
const rendered = (logs: Pick<Tenant, 'logs' | 'overlays'>, environment: Environment = plain): Synth =>
  synth(tenantOf({ ...app, ...logs }), environment);
const fields = (o: Synth, name: string): unknown =>
  JSON.parse(variable(mainOf('Deployment', name)(o), 'STALK_LOGS') ?? 'null');
const isQuiet = (o: Synth, name: string): boolean =>
  mainOf('Deployment', name)(o).command.includes('--quiet');

describe('logs', () => {
  test('as JSON: each process is told what its lines say of it, and Celery draws no banner', () => {
    const o = rendered({ logs: 'json' });

    expect(['worker-default', 'beat', 'web', 'flower'].map((name) => fields(o, name))).toEqual([
      { tenant: 'acme', process: 'worker-default', pool: 'default' },
      { tenant: 'acme', process: 'beat' },
      { tenant: 'acme', process: 'web' },
      { tenant: 'acme', process: 'flower' },
    ]);
    expect(['worker-default', 'beat'].map((name) => isQuiet(o, name))).toEqual([true, true]);
  });

  test('as text, where nobody says a word: no process hears of it', () => {
    const o = rendered({});

    expect(['worker-default', 'beat', 'web', 'flower'].map((name) => fields(o, name))).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(['worker-default', 'beat'].map((name) => isQuiet(o, name))).toEqual([false, false]);
  });

  test('do not let migrations run again', () => {
    const job = ({ all }: Synth) => all.filter(({ kind }) => kind === 'Job');

    expect(job(rendered({ logs: 'json' }))).toEqual(job(rendered({})));
  });

  test.each<[string, Pick<Tenant, 'logs' | 'overlays'>, Environment, boolean]>([
    ['the environment', {}, { ...plain, defaults: { tenant: { logs: 'json' } } }, true],
    [
      'the tenant, over the environment',
      { logs: 'text' },
      { ...plain, defaults: { tenant: { logs: 'json' } } },
      false,
    ],
    [
      'an overlay, over the tenant',
      { logs: 'json', overlays: { [plain.name]: { logs: 'text' } } },
      plain,
      false,
    ],
  ])('may be said by %s', (_who, logs, environment, isJson) => {
    expect(fields(rendered(logs, environment), 'beat') !== null).toBe(isJson);
  });
});
