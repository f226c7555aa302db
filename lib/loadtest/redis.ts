// Redis while it is loaded: looks at it all the time, and takes away what a load test that broke off has left in it.

import { REDIS_CLI } from '../cluster';
import type { Cluster, ContainerRef, KubeObject } from '../cluster';
import { type Sample, sampleOf } from './measurement';
import type { LoadTest, RedisPlace } from './load-test';

const CONTAINER = 'redis';

/** Looks in one go, and seconds between two of them: a burst of 100 tasks takes some tenths of a second. */
const LOOKS = 20;
const EVERY = 0.1;

/** Seconds that a command in a pod may take beside what it does. */
const SLACK = 30;

/** The pod that is written to. */
export async function primaryOf(
  cluster: Cluster,
  { namespace }: RedisPlace,
): Promise<ContainerRef | undefined> {
  const kind = { apiVersion: 'v1', kind: 'Pod' };
  const pods = await cluster.list<KubeObject>(kind, namespace, { 'app.kubernetes.io/component': 'redis' });
  for (const { metadata } of pods) {
    const where = { namespace, pod: metadata.name, container: CONTAINER };
    const { stdout } = await ask(cluster, where, 'cli probe info replication');
    if (/^role:master\s*$/m.test(stdout)) return where;
  }
  return undefined;
}

const ask = (cluster: Cluster, where: ContainerRef, command: string, seconds = 0) =>
  cluster.exec(where, { argv: ['sh', '-c', REDIS_CLI + command], timeoutSeconds: seconds + SLACK });

export interface Watch {
  /** Ends once this look has: what was seen, in order. */
  readonly stop: () => Promise<readonly Sample[]>;
}

/** Looks from now on. Resolves with the first look, so that nothing of the load comes before it. */
export async function watch(cluster: Cluster, where: ContainerRef): Promise<Watch> {
  const samples: Sample[] = [];
  const look = async (times: number): Promise<void> => {
    const command = `cli probe -r ${times} -i ${EVERY} info`;
    const { stdout } = await ask(cluster, where, command, times * EVERY);
    samples.push(
      ...stdout
        .split(/^(?=# Server)/m)
        .filter(Boolean)
        .map(sampleOf),
    );
  };
  await look(1);
  let watching = true;
  const all = (async () => {
    while (watching) await look(LOOKS);
    await look(1);
  })();
  all.catch(() => undefined); // told by stop
  return {
    stop: async () => {
      watching = false;
      await all;
      return samples;
    },
  };
}

/**
 * Takes the messages of a load test out of a queue, whatever else is in it, and out of what workers hold: one that
 * still runs it acknowledges nothing then, one that has died is given nothing again.
 */
const TAKE = `local unacked, index, due, delayed = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local held = redis.call('HGETALL', unacked)
for i = 1, #held, 2 do
  if string.find(held[i + 1], ARGV[1], 1, true) then
    redis.call('HDEL', unacked, held[i])
    redis.call('ZREM', index, held[i])
    redis.call('SREM', due, held[i])
    redis.call('SREM', delayed, held[i])
  end
end
for i = 5, #KEYS do
  for _, message in ipairs(redis.call('LRANGE', KEYS[i], 0, -1)) do
    if string.find(message, ARGV[1], 1, true) then redis.call('LREM', KEYS[i], 1, message) end
  end
end
return 0`;

/** Everything whose name holds the load test's, and its tasks in the queue, where some may be left. */
export async function sweep(
  cluster: Cluster,
  where: ContainerRef,
  loadTest: LoadTest & { readonly redis: RedisPlace },
) {
  const { run, redis } = loadTest;
  const name = `stalk-load-${run}`;
  const [database] = redis.databases;
  const { messages, index, due, delayed } = redis.held;
  const keys = [messages, index, due, delayed, ...redis.lists];
  const commands = [
    ...redis.databases.map(
      (db) =>
        `cli admin -n ${db} --scan --pattern '*${name}*' | while read -r key; do cli admin -n ${db} del "$key" </dev/null; done`,
    ),
    `cli admin -n ${database} eval "${TAKE}" ${keys.length} ${keys.map((key) => `'${key}'`).join(' ')} ${name}`,
  ];
  await ask(cluster, where, commands.join('\n'));
}
