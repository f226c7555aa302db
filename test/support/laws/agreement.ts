// What a tenant's leaf and its broker's leaf say about each other: users, prefixes, passwords.

import { envOf, ofKind, settingsOf, unless, workloadsOf } from './law';
import type { Cluster, ClusterLaw } from './judge';
import type { Json, Manifest, RenderedLeaf } from '../synth';

interface Pair {
  readonly tenant: RenderedLeaf;
  readonly settings: Json;
  readonly broker: RenderedLeaf;
  readonly rules: Readonly<Record<string, string>>;
}

/** Every tenant whose broker is rendered, with that broker's leaf, which may be its own. */
const pairs = ({ leaves }: Cluster): Pair[] =>
  leaves.flatMap((tenant) => {
    const settings = settingsOf(tenant.manifests);
    if (settings === undefined) return [];
    const namespace = /\.(broker-[^.]+)\.svc\./.exec(new URL(settings.broker_url).hostname)?.[1];
    const broker = leaves.find((leaf) => leaf.namespace === (namespace ?? tenant.namespace));
    const rules = ofKind(broker?.manifests ?? [], 'ConfigMap').find((m) => m.metadata.name === 'redis-rules');
    return broker && rules ? [{ tenant, settings, broker, rules: rules['data'] }] : [];
  });

const usersOf = ({ manifests }: RenderedLeaf): string[] => [
  ...new Set([
    ...workloadsOf(manifests).flatMap(({ pod }) => envOf(pod.containers[0], 'STALK_USER')?.value ?? []),
    ...ofKind(manifests, 'TriggerAuthentication').map((a) => a['spec'].secretTargetRef[0].key),
  ]),
];

const rulesFit: ClusterLaw = {
  name: 'the broker knows every user of its tenants, and lets it reach what its settings name',
  check: (cluster) =>
    pairs(cluster).flatMap(({ tenant, settings, rules }) => {
      const { global_keyprefix: prefix, unacked_key: unacked } = settings.broker_transport_options;
      const key = prefix === undefined ? unacked?.replace(/unacked$/, '*') : `${prefix}*`;
      return usersOf(tenant).flatMap((user) => {
        const words = (rules[user] ?? '').split(' ');
        return [
          ...unless(user in rules, `${tenant.folder}: ${user} is unknown to its broker`),
          ...unless(
            !(user in rules) || words.includes(`~${key ?? '*'}`),
            `${tenant.folder}: ${user} does not reach ${key}`,
          ),
        ];
      });
    }),
  breaches: [
    {
      when: 'the broker has no such user',
      cluster: 'production',
      spoil: (of) => delete of('brokers/shared').byKind('ConfigMap', 'redis-rules').data['tenant-a-web'],
      says: ['tenants/tenant-a: tenant-a-web is unknown to its broker'],
    },
    {
      when: 'a user has another prefix',
      cluster: 'production',
      spoil: (of) => {
        const { data } = of('brokers/shared').byKind('ConfigMap', 'redis-rules');
        data['tenant-a'] = data['tenant-b'];
      },
      says: ['tenants/tenant-a: tenant-a does not reach tenant-a:*'],
    },
  ],
};

/** Where both sides look a password up: a path in the store, or the value itself. */
function sourceOf(manifests: readonly Manifest[], secret: string, user: string): string | undefined {
  const literal = ofKind(manifests, 'Secret').find((m) => m.metadata.name === secret);
  if (literal) return literal['stringData'][user];
  const external = ofKind(manifests, 'ExternalSecret').find((m) => m['spec'].target.name === secret);
  const named = external?.['spec'].data?.find((d: Json) => d.secretKey === user)?.remoteRef;
  const extracted = external?.['spec'].dataFrom?.[0].extract?.key;
  return named === undefined ? extracted : `${named.key}${named.property === user ? '' : '!'}`;
}

const samePassword: ClusterLaw = {
  name: 'client and broker take a password from one place',
  check: (cluster) =>
    pairs(cluster)
      .filter(({ tenant, broker }) => tenant !== broker)
      .flatMap(({ tenant, broker }) =>
        usersOf(tenant).flatMap((user) => {
          const client = sourceOf(tenant.manifests, 'redis-credentials', user);
          const server = sourceOf(broker.manifests, 'redis-users', user);
          return unless(client === server, `${tenant.folder}: ${user} has ${client}, its broker ${server}`);
        }),
      ),
  breaches: [
    {
      when: 'the store has two places',
      cluster: 'production',
      spoil: (of) =>
        (of('brokers/shared').byKind('ExternalSecret', 'redis-users').spec.dataFrom[0].extract.key =
          'elsewhere'),
      says: ['tenant-a', 'tenant-b'].flatMap((name) =>
        [`${name}-web`, name].map(
          (user) => `tenants/${name}: ${user} has stalk/production/brokers/shared, its broker elsewhere`,
        ),
      ),
    },
    {
      when: 'a literal differs',
      cluster: 'dev',
      spoil: (of) =>
        (of('tenants/tenant-a').byKind('Secret', 'redis-credentials').stringData['tenant-a'] = 'x'),
      says: ['tenants/tenant-a: tenant-a has x, its broker not-a-secret_dev_brokers-shared_tenant-a'],
    },
  ],
};

/** Key patterns without their last star, of all users that are not of one tenant or group. */
const prefixesApart: ClusterLaw = {
  name: 'no user of a shared broker reaches a key of a tenant that it does not belong to',
  check: ({ leaves }) =>
    leaves
      .filter(({ kind }) => kind === 'broker')
      .flatMap(({ folder, manifests }) => {
        const rules =
          ofKind(manifests, 'ConfigMap').find((m) => m.metadata.name === 'redis-rules')?.['data'] ?? {};
        const owners = Object.entries<string>(rules).flatMap(([user, line]) => {
          const prefix = /~([a-z0-9.:-]+:)\*/.exec(line)?.[1];
          return prefix === undefined ? [] : [{ owner: user.replace(/-(web|scaler)$/, ''), prefix }];
        });
        return owners.flatMap((a) =>
          owners
            .filter((b) => a.owner !== b.owner && b.prefix.startsWith(a.prefix))
            .map((b) => `${folder}: ${a.owner} reaches the keys of ${b.owner}`),
        );
      }),
  breaches: [
    {
      when: 'a prefix begins another',
      cluster: 'production',
      spoil: (of) => {
        const { data } = of('brokers/shared').byKind('ConfigMap', 'redis-rules');
        data['tenant-b-web'] = data['tenant-b-web'].replaceAll('tenant-b:', 'tenant-a:b:');
      },
      says: Array.from({ length: 3 }, () => 'brokers/shared: tenant-a reaches the keys of tenant-b'),
    },
  ],
};

export const agreementLaws: readonly ClusterLaw[] = [rulesFit, samePassword, prefixesApart];
