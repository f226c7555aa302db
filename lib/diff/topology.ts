// A Redis that gets or gives back sentinels or read replicas in place: what a person does, and what would be lost.

import type { Manifest } from '../output/manifest';
import { consequence, keyOf } from './consequence';
import type { Change, Consequence } from './model';

type Topology = 'standalone' | 'replicated' | 'sentinel';

interface Sets {
  readonly redis: Change & { readonly before: Manifest; readonly after: Manifest };
  readonly from: Topology;
  readonly to: Topology;
}

const COMPONENT = 'app.kubernetes.io/component';
const ROLE = 'stalk.dev/role';

const isSet = ({ kind, name, before, after }: Change, wanted: string, component: string): boolean =>
  kind === 'StatefulSet' &&
  name === wanted &&
  (after ? after : before)?.metadata.labels?.[COMPONENT] === component;

export const isOfSentinel = (change: Change): boolean => isSet(change, 'sentinel', 'sentinel');

/** Copies of what the first pod has: nothing is lost with them. */
export const isCopy = ({ kind, before }: Change): boolean =>
  kind === 'StatefulSet' && JSON.stringify(before?.spec?.['template']).includes(`"${ROLE}":"replica"`);

/** The consequence stands at the Redis itself where that changes, else at its replicas. */
export function topologyChange(change: Change, neighbours: readonly Change[]): readonly Consequence[] {
  if (isSet(change, 'redis', 'redis')) return changedRedis(change, neighbours);
  const alone = isSet(change, 'redis-replica', 'redis') && !besides(change, neighbours, 'redis', 'redis');
  if (!alone) return [];
  const why = (before: Topology, after: Topology) => [{ what: 'topology', before, after }];
  if (change.how === 'added')
    return [
      consequence('topology', change, why('standalone', 'replicated'), [passwords(change, ['replica'])]),
    ];
  if (change.how === 'removed')
    return [consequence('topology', change, why('replicated', 'standalone'), leftCopies(change))];
  return [];
}

const besides = (
  { environment, folder }: Change,
  neighbours: readonly Change[],
  name: string,
  component: string,
): Change | undefined =>
  neighbours.find((one) => keyOf(one) === keyOf({ environment, folder }) && isSet(one, name, component));

function changedRedis(change: Change, neighbours: readonly Change[]): readonly Consequence[] {
  const sets = setsOf(change, neighbours);
  if (sets === undefined) return [];
  const why = [{ what: 'topology', before: sets.from, after: sets.to }];
  return sets.to === 'sentinel'
    ? [consequence('topology', change, why, toSentinels(sets, neighbours))]
    : [consequence('data-loss', change, why, fromSentinels(sets))];
}

function setsOf(change: Change, neighbours: readonly Change[]): Sets | undefined {
  const { before, after } = change;
  const sentinel = besides(change, neighbours, 'sentinel', 'sentinel');
  if (!before || !after || sentinel === undefined || sentinel.how === 'changed') return undefined;
  const other =
    besides(change, neighbours, 'redis-replica', 'redis') === undefined ? 'standalone' : 'replicated';
  const redis = { ...change, before, after };
  return sentinel.how === 'removed'
    ? { redis, from: 'sentinel', to: other }
    : { redis, from: other, to: 'sentinel' };
}

const passwords = ({ namespace }: Change, users: readonly string[]): string =>
  `see that Secret redis-users in ${namespace} has the ${users.length > 1 ? 'keys' : 'key'} ${users.join(' and ')}, where Stalk does not make it: until then its new pods wait, and the old one goes on`;

const podsOf = ({ spec }: Manifest): number => Number(spec?.['replicas']);

const claims = ({ namespace }: Change, set: string, first: number, count: number): string =>
  `kubectl -n ${namespace} delete pvc ${Array.from({ length: count - first }, (_, i) => `redis-data-${set}-${first + i}`).join(' ')} --ignore-not-found`;

function toSentinels({ redis, from }: Sets, neighbours: readonly Change[]): readonly string[] {
  const copies = from === 'replicated' ? besides(redis, neighbours, 'redis-replica', 'redis') : undefined;
  return [
    `${claims(redis, 'redis', 1, podsOf(redis.after))}  # of an earlier time with sentinels: what is in them is old`,
    passwords(redis, ['replica', 'sentinel']),
    'apply, or sync: the new pods copy redis-0 while clients go on with it; then it restarts, once, with all it has, and clients roll',
    'a client that has not rolled when redis-0 restarts finds no Redis until it has: sends try again for 26 s, and what a worker has in hand runs again after the visibility timeout (docs/upgrades.md)',
    ...(copies ? leftCopies(copies) : []),
  ];
}

/** Nobody deletes a set with data by himself, nor its claims. */
function leftCopies(change: Change): readonly string[] {
  const { namespace, name, before } = change;
  return [
    `kubectl -n ${namespace} delete statefulset ${name}  # afterwards: copies of what redis-0 has`,
    ...(before ? [claims(change, name, 0, podsOf(before))] : []),
  ];
}

const inPod = (namespace: string | undefined, pod: string, command: string): string =>
  `kubectl -n ${namespace} exec ${pod} -c ${pod.replace(/-\d+$/, '')} -- sh -c 'REDISCLI_AUTH=$(cat /run/redis/admin) redis-cli -p \${REDIS_PORT:-6379} \${REDIS_TLS:+-s /run/redis/redis.sock} --user admin ${command}'`;

function fromSentinels({ redis }: Sets): readonly string[] {
  const { namespace } = redis;
  const count = podsOf(redis.before);
  const others = Array.from({ length: count - 1 }, (_, i) => `redis-${i + 1}`);
  return [
    'only what redis-0 has is kept: it has to be the primary before, or what it has not copied yet is lost',
    ...others.map((pod) => inPod(namespace, pod, 'config set replica-priority 0')),
    `${inPod(namespace, 'sentinel-0', 'sentinel failover primary')}  # 15 s later, as sentinels ask every ten; unless redis-0 is the primary`,
    `${inPod(namespace, 'redis-0', 'info replication')}  # until it says role:master, connected_slaves:${count - 1}`,
    'apply, or sync',
    `kubectl -n ${namespace} delete statefulset sentinel --ignore-not-found  # nobody prunes it by himself`,
    `${claims(redis, 'redis', 1, count)}  # when tasks run: what is in them gets old`,
  ];
}
