// Who talks to whom in a whole cluster: everybody to their own Redis, nobody to anybody else's.

import { connects, enters, leaves, neighbour, policiesFor, reachesAddress, worldOf } from './firewall';
import type { Pod, World } from './firewall';
import { settingsOf, unless } from './law';
import type { Cluster, ClusterLaw } from './judge';
import { referenceEnvironment } from '../synth';

/** In plain text, and with certificates. */
const PORTS = [6379, 6380, 26379] as const;

const isRedis = ({ labels }: Pod): boolean => labels['app.kubernetes.io/name'] === 'redis';
const isBroker = ({ labels }: Pod): boolean => labels['app.kubernetes.io/component'] === 'redis';
const isSentinel = ({ labels }: Pod): boolean => labels['app.kubernetes.io/component'] === 'sentinel';
/** Where sentinels decide, any pod may be. */
const isPrimary = (pod: Pod): boolean => isBroker(pod) && pod.labels['stalk.dev/role'] !== 'replica';
/** The one that it listens on. */
const portOf = ({ ports }: Pod): number => ports.find(({ name }) => name === 'redis')?.containerPort ?? 0;
const tenantOf = ({ labels }: Pod): string | undefined => labels['stalk.dev/tenant'];

/** The brokers, by namespace of the tenant. */
const brokers = ({ leaves: all }: Cluster): ReadonlyMap<string, URL> =>
  new Map(
    all.flatMap(({ namespace = '', manifests }) => {
      const url = settingsOf(manifests)?.broker_url;
      return url === undefined ? [] : [[namespace, new URL(url)] as const];
    }),
  );

/** `redis`, `redis.<namespace>.svc…` and `redis-0.redis-headless.<namespace>.svc…` are Redis pods; others are outside. */
function namespaceOfHost(host: string, own: string): string | undefined {
  if (host === 'redis') return own;
  return /^(?:redis|redis-0\.redis-headless|sentinel-0\.sentinel-headless)\.([^.]+)\.svc\./.exec(host)?.[1];
}

const reachable: ClusterLaw = {
  name: 'every pod of an app reaches the broker that its settings name',
  check: (cluster) => {
    const world = worldOf(cluster);
    const urls = brokers(cluster);
    return world.pods
      .filter((pod) => !isRedis(pod))
      .flatMap((pod) => {
        const { hostname: host, port } = urls.get(pod.namespace) ?? new URL('redis://nobody:1');
        const namespace = namespaceOfHost(host, pod.namespace);
        if (namespace === undefined)
          return unless(
            reachesAddress(world, pod, '10.9.0.7', Number(port)),
            `${pod.id} does not reach ${host}`,
          );
        const near = world.pods.filter((p) => p.namespace === namespace);
        const found = near.filter(isPrimary);
        const sentinels = near.filter(isSentinel);
        const guarded = host.startsWith('sentinel-');
        return unless(
          found.length === 1 &&
            sentinels.length === Number(guarded) &&
            (guarded ? sentinels : found).every((asked) => portOf(asked) === Number(port)) &&
            [...found, ...sentinels].every((asked) => connects(world, pod, asked, portOf(asked))),
          `${pod.id} does not reach ${host}`,
        );
      });
  },
  breaches: [
    {
      when: 'a pod does not say that it is a client',
      cluster: 'production',
      spoil: (of) =>
        delete of('tenants/tenant-a').byKind('Deployment', 'beat').spec.template.metadata.labels[
          'stalk.dev/broker-client'
        ],
      says: ['tenant-a/Deployment/beat does not reach redis.broker-shared.svc.cluster.local'],
    },
    {
      when: 'the way to the sentinels is closed',
      cluster: 'lab',
      spoil: (of) => of('tenants/on-guarded').byKind('NetworkPolicy', 'to-broker').spec.egress.pop(),
      says: ['web', 'worker-default'].map(
        (name) =>
          `on-guarded/Deployment/${name} does not reach sentinel-0.sentinel-headless.broker-guarded.svc.cluster.example.com`,
      ),
    },
    {
      when: 'the way to an external broker is closed',
      cluster: 'lab',
      spoil: (of) =>
        (of('tenants/outside').byKind('NetworkPolicy', 'to-broker').spec.egress[0].to[0].ipBlock.cidr =
          '10.9.0.8/32'),
      says: ['outside/Deployment/worker-default does not reach redis.example.com'],
    },
  ],
};

const bothEnds: ClusterLaw = {
  name: 'who may leave for a Redis may enter there, and who may enter may leave',
  check: (cluster) => {
    const world = worldOf(cluster);
    return world.pods.flatMap((from) =>
      world.pods
        .filter((to) => isRedis(to) && to !== from)
        .flatMap((to) => {
          const out = PORTS.filter((port) => leaves(world, from, to, port)).join();
          const into = PORTS.filter((port) => enters(world, from, to, port)).join();
          return unless(out === into, `${from.id} may ${out ? 'leave for' : 'enter'} ${to.id}, and no more`);
        }),
    );
  },
  breaches: [
    {
      when: 'the broker forgets a tenant',
      cluster: 'production',
      spoil: (of) => of('brokers/shared').byKind('NetworkPolicy', 'redis').spec.ingress[0].from.splice(0, 1),
      says: ['Job/migrate', 'Deployment/beat', 'Deployment/web', 'Deployment/worker-default'].map(
        (id) => `tenant-a/${id} may leave for broker-shared/StatefulSet/redis, and no more`,
      ),
    },
    {
      when: 'a tenant forgets its cache',
      cluster: 'production',
      spoil: (of) => (of('tenants/redline').byKind('NetworkPolicy', 'to-cache').spec.egress = []),
      says: ['web', 'worker-default'].map(
        (name) => `redline/Deployment/${name} may enter redline/StatefulSet/cache, and no more`,
      ),
    },
  ],
};

/** Ports that somebody might listen on, besides those that are declared. */
const portsOf = ({ ports }: Pod): number[] => [...ports.map((p) => p.containerPort), 22, ...PORTS];

const apart: ClusterLaw = {
  name: 'no pod of a tenant reaches a pod or a Redis of another',
  check: (cluster) => {
    const world = worldOf(cluster);
    return world.pods.flatMap((from) =>
      world.pods
        .filter(
          (to) =>
            tenantOf(to) !== undefined && tenantOf(from) !== undefined && tenantOf(to) !== tenantOf(from),
        )
        .flatMap((to) =>
          unless(
            !portsOf(to).some((port) => leaves(world, from, to, port) || enters(world, from, to, port)),
            `${from.id} reaches ${to.id}`,
          ),
        ),
    );
  },
  breaches: [
    {
      when: 'a policy is about all namespaces',
      cluster: 'production',
      spoil: (of) =>
        (of('tenants/redline').byKind('NetworkPolicy', 'redis').spec.ingress[0].from[0].namespaceSelector =
          {}),
      says: [
        'paless/Job/migrate',
        'paless/Deployment/beat',
        'paless/Deployment/web',
        'paless/Deployment/worker-default',
        'tenant-a/Job/migrate',
        'tenant-a/Deployment/beat',
        'tenant-a/Deployment/web',
        'tenant-a/Deployment/worker-default',
        'tenant-b/Job/migrate',
        'tenant-b/Deployment/beat',
        'tenant-b/Deployment/web',
        'tenant-b/Deployment/worker-default',
        'typesafe/Deployment/flower',
        'typesafe/Deployment/web',
        'typesafe/Deployment/worker-default',
        'jewelry-shop/Job/migrate',
        'jewelry-shop/Deployment/beat',
        'jewelry-shop/Deployment/web',
        'jewelry-shop/Deployment/worker-default',
      ].map((id) => `${id} reaches redline/StatefulSet/redis`),
    },
  ],
};

const closed: ClusterLaw = {
  name: 'every pod is closed both ways but for what is opened, and finds names',
  check: (cluster) => {
    const plain = worldOf(cluster);
    const { world, pod: dns } = neighbour(plain, 'kube-system', cluster.peers.dns);
    const { world: wide, pod: stranger } = neighbour(world, 'elsewhere', { namespace: {}, pods: {} });
    const defaults = plain.policies.filter(({ spec }) => spec.podSelector.matchLabels === undefined);
    const pods = plain.pods.flatMap((pod) => [
      ...unless(policiesFor(wide, pod, 'Ingress').length > 0, `${pod.id} is open for all`),
      ...unless(policiesFor(wide, pod, 'Egress').length > 0, `${pod.id} may go everywhere`),
      ...unless(
        !portsOf(pod).some((port) => enters(wide, stranger, pod, port)),
        `a stranger enters ${pod.id}`,
      ),
      ...unless(!leaves(wide, pod, stranger, 443), `${pod.id} leaves for a stranger`),
      ...['TCP', 'UDP'].flatMap((p) =>
        unless(leaves(wide, pod, dns, 53, p), `${pod.id} cannot ask for names (${p})`),
      ),
      ...unless(!reachesAddress(wide, pod, '169.254.169.254', 80), `${pod.id} reaches the cloud’s metadata`),
    ]);
    const namespaces = [...plain.namespaces.keys()].flatMap((name) =>
      unless(
        defaults.some(
          (p) => p.metadata.namespace === name && p['spec'].policyTypes.join() === 'Ingress,Egress',
        ),
        `${name} has no default`,
      ),
    );
    return [...namespaces, ...pods];
  },
  breaches: [
    {
      when: 'a namespace has no default',
      cluster: 'dev',
      spoil: (of) =>
        (of('tenants/typesafe').byKind('NetworkPolicy', 'default-deny').spec.policyTypes = ['Egress']),
      says: [
        'typesafe has no default',
        'typesafe/Deployment/web is open for all',
        'a stranger enters typesafe/Deployment/web',
        'typesafe/Deployment/worker-default is open for all',
        'a stranger enters typesafe/Deployment/worker-default',
      ],
    },
    {
      when: 'names cannot be asked for',
      cluster: 'lab',
      spoil: (of) => of('tenants/outside').byKind('NetworkPolicy', 'dns').spec.egress[0].ports.pop(),
      says: ['outside/Deployment/worker-default cannot ask for names (UDP)'],
    },
    {
      when: 'the whole world is open',
      cluster: 'production',
      spoil: (of) => {
        const { spec } = of('tenants/typesafe').byKind('NetworkPolicy', 'egress');
        spec.podSelector.matchLabels['app.kubernetes.io/component'] = 'web';
        spec.egress = [{}];
      },
      says: ['typesafe/Deployment/web leaves for a stranger'],
    },
    {
      when: 'the cloud’s metadata is in reach',
      cluster: 'production',
      spoil: (of) => {
        const { spec } = of('tenants/typesafe').byKind('NetworkPolicy', 'egress');
        spec.podSelector.matchLabels['app.kubernetes.io/component'] = 'web';
        spec.egress[0] = { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] };
      },
      says: ['typesafe/Deployment/web reaches the cloud’s metadata'],
    },
  ],
};

const PEERS = referenceEnvironment('production').peers ?? {};

/** Whom a neighbour is for, by its name among the environment's peers. */
const SERVED: Readonly<Record<'keda' | 'ingress' | 'prometheus', (pod: Pod) => readonly number[]>> = {
  keda: (pod) => (isBroker(pod) || isSentinel(pod) ? [portOf(pod)] : []),
  ingress: ({ labels, ports }) =>
    ['web', 'flower'].includes(labels['app.kubernetes.io/component'] ?? '')
      ? ports.map((p) => p.containerPort)
      : [],
  prometheus: ({ ports }) => ports.filter(({ name }) => name === 'metrics').map((p) => p.containerPort),
};

const neighbours: ClusterLaw = {
  name: 'KEDA reaches brokers, the ingress web and Flower, Prometheus metrics; nobody else, and only where they are',
  check: (cluster) => {
    const plain = worldOf(cluster);
    return (['keda', 'ingress', 'prometheus'] as const).flatMap((role) => {
      const peer = PEERS[role];
      if (peer === undefined) return [`nobody is ${role}`];
      const { world, pod: from } = neighbour(plain, role, peer);
      return plain.pods.flatMap((to) => {
        const wanted = cluster.peers[role] === undefined ? [] : SERVED[role](to);
        const open = [...new Set(portsOf(to))].filter((port) => enters(world, from, to, port));
        const same = open.sort().join() === [...wanted].sort().join();
        return unless(
          same,
          `${role} enters ${to.id} at ${open.join() || 'no port'}, not ${wanted.join() || 'at all'}`,
        );
      });
    });
  },
  breaches: [
    {
      when: 'the ingress finds no way in',
      cluster: 'production',
      spoil: (of) =>
        (of('tenants/paless').byKind('NetworkPolicy', 'to-web').spec.ingress[0].ports[0].port = 80),
      says: ['ingress enters paless/Deployment/web at no port, not 8000'],
    },
    {
      when: 'KEDA is let in where there is none',
      cluster: 'dev',
      spoil: (of) =>
        of('tenants/paless')
          .byKind('NetworkPolicy', 'redis')
          .spec.ingress[0].from.push({
            namespaceSelector: { matchLabels: PEERS.keda?.namespace },
            podSelector: { matchLabels: PEERS.keda?.pods },
          }),
      says: ['keda enters paless/StatefulSet/redis at 6379, not at all'],
    },
  ],
};

const replication: ClusterLaw = {
  name: 'a replica reaches its primary, and Redis nothing else but names',
  check: (cluster) => {
    const world: World = worldOf(cluster);
    return world.pods.filter(isRedis).flatMap((from) =>
      world.pods
        .filter((to) => to !== from)
        .flatMap((to) => {
          const ours = [from, to].every((pod) => isBroker(pod) || isSentinel(pod));
          const sibling = ours && from.namespace === to.namespace;
          const reached = portsOf(to).filter((port) => connects(world, from, to, port));
          return unless(
            [...new Set(reached)].join() === (sibling ? String(portOf(to)) : ''),
            `${from.id} reaches ${to.id} at ${reached.join() || 'no port'}`,
          );
        }),
    );
  },
  breaches: [
    {
      when: 'sentinels cannot look at Redis',
      cluster: 'lab',
      spoil: (of) => delete of('brokers/guarded').byKind('NetworkPolicy', 'redis-sentinels').spec.ingress,
      says: ['broker-guarded/StatefulSet/sentinel reaches broker-guarded/StatefulSet/redis at no port'],
    },
    {
      when: 'replicas are cut off',
      cluster: 'lab',
      spoil: (of) => delete of('brokers/twin').byKind('NetworkPolicy', 'redis').spec.egress,
      says: [
        'broker-twin/StatefulSet/redis reaches broker-twin/StatefulSet/redis-replica at no port',
        'broker-twin/StatefulSet/redis-replica reaches broker-twin/StatefulSet/redis at no port',
      ],
    },
  ],
};

export const networkLaws: readonly ClusterLaw[] = [
  reachable,
  bothEnds,
  apart,
  closed,
  neighbours,
  replication,
];
