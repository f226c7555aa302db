// What NetworkPolicies let through, worked out as a cluster's network does: by labels, at both ends.

import { matches, selects } from './law';
import type { ClusterView } from './law';
import type { Kinds, PolicyPeer, PolicyPort } from './kinds';
import { ofKind } from './leaf';
import type { ContainerPort, Texts } from './pods';

type Policy = Kinds['NetworkPolicy'];

export interface NetworkPod {
  /** `Deployment/beat`, without the hash of a Job. */
  readonly id: string;
  readonly folder: string;
  readonly own: boolean;
  readonly namespace: string;
  /** Whose it is, in the folder of a tenant. */
  readonly tenant: string | undefined;
  readonly labels: Texts;
  readonly ports: readonly ContainerPort[];
  /** Those that its Services send requests to. */
  readonly served: readonly number[];
}

export interface NetworkView {
  readonly pods: readonly NetworkPod[];
  readonly policies: readonly Policy[];
  /** Labels of namespaces, by their names. */
  readonly namespaces: ReadonlyMap<string, Texts>;
}

export const networkOf = ({ leaves }: ClusterView): NetworkView => ({
  pods: leaves.flatMap((leaf) => {
    const { folder, kind, namespace = '', workloads } = leaf;
    return workloads.map(({ id, own, object, labels, containers }) => ({
      id: id.replace(/-[0-9a-f]{10}$/, ''),
      folder,
      own,
      namespace: object.metadata.namespace ?? namespace,
      tenant: kind === 'tenant' ? namespace : undefined,
      labels,
      ports: containers.flatMap((c) => c.ports ?? []),
      served: servedBy(
        ofKind(leaf, 'Service'),
        labels,
        containers.flatMap((c) => c.ports ?? []),
      ),
    }));
  }),
  policies: leaves.flatMap((leaf) => ofKind(leaf, 'NetworkPolicy')),
  namespaces: new Map(
    leaves
      .flatMap((leaf) => ofKind(leaf, 'Namespace'))
      .map(({ metadata: { name, labels } }) => [name, { ...labels, ...standard(name) }]),
  ),
});

function servedBy(
  services: readonly Kinds['Service'][],
  labels: Texts,
  ports: readonly ContainerPort[],
): number[] {
  const targets = services
    .filter(({ spec }) => matches(spec?.selector, labels))
    .flatMap(({ spec }) => (spec?.ports ?? []).map(({ targetPort }) => targetPort));
  const wanted = ports.filter(({ name, containerPort }) =>
    targets.some((target) => target === name || target === containerPort),
  );
  return wanted.flatMap(({ containerPort }) => containerPort ?? []);
}

/** The API server puts it on every namespace. */
const standard = (name: string): Texts => ({ 'kubernetes.io/metadata.name': name });

/** Somebody who lives in the cluster and is not rendered. */
export const neighbour = (
  world: NetworkView,
  id: string,
  { namespace, pods }: { readonly namespace: Texts; readonly pods: Texts },
): { readonly world: NetworkView; readonly pod: NetworkPod } => {
  const pod = {
    id,
    folder: '',
    own: false,
    namespace: id,
    tenant: undefined,
    labels: pods,
    ports: [],
    served: [],
  };
  return { pod, world: { ...world, namespaces: new Map([...world.namespaces, [id, namespace]]) } };
};

type Way = 'Ingress' | 'Egress';

export const policiesFor = (world: NetworkView, pod: NetworkPod, way: Way): readonly Policy[] =>
  world.policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.namespace &&
      ways(spec).includes(way) &&
      selects(spec?.podSelector, pod.labels),
  );

/** What the API server fills in where a policy does not say: egress only with rules for it. */
const ways = (spec: Policy['spec']): readonly string[] =>
  spec?.policyTypes ?? ['Ingress', ...(spec?.egress === undefined ? [] : ['Egress'])];

interface Rule {
  readonly peers: readonly PolicyPeer[] | undefined;
  readonly ports: readonly PolicyPort[] | undefined;
}

const rulesOf = ({ spec }: Policy, way: Way): readonly Rule[] =>
  way === 'Ingress'
    ? (spec?.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))
    : (spec?.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }));

/** A pod that no policy is about is open. */
const passes = (
  policies: readonly Policy[],
  way: Way,
  allows: (rule: Rule, policy: Policy) => boolean,
): boolean =>
  policies.length === 0 ||
  policies.some((policy) => rulesOf(policy, way).some((rule) => allows(rule, policy)));

export interface Door {
  readonly port: number;
  readonly protocol?: 'TCP' | 'UDP';
}

export const leaves = (world: NetworkView, from: NetworkPod, to: NetworkPod, door: Door): boolean =>
  passes(
    policiesFor(world, from, 'Egress'),
    'Egress',
    ({ peers, ports }, policy) => isPeer(world, policy, peers, to) && isPort(ports, to.ports, door),
  );

export const enters = (world: NetworkView, from: NetworkPod, to: NetworkPod, door: Door): boolean =>
  passes(
    policiesFor(world, to, 'Ingress'),
    'Ingress',
    ({ peers, ports }, policy) => isPeer(world, policy, peers, from) && isPort(ports, to.ports, door),
  );

/** Whether a block of addresses outside may send to a pod. */
export const entersFrom = (world: NetworkView, block: string, to: NetworkPod, door: Door): boolean =>
  passes(
    policiesFor(world, to, 'Ingress'),
    'Ingress',
    ({ peers, ports }) =>
      isPort(ports, to.ports, door) &&
      (peers === undefined || peers.length === 0 || peers.some(({ ipBlock }) => ipBlock?.cidr === block)),
  );

export const connects = (world: NetworkView, from: NetworkPod, to: NetworkPod, door: Door): boolean =>
  leaves(world, from, to, door) && enters(world, from, to, door);

/** Nobody knows the addresses of pods, so blocks of addresses let no pod through. An empty list is like none. */
const isPeer = (
  world: NetworkView,
  policy: Policy,
  peers: readonly PolicyPeer[] | undefined,
  pod: NetworkPod,
): boolean =>
  peers === undefined ||
  peers.length === 0 ||
  peers.some(({ ipBlock, namespaceSelector, podSelector }) => {
    if (ipBlock !== undefined) return false;
    const near =
      namespaceSelector === undefined
        ? pod.namespace === policy.metadata.namespace
        : selects(namespaceSelector, world.namespaces.get(pod.namespace) ?? {});
    return near && selects(podSelector, pod.labels);
  });

const isPort = (
  ports: readonly PolicyPort[] | undefined,
  named: readonly ContainerPort[],
  { port: wanted, protocol: by = 'TCP' }: Door,
): boolean =>
  ports === undefined ||
  ports.length === 0 ||
  ports.some(({ port, endPort, protocol = 'TCP' }) => {
    if (protocol !== by) return false;
    if (typeof port === 'string') return named.some((p) => p.name === port && p.containerPort === wanted);
    return port === undefined || port === wanted || (port <= wanted && wanted <= (endPort ?? port));
  });

/** Whether a pod may send to an address outside. */
export const reachesAddress = (
  world: NetworkView,
  from: NetworkPod,
  address: string,
  port: number,
): boolean =>
  passes(
    policiesFor(world, from, 'Egress'),
    'Egress',
    ({ peers, ports }) =>
      isPort(ports, [], { port }) &&
      (peers === undefined ||
        peers.length === 0 ||
        peers.some(
          ({ ipBlock }) =>
            ipBlock !== undefined &&
            inRange(address, ipBlock.cidr ?? '') &&
            !(ipBlock.except ?? []).some((range) => inRange(address, range)),
        )),
  );

const number = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

function inRange(address: string, cidr: string): boolean {
  const [base = '', bits = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  return Math.floor(number(address) / size) === Math.floor(number(base) / size);
}

/** The first usable address of a block. */
export function addressIn(cidr: string): string | undefined {
  const [base = '', bits = '32'] = cidr.split('/');
  const first = number(base) + (Number(bits) < 31 ? 1 : 0);
  if (!Number.isSafeInteger(first)) return undefined;
  return [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
}
