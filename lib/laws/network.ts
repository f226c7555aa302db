// Who reaches which Redis in a whole cluster: everybody their own, nobody anybody else's.

import { addressIn, connects, enters, leaves, reachesAddress, networkOf } from './firewall';
import type { NetworkPod, NetworkView } from './firewall';
import { envOf, unlessIn, urlOf } from './law';
import type { ClusterBreach, ClusterLaw } from './law';
import type { LeafView } from './leaf';
import type { Container } from './pods';
import { settingsFor } from './settings';
import {
  isBackup,
  isBroker,
  isPrimary,
  isRedis,
  isSentinel,
  namespaceOfHost,
  portOf,
  portsOf,
} from './redis-pods';
import { inWords } from './words';

/** In plain text, and with certificates. */
const REDIS_PORTS = [6379, 6380, 26379, 26380] as const;

const reachable: ClusterLaw = {
  name: 'every pod of an app reaches the broker that its settings name',
  check: (cluster) => {
    const world = networkOf(cluster);
    return cluster.leaves
      .filter(({ kind }) => kind === 'tenant')
      .flatMap((leaf) => {
        const mains = new Map(leaf.workloads.map(({ id, main }) => [id, main]));
        const pods = world.pods.filter((pod) => pod.folder === leaf.folder && pod.own && !isRedis(pod));
        return pods.flatMap((pod) => {
          const url = brokerUrlOf(leaf, mains.get(pod.id));
          const { reaches, host } = isBackup(pod)
            ? { reaches: reachesItsRedis(world, pod), host: 'beside it' }
            : {
                reaches: url !== undefined && reachesBroker(world, pod, { url, leaf }),
                host: url?.hostname ?? 'by the URL of its settings',
              };
          return unlessIn(
            reaches,
            leaf,
            pod.id,
            ` must reach its broker ${host}, got no way; let both ends' NetworkPolicies name its labels`,
          );
        });
      });
  },
};

/** The exporter of queues is told an address, and no settings. */
const brokerUrlOf = (leaf: LeafView, main: Container | undefined): URL | undefined =>
  toldTo(main) ?? urlOf(settingsFor(leaf, main)?.brokerUrl);

const toldTo = (main: Container | undefined): URL | undefined => {
  const [address] = ['REDIS', 'REDIS_SENTINELS'].flatMap(
    (variable) => (main && envOf(main, variable)?.value) || [],
  );
  return address === undefined ? undefined : urlOf(`redis://${address.split(' ')[0]}`);
};

interface Broker {
  readonly url: URL;
  readonly leaf: LeafView;
}

function reachesBroker(world: NetworkView, pod: NetworkPod, { url, leaf }: Broker): boolean {
  const port = Number(url.port);
  const namespace = namespaceOfHost(url.hostname, pod.namespace);
  if (namespace === undefined)
    return leaf.outside
      .map(addressIn)
      .every((address) => address !== undefined && reachesAddress(world, pod, address, port));
  const near = world.pods.filter((p) => p.own && p.namespace === namespace);
  const found = near.filter(isPrimary);
  const sentinels = near.filter(isSentinel);
  const guarded = url.hostname.startsWith('sentinel-');
  return (
    found.length === 1 &&
    sentinels.length === Number(guarded) &&
    (guarded ? sentinels : found).every((asked) => portOf(asked) === port) &&
    [...found, ...sentinels].every((asked) => connects(world, pod, asked, { port: portOf(asked) }))
  );
}

/** Backups dump the Redis of their namespace, also while its tenant moves to another broker. */
function reachesItsRedis(world: NetworkView, pod: NetworkPod): boolean {
  const servers = world.pods.filter((p) => p.own && p.namespace === pod.namespace && isBroker(p));
  return servers.length > 0 && servers.every((asked) => connects(world, pod, asked, { port: portOf(asked) }));
}

const bothEnds: ClusterLaw = {
  name: 'who may leave for a Redis may enter there, and who may enter may leave',
  check: (cluster) => {
    const world = networkOf(cluster);
    return pairsOf(world, (_, to) => isRedis(to)).flatMap(([from, to]) => {
      const out = REDIS_PORTS.filter((port) => leaves(world, from, to, { port })).join();
      const into = REDIS_PORTS.filter((port) => enters(world, from, to, { port })).join();
      return unlessIn(
        out === into,
        from,
        from.id,
        ` must find both ends of its way to ${nameOf(to)} open or closed, got ${out ? `port ${out} open to leave` : `port ${into} open to enter`} and no more`,
      );
    });
  },
};

const nameOf = ({ namespace, id }: NetworkPod): string => `${namespace}/${id}`;

const pairsOf = (
  world: NetworkView,
  about: (from: NetworkPod, to: NetworkPod) => boolean,
): [NetworkPod, NetworkPod][] =>
  world.pods.flatMap((from) =>
    world.pods
      .filter((to) => to !== from && about(from, to))
      .map((to): [NetworkPod, NetworkPod] => [from, to]),
  );

const apart: ClusterLaw = {
  name: 'no pod of a tenant reaches a pod or a Redis of another',
  check: (cluster) => {
    const world = networkOf(cluster);
    const strangers = (from: NetworkPod, to: NetworkPod): boolean =>
      from.tenant !== undefined && to.tenant !== undefined && from.tenant !== to.tenant;
    return pairsOf(world, strangers).flatMap(([from, to]) =>
      unlessIn(
        !portsOf(to).some((port) => leaves(world, from, to, { port }) || enters(world, from, to, { port })),
        from,
        from.id,
        ` must not reach another tenant, got a way to ${nameOf(to)}`,
      ),
    );
  },
};

const replication: ClusterLaw = {
  name: 'a replica reaches its primary, and Redis nothing else but names',
  check: (cluster) => {
    const world = networkOf(cluster);
    return pairsOf(world, (from) => from.own && isRedis(from)).flatMap(([from, to]): ClusterBreach[] => {
      const ours = [from, to].every((pod) => isBroker(pod) || isSentinel(pod));
      const sibling = ours && from.namespace === to.namespace;
      const reached = [...new Set(portsOf(to).filter((port) => connects(world, from, to, { port })))];
      const wanted = sibling ? [portOf(to)] : [];
      return unlessIn(
        reached.join() === wanted.join(),
        from,
        from.id,
        ` must reach ${nameOf(to)} at ${inWords(wanted.map(String))}, got ${inWords(reached.map(String))}`,
      );
    });
  },
};

/** Kinds of pods that run the app's code, and those of them that others may ask. */
const PROGRAMS = ['worker', 'beat', 'web', 'process', 'migrate'];
const SERVERS = ['web', 'process'];

const isOf = (kinds: readonly string[], { labels }: NetworkPod): boolean =>
  kinds.includes(labels['app.kubernetes.io/component'] ?? '');

const together: ClusterLaw = {
  name: 'programs of an app reach each other where a Service sends requests and nowhere else, and not Flower',
  check: (cluster) => {
    const world = networkOf(cluster);
    const near = (from: NetworkPod, to: NetworkPod): boolean =>
      [from, to].every((pod) => pod.own && pod.tenant !== undefined && !isRedis(pod)) &&
      from.tenant === to.tenant;
    return pairsOf(world, near).flatMap(([from, to]) => {
      const wanted = isOf(PROGRAMS, from) && isOf(SERVERS, to) ? to.served : [];
      const reached = [...new Set(portsOf(to).filter((port) => connects(world, from, to, { port })))];
      return unlessIn(
        reached.join() === wanted.join(),
        from,
        from.id,
        `${wanted.length === 0 ? ` must not reach ${to.id}` : ` must reach ${to.id} at ${wanted.join()}`}, got ${inWords(reached.map(String))}; let NetworkPolicy/calls and NetworkPolicy/to-${to.labels['app.kubernetes.io/instance'] ?? ''} name the ports of Services alone`,
      );
    });
  },
};

export const networkLaws: readonly ClusterLaw[] = [reachable, bothEnds, apart, replication, together];
