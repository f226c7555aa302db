// The living Redis of a broker: its pods, and what its primary holds.

import { containerOf, isRunning, lastLineOf } from '../cluster';
import type { Cluster, ContainerRef, Pod } from '../cluster';
import { ofComponent, podsIn } from '../status/pods';
import { countedIn } from './counted';
import type { CountedWork } from './counted';
import { COUNT_LUA, COUNT_PROGRAM } from './runtime';
import type { BackedUp } from './target';

const REDIS = 'redis';

export const podsOfBroker = async (cluster: Cluster, { namespace }: BackedUp): Promise<readonly Pod[]> =>
  ofComponent(await podsIn(cluster, namespace), REDIS);

export interface Living {
  readonly primary: ContainerRef;
  readonly address: string;
  readonly counted: readonly CountedWork[];
}

/** Seconds for which a Redis of millions of keys is counted, in steps of milliseconds. */
const COUNTING = 120;

/** Undefined where no primary answers. */
export async function livingRedis(cluster: Cluster, of: BackedUp): Promise<Living | undefined> {
  const pods = await podsOfBroker(cluster, of);
  for (const pod of pods.filter((one) => isRunning(one, REDIS))) {
    const primary = containerOf(pod, REDIS);
    const text = await countedText(cluster, primary);
    if (text !== undefined)
      return { primary, address: String(pod.status.podIP), counted: countedIn(text, of.tenants) };
  }
  return undefined;
}

/** Undefined of a replica, and of a Redis that loads or does not answer. */
async function countedText(cluster: Cluster, where: ContainerRef): Promise<string | undefined> {
  const argv = ['sh', '-c', COUNT_PROGRAM, 'sh', COUNT_LUA];
  const { stdout, stderr, code } = await cluster.exec(where, { argv, timeoutSeconds: COUNTING });
  if (code !== 0) return loads(stderr) ? undefined : refuse(where.pod, stderr);
  return stdout.includes('@@stalk') ? stdout : undefined;
}

const loads = (said: string): boolean => /LOADING|Connection refused|Could not connect/.test(said);

function refuse(pod: string, said: string): never {
  throw new Error(`Redis in ${pod} must be counted, got ${lastLineOf(said)}`);
}
