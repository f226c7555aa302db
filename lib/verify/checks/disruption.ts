// Checks that break something, only when asked: a killed worker's task is finished by another, a restarted Redis keeps its data.

import { setTimeout as sleep } from 'node:timers/promises';
import type { ResolvedPool } from '../../spec';
import { duration } from '../../spec/units';
import { askRedis, askTenant, containerOf, infoOf } from '../ask';
import { guarded, judged, skipped } from '../section';
import type { About, Finding, SectionOfChecks } from '../section';
import { isReady, POD, podsOf } from '../world';
import type { Pod, Server, TenantHere, World } from '../world';
import { redisPods } from './capacity';
import { REDIS } from './redis';

export const disruption: SectionOfChecks = {
  id: 'disruption',
  title: 'Disruption: a killed worker, a restarted Redis',
  async *run(world) {
    if (!world.options.disruptive) return;
    for (const here of world.tenants) {
      for (const pool of here.tenant.workers) {
        const subject = `${here.tenant.name} worker-${pool.name}`;
        const child = {
          id: 'disruption.process',
          subject,
          expected: 'the task of a killed process is finished',
        };
        yield* guarded(child, async () => [await killProcess(world, here, pool, child)]);
        const pod = {
          id: 'disruption.pod',
          subject,
          expected: 'the task of a killed pod is finished by another',
        };
        yield* guarded(pod, async () => [await killPod(world, here, pool, pod)]);
      }
    }
    for (const server of world.servers.filter(({ use }) => use === 'broker')) {
      const about = {
        id: 'disruption.redis',
        subject: server.of,
        expected: 'a key outlives a restart, and tasks go on',
      };
      yield* guarded(about, async () => [await restart(world, server, about)]);
    }
  },
};

/** Seconds that the task works: long enough to be found in a worker's hands. */
const WORK = 15;

/** The same where the pool's limits end a task earlier. */
export const workOf = ({ soft }: Pick<ResolvedPool, 'soft'>): number => Math.max(1, Math.min(WORK, soft - 1));

/** Seconds for a question to come back, beside what it waits for. */
const MARGIN = 15;

/** Seconds beyond the visibility timeout until a worker looks for what is overdue (measured: 103 s after one of 10 s). */
const RESTORE = 100;

export interface Held {
  readonly pod: string;
  readonly process: number;
  /** When this process began it, in seconds. */
  readonly started: number;
}

export interface Finished {
  readonly pod: string;
  readonly seconds: number;
  /** When the run that finished it began. */
  readonly started: number;
}

/** Why a lost task could not be seen to come back, or would not. */
function hopeless({ tenant }: TenantHere): string | undefined {
  if (tenant.delivery === 'at-most-once')
    return 'delivery is at-most-once: the task of a killed worker is lost, as asked for';
  if (tenant.results.backend === 'none')
    return 'the app keeps no results, by which the end of a task would be seen';
  return undefined;
}

async function killProcess(
  world: World,
  here: TenantHere,
  pool: ResolvedPool,
  about: About,
): Promise<Finding> {
  const why =
    hopeless(here) ??
    (pool.pool === 'prefork' ? undefined : `a ${pool.pool} pool has no process for each task`);
  if (why !== undefined) return skipped(about, why);
  const { id, held } = await started(world, here, pool);
  await world.cluster.exec(
    { namespace: here.tenant.namespace, pod: held.pod, container: `worker-${pool.name}` },
    { argv: ['sh', '-c', `kill -9 ${held.process}`], timeoutSeconds: MARGIN },
  );
  return finished(world, here, { about, id, held, within: world.options.maxWait });
}

async function killPod(world: World, here: TenantHere, pool: ResolvedPool, about: About): Promise<Finding> {
  const { visibilityTimeout } = here.tenant;
  const due = visibilityTimeout + RESTORE + WORK;
  const why =
    hopeless(here) ??
    (due > world.options.maxWait
      ? `it is given to another worker ${duration(visibilityTimeout)} (the visibility timeout) and up to ${RESTORE} s after the kill; --max-wait ${due}s would wait for it`
      : undefined);
  if (why !== undefined) return skipped(about, why);
  const { id, held } = await started(world, here, pool);
  await world.cluster.delete(
    { ...POD, namespace: here.tenant.namespace, name: held.pod },
    { graceSeconds: 0 },
  );
  return finished(world, here, { about, id, held, within: due });
}

/** A task in the hands of a worker of this pool. */
async function started(world: World, here: TenantHere, pool: ResolvedPool) {
  const seconds = world.options.maxWait;
  const from = ['worker'];
  const id = await askTenant<string>(world, here, {
    from,
    question: 'send',
    argument: { queue: pool.queues[0], seconds: workOf(pool) },
    seconds: MARGIN,
  });
  const held = await askTenant<Held>(world, here, {
    from,
    question: 'active',
    argument: { id, seconds },
    seconds,
  });
  return { id, held };
}

interface Waited {
  readonly about: About;
  readonly id: string;
  readonly held: Held;
  readonly within: number;
}

async function finished(
  world: World,
  here: TenantHere,
  { about, id, held, within }: Waited,
): Promise<Finding> {
  const done = await askTenant<Finished>(world, here, {
    from: ['web', 'worker'],
    question: 'result',
    argument: { id, seconds: within },
    seconds: within + MARGIN,
  });
  return survived(about, held, done);
}

/** What a worker and its process say of the same moment differs by less, in seconds. */
const SAME = 0.5;

/** The run that finished the task has to be another than the one that was killed. */
export function survived(about: About, held: Held, { pod, seconds, started: at }: Finished): Finding {
  if (at < held.started + SAME) {
    const why = 'the task ended before the kill reached it, which shows nothing; try again';
    return skipped(about, `${why}, or give the pool a longer timeLimit`);
  }
  const killed = about.id === 'disruption.pod' ? held.pod : `process ${held.process} of ${held.pod}`;
  return judged(about, true, `${killed} was killed, ${pod} finished its task after ${Math.round(seconds)} s`);
}

async function restart(world: World, server: Server, about: About): Promise<Finding> {
  if (server.redis.storage === undefined) return skipped(about, 'its data is in memory only, as rendered');
  const key = `stalk-verify:${Date.now()}`;
  const before = await primaryOf(world, server);
  if (!before) return judged(about, false, 'no primary to restart');
  await askRedis(world, containerOf(before, REDIS), [`SET ${key} kept EX 3600`]);
  const began = Date.now();
  await world.cluster.delete({ ...POD, namespace: server.namespace, name: before.metadata.name });
  const after = await allBack(world, server, before);
  const took = Math.round((Date.now() - began) / 1000);
  if (!after)
    return judged(about, false, `not back within ${world.options.maxWait} s`, 'kubectl describe its pod');
  const [value = ''] = await askRedis(world, containerOf(after, REDIS), [`GET ${key}`, `DEL ${key}`]);
  const answers = await tasksGoOn(world, server);
  const text = `back after ${took} s, the key is ${value === 'kept' ? 'there' : 'gone'}, ${answers.join(', ')}`;
  return judged(about, value === 'kept' && answers.every((one) => one.endsWith('works')), text);
}

async function primaryOf(world: World, server: Server): Promise<Pod | undefined> {
  for (const pod of await redisPods(world, server)) {
    const [info = ''] = await askRedis(world, containerOf(pod, REDIS), ['INFO replication']);
    if (infoOf(info).get('role') === 'master') return pod;
  }
  return undefined;
}

/** The primary, once every pod is ready again and the one deleted is another. */
async function allBack(world: World, server: Server, old: Pod): Promise<Pod | undefined> {
  const end = Date.now() + world.options.maxWait * 1000;
  while (Date.now() < end) {
    await sleep(1000);
    const all = (await Promise.all(server.sets.map((set) => podsOf(world, set)))).flat();
    const wanted = server.sets.reduce((sum, { manifest }) => sum + Number(manifest.spec?.['replicas']), 0);
    const same = all.some(({ metadata }) => metadata.uid === old.metadata.uid);
    if (!same && all.length === wanted && all.every(isReady)) return primaryOf(world, server);
  }
  return undefined;
}

async function tasksGoOn(world: World, server: Server): Promise<string[]> {
  const here = world.tenants.filter(({ tenant }) => server.clients.includes(tenant));
  const found: string[] = [];
  for (const one of here) {
    const { maxWait } = world.options;
    const queue = String(one.tenant.workers[0]?.queues[0]);
    const answers = await askTenant<Readonly<Record<string, { readonly error?: string }>>>(world, one, {
      from: ['web', 'worker'],
      question: 'probe',
      argument: { queues: [queue], seconds: maxWait },
      seconds: maxWait + MARGIN,
    });
    found.push(`${one.tenant.name} ${answers[queue]?.error ?? 'works'}`);
  }
  return found;
}
