// Which processes of a watched tenant write into their messages when they were sent.

import { variable } from '../support/props';
import { plain, synth, tenantOf } from '../support/synth';
import { watched } from './environments';

const tenant = tenantOf({
  beat: {},
  web: { command: ['serve'], port: 8000 },
  migrate: { command: ['migrate'] },
  processes: { listen: { command: ['listen'] }, nightly: { command: ['report'], cron: '0 3 * * *' } },
});
const PROCESSES = [
  ['Deployment', 'worker-default'],
  ['Deployment', 'beat'],
  ['Deployment', 'web'],
  ['Deployment', 'listen'],
  ['CronJob', 'nightly'],
] as const;

describe('STALK_SENT', () => {
  test.each(PROCESSES)('is said to whoever may send tasks: %s %s', (kind, name) => {
    const { template, jobTemplate } = synth(tenant, watched('operator')).byKind(kind, name).spec;
    const { containers } = (kind === 'CronJob' ? jobTemplate.spec.template : template).spec;

    expect(variable(containers[0], 'STALK_SENT')).toBe('1');
  });

  test('does not let migrations run again', () => {
    const jobs = (where: typeof plain) => synth(tenant, where).all.filter(({ kind }) => kind === 'Job');

    expect(jobs(watched('operator'))).toEqual(jobs(plain));
  });

  test('is said to nobody where nothing is watched', () => {
    expect(JSON.stringify(synth(tenant, plain).all)).not.toContain('"STALK_SENT"');
  });
});
