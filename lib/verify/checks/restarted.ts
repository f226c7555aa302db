// Check: a Redis that is restarted keeps its data, and tasks go on.

import { askRedis, containerOf, infoOf, isReady, POD } from '../../cluster';
import type { Pod } from '../../cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import { askTenant, MARGIN } from '../ask';
import { judged, skipped } from '../section';
import type { About, CheckOutcome } from '../section';
import { podsOf } from '../world';
import type { ServerHere, World } from '../world';
import { redisPods } from './capacity';
import { REDIS } from './redis';

export async function restart(world: World, server: ServerHere, about: About): Promise<CheckOutcome> {
  if (server.redis.storage === undefined) return skipped(about, 'its data is in memory only, as rendered');
  const key = `stalk-verify:${Date.now()}`;
  const before = await primaryOf(world, server);
  if (!before) return judged(about, false, 'no primary to restart', 'kubectl describe its pods');
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
  return judged(
    about,
    value === 'kept' && answers.every((one) => one.endsWith('works')),
    text,
    'the key is gone: look at `persistence` and its volume; a tenant that does not work: at the log of its workers',
  );
}

async function primaryOf(world: World, server: ServerHere): Promise<Pod | undefined> {
  for (const pod of await redisPods(world, server)) {
    const [info = ''] = await askRedis(world, containerOf(pod, REDIS), ['INFO replication']);
    if (infoOf(info).get('role') === 'master') return pod;
  }
  return undefined;
}

/** The primary, once every pod is ready again and the one deleted is another. */
async function allBack(world: World, server: ServerHere, old: Pod): Promise<Pod | undefined> {
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

async function tasksGoOn(world: World, server: ServerHere): Promise<string[]> {
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
