// Pods come and go, by order and by force, while tenants work: nothing that was accepted is lost.

import { join } from 'node:path';
import { asked } from '../api/kubectl';
import { HAS_CLUSTER, START, subject } from './cluster';
import { deleted, killed } from './faults';
import { load, producer, settled } from './load';
import type { Count } from './load';
import { allReady } from './pods';
import { story } from './stories';

/** A task whose pod was killed is given back 50 s later, and kombu looks for such tasks every 100 s. */
const REDELIVERED = 300;

interface Fault {
  readonly name: string;
  readonly strike: (tenant: string) => void;
  /** Whether a task may run twice: where a process had no chance to say what it had done. */
  readonly twice: boolean;
}

const order = (name: string, strike: Fault['strike']): Fault => ({ name, strike, twice: false });
const force = (name: string, strike: Fault['strike']): Fault => ({ name, strike, twice: true });

const rollout = order('workers roll', (tenant) =>
  asked('rollout', 'restart', '-n', tenant, 'deploy/worker-default'),
);
const deletedWorker = order('worker pod deleted', (tenant) => deleted(tenant, 'worker-default'));
const killedWorker = force('kill -9 of the worker', (tenant) => killed(tenant, 'worker-default', 'celery'));
const deletedRedis = force('Redis pod deleted', (tenant) => deleted(subject(tenant).broker, 'redis'));
const killedRedis = force('kill -9 of Redis', (tenant) =>
  killed(subject(tenant).broker, 'redis', 'redis-server'),
);

/** What is in one round happens at the same time, each to a tenant of its own. */
const ROUNDS: readonly Readonly<Record<string, Fault>>[] = [
  {
    acme: rollout,
    'tenant-b': deletedWorker,
    'tenant-a': killedWorker,
    typesafe: deletedRedis,
    redline: killedRedis,
    'jewelry-shop': deletedRedis,
  },
  { acme: killedRedis, typesafe: killedWorker, 'jewelry-shop': killedRedis },
];

const SENDS = 120;

async function struck(tenant: string, { strike }: Fault): Promise<Count> {
  producer(tenant);
  const sending = await load(tenant, { rate: 4, count: SENDS, seconds: 0.2 });
  strike(tenant);
  return settled(sending, REDELIVERED);
}

(HAS_CLUSTER ? describe : describe.skip)('a fault under load', () => {
  beforeAll(() => {
    asked('apply', '-f', join(__dirname, 'tools.yaml'));
    asked('rollout', 'status', '-n', 'stalk-e2e-tools', 'daemonset/tools', `--timeout=${START}s`);
  });

  describe.each(ROUNDS.map((round, i) => ({ round, number: i + 1 })))('in round $number', ({ round }) => {
    const tenants = Object.keys(round);
    const counts = new Map<string, Count>();

    beforeAll(async () => {
      await Promise.all(
        Object.entries(round).map(async ([tenant, fault]) => counts.set(tenant, await struck(tenant, fault))),
      );
      await allReady([...new Set(tenants.flatMap((tenant) => [tenant, subject(tenant).broker]))], START);
    });

    it.each(tenants.map((tenant) => [String(round[tenant]?.name), tenant]))(
      '%s (%s) loses nothing',
      (name, tenant) => {
        const count = counts.get(tenant);

        story(`${name} (${tenant})`, {
          result: count?.lost.length === 0 ? 'ok' : 'LOST',
          ...(count && { count }),
        });
        expect(count).toMatchObject({ accepted: SENDS, lost: [], refused: 0 });
        if (!round[tenant]?.twice) expect(count?.twice).toBe(0);
      },
    );
  });
});
