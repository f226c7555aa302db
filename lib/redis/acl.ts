// What each Redis user may do: the rule lines of the aclfile, without names and passwords.

import type { ResolvedBroker, ResolvedTenant } from '../spec';
import { SENTINEL_USER } from '../plan/redis/topologies/sentinel/conf';

/** One user of a Redis. */
export interface RedisUser {
  readonly name: string;
  /** Rules as `ACL SETUSER` takes them, in one line. */
  readonly rules: string;
}

const commands = (names: string): string => `-@all +${names.split(' ').join(' +')}`;

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

/** Django's cache and channels, where they live on the broker. Flushing is refused: it would delete tasks. */
const CACHING = { worker: ' mset', producer: ' mset incrby' };

const REDBEAT = ' hsetnx pttl';

/** The users of a tenant, or of the group that it belongs to. */
export function tenantUsers({ broker, beat }: Pick<ResolvedTenant, 'broker' | 'beat'>): RedisUser[] {
  const { users, alsoCache } = broker;
  const reach = reachOf(broker);
  const worker = WORKER + (alsoCache ? CACHING.worker : '') + (beat?.scheduler === 'redbeat' ? REDBEAT : '');
  const producer = PRODUCER + (alsoCache ? CACHING.producer : '');
  return [
    { name: users.worker, rules: `${reach} ${commands(worker)}` },
    { name: users.web, rules: `${reach} ${commands(producer)}` },
    { name: users.scaler, rules: `${reach} ${commands(SCALER)}` },
  ];
}

/** Keys and channels. Redis compares the patterns of PSUBSCRIBE as text, so Celery's own are named one by one. */
function reachOf({ prefix, isolation, queueBase }: ResolvedBroker): string {
  if (prefix !== '')
    return `resetkeys ~${prefix}* resetchannels &${prefix}* ${celeryChannels(`${prefix}/0.celery`)}`;
  if (isolation === 'queue' && queueBase !== undefined) return queueReach(queueBase);
  return 'resetkeys ~* resetchannels &*';
}

const celeryChannels = (base: string): string => `&${base}.pidbox &${base}ev/* &${base}ev/worker.*`;

/** Reads replicate everything, so it needs no keys: the stream is not subject to key patterns. */
export const REPLICA: RedisUser = {
  name: 'replica',
  rules: `resetkeys resetchannels ${commands('psync replconf ping')}`,
};

/** What Redis' manual gives sentinels on the servers that they watch, and both names of one command. */
export const SENTINEL: RedisUser = {
  name: SENTINEL_USER,
  rules: `resetkeys resetchannels &__sentinel__:hello ${commands(
    'multi slaveof replicaof ping exec subscribe config|rewrite role publish info client|setname client|kill script|kill',
  )}`,
};

/** Asking a sentinel for the primary, and hearing of a new one (KEDA's client subscribes). */
const ASK =
  'ping sentinel|masters sentinel|master sentinel|get-master-addr-by-name sentinel|replicas sentinel|slaves ' +
  'sentinel|sentinels subscribe unsubscribe psubscribe punsubscribe';

const PEER =
  'ping publish subscribe client|setname sentinel|is-master-down-by-addr sentinel|get-master-addr-by-name';

/** Users of a sentinel: whoever uses the Redis may ask where it is, with the same password. */
export const sentinelUsers = (users: readonly RedisUser[]): RedisUser[] =>
  users.map(({ name }) => ({
    name,
    rules:
      name === SENTINEL_USER
        ? `resetkeys resetchannels &__sentinel__:hello ${commands(PEER)}`
        : `resetkeys resetchannels &+switch-master &+slave-reconf-done ${commands(ASK)}`,
  }));

/** A cache is the tenant's alone; what could take the server down stays out. */
export const cacheUser = (name: string): RedisUser => ({
  name,
  rules: 'resetkeys ~* resetchannels &* +@all -@admin -@dangerous +flushdb +info',
});

/**
 * Without a prefix, names alone keep tenants apart: queues, bindings, tasks in flight, control and events all begin with
 * the tenant's base. `[^!-~]` is the unprintable start of a priority list, which no name can hold.
 */
function queueReach(base: string): string {
  const bindings = ['_kombu.binding', '_kombu.binding_permanent'];
  const keys = [
    base,
    `${base}.*`,
    `${base}[^!-~]*`,
    ...bindings.flatMap((key) => [`${key}.${base}`, `${key}.${base}.*`, `${key}.reply.${base}.pidbox`]),
    `*.${base}.pidbox`,
    `*.${base}.pidbox[^!-~]*`,
  ];
  const channels = [`${base}.*`, `/0.${base}.pidbox`, `/0.${base}.ev/*`, `/0.${base}.ev/worker.*`];
  return `resetkeys ${keys.map((key) => `~${key}`).join(' ')} resetchannels ${channels.map((c) => `&${c}`).join(' ')}`;
}
