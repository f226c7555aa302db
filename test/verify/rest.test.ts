// A tenant whose pools may have no pod is well while no task waits.

import type { Cluster } from '../../lib/cluster';
import { logs } from '../../lib/verify/checks/persistence';
import { queueChecks } from '../../lib/verify/checks/queues';
import { workerChecks } from '../../lib/verify/checks/workers';
import { worldOf } from '../../lib/verify/world';
import { platformOf } from '../support/synth';
import { withBroker } from '../live/place';

const environment = {
  ...withBroker,
  peers: { keda: { namespace: { name: 'keda' }, pods: { app: 'keda' } } },
} as const;

const tenant = (min: number) =>
  ({
    name: 'acme',
    app: { dialect: 'celery', image: 'acme:1', module: 'acme' },
    workers: {
      default: { queues: ['celery'], scaling: { min, max: 3, queueLength: 5 } },
    },
  }) as const;

/** No pod anywhere, and Deployments that ask for so many. */
const cluster = (replicas: number): Cluster =>
  ({
    context: 'c',
    server: 's',
    read: () => Promise.resolve({ spec: { replicas } }),
    list: () => Promise.resolve([]),
  }) as unknown as Cluster;

async function outcomes(section: typeof queueChecks, min: number, replicas: number): Promise<string[]> {
  const world = worldOf(cluster(replicas), platformOf(environment, [tenant(min)]), ['acme'], {
    maxWait: 0,
    disruptive: false,
  });
  const found: string[] = [];
  for await (const { id, verdict, found: text } of section.run(world))
    found.push(`${id} ${verdict}: ${text}`);
  return found;
}

describe('verify of a tenant at rest', () => {
  test('takes pools without a pod for well where they may have none and none is asked for', async () => {
    expect(await outcomes(workerChecks, 0, 0)).toContain(
      'workers.answer ok: at rest: no task waits, so worker-default has no pods',
    );
    expect(await outcomes(queueChecks, 0, 0)).toEqual([
      'queues.probe skipped: its pools are at rest: no pod of the app is there to send from',
      'queues.structure skipped: its pools are at rest: no worker is there to ask',
    ]);
  });

  test.each([
    ['a pod is asked for and there is none', 0, 1],
    ['the pool may not rest', 1, 0],
  ])('fails where %s', async (_when, min, replicas) => {
    expect(await outcomes(workerChecks, min, replicas)).toContain(
      'workers.answer failed: a ready pod of worker must be there to ask from, got none',
    );
  });
});

test('verify reads the last hour of the log of Redis', async () => {
  const asked: unknown[] = [];
  const pod = {
    metadata: { name: 'redis-0', namespace: 'broker-main', labels: {} },
    spec: { containers: [{ name: 'redis' }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [] },
  };
  const here = {
    ...cluster(1),
    list: () => Promise.resolve([pod]),
    logs: (_: unknown, options: unknown) => Promise.resolve((asked.push(options), '')),
  } as unknown as Cluster;
  const world = worldOf(here, platformOf(environment, [tenant(1)]), ['acme'], {
    maxWait: 0,
    disruptive: false,
  });
  for await (const { verdict } of logs.run(world)) expect(verdict).toBe('ok');

  expect(asked).toEqual([{ tail: 2000, seconds: 3600 }]);
});
