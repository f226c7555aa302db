// What a tenant's leaf and its broker's leaf say about each other: users, prefixes, passwords.

import { envOf, unlessIn, urlOf } from './law';
import type { ClusterLaw, ClusterView } from './law';
import type { Kinds } from './kinds';
import { called, ofKind } from './leaf';
import type { LeafView } from './leaf';
import { namespaceOfHost } from './redis-pods';
import { rulesByUser, userLines } from './redis-rules';
import { settingsFor, settingsOf, settingsOfSides } from './settings';
import type { CelerySettings } from './settings';
import { show } from './words';

interface Pair {
  readonly tenant: LeafView;
  readonly settings: CelerySettings;
  readonly broker: LeafView;
  /** By user. */
  readonly rules: ReadonlyMap<string, string>;
}

const RULES = 'ConfigMap/redis-rules';

/** Every tenant whose broker is rendered, with that broker's leaf, which may be its own. */
const pairs = ({ leaves }: ClusterView): Pair[] =>
  leaves
    .flatMap((tenant) => settingsOfSides(tenant).map((settings) => ({ tenant, settings })))
    .flatMap(({ tenant, settings }) => {
      const url = urlOf(settings.brokerUrl);
      if (url === undefined) return [];
      const namespace = namespaceOfHost(url.hostname, tenant.namespace);
      const broker = leaves.find((leaf) => namespace !== undefined && leaf.namespace === namespace);
      const rules = broker && rulesByUser(broker, 'redis-rules');
      return broker === undefined || rules === undefined ? [] : [{ tenant, settings, broker, rules }];
    });

/** With the Secrets that hold their passwords. */
interface Login {
  readonly user: string;
  readonly secret: string | undefined;
}

/** Of the pods that start with these settings, and of the autoscaler, which counts where the tenant is. */
function loginsOf(leaf: LeafView, settings: CelerySettings): readonly Login[] {
  const pods = leaf.workloads.filter(
    ({ own, main }) => own && settingsFor(leaf, main)?.brokerUrl === settings.brokerUrl,
  );
  const isNew = settingsOf(leaf)?.brokerUrl === settings.brokerUrl;
  const scalers = isNew ? ofKind(leaf, 'TriggerAuthentication') : [];
  const found = [
    ...pods.flatMap(({ main, pod }) => {
      const user = envOf(main, 'STALK_USER')?.value;
      const volume = pod.volumes?.find(({ name }) => name === 'redis-password');
      return user === undefined ? [] : [{ user, secret: volume?.secret?.secretName }];
    }),
    ...scalers.flatMap(({ spec }) => {
      const { key, name } = { ...spec?.secretTargetRef?.[0] };
      return key === undefined ? [] : [{ user: key, secret: name }];
    }),
  ];
  return [...new Map(found.map((login) => [`${login.user} ${login.secret}`, login])).values()];
}

const rulesFit: ClusterLaw = {
  name: 'the broker knows every user of its tenants, and lets it reach what its settings name',
  check: (cluster) =>
    pairs(cluster).flatMap(({ tenant, settings, broker, rules }) => {
      const { keyPrefix, unackedKey } = settings;
      const key = keyPrefix === undefined ? unackedKey?.replace(/unacked$/, '*') : `${keyPrefix}*`;
      return [...new Set(loginsOf(tenant, settings).map(({ user }) => user))].flatMap((user) => {
        const line = rules.get(user);
        const at = `.data.users: "${user}" `;
        return [
          ...unlessIn(
            line !== undefined,
            broker,
            RULES,
            `${at}must be given, as ${tenant.folder} comes with that user`,
          ),
          ...unlessIn(
            line === undefined || line.split(' ').includes(`~${key ?? '*'}`),
            broker,
            RULES,
            `${at}must hold ~${key ?? '*'}, the keys of ${tenant.folder}`,
          ),
        ];
      });
    }),
};

/** Where both sides look a password up: a path in the store, or the value itself. */
function sourceOf(leaf: LeafView, secret: string, user: string): string | undefined {
  const literal = called(leaf, 'Secret', secret);
  if (literal) return literal.stringData?.[user];
  const external = ofKind(leaf, 'ExternalSecret').find(({ spec }) => spec?.target?.name === secret);
  return external && pathIn(external, user);
}

/** A path that gives another property than the user's has a mark of its own. */
function pathIn({ spec }: Kinds['ExternalSecret'], user: string): string | undefined {
  const named = spec?.data?.find((d) => d.secretKey === user)?.remoteRef;
  if (named === undefined) return spec?.dataFrom?.[0]?.extract?.key;
  return `${named.key}${named.property === user ? '' : '!'}`;
}

const samePassword: ClusterLaw = {
  name: 'client and broker take a password from one place',
  check: (cluster) =>
    pairs(cluster)
      .filter(({ tenant, broker }) => tenant !== broker)
      .flatMap(({ tenant, settings, broker }) =>
        loginsOf(tenant, settings).flatMap(({ user, secret }) => {
          const client = sourceOf(tenant, String(secret), user);
          const server = sourceOf(broker, 'redis-users', user);
          return unlessIn(
            client === server,
            tenant,
            credentials(tenant, String(secret)),
            ` must take the password of ${user} from where ${broker.folder} takes it${tenant.disposable ? '' : `, ${show(server)}, got ${show(client)}`}`,
          );
        }),
      ),
};

const credentials = (leaf: LeafView, secret: string): string =>
  called(leaf, 'Secret', secret) === undefined ? `ExternalSecret/${secret}` : `Secret/${secret}`;

const prefixesApart: ClusterLaw = {
  name: 'no user of a shared broker reaches a key of a tenant that it does not belong to',
  check: ({ leaves }) =>
    leaves
      .filter(({ kind }) => kind === 'broker')
      .flatMap((leaf) => {
        const owners = userLines(leaf)
          .filter(({ map, own }) => map === 'redis-rules' && own.endsWith(':'))
          .sort((a, b) => (a.own < b.own ? -1 : 1));
        // Sorted, what begins with a prefix follows it at once
        return owners.flatMap((a, i) => {
          const rest = owners.slice(i + 1);
          const end = rest.findIndex(({ own }) => !own.startsWith(a.own));
          return rest
            .slice(0, end < 0 ? rest.length : end)
            .flatMap((b) =>
              unlessIn(
                false,
                leaf,
                RULES,
                `.data.users: "${a.name}" must reach no key of ${b.name}, got ${a.own}*, which covers ${b.own}*`,
              ),
            );
        });
      }),
};

export const agreementLaws: readonly ClusterLaw[] = [rulesFit, samePassword, prefixesApart];
