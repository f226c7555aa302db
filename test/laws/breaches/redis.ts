// How a Redis evicts, forgets, or lets its users do too much.

import { addToRole, replaceInRules } from '../breach';
import type { Breaches } from '../breach';
import type { Json, Synth } from '../../support/synth';

const replaceIn = ({ byKind }: Synth, map: string, from: string, to: string): void => {
  const { data } = byKind('ConfigMap', map);
  data['redis.conf'] = data['redis.conf'].replace(from, to);
};

const withRole = ({ byKind }: Synth, line: string): void => {
  byKind('ConfigMap', 'redis-rules').data.roles += `${line}\n`;
};

export const redisBreaches: Breaches = {
  'a broker never evicts': [
    {
      when: 'a broker is run as a cache',
      leaf: 'production/brokers/shared',
      spoil: (o) => replaceIn(o, 'redis-config', 'noeviction', 'allkeys-lru'),
      says: [
        `ConfigMap/redis-config.data["redis.conf"]: maxmemory-policy must be "noeviction", got "allkeys-lru"`,
      ],
    },
  ],
  'Redis may fill 70 % of its container': [
    {
      when: 'maxmemory is the limit',
      leaf: 'lab/brokers/main',
      spoil: ({ byKind }) =>
        (byKind('StatefulSet', 'redis').spec.template.spec.containers[0].resources.limits.memory = '1Gi'),
      says: [
        `ConfigMap/redis-config.data["redis.conf"]: maxmemory must be 751619276, 70 % of the limit of 1Gi, got "187904819"`,
      ],
    },
  ],
  'Redis writes everything down where it has a volume; a broker always has one': [
    {
      when: 'nothing is written',
      leaf: 'production/brokers/shared',
      spoil: (o) => replaceIn(o, 'redis-config', 'appendonly yes', 'appendonly no'),
      says: [`ConfigMap/redis-config.data["redis.conf"]: appendonly must be "yes", got "no"`],
    },
    {
      when: 'the system decides when the log is on disk',
      leaf: 'production/brokers/shared',
      spoil: (o) => replaceIn(o, 'redis-config', 'appendfsync everysec', 'appendfsync no'),
      says: [
        `ConfigMap/redis-config.data["redis.conf"]: appendfsync must be "everysec" or "always", got "no"`,
      ],
    },
    {
      when: 'the data is never saved as a whole',
      leaf: 'production/brokers/shared',
      spoil: (o) => replaceIn(o, 'redis-config', 'save 900 1 300 10 60 10000', 'save ""'),
      says: [
        `ConfigMap/redis-config.data["redis.conf"]: save must be seconds and changes, as in 900 1, got "\\"\\""`,
      ],
    },
    {
      when: 'a snapshot that fails stops all work',
      leaf: 'production/brokers/shared',
      spoil: (o) => replaceIn(o, 'redis-config', 'stop-writes-on-bgsave-error no', ''),
      says: [
        `ConfigMap/redis-config.data["redis.conf"]: stop-writes-on-bgsave-error must be "no": the log has what a failed snapshot lacks, got nothing`,
      ],
    },
    {
      when: 'nobody looks at the data before Redis does',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) =>
        byKind('StatefulSet', 'redis').spec.template.spec.containers[0].command.splice(0, 3),
      says: [
        'StatefulSet/redis.spec.template.spec.containers[0].command must begin with sh /opt/redis/data.sh start: Redis would write over data that it does not find',
      ],
    },
    {
      when: 'no container but Redis has its data',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => {
        const users = byKind('StatefulSet', 'redis').spec.template.spec.containers[1];
        users.volumeMounts = users.volumeMounts.filter((m: { name: string }) => m.name !== 'redis-data');
      },
      says: [
        'StatefulSet/redis.spec.template.spec.containers must hold one named "users" that mounts /data: there data is mended while Redis cannot start',
      ],
    },
    {
      when: 'a broker has no volume',
      leaf: 'production/brokers/shared',
      spoil: (o) => {
        delete o.byKind('StatefulSet', 'redis').spec.volumeClaimTemplates;
        replaceIn(o, 'redis-config', 'appendonly yes', 'appendonly no');
      },
      says: [
        'StatefulSet/redis.spec.volumeClaimTemplates must be given: a broker without a volume loses its messages with its pod',
      ],
    },
  ],
  'Redis has time to save its data before it is killed': [
    {
      when: 'it has Kubernetes’ 30 s',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) =>
        delete byKind('StatefulSet', 'redis').spec.template.spec.terminationGracePeriodSeconds,
      says: [
        'StatefulSet/redis.spec.template.spec.terminationGracePeriodSeconds must be at least 120, got nothing',
      ],
    },
  ],
  'every file that redis.conf names lies in a folder that is mounted': [
    {
      when: 'the aclfile lies elsewhere',
      leaf: 'production/brokers/shared',
      spoil: (o) => replaceIn(o, 'redis-config', 'aclfile /run/redis', 'aclfile /etc'),
      says: [
        `ConfigMap/redis-config.data["redis.conf"]: aclfile must be in a folder that the container mounts, got "/etc/users.acl"`,
      ],
    },
    {
      when: 'Redis does not mount the folder of its socket, which it shares with redis_exporter',
      leaf: 'lab/brokers/sealed',
      spoil: ({ byKind }) => {
        const [redis] = byKind('StatefulSet', 'redis').spec.template.spec.containers;
        redis.volumeMounts = redis.volumeMounts.filter(({ name }: Json) => name !== 'exporter');
      },
      says: [
        `ConfigMap/redis-config.data["redis.conf"]: unixsocket must be in a folder that the container mounts, got "/run/exporter/redis.sock"`,
      ],
    },
  ],
  'redis.conf says nothing twice: after an include, the last one counts': [
    {
      when: 'the saves are lines of their own',
      leaf: 'production/brokers/shared',
      spoil: (o) => replaceIn(o, 'redis-config', 'save 900 1 300 10', 'save 900 1\nsave 300 10'),
      says: [`ConfigMap/redis-config.data["redis.conf"]: save must be there once, got two`],
    },
  ],
  'a replica follows the primary by the name of its pod, and never becomes one': [
    {
      when: 'sentinels may choose it',
      leaf: 'lab/brokers/twin',
      spoil: (o) => replaceIn(o, 'redis-replica-config', 'replica-priority 0', 'replica-priority 100'),
      says: [
        `ConfigMap/redis-replica-config.data["redis.conf"]: replica-priority must be 0: sentinels may find it, got "100"`,
      ],
    },
    {
      when: 'it follows a Service',
      leaf: 'lab/brokers/twin',
      spoil: (o) => replaceIn(o, 'redis-replica-config', 'redis-0.redis-headless', 'redis'),
      says: [
        `ConfigMap/redis-replica-config.data["redis.conf"]: replicaof must be redis-0.redis-headless.broker-twin.svc.… 6379, got "redis.broker-twin.svc.cluster.example.com 6379"`,
      ],
    },
  ],
  'a Redis that nothing can stand in for is found also when its pod is not ready': [
    ...(
      [
        ['production/brokers/shared', 'redis'],
        ['lab/brokers/twin', 'redis'],
        ['production/tenants/redline', 'cache'],
      ] as const
    ).map(([leaf, name]) => ({
      when: `the Service ${name} of ${leaf} waits for readiness`,
      leaf,
      spoil: ({ byKind }: Synth): void => void delete byKind('Service', name).spec.publishNotReadyAddresses,
      says: [
        `Service/${name}.spec.publishNotReadyAddresses must be true, got nothing; a dead helper would leave it without an endpoint`,
      ],
    })),
  ],
  'every line of rules is one that ACL SETUSER reads': [
    {
      when: 'a line has a password',
      leaf: 'production/brokers/shared',
      spoil: (o) => addToRole(o, 'prefix -', ' >geheim'),
      says: [`ConfigMap/redis-rules.data.roles: "prefix -" must hold words of ACL SETUSER, got ">geheim"`],
    },
    {
      when: 'a line ends in a blank',
      leaf: 'production/brokers/shared',
      spoil: (o) => addToRole(o, 'prefix -', ' '),
      says: [
        `ConfigMap/redis-rules.data.roles: "prefix -" must be one line of words with one blank between them`,
        `ConfigMap/redis-rules.data.roles: "prefix -" must hold words of ACL SETUSER, got ""`,
      ],
    },
  ],
  'every line of users names what is theirs, and roles that are there': [
    {
      when: 'a role has no rules',
      leaf: 'production/brokers/shared',
      spoil: (o) => replaceInRules(o, 'users', 'tenant-a: prefix', 'tenant-a: prefx'),
      says: [`ConfigMap/redis-rules.data.users: "tenant-a" must have a role of .data.roles, got "prefx"`],
    },
    {
      when: 'nothing is its own',
      leaf: 'production/brokers/shared',
      spoil: (o) => replaceInRules(o, 'users', 'tenant-a: prefix', '- prefix'),
      says: [`ConfigMap/redis-rules.data.users: "tenant-a" must say what is its own, got "-"`],
    },
    {
      when: 'a user has no role',
      leaf: 'production/brokers/shared',
      spoil: (o) => replaceInRules(o, 'users', 'tenant-a: prefix client', 'tenant-a:'),
      says: [`ConfigMap/redis-rules.data.users: "tenant-a" must be a name, what is its own, and roles`],
    },
  ],
  'the roles of Redis itself are of its own users alone': [
    {
      when: 'a tenant may act as a replica',
      leaf: 'production/brokers/shared',
      spoil: (o) => replaceInRules(o, 'users', 'tenant-a: prefix', 'tenant-a: prefix replica'),
      says: [`ConfigMap/redis-rules.data.users: "tenant-a" must have no role of Redis itself, got "replica"`],
    },
  ],
  'what is a user’s own on a shared broker ends in a colon where a star follows it': [
    {
      when: 'a prefix covers those that begin like it',
      leaf: 'production/brokers/shared',
      spoil: (o) => replaceInRules(o, 'users', 'tenant-a: prefix', 'tenant prefix'),
      says: [`ConfigMap/redis-rules.data.users: "tenant-a" must have keys that end in ":", got "tenant"`],
    },
  ],
  'the users of a broker may do what is named, and nothing that is the server’s': [
    {
      when: 'a tenant may do everything',
      leaf: 'production/brokers/shared',
      spoil: (o) => addToRole(o, 'prefix -', ' +@all'),
      says: [`ConfigMap/redis-rules.data.roles: "prefix -" must name commands one by one, got +@all`],
    },
    {
      when: 'a tenant may empty the server',
      leaf: 'production/brokers/shared',
      spoil: (o) => addToRole(o, 'prefix -', ' +flushall +config|set'),
      says: [
        `ConfigMap/redis-rules.data.roles: "prefix -" must hold no command that is the server's, got +flushall`,
        `ConfigMap/redis-rules.data.roles: "prefix -" must hold no command that is the server's, got +config|set`,
      ],
    },
    {
      when: 'a type is open with what is dangerous in it',
      leaf: 'production/brokers/shared',
      spoil: (o) => addToRole(o, 'client -', ' +@list'),
      says: [
        ...['string', 'hash', 'list', 'set', 'sortedset', 'stream', 'bitmap', 'hyperloglog', 'geo', 'list'],
      ].map(
        (type) => `ConfigMap/redis-rules.data.roles: "client -" must name commands one by one, got +@${type}`,
      ),
    },
    {
      when: 'a tenant may see the keys of all',
      leaf: 'production/brokers/shared',
      spoil: (o) => addToRole(o, 'client -', ' +scan +keys'),
      says: [
        `ConfigMap/redis-rules.data.roles: "client -" must hold no command that is the server's, got +scan`,
        `ConfigMap/redis-rules.data.roles: "client -" must hold no command that is the server's, got +keys`,
      ],
    },
    {
      when: 'a tenant may flush a broker of its own',
      leaf: 'production/tenants/paless',
      spoil: (o) => addToRole(o, 'ownClient -', ' +flushdb +@dangerous'),
      says: [
        `ConfigMap/redis-rules.data.roles: "ownClient -" must name commands one by one, got +@all`,
        `ConfigMap/redis-rules.data.roles: "ownClient -" must hold no command that is the server's, got +flushdb`,
        `ConfigMap/redis-rules.data.roles: "ownClient -" must name commands one by one, got +@dangerous`,
      ],
    },
    {
      when: 'nothing was taken away first',
      leaf: 'production/brokers/shared',
      spoil: (o) => replaceInRules(o, 'roles', '-@all ', ''),
      says: [`ConfigMap/redis-rules.data.roles: "prefix -" must begin with -@all, or it keeps every command`],
    },
  ],
  'users of a shared broker reach their own keys and channels, Celery’s patterns spelled out': [
    {
      when: 'a pattern of PSUBSCRIBE is left to the wildcard',
      leaf: 'production/brokers/shared',
      spoil: (o) => replaceInRules(o, 'roles', ' &<own>/0.celeryev/worker.*', ''),
      says: [`ConfigMap/redis-rules.data.roles: "prefix -" must hold the channel &<own>/0.celeryev/worker.*`],
    },
    {
      when: 'a tenant reaches all keys',
      leaf: 'production/brokers/shared',
      spoil: (o) => addToRole(o, 'prefix -', ' ~*'),
      says: [
        `ConfigMap/redis-rules.data.roles: "prefix -" must hold patterns with what is the user's own, got *, which reaches more`,
        `ConfigMap/redis-rules.data.roles: "prefix -" must hold one pattern of keys, got <own>* and *`,
      ],
    },
    {
      when: 'a line leaves keys from before',
      leaf: 'production/brokers/shared',
      spoil: (o) => replaceInRules(o, 'roles', 'prefix - resetkeys ', 'prefix - '),
      says: [
        `ConfigMap/redis-rules.data.roles: "prefix -" must begin with resetkeys and hold resetchannels, or the user keeps what it had`,
      ],
    },
  ],
  'the autoscaler’s user only reads lengths': [
    {
      when: 'it may take tasks away',
      leaf: 'production/brokers/shared',
      spoil: (o) => addToRole(o, 'prefix -scaler', ' +lpop'),
      says: [
        `ConfigMap/redis-rules.data.roles: "prefix -scaler" must hold nothing but ping select eval type llen hlen zcard scard, got +lpop`,
      ],
    },
  ],
  'the user that reads the queues of all tenants changes nothing, and hears no channel': [
    {
      when: 'it may write what it reads, and take tasks away',
      leaf: 'production/brokers/shared',
      spoil: (o) => withRole(o, 'queues - resetkeys ~* resetchannels -@all +llen +lpop'),
      says: [
        `ConfigMap/redis-rules.data.roles: "queues -" must hold keys to read alone, each like %R~*, and no channel`,
        `ConfigMap/redis-rules.data.roles: "queues -" must hold nothing but ping select evalsha_ro script|load llen lindex hlen zrange zcard, got +lpop`,
      ],
    },
  ],
  'nobody is Redis’ default user, which needs no password': [
    {
      when: 'the default user is on',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => {
        const { data } = byKind('ConfigMap', 'redis-scripts');
        data['users.sh'] = data['users.sh'].replace('user default off resetpass', 'user default on nopass');
      },
      says: [
        `ConfigMap/redis-scripts.data["users.sh"] must hold "user default off resetpass", got "user default on nopass"`,
      ],
    },
    {
      when: 'nothing is said of it',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => (byKind('ConfigMap', 'redis-scripts').data['users.sh'] = ''),
      says: [`ConfigMap/redis-scripts.data["users.sh"] must hold "user default off resetpass", got nothing`],
    },
  ],
  'every user with rules gets a password, where the leaf says which there are': [
    {
      when: 'a user has none',
      leaf: 'dev/brokers/shared',
      spoil: ({ byKind }) => delete byKind('Secret', 'redis-users').stringData['tenant-a-web'],
      says: [`Secret/redis-users.stringData["tenant-a-web"] must be a password of at least 32 letters`],
    },
  ],
  'a broker is evicted last, unless its author gives it another class': [
    {
      when: 'a broker has no priority',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => delete byKind('StatefulSet', 'redis').spec.template.spec.priorityClassName,
      says: [`StatefulSet/redis.spec.template.spec.priorityClassName must be "stalk-broker", got nothing`],
    },
  ],
};
