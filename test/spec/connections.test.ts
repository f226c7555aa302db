// The connections that rules count are those that test/live/loader/test_connections.py measures.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inEnvironment, resolve } from '../../lib/spec/resolve';
import { resolveEnvironment } from '../../lib/spec/resolve-environment';
import { connectionsOf } from '../../lib/spec/rules/connections';
import { environment, environmentWith, tenantWith } from './helpers';
import type { Change } from './helpers';

interface Counted {
  readonly pool: string;
  readonly size: number;
  readonly most: number;
}

const COUNTED = JSON.parse(
  readFileSync(join(__dirname, '../live/loader/connections.json'), 'utf8'),
) as readonly Counted[];

const parts = (change: Change, where = environment) =>
  connectionsOf(resolve(inEnvironment(tenantWith(change), where), resolveEnvironment(where)));

const web = (change: Change) =>
  parts({ web: { command: ['serve'], port: 80, replicas: 1, ...change } }).get('web');

function counted({ pool, size }: Counted): number | undefined {
  if (pool === 'web') return web({ threads: size });
  if (pool === 'beat') return parts({ beat: {} }).get('beat');
  if (pool === 'flower') return parts({ flower: { auth: { secret: 'flower', key: 'auth' } } }).get('flower');
  return parts({ workers: { default: { pool, concurrency: size } } }).get('workers.default');
}

test.each(COUNTED)('$pool of $size is counted with $most connections, as measured', (row) => {
  expect(counted(row)).toBe(row.most);
});

test('a pool that KEDA scales is counted with the connections of KEDA', () => {
  const keda = environmentWith({ peers: { keda: { namespace: 'keda', labels: { app: 'keda' } } } });
  const scaling = { min: 0, max: 2, queueLength: 5 };

  // four priorities and two sets of what is in hand, two connections each
  expect(parts({ workers: { default: { scaling } } }, keda).get('workers.default.scaling')).toBe(12);
  expect(parts({}).get('workers.default.scaling')).toBeUndefined();
});

test('results that are not in Redis cost no connections', () => {
  expect(parts({ results: { backend: 'none' } }).get('workers.default')).toBe(10);
});

describe('processes and threads of a server', () => {
  test.each([
    [['gunicorn', 'acme', '--workers', '4', '--threads=8'], 4 * 36],
    [['gunicorn', 'acme', '-w', '3'], 3 * 6],
    [['sh', '-c', 'exec uvicorn acme:app --workers 2'], 2 * 6],
    [['uwsgi', '--processes=2', '--threads', '2'], 2 * 12],
    [['serve', '--workers', 'auto'], 6],
  ])('are read from its command: %j', (command, most) => {
    expect(web({ command })).toBe(most);
  });

  test('are those of the tenant where it says them', () => {
    expect(web({ command: ['gunicorn', '--workers', '4'], processes: 1, threads: 2 })).toBe(12);
  });
});

describe('a process of the author’s own', () => {
  const other = (change: Change) =>
    parts({ processes: { other: { command: ['run'], ...change } } }).get('processes.other');

  test.each<[string, Change, number]>([
    ['a server, as web', { port: 8000, threads: 2, replicas: 3 }, 3 * 12],
    ['a program, as a server of one thread', {}, 6],
    ['one that consumes, as a worker without a task beside it', { redisUser: 'worker', replicas: 2 }, 2 * 12],
    ['one that the clock starts, once', { cron: '0 3 * * *' }, 6],
    ['one that is scaled, at its most', { scaling: { min: 1, max: 4, utilization: 70 } }, 4 * 6],
  ])('is counted: %s', (_, change, most) => {
    expect(other(change)).toBe(most);
  });
});
