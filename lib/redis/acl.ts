// What Redis users may do: the rules of each role, and the roles of each user. No passwords.

import type { ResolvedBroker, ResolvedTenant } from '../spec';
import { SENTINEL_USER } from '../plan/redis/topologies/sentinel/conf';
import { hasPrintableSeparator, queuesUserOf, usersOf } from '../spec/isolation';

/** A user of a Redis, or all users of a tenant or group: which they are is said by the roles. */
export interface RedisUser {
  /** The users are called like this, some with an ending. */
  readonly name: string;
  /** What stands for OWN in the rules of its roles: the start of its keys. */
  readonly own?: string;
  /** Their rules follow one another. */
  readonly roles: readonly UserRole[];
}

/** Where rules name what is the user's own. */
export const OWN = '<own>';

/** Rules as `ACL SETUSER` takes them, by the ending of the user that they are for. */
type RoleRules = Readonly<Record<string, string>>;

const words = (names: string): string => `+${names.split(' ').join(' +')}`;
const commands = (names: string): string => `-@all ${words(names)}`;

/**
 * What Celery's workers, beat, Flower and remote control use, found with Celery 5.5, 5.6 and 5.7 on Redis 7.0 and 8.0.
 * `client|setinfo` is added where the server knows it: on 7.0 its name is a syntax error that stops Redis.
 */
const WORKER =
  'ping select multi exec discard watch unwatch lpush rpush rpop brpop llen del hset hget hdel hlen zadd zrem ' +
  'zrevrangebyscore zcount zrange sadd srem smembers set setex get mget expire pexpire incrby publish subscribe ' +
  'unsubscribe psubscribe punsubscribe evalsha script|load time zrangebyscore script|exists exists sismember lrange';

/**
 * Publishing, reading results, and the questions of a health page (`inspect`), which come back through a queue.
 * kombu 5.7 binds that queue, and forgets overdue ones, in scripts: the last line is theirs.
 */
const PRODUCER =
  'ping select llen lpush multi exec sadd get mget set setex del publish subscribe unsubscribe brpop smembers srem ' +
  'exists expire ' +
  'evalsha script|load script|exists time zadd zrangebyscore zrem pexpire';

/** The autoscaler runs one script that asks for lengths. EVAL wants the right to write keys. */
const SCALER = 'ping select eval type llen hlen zcard scard';

/** What opens all commands of a type of data: each names its keys, which are held against the user's. */
const types = (names: string): string => `+@${names.split(' ').join(' +@')}`;

/**
 * Other clients than Celery on a shared broker: all commands on keys and channels that they name. A newer Redis brings new
 * ones with their type. Left out is what takes no keys and shows those of others (SCAN, KEYS, RANDOMKEY, DBSIZE, PUBSUB,
 * client-side caching, INFO), deletes them (FLUSHDB, SWAPDB), changes what others run (FUNCTION, SCRIPT FLUSH) or stops
 * the server (all that Redis calls dangerous, SORT among it). Redis 7.0 does not check the key of a PFMERGE of one key.
 */
const SHARED_CLIENT = [
  types('string hash list set sortedset stream bitmap hyperloglog geo'),
  '-@dangerous -pfmerge',
  words(
    'ping echo select time client|id client|info client|getname client|setname multi exec discard watch unwatch ' +
      'del unlink exists type touch dump copy rename renamenx object ttl pttl persist expire pexpire expireat ' +
      'pexpireat expiretime pexpiretime eval eval_ro evalsha evalsha_ro script|load script|exists ' +
      'publish subscribe unsubscribe psubscribe punsubscribe spublish ssubscribe sunsubscribe',
  ),
].join(' ');

/** Clients of a Redis that is the tenant's alone: all that neither stops Redis nor deletes every key. */
const OWN_CLIENT = '+@all -@admin -@dangerous +info +keys +sort +sort_ro +client|list';

/**
 * The exporter of queues asks how long lists are and what the next message of each says of its time: with EVALSHA_RO, which
 * runs no command that writes. It reads the keys of all tenants, and so their messages.
 */
const READER = 'ping select evalsha_ro script|load llen lindex hlen zrange zcard';

/** The users of a tenant. */
const { worker, web, scaler } = usersOf('');
const counter = queuesUserOf('');

const ofTenant = (reach: string): RoleRules => ({
  [worker]: `${reach} ${commands(WORKER)}`,
  [web]: `${reach} ${commands(PRODUCER)}`,
  [scaler]: `${reach} ${commands(SCALER)}`,
});

const celeryChannels = (base: string): string => `&${base}.pidbox &${base}ev/* &${base}ev/worker.*`;

/** Keys and channels. Redis compares the patterns of PSUBSCRIBE as text, so Celery's own are named one by one. */
const PREFIX_REACH = `resetkeys ~${OWN}* resetchannels &${OWN}* ${celeryChannels(`${OWN}/0.celery`)}`;

/**
 * Without a prefix, names alone keep tenants apart: queues, bindings, tasks in flight, control and events all begin with
 * the tenant's base. `[^!-~]` is the unprintable start of a priority list, which no name can hold.
 */
function queueReach(): string {
  const bindings = ['_kombu.binding', '_kombu.binding_permanent'];
  const keys = [
    OWN,
    `${OWN}.*`,
    `${OWN}[^!-~]*`,
    ...bindings.flatMap((key) => [`${key}.${OWN}`, `${key}.${OWN}.*`, `${key}.reply.${OWN}.pidbox`]),
    `*.${OWN}.pidbox`,
    `*.${OWN}.pidbox[^!-~]*`,
  ];
  const channels = [`${OWN}.*`, `/0.${OWN}.pidbox`, `/0.${OWN}.ev/*`, `/0.${OWN}.ev/worker.*`];
  return `resetkeys ${keys.map((key) => `~${key}`).join(' ')} resetchannels ${channels.map((c) => `&${c}`).join(' ')}`;
}

/**
 * Lists of priorities whose separator can be printed: after the tenant's name comes a character that is in no name, and
 * rules see to it that no prefix begins like this.
 */
const PUNCTUATED = `~${OWN}[^-0-9A-Za-z._]* ~*.${OWN}.pidbox[^-0-9A-Za-z._]*`;

/** The exporter of queues in the namespace of a tenant: it reads that one's keys alone. */
const counts = (...keys: readonly string[]): RoleRules => ({
  [counter]: `resetkeys ${keys.map((key) => `%R~${key}`).join(' ')} resetchannels ${commands(READER)}`,
});

/** Asking a sentinel for the primary, and hearing of a new one (KEDA's client subscribes). */
const ASK = `resetkeys resetchannels &+switch-master &+slave-reconf-done ${commands(
  'ping sentinel|masters sentinel|master sentinel|get-master-addr-by-name sentinel|replicas sentinel|slaves ' +
    'sentinel|sentinels subscribe unsubscribe psubscribe punsubscribe',
)}`;

const HELLO = 'resetkeys resetchannels &__sentinel__:hello';

const ROLES = {
  /** A tenant whose keys have a prefix. */
  prefix: ofTenant(PREFIX_REACH),
  /** A tenant whose queues carry its name, without a prefix. */
  queue: ofTenant(queueReach()),
  punctuated: { [worker]: PUNCTUATED, [web]: PUNCTUATED, [scaler]: PUNCTUATED },
  /** The tenant whose Redis it is. */
  only: ofTenant('resetkeys ~* resetchannels &*'),
  /** The app's own clients of a shared broker. */
  client: { [worker]: SHARED_CLIENT, [web]: SHARED_CLIENT },
  /** The app's own clients of a broker of its own. */
  ownClient: { [worker]: OWN_CLIENT, [web]: OWN_CLIENT },
  /** RedBeat's lock and its entries, which an app's own code makes as well. */
  redbeat: { [worker]: words('hsetnx pttl zrank'), [web]: words('hget hset hsetnx zrank') },
  /** On a server of somebody else: `stalk verify` can ask no pod of it, so it asks as a worker. INFO shows no keys. */
  outside: { [worker]: words('info') },
  /** Reads replicate everything, so it needs no keys: the stream is not subject to key patterns. */
  replica: { '': `resetkeys resetchannels ${commands('psync replconf ping')}` },
  /** What Redis' manual gives sentinels on the servers that they watch, and both names of one command. */
  sentinel: {
    '': `${HELLO} ${commands(
      'multi slaveof replicaof ping exec subscribe config|rewrite role publish info client|setname client|kill script|kill',
    )}`,
  },
  /** Dumps Redis as a replica does, whole: the stream is not subject to key patterns. It writes nothing. */
  backup: { '': `resetkeys resetchannels ${commands('sync replconf ping info')}` },
  /** Counts the queues of all tenants of a broker. */
  queues: { '': `resetkeys %R~* resetchannels ${commands(READER)}` },
  countedPrefix: counts(`${OWN}*`),
  countedQueue: counts(OWN, `${OWN}.*`, `${OWN}[^!-~]*`),
  countedPunctuated: { [counter]: `%R~${OWN}[^-0-9A-Za-z._]*` },
  countedOnly: counts('*'),
  /** A sentinel among sentinels. */
  peer: {
    '': `${HELLO} ${commands(
      'ping publish subscribe client|setname sentinel|is-master-down-by-addr sentinel|get-master-addr-by-name',
    )}`,
  },
  /** Whoever uses the Redis may ask a sentinel where it is, with the same password. */
  asker: { '': ASK },
  askers: { [worker]: ASK, [web]: ASK, [scaler]: ASK },
  /** A cache is the tenant's alone, and may be emptied. */
  cache: { '': `resetkeys ~* resetchannels &* ${OWN_CLIENT} +flushdb +flushall` },
} satisfies Readonly<Record<string, RoleRules>>;

export type UserRole = keyof typeof ROLES;

export const rulesOfRole = (role: UserRole): RoleRules => ROLES[role];

/** All names that a line of users stands for. */
export const userNames = ({ name, roles }: RedisUser): string[] => [
  ...new Set(roles.flatMap((role) => Object.keys(ROLES[role]).map((ending) => `${name}${ending}`))),
];

/** The users of a tenant, or of the group that it belongs to. */
export function tenantUser(tenant: Pick<ResolvedTenant, 'broker' | 'beat' | 'priorities'>): RedisUser {
  const { broker, beat } = tenant;
  const { own, roles } = reachOf(broker);
  const more: readonly UserRole[] = [
    ...(roles.includes('queue') && hasPrintableSeparator(tenant) ? (['punctuated'] as const) : []),
    ...(broker.alsoCache ? [clientRole(broker)] : []),
    ...(beat?.scheduler === 'redbeat' ? (['redbeat'] as const) : []),
    ...(broker.redis.topology === 'external' ? (['outside'] as const) : []),
  ];
  const all = [...roles, ...more];
  const counted = broker.users.queues === undefined ? [] : all.flatMap(countedBy);
  return { name: broker.users.worker, ...(own !== undefined && { own }), roles: [...all, ...counted] };
}

const COUNTED: Readonly<Partial<Record<UserRole, UserRole>>> = {
  prefix: 'countedPrefix',
  queue: 'countedQueue',
  punctuated: 'countedPunctuated',
  only: 'countedOnly',
};

/** The role that reads the keys of another one. */
function countedBy(role: UserRole): readonly UserRole[] {
  const counted = COUNTED[role];
  return counted === undefined ? [] : [counted];
}

function reachOf({ prefix, isolation, queueBase }: ResolvedBroker): Omit<RedisUser, 'name'> {
  if (prefix !== '') return { own: prefix, roles: ['prefix'] };
  if (isolation === 'queue' && queueBase !== undefined) return { own: queueBase, roles: ['queue'] };
  return { roles: ['only'] };
}

/** A Redis that somebody else runs is the tenant's alone where no prefix parts it from others. */
const clientRole = ({ kind, redis, prefix }: ResolvedBroker): UserRole =>
  kind === 'dedicated' && (redis.topology !== 'external' || prefix === '') ? 'ownClient' : 'client';

/** Tenants of one group share their users, who may do what any of them needs. */
export function sharedUsers(tenants: readonly ResolvedTenant[]): RedisUser[] {
  const known = new Map<string, RedisUser>();
  for (const user of tenants.map(tenantUser)) {
    const other = known.get(user.name);
    const roles = new Set([...(other ? other.roles : []), ...user.roles]);
    known.set(user.name, { ...user, roles: [...roles] });
  }
  return [...known.values()];
}

export const REPLICA: RedisUser = { name: 'replica', roles: ['replica'] };

export const SENTINEL: RedisUser = { name: SENTINEL_USER, roles: ['sentinel'] };

/** Asks a broker for the queues of all its tenants. */
export const QUEUES: RedisUser = { name: 'queues', roles: ['queues'] };

/** Dumps a broker that has backups. */
export const BACKUP: RedisUser = { name: 'backup', roles: ['backup'] };

/** The same users on a sentinel, which is not dumped. */
export const sentinelUsers = (users: readonly RedisUser[]): RedisUser[] =>
  users
    .filter(({ roles }) => !roles.includes('backup'))
    .map(({ name, roles }) => ({ name, roles: [onSentinel(roles)] }));

function onSentinel(roles: RedisUser['roles']): UserRole {
  if (roles.includes('sentinel')) return 'peer';
  return roles.includes('replica') || roles.includes('queues') ? 'asker' : 'askers';
}

export const cacheUser = (name: string): RedisUser => ({ name, roles: ['cache'] });
