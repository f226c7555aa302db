// Redis: brokers never evict, users reach their own keys only, and may do what Celery does and nothing else.

import { amount, idOf, matches, ofKind, unless } from './law';
import type { Law, Breach } from './law';
import type { Json, Manifest, Synth } from '../synth';

/** A server with the lines of its redis.conf by their first word. */
interface Server {
  readonly id: string;
  readonly set: Json;
  readonly conf: ReadonlyMap<string, string>;
}

/** A sentinel holds no data. */
const redisSets = (manifests: readonly Manifest[]): Manifest[] =>
  ofKind(manifests, 'StatefulSet').filter(
    ({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] !== 'sentinel',
  );

const servers = (manifests: readonly Manifest[]): Server[] =>
  redisSets(manifests).map((set) => {
    const text: string =
      manifests.find((m) => idOf(m) === `ConfigMap/${set.metadata.name}-config`)?.['data']['redis.conf'] ??
      '';
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return {
      id: idOf(set),
      set,
      conf: new Map(lines.map((l) => [l.split(' ')[0] ?? '', l.split(' ').slice(1).join(' ')])),
    };
  });

const componentOf = ({ set }: Server): string => set.metadata.labels['app.kubernetes.io/component'];

const replaceIn = ({ byKind }: Synth, map: string, from: string, to: string): void => {
  const { data } = byKind('ConfigMap', map);
  data['redis.conf'] = data['redis.conf'].replace(from, to);
};

const noEviction: Law = {
  name: 'a broker never evicts',
  check: ({ manifests }) =>
    servers(manifests)
      .filter((s) => componentOf(s) === 'redis')
      .flatMap(({ id, conf }) =>
        unless(
          conf.get('maxmemory-policy') === 'noeviction',
          `${id} has the policy ${conf.get('maxmemory-policy')}`,
        ),
      ),
  breaches: [
    {
      when: 'a broker is run as a cache',
      leaf: 'production/brokers/shared',
      spoil: (o) => replaceIn(o, 'redis-config', 'noeviction', 'allkeys-lru'),
      says: ['StatefulSet/redis has the policy allkeys-lru'],
    },
  ],
};

const memory: Law = {
  name: 'Redis may fill 70 % of its container',
  check: ({ manifests }) =>
    servers(manifests).flatMap(({ id, set, conf }) => {
      const limit = amount(set.spec.template.spec.containers[0].resources.limits.memory);
      const wanted = Math.floor((limit * 7) / 10);
      return unless(
        Math.abs(Number(conf.get('maxmemory')) - wanted) <= 1,
        `${id} has maxmemory ${conf.get('maxmemory')}`,
      );
    }),
  breaches: [
    {
      when: 'maxmemory is the limit',
      leaf: 'lab/brokers/main',
      spoil: ({ byKind }) =>
        (byKind('StatefulSet', 'redis').spec.template.spec.containers[0].resources.limits.memory = '1Gi'),
      says: ['StatefulSet/redis has maxmemory 187904819'],
    },
  ],
};

const durable: Law = {
  name: 'Redis writes everything down where it has a volume; a broker always has one',
  check: ({ manifests }) =>
    servers(manifests).flatMap((s) => {
      const claimed = s.set.spec.volumeClaimTemplates !== undefined;
      return [
        ...unless(claimed || componentOf(s) === 'cache', `${s.id} loses its messages with its pod`),
        ...unless(
          s.conf.get('appendonly') === (claimed ? 'yes' : 'no'),
          `${s.id} has appendonly ${s.conf.get('appendonly')}`,
        ),
      ];
    }),
  breaches: [
    {
      when: 'nothing is written',
      leaf: 'production/brokers/shared',
      spoil: (o) => replaceIn(o, 'redis-config', 'appendonly yes', 'appendonly no'),
      says: ['StatefulSet/redis has appendonly no'],
    },
    {
      when: 'a broker has no volume',
      leaf: 'production/brokers/shared',
      spoil: (o) => {
        delete o.byKind('StatefulSet', 'redis').spec.volumeClaimTemplates;
        replaceIn(o, 'redis-config', 'appendonly yes', 'appendonly no');
      },
      says: ['StatefulSet/redis loses its messages with its pod'],
    },
  ],
};

const folders: Law = {
  name: 'every file that redis.conf names lies in a folder that is mounted',
  check: ({ manifests }) =>
    servers(manifests).flatMap(({ id, set, conf }) => {
      const [redis] = set.spec.template.spec.containers;
      const paths: string[] = redis.volumeMounts.map((m: Json) => m.mountPath);
      const files = ['aclfile', 'include', 'dir'].map((word) => conf.get(word) ?? '');
      return files.flatMap((file) =>
        unless(
          paths.some((path) => file === path || file.startsWith(`${path}/`)),
          `${id} looks for ${file}`,
        ),
      );
    }),
  breaches: [
    {
      when: 'the aclfile lies elsewhere',
      leaf: 'production/brokers/shared',
      spoil: (o) => replaceIn(o, 'redis-config', 'aclfile /run/redis', 'aclfile /etc'),
      says: ['StatefulSet/redis looks for /etc/users.acl'],
    },
  ],
};

const once: Law = {
  name: 'redis.conf says nothing twice: after an include, the last one counts',
  check: ({ manifests }) =>
    ofKind(manifests, 'ConfigMap').flatMap((map) => {
      const text: string = map['data']?.['redis.conf'] ?? '';
      // Files to include may be many, each once
      const words = text.split('\n').flatMap((line) => /^(include .*|[a-z][a-z-]*)/.exec(line)?.[0] ?? []);
      return words
        .filter((word, i) => words.indexOf(word) !== i)
        .map((word) => `${idOf(map)} says ${word} twice`);
    }),
  breaches: [
    {
      when: 'the saves are lines of their own',
      leaf: 'production/brokers/shared',
      spoil: (o) => replaceIn(o, 'redis-config', 'save 900 1 300 10', 'save 900 1\nsave 300 10'),
      says: ['ConfigMap/redis-config says save twice'],
    },
  ],
};

const replicas: Law = {
  name: 'a replica follows the primary by the name of its pod',
  check: ({ manifests }) =>
    servers(manifests)
      .filter(({ set }) => set.spec.template.metadata.labels['stalk.dev/role'] === 'replica')
      .flatMap(({ id, set, conf }) => {
        const { namespace } = set.metadata;
        const found = conf.get('replicaof') ?? '';
        const primary = manifests.some((m) => idOf(m) === 'StatefulSet/redis');
        const port = conf.get('tls-port') ?? conf.get('port');
        return unless(
          primary &&
            found.startsWith(`redis-0.redis-headless.${namespace}.svc.`) &&
            found.endsWith(` ${port}`),
          `${id} follows ${found}`,
        );
      }),
  breaches: [
    {
      when: 'it follows a Service',
      leaf: 'lab/brokers/twin',
      spoil: (o) => replaceIn(o, 'redis-replica-config', 'redis-0.redis-headless', 'redis'),
      says: ['StatefulSet/redis-replica follows redis.broker-twin.svc.cluster.example.com 6379'],
    },
  ],
};

/** What stops the server, reads everybody's traffic, or changes who may do what. */
const ADMIN =
  'acl bgrewriteaof bgsave client cluster config debug failover flushall flushdb function keys latency memory ' +
  'migrate module monitor move persist psync replconf replicaof reset-all restore save scan script shutdown slaveof ' +
  'slowlog swapdb sync wait';

/** Parts of those that Celery uses. */
const FREE = new Set(['script|load', 'script|exists', 'client|setinfo']);

/** The users that Redis itself needs. */
const INTERNAL: Readonly<Record<string, ReadonlySet<string>>> = {
  replica: new Set(['psync', 'replconf']),
  sentinel: new Set([
    'slaveof',
    'replicaof',
    'config|rewrite',
    'client|setname',
    'client|kill',
    'script|kill',
  ]),
};

const rulesOf = (manifests: readonly Manifest[]): readonly (readonly [string, string, string])[] =>
  ofKind(manifests, 'ConfigMap')
    .filter(({ metadata }) => /^(redis|cache)-rules$/.test(metadata.name))
    .flatMap((m) =>
      Object.entries<string>(m['data'] ?? {}).map(([user, line]) => [m.metadata.name, user, line] as const),
    );

const TOKEN = /^(resetkeys|resetchannels|~\S+|&\S+|[+-]@[a-z]+|[+-][a-z]+(\|[a-z]+)?)$/;

const lines: Law = {
  name: 'every line of rules is one that ACL SETUSER reads',
  check: ({ manifests }) =>
    rulesOf(manifests).flatMap(([map, user, line]) => [
      ...unless(
        /^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(line),
        `${map}: the line of ${user} is not one of words`,
      ),
      ...line.split(/\s+/).flatMap((word) => unless(TOKEN.test(word), `${map}: ${user} has ${word}`)),
    ]),
  breaches: [
    {
      when: 'a line has a password',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => (byKind('ConfigMap', 'redis-rules').data['tenant-a'] += ' >geheim'),
      says: ['redis-rules: tenant-a has >geheim'],
    },
    {
      when: 'a line ends in a blank',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => (byKind('ConfigMap', 'redis-rules').data['tenant-a'] += ' '),
      says: ['redis-rules: the line of tenant-a is not one of words', 'redis-rules: tenant-a has '],
    },
  ],
};

const commands: Law = {
  name: 'the users of a broker may do what is named, and nothing that is the server’s',
  check: ({ manifests }) =>
    rulesOf(manifests)
      .filter(([map]) => map === 'redis-rules')
      .flatMap(([, user, line]) => {
        const words = line.split(' ');
        const allowed = words.filter((w) => w.startsWith('+')).map((w) => w.slice(1));
        const forbidden = new Set(ADMIN.split(' '));
        return [
          ...unless(
            words.indexOf('-@all') >= 0 && words.indexOf('-@all') < words.findIndex((w) => w.startsWith('+')),
            `${user} starts with everything`,
          ),
          ...allowed.flatMap((command) => [
            ...unless(!command.startsWith('@'), `${user} has all of ${command}`),
            ...unless(
              FREE.has(command) ||
                INTERNAL[user]?.has(command) ||
                !forbidden.has(command.split('|')[0] ?? ''),
              `${user} may ${command}`,
            ),
          ]),
        ];
      }),
  breaches: [
    {
      when: 'a tenant may do everything',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => (byKind('ConfigMap', 'redis-rules').data['tenant-a'] += ' +@all'),
      says: ['tenant-a has all of @all'],
    },
    {
      when: 'a tenant may empty the server',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) =>
        (byKind('ConfigMap', 'redis-rules').data['tenant-a'] += ' +flushall +config|set'),
      says: ['tenant-a may flushall', 'tenant-a may config|set'],
    },
    {
      when: 'nothing was taken away first',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => {
        const { data } = byKind('ConfigMap', 'redis-rules');
        data['tenant-a'] = data['tenant-a'].replace('-@all ', '');
      },
      says: ['tenant-a starts with everything'],
    },
  ],
};

/** What kombu subscribes to by pattern: Redis compares these as text. */
const CHANNELS = ['.pidbox', 'ev/*', 'ev/worker.*'];

const reach: Law = {
  name: 'users of a shared broker reach their own keys and channels, Celery’s patterns spelled out',
  check: ({ manifests, kind }) =>
    kind !== 'broker'
      ? []
      : rulesOf(manifests)
          .filter(([, user]) => !(user in INTERNAL))
          .flatMap(([, user, line]) => {
            const words = line.split(' ');
            const keys = words.filter((w) => w.startsWith('~')).map((w) => w.slice(1));
            const channels = words.filter((w) => w.startsWith('&')).map((w) => w.slice(1));
            const prefix = /^([a-z0-9.:-]+:)\*$/.exec(keys[0] ?? '')?.[1];
            return [
              ...unless(
                words[0] === 'resetkeys' && words.includes('resetchannels'),
                `${user} keeps what it had`,
              ),
              ...unless(!keys.includes('*') && !channels.includes('*'), `${user} reaches everything`),
              ...(prefix === undefined
                ? []
                : [
                    ...unless(keys.length === 1, `${user} reaches ${keys.slice(1).join()} as well`),
                    ...CHANNELS.flatMap((end) =>
                      unless(
                        channels.includes(`${prefix}/0.celery${end}`),
                        `${user} cannot subscribe to …celery${end}`,
                      ),
                    ),
                  ]),
            ];
          }),
  breaches: [
    {
      when: 'a pattern of PSUBSCRIBE is left to the wildcard',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => {
        const { data } = byKind('ConfigMap', 'redis-rules');
        data['tenant-a'] = data['tenant-a'].replace(' &tenant-a:/0.celeryev/worker.*', '');
      },
      says: ['tenant-a cannot subscribe to …celeryev/worker.*'],
    },
    {
      when: 'a tenant reaches all keys',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => (byKind('ConfigMap', 'redis-rules').data['tenant-a'] += ' ~*'),
      says: ['tenant-a reaches everything', 'tenant-a reaches * as well'],
    },
    {
      when: 'a line leaves keys from before',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => {
        const { data } = byKind('ConfigMap', 'redis-rules');
        data['tenant-a'] = data['tenant-a'].replace('resetkeys ', '');
      },
      says: ['tenant-a keeps what it had'],
    },
  ] satisfies readonly Breach[],
};

const passwordsMatch: Law = {
  name: 'every user with rules gets a password, where the leaf says which there are',
  check: ({ manifests }) =>
    redisSets(manifests).flatMap((set) => {
      const component = set.metadata.labels?.['app.kubernetes.io/component'];
      const secret = ofKind(manifests, 'Secret').find((s) => s.metadata.name === `${component}-users`);
      if (secret === undefined) return [];
      return rulesOf(manifests)
        .filter(([map]) => map === `${component}-rules`)
        .flatMap(([, user]) =>
          unless(
            /^[A-Za-z0-9_-]{32,}$/.test(secret['stringData'][user] ?? ''),
            `${idOf(set)}: ${user} has no good password`,
          ),
        );
    }),
  breaches: [
    {
      when: 'a user has none',
      leaf: 'dev/brokers/shared',
      spoil: ({ byKind }) => delete byKind('Secret', 'redis-users').stringData['tenant-a-web'],
      says: ['StatefulSet/redis: tenant-a-web has no good password'],
    },
  ],
};

const priority: Law = {
  name: 'a broker is evicted last',
  check: ({ manifests }) =>
    servers(manifests).flatMap((s) => {
      const broker = matches({ 'app.kubernetes.io/component': 'redis' }, s.set.metadata.labels);
      const { priorityClassName } = s.set.spec.template.spec;
      return unless(
        priorityClassName === (broker ? 'stalk-broker' : undefined),
        `${s.id} has ${priorityClassName}`,
      );
    }),
  breaches: [
    {
      when: 'a broker has no priority',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => delete byKind('StatefulSet', 'redis').spec.template.spec.priorityClassName,
      says: ['StatefulSet/redis has undefined'],
    },
  ],
};

export const redisLaws: readonly Law[] = [
  noEviction,
  memory,
  durable,
  folders,
  once,
  replicas,
  lines,
  commands,
  reach,
  passwordsMatch,
  priority,
];
