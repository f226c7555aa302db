// What NetworkPolicies let through, worked out as a cluster's network does: by labels, at both ends.

import { matches, ofKind, workloadsOf } from './law';
import type { Cluster } from './judge';
import type { Json, Manifest } from '../synth';

export interface Pod {
  /** `paless/Deployment/beat`. */
  readonly id: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
}

export interface World {
  readonly pods: readonly Pod[];
  readonly policies: readonly Manifest[];
  /** Labels of namespaces, by their names. */
  readonly namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

export function worldOf({ leaves }: Cluster): World {
  const all = leaves.flatMap(({ manifests }) => manifests);
  return {
    pods: leaves.flatMap(({ manifests, namespace = '' }) =>
      workloadsOf(manifests).map(({ id, labels, pod }) => ({
        id: `${namespace}/${id.replace(/-[0-9a-f]{10}$/, '')}`, // without the hash of a Job
        namespace,
        labels,
        ports: pod.containers.flatMap((c: Json) => c.ports ?? []),
      })),
    ),
    policies: ofKind(all, 'NetworkPolicy'),
    namespaces: new Map(
      ofKind(all, 'Namespace').map(({ metadata: { name, labels } }) => [
        name,
        { ...labels, ...standard(name) },
      ]),
    ),
  };
}

/** The API server puts it on every namespace. */
const standard = (name: string) => ({ 'kubernetes.io/metadata.name': name });

/** Somebody who lives in the cluster and is not rendered. */
export const neighbour = (
  world: World,
  id: string,
  { namespace, pods }: { readonly namespace: Json; readonly pods: Json },
): { readonly world: World; readonly pod: Pod } => {
  const pod: Pod = { id, namespace: id, labels: pods, ports: [] };
  return { pod, world: { ...world, namespaces: new Map([...world.namespaces, [id, namespace]]) } };
};

export const policiesFor = (world: World, pod: Pod, type: 'Ingress' | 'Egress'): readonly Manifest[] =>
  world.policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.namespace &&
      spec.policyTypes.includes(type) &&
      matches(spec.podSelector.matchLabels, pod.labels),
  );

export const leaves = (world: World, from: Pod, to: Pod, port: number, protocol = 'TCP'): boolean =>
  passes(policiesFor(world, from, 'Egress'), (policy) =>
    (policy['spec'].egress ?? []).some(
      (rule: Json) => isPeer(world, policy, rule.to, to) && isPort(rule.ports, to, { port, protocol }),
    ),
  );

export const enters = (world: World, from: Pod, to: Pod, port: number): boolean =>
  passes(policiesFor(world, to, 'Ingress'), (policy) =>
    (policy['spec'].ingress ?? []).some(
      (rule: Json) =>
        isPeer(world, policy, rule.from, from) && isPort(rule.ports, to, { port, protocol: 'TCP' }),
    ),
  );

export const connects = (world: World, from: Pod, to: Pod, port: number): boolean =>
  leaves(world, from, to, port) && enters(world, from, to, port);

/** A pod that no policy is about is open. */
const passes = (policies: readonly Manifest[], allows: (policy: Manifest) => boolean): boolean =>
  policies.length === 0 || policies.some(allows);

/** Addresses of pods are nobody's to know, so blocks of addresses let no pod through. */
const isPeer = (world: World, policy: Manifest, peers: Json, pod: Pod): boolean =>
  peers === undefined ||
  peers.some(({ ipBlock, namespaceSelector, podSelector }: Json) => {
    if (ipBlock !== undefined) return false;
    const near = namespaceSelector === undefined;
    const namespace = near
      ? pod.namespace === policy.metadata.namespace
      : matches(namespaceSelector.matchLabels, world.namespaces.get(pod.namespace) ?? {});
    return namespace && matches(podSelector?.matchLabels, pod.labels);
  });

interface Wanted {
  readonly port: number;
  readonly protocol: string;
}

const isPort = (ports: Json, to: Pod, wanted: Wanted): boolean =>
  ports === undefined ||
  ports.some(
    ({ port, protocol = 'TCP' }: Json) =>
      protocol === wanted.protocol &&
      (port === wanted.port || to.ports.some((p) => p.name === port && p.containerPort === wanted.port)),
  );

/** Whether a pod may send to an address outside. */
export const reachesAddress = (world: World, from: Pod, address: string, port: number): boolean =>
  passes(policiesFor(world, from, 'Egress'), (policy) =>
    (policy['spec'].egress ?? []).some(
      (rule: Json) =>
        (rule.to ?? []).some(({ ipBlock }: Json) => {
          if (ipBlock === undefined) return false;
          return (
            inRange(address, ipBlock.cidr) && !(ipBlock.except ?? []).some((r: string) => inRange(address, r))
          );
        }) && isPort(rule.ports, { id: '', namespace: '', labels: {}, ports: [] }, { port, protocol: 'TCP' }),
    ),
  );

const number = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

function inRange(address: string, cidr: string): boolean {
  const [base = '', bits = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  return Math.floor(number(address) / size) === Math.floor(number(base) / size);
}
