// Who else reaches into a cluster's namespaces: DNS, KEDA, the ingress and Prometheus, and nobody whom it does not name.

import { enters, entersFrom, leaves, neighbour, policiesFor, reachesAddress, networkOf } from './firewall';
import type { NetworkPod, NetworkView } from './firewall';
import { unlessIn } from './law';
import type { ClusterBreach, ClusterLaw, ClusterView } from './law';
import { ownOfKind } from './leaf';
import type { LabelSelector, Texts } from './pods';
import { inWords } from './words';
import { isBroker, isSentinel, portOf, portsOf } from './redis-pods';

/** Where clouds tell a machine its credentials. */
const METADATA = '169.254.169.254';

const closed: ClusterLaw = {
  name: 'every pod is closed both ways but for what is opened, and finds names',
  check: (cluster) => {
    const plain = networkOf(cluster);
    const { world, pod: dns } = neighbour(plain, 'kube-system', cluster.peers.dns);
    const { world: wide, pod: stranger } = neighbour(world, 'elsewhere', { namespace: {}, pods: {} });
    return [
      ...cluster.leaves.flatMap((leaf) =>
        ownOfKind(leaf, 'Namespace').flatMap(({ id, metadata }) =>
          unlessIn(
            hasDefault(plain, metadata.name),
            leaf,
            id,
            ' must have a NetworkPolicy that closes all pods both ways',
          ),
        ),
      ),
      ...plain.pods.flatMap((pod) => closedPod(wide, pod, { dns, stranger })),
    ];
  },
};

const hasDefault = ({ policies }: NetworkView, namespace: string): boolean =>
  policies.some(
    ({ metadata, spec }) =>
      metadata.namespace === namespace &&
      isEmpty(spec?.podSelector) &&
      ['Ingress', 'Egress'].every((way) => spec?.policyTypes?.includes(way) === true),
  );

const isEmpty = (selector: LabelSelector | undefined): boolean =>
  Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0;

interface Others {
  readonly dns: NetworkPod;
  readonly stranger: NetworkPod;
}

function closedPod(world: NetworkView, pod: NetworkPod, { dns, stranger }: Others): ClusterBreach[] {
  const say = (holds: boolean, rest: string): ClusterBreach[] => unlessIn(holds, pod, pod.id, rest);
  return [
    ...say(
      policiesFor(world, pod, 'Ingress').length > 0,
      ' must have a NetworkPolicy for what enters, got none',
    ),
    ...say(
      policiesFor(world, pod, 'Egress').length > 0,
      ' must have a NetworkPolicy for what leaves, got none',
    ),
    ...say(
      !portsOf(pod).some((port) => enters(world, stranger, pod, { port })),
      ' must be closed to strangers, got a way in',
    ),
    ...say(!leaves(world, pod, stranger, { port: 443 }), ' must not leave for a stranger, got a way out'),
    ...(['TCP', 'UDP'] as const).flatMap((protocol) =>
      say(leaves(world, pod, dns, { port: 53, protocol }), ` must reach DNS by ${protocol}, got no way`),
    ),
    ...say(
      !reachesAddress(world, pod, METADATA, 80),
      ` must not reach the cloud's metadata at ${METADATA}, got a way`,
    ),
  ];
}

const ROLES = ['keda', 'ingress', 'prometheus'] as const;

/** Ports that a neighbour is let in at. */
const SERVED: Readonly<Record<(typeof ROLES)[number], (pod: NetworkPod) => readonly number[]>> = {
  keda: (pod) => (isBroker(pod) || isSentinel(pod) ? [portOf(pod)] : []),
  ingress: ({ labels, served }) =>
    ['web', 'process', 'flower'].includes(labels['app.kubernetes.io/component'] ?? '') ? served : [],
  prometheus: ({ ports }) =>
    ports.filter(({ name }) => name === 'metrics').flatMap((p) => p.containerPort ?? []),
};

const neighbours: ClusterLaw = {
  name: 'KEDA reaches brokers, the ingress web and Flower, Prometheus metrics; nobody else, and only where they are',
  check: (cluster) => {
    const plain = networkOf(cluster);
    const roles = ROLES.flatMap((role) => {
      const peer = cluster.peers[role];
      if (peer === undefined) return [];
      if ('cidrs' in peer) return fromAddresses(plain, peer.cidrs, SERVED[role]);
      const { world, pod: from } = neighbour(plain, role, peer);
      return ownPods(plain).flatMap((to) => entering({ world, from, to, by: role }, SERVED[role](to)));
    });
    const producers = producersIn(cluster).flatMap(({ broker, ...peer }) => {
      const { world, pod: from } = neighbour(plain, PRODUCER, peer);
      const by = `${spelled(peer.pods, 'every pod')} of ${spelled(peer.namespace, 'every namespace')}`;
      return ownPods(plain).flatMap((to) =>
        entering({ world, from, to, by }, to.namespace === broker ? SERVED.keda(to) : []),
      );
    });
    const unnamedAddresses = fromAddresses(plain, addressesNamed(cluster), () => [], UNNAMED_ADDRESSES);
    const unnamed = strangersNamed(cluster, plain).flatMap((peer) => {
      const { world, pod: from } = neighbour(plain, UNNAMED, peer);
      const by = `${spelled(peer.pods, 'every pod')} of ${spelled(peer.namespace, 'every namespace')}, which no peer of the environment names`;
      return ownPods(plain).flatMap((to) => entering({ world, from, to, by }, []));
    });
    return [...roles, ...producers, ...unnamed, ...unnamedAddresses];
  },
};

const UNNAMED = 'unnamed';
const PRODUCER = 'producer';

/** Pods that a tenant lets in, and the namespace of its broker. */
const producersIn = ({ leaves: all }: ClusterView): readonly (Named & { readonly broker: string })[] =>
  all.flatMap(({ producers }) =>
    producers.map(({ namespace, pods, broker }) => ({
      namespace: { 'kubernetes.io/metadata.name': namespace },
      pods,
      broker,
    })),
  );

const UNNAMED_ADDRESSES = ', which no peer of the environment names';

function fromAddresses(
  world: NetworkView,
  blocks: readonly string[],
  served: (pod: NetworkPod) => readonly number[],
  whose = '',
): ClusterBreach[] {
  return blocks.flatMap((block) =>
    ownPods(world).flatMap((to) =>
      opened(to, `${block}${whose}`, (port) => entersFrom(world, block, to, { port }), served(to)),
    ),
  );
}

/** Blocks of addresses that Stalk's policies let in, and that are no peers of the environment. */
function addressesNamed({ leaves: all, peers: { ingress } }: ClusterView): readonly string[] {
  const known: readonly string[] = ingress !== undefined && 'cidrs' in ingress ? ingress.cidrs : [];
  const named = all
    .flatMap((leaf) => ownOfKind(leaf, 'NetworkPolicy'))
    .flatMap(({ spec }) => (spec?.ingress ?? []).flatMap(({ from = [] }) => from))
    .flatMap(({ ipBlock }) => ipBlock?.cidr ?? []);
  return [...new Set(named)].filter((block) => !known.includes(block));
}

const spelled = (labels: Texts, all: string): string => Object.values(labels).join() || all;

const ownPods = ({ pods }: NetworkView): NetworkPod[] => pods.filter(({ own }) => own);

interface Visit {
  readonly world: NetworkView;
  readonly from: NetworkPod;
  readonly to: NetworkPod;
  readonly by: string;
}

const entering = ({ world, from, to, by }: Visit, wanted: readonly number[]): ClusterBreach[] =>
  opened(to, by, (port) => enters(world, from, to, { port }), wanted);

function opened(
  to: NetworkPod,
  by: string,
  lets: (port: number) => boolean,
  wanted: readonly number[],
): ClusterBreach[] {
  const open = [...new Set(portsOf(to))].filter(lets);
  const same = [...open].sort().join() === [...wanted].sort().join();
  const got = inWords(open.map(String));
  return unlessIn(
    same,
    to,
    to.id,
    wanted.length === 0
      ? ` must be closed to ${by}, got a way in at ${got}`
      : ` must let ${by} in at ${inWords(wanted.map(String))}, got ${got}`,
  );
}

interface Named {
  readonly namespace: Texts;
  readonly pods: Texts;
}

/** Whoever Stalk's policies let in from namespaces that are not rendered, and that are no peers of the environment. */
function strangersNamed(cluster: ClusterView, { namespaces }: NetworkView): Named[] {
  const { leaves: all, peers } = cluster;
  const roles = ROLES.flatMap((role) => {
    const peer = peers[role];
    return peer === undefined || 'cidrs' in peer ? [] : keyOf(peer);
  });
  const known = new Set([...roles, ...producersIn(cluster).map(keyOf)]);
  const named = all
    .flatMap((leaf) => ownOfKind(leaf, 'NetworkPolicy'))
    .flatMap(({ metadata, spec }) =>
      (spec?.ingress ?? []).flatMap(({ from = [] }) =>
        from.map((peer) => ({ ...peer, home: metadata.namespace })),
      ),
    )
    .flatMap(({ namespaceSelector, podSelector, home }): Named[] => {
      if (namespaceSelector === undefined) return [];
      const peer = { namespace: wornFor(namespaceSelector), pods: wornFor(podSelector) };
      const rendered = namespaces.has(peer.namespace['kubernetes.io/metadata.name'] ?? '');
      const guests = [guestsOf(home), ...leaversIn(cluster, home)].map(keyOf);
      return rendered || guests.includes(keyOf(peer)) ? [] : [peer];
    });
  const unnamed = new Map(named.map((peer) => [keyOf(peer), peer]));
  return [...unnamed].filter(([key]) => !known.has(key)).map(([, peer]) => peer);
}

/** Clients in the namespaces of those who use the broker that lies in this one. */
const guestsOf = (namespace = ''): Named => ({
  namespace: { 'stalk.dev/broker': namespace.replace(/^broker-/, '') },
  pods: { 'stalk.dev/broker-client': 'true' },
});

/** Clients in the namespaces of those who leave it: none where nobody does. */
const leaversIn = ({ leaves: all }: ClusterView, namespace = ''): readonly Named[] => {
  const label = { 'stalk.dev/moving-from': namespace.replace(/^broker-/, '') };
  const isLeft = all
    .flatMap((leaf) => ownOfKind(leaf, 'Namespace'))
    .some(({ metadata }) => metadata.labels['stalk.dev/moving-from'] === label['stalk.dev/moving-from']);
  return isLeft ? [{ namespace: label, pods: { 'stalk.dev/broker-client': 'true' } }] : [];
};

/** Labels that a selector takes in. */
const wornFor = ({ matchLabels, matchExpressions = [] }: LabelSelector = {}): Texts => ({
  ...matchLabels,
  ...Object.fromEntries(
    matchExpressions
      .filter(({ operator }) => operator === 'In' || operator === 'Exists')
      .map(({ key = '', values = [] }) => [key, values[0] ?? 'any']),
  ),
});

const keyOf = ({ namespace, pods }: Named): string =>
  JSON.stringify([namespace, pods].map((labels) => Object.entries(labels).sort()));

export const neighbourLaws: readonly ClusterLaw[] = [closed, neighbours];
