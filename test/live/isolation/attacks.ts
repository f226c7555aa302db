/** What a tenant may try on its neighbour: each row is sent on one connection, and Redis has to refuse the last. */
import { createHash } from 'node:crypto';
import { type Isolation, type Name, keyPrefix, queueOf } from './tenants';

export type Command = readonly string[];

/** Where a tenant's things lie in Redis. */
export interface Things {
  readonly queue: string;
  readonly urgent: string;
  readonly unacked: string;
  readonly index: string;
  readonly bindings: string;
  readonly result: string;
  readonly stream: string;
  readonly places: string;
  readonly estimate: string;
  /** Never there. */
  readonly none: string;
  readonly pidbox: string;
  readonly events: string;
  /** Patterns that would find all of it. */
  readonly all: string;
}

export function thingsOf(isolation: Isolation, name: Name): Things {
  const prefix = keyPrefix(isolation, name);
  const queue = `${prefix}${queueOf(isolation, name, 'celery')}`;
  const own = prefix === '' ? `${queue}.` : prefix;
  const control = prefix === '' ? `/0.${queue}` : `${prefix}/0.celery`;
  return {
    queue,
    urgent: `${queue}\u0006\u00169`,
    unacked: `${own}unacked`,
    index: `${own}unacked_index`,
    bindings: `${prefix}_kombu.binding.${queueOf(isolation, name, 'celery')}`,
    result: `${own}celery-task-meta-1`,
    stream: `${own}stream`,
    places: `${own}places`,
    estimate: `${own}estimate`,
    none: `${own}none`,
    pidbox: `${control}.pidbox`,
    events: prefix === '' ? `${control}.ev/task.sent` : `${control}ev/task.sent`,
    all: `${own}*`,
  };
}

/** What the neighbour owns when the attacks begin. */
export const seed = (things: Things): Command[] => [
  ['RPUSH', things.queue, 'secret-1', 'secret-2'],
  ['RPUSH', things.urgent, 'secret-3'],
  ['HSET', things.unacked, 'tag', 'secret-4'],
  ['ZADD', things.index, '1', 'tag'],
  ['SADD', things.bindings, 'secret-5'],
  ['SET', things.result, 'secret-6'],
  ['XADD', things.stream, '1-1', 'field', 'secret-7'],
  ['XGROUP', 'CREATE', things.stream, 'readers', '0'],
  ['GEOADD', things.places, '0', '0', 'one', '0.001', '0.001', 'secret-8'],
  ['PFADD', things.estimate, 'secret-9'],
];

const NOWHERE = ['127.0.0.1', '1'] as const;

const reads = (b: Things, a: Things): Command[] => [
  ['GET', b.result],
  ['MGET', a.result, b.result],
  ['LRANGE', b.queue, '0', '-1'],
  ['LRANGE', b.urgent, '0', '-1'],
  ['LLEN', b.queue],
  ['HGETALL', b.unacked],
  ['HGET', b.unacked, 'tag'],
  ['HLEN', b.unacked],
  ['ZRANGE', b.index, '0', '-1'],
  ['ZREVRANGEBYSCORE', b.index, '+inf', '-inf'],
  ['SMEMBERS', b.bindings],
  ['EXISTS', b.result],
  ['TYPE', b.queue],
  ['STRLEN', b.result],
  ['OBJECT', 'ENCODING', b.queue],
  ['DUMP', b.result],
  ['MEMORY', 'USAGE', b.result],
  ['SCAN', '0', 'MATCH', b.all],
  ['KEYS', b.all],
  ['RANDOMKEY'],
  ['SORT', b.queue, 'ALPHA'],
  ['SORT', a.queue, 'BY', 'nosort', 'GET', b.result],
];

const writes = (b: Things, a: Things): Command[] => [
  ['LPUSH', b.queue, 'forged'],
  ['RPUSH', b.queue, 'forged'],
  ['LPUSH', b.urgent, 'forged'],
  ['RPOP', b.queue],
  ['LPOP', b.queue],
  ['BRPOP', b.queue, '1'],
  ['BRPOP', a.result.replace('meta-1', 'none'), b.urgent, '1'],
  ['BLPOP', b.queue, '1'],
  ['RPOPLPUSH', b.queue, a.queue],
  ['BRPOPLPUSH', b.queue, a.queue, '1'],
  ['LMOVE', b.queue, a.queue, 'LEFT', 'LEFT'],
  ['BLMPOP', '1', '1', b.queue, 'LEFT'],
  ['SET', b.result, 'forged'],
  ['SETEX', b.result, '9', 'forged'],
  ['GETDEL', b.result],
  ['APPEND', b.result, 'forged'],
  ['INCRBY', b.result, '1'],
  ['DEL', b.queue],
  ['UNLINK', b.queue],
  ['EXPIRE', b.result, '1'],
  ['PEXPIRE', b.result, '1'],
  ['HSET', b.unacked, 'tag', 'forged'],
  ['HDEL', b.unacked, 'tag'],
  ['ZADD', b.index, '2', 'forged'],
  ['ZREM', b.index, 'tag'],
  ['SADD', b.bindings, 'forged'],
  ['SREM', b.bindings, 'secret-5'],
  ['COPY', b.result, `${a.result}-stolen`],
  ['RENAME', b.queue, `${a.queue}.stolen`],
  ['RENAME', a.queue, b.queue],
  ['MOVE', b.result, '1'],
  ['SORT', b.queue, 'ALPHA', 'STORE', `${a.queue}.stolen`],
  ['SINTERSTORE', `${a.bindings}.stolen`, b.bindings],
  ['ZUNIONSTORE', `${a.index}.stolen`, '1', b.index],
  ['RESTORE', b.result, '0', 'forged'],
  ['MIGRATE', ...NOWHERE, b.result, '0', '10'],
  ['WATCH', b.unacked],
];

/** Commands that take keys elsewhere than in the first place, or find them by a pattern: reads. */
const oddReads = (b: Things, a: Things): Command[] => [
  ['SORT_RO', b.queue, 'ALPHA'],
  ['SORT', a.queue, 'BY', `${b.result}*`],
  ['SORT', a.queue, 'GET', '*'],
  ['GETEX', b.result],
  ['GETRANGE', b.result, '0', '-1'],
  ['SUBSTR', b.result, '0', '-1'],
  ['LCS', a.result, b.result],
  ['GETBIT', b.result, '0'],
  ['BITCOUNT', b.result],
  ['BITPOS', b.result, '1'],
  ['BITFIELD', b.result, 'GET', 'u8', '0'],
  ['BITFIELD_RO', b.result, 'GET', 'u8', '0'],
  ['TTL', b.result],
  ['PTTL', b.result],
  ['EXPIRETIME', b.result],
  ['TOUCH', a.result, b.result],
  ['EXISTS', a.result, b.result],
  ['OBJECT', 'IDLETIME', b.result],
  ['OBJECT', 'FREQ', b.result],
  ['OBJECT', 'REFCOUNT', b.result],
  ['LINDEX', b.queue, '0'],
  ['LPOS', b.queue, 'secret-1'],
  ['HKEYS', b.unacked],
  ['HVALS', b.unacked],
  ['HMGET', b.unacked, 'tag'],
  ['HRANDFIELD', b.unacked],
  ['HSCAN', b.unacked, '0'],
  ['SSCAN', b.bindings, '0'],
  ['ZSCAN', b.index, '0'],
  ['SINTERCARD', '2', a.bindings, b.bindings],
  ['SINTERCARD', '1', b.bindings, 'LIMIT', '1'],
  ['SUNION', a.bindings, b.bindings],
  ['SDIFF', a.bindings, b.bindings],
  ['SMISMEMBER', b.bindings, 'secret-5'],
  ['SRANDMEMBER', b.bindings],
  ['ZUNION', '2', a.index, b.index],
  ['ZINTERCARD', '2', a.index, b.index],
  ['ZDIFF', '2', a.index, b.index],
  ['ZMSCORE', b.index, 'tag'],
  ['ZRANDMEMBER', b.index],
  ['XREAD', 'STREAMS', b.stream, '0'],
  ['XREAD', 'COUNT', '1', 'STREAMS', a.stream, b.stream, '0', '0'],
  ['XREAD', 'BLOCK', '1', 'STREAMS', b.stream, '0'],
  ['XREADGROUP', 'GROUP', 'STREAMS', 'STREAMS', 'STREAMS', b.stream, '>'],
  ['XREADGROUP', 'GROUP', a.stream, a.stream, 'STREAMS', b.stream, '>'],
  ['XRANGE', b.stream, '-', '+'],
  ['XLEN', b.stream],
  ['XINFO', 'STREAM', b.stream],
  ['XINFO', 'GROUPS', b.stream],
  ['XPENDING', b.stream, 'readers'],
  ['GEODIST', b.places, 'one', 'two'],
  ['GEOSEARCH', b.places, 'FROMMEMBER', 'one', 'BYRADIUS', '9', 'km'],
  ['GEORADIUSBYMEMBER_RO', b.places, 'one', '9', 'km'],
  ['PFCOUNT', a.estimate, b.estimate],
];

/** The same: writes. */
const oddWrites = (b: Things, a: Things): Command[] => [
  ['SETNX', b.result, 'forged'],
  ['MSET', a.result, 'own', b.result, 'forged'],
  ['MSETNX', `${a.result}-new`, 'own', `${b.result}-new`, 'forged'],
  ['GETSET', b.result, 'forged'],
  ['SET', b.result, 'forged', 'XX', 'GET'],
  ['SETRANGE', b.result, '0', 'forged'],
  ['SETBIT', b.result, '0', '1'],
  ['INCR', b.result],
  ['INCRBYFLOAT', b.result, '1'],
  ['BITOP', 'OR', `${a.result}-stolen`, a.result, b.result],
  ['BITOP', 'NOT', b.result, a.result],
  ['BITFIELD', b.result, 'SET', 'u8', '0', '1'],
  ['COPY', a.result, b.result, 'REPLACE'],
  ['COPY', b.result, `${a.result}-stolen`, 'DB', '1'],
  ['RENAMENX', b.result, `${a.result}-stolen`],
  ['PERSIST', b.result],
  ['EXPIREAT', b.result, '1'],
  ['LMPOP', '1', b.queue, 'LEFT'],
  ['LMPOP', '2', a.none, b.queue, 'LEFT'],
  ['LINSERT', b.queue, 'BEFORE', 'secret-1', 'forged'],
  ['LTRIM', b.queue, '1', '0'],
  ['LMOVE', a.queue, b.queue, 'LEFT', 'LEFT'],
  ['BLMOVE', b.queue, a.queue, 'LEFT', 'LEFT', '1'],
  ['HINCRBY', b.unacked, 'tag', '1'],
  ['SMOVE', b.bindings, a.bindings, 'secret-5'],
  ['SMOVE', a.bindings, b.bindings, 'secret-5'],
  ['SPOP', b.bindings],
  ['SUNIONSTORE', b.bindings, a.bindings],
  ['SDIFFSTORE', `${a.bindings}.stolen`, b.bindings, a.bindings],
  ['ZMPOP', '2', a.none, b.index, 'MIN'],
  ['BZMPOP', '1', '2', a.none, b.index, 'MIN'],
  ['BZPOPMIN', a.none, b.index, '1'],
  ['ZPOPMAX', b.index],
  ['ZRANGESTORE', `${a.index}.stolen`, b.index, '0', '-1'],
  ['ZINTERSTORE', b.index, '1', a.index],
  ['ZDIFFSTORE', `${a.index}.stolen`, '2', b.index, a.index],
  ['XADD', b.stream, '*', 'forged', '1'],
  ['XTRIM', b.stream, 'MAXLEN', '0'],
  ['XDEL', b.stream, '1-1'],
  ['XGROUP', 'CREATE', b.stream, 'thieves', '0'],
  ['XGROUP', 'DESTROY', b.stream, 'readers'],
  ['XAUTOCLAIM', b.stream, 'readers', 'thief', '0', '0'],
  ['XCLAIM', b.stream, 'readers', 'thief', '0', '1-1'],
  ['XACK', b.stream, 'readers', '1-1'],
  ['GEOADD', b.places, '1', '1', 'forged'],
  ['GEORADIUS', a.places, '0', '0', '9', 'km', 'STORE', b.places],
  ['GEORADIUS', b.places, '0', '0', '9', 'km', 'STORE', `${a.places}.stolen`],
  ['GEORADIUSBYMEMBER', a.places, 'one', '9', 'km', 'STOREDIST', b.places],
  ['GEOSEARCHSTORE', `${a.places}.stolen`, b.places, 'FROMMEMBER', 'one', 'BYRADIUS', '9', 'km'],
  ['PFADD', b.estimate, 'forged'],
  ['PFMERGE', `${a.estimate}.stolen`, b.estimate],
  ['PFMERGE', b.none],
  ['PFMERGE', b.queue],
  ['PFDEBUG', 'ENCODING', b.estimate],
  ['MIGRATE', ...NOWHERE, '', '0', '10', 'KEYS', a.result, b.result],
  ['RESTORE-ASKING', b.result, '0', 'forged'],
];

const channels = (b: Things): Command[] => [
  ['SUBSCRIBE', b.pidbox],
  ['SUBSCRIBE', b.events],
  ['SUBSCRIBE', b.result],
  ['SUBSCRIBE', '*'],
  ['PSUBSCRIBE', '*'],
  ['PSUBSCRIBE', '/0.*'],
  ['PSUBSCRIBE', 'tenant*'],
  ['PSUBSCRIBE', b.all],
  ['PSUBSCRIBE', b.pidbox],
  ['PSUBSCRIBE', b.events.replace('task.sent', '*')],
  ['SSUBSCRIBE', b.pidbox],
  ['PUBLISH', b.pidbox, 'forged'],
  ['PUBLISH', b.events, 'forged'],
  ['PUBLISH', b.result, 'forged'],
  ['PUBSUB', 'CHANNELS', '*'],
  ['PUBSUB', 'NUMSUB', b.result],
  ['PUBSUB', 'NUMPAT'],
  ['PUBSUB', 'SHARDCHANNELS', '*'],
  ['PUBSUB', 'SHARDNUMSUB', b.result],
  ['SPUBLISH', b.result, 'forged'],
  ['SUBSCRIBE', '__keyevent@0__:set'],
  ['PSUBSCRIBE', '__keyspace@0__:*'],
  ['SUBSCRIBE', '__redis__:invalidate'],
  ['CLIENT', 'TRACKING', 'ON', 'BCAST'],
  ['CLIENT', 'TRACKING', 'ON', 'BCAST', 'PREFIX', b.all.slice(0, -1)],
];

const server = (b: Things, a: Things, user: string): Command[] => [
  ['EVAL', "return redis.call('GET', KEYS[1])", '1', b.result],
  ['EVAL', "return redis.call('LLEN', KEYS[1])", '1', b.queue],
  ['EVAL', `return redis.call('LLEN', '${b.queue}')`, '0'],
  ['EVAL', "return redis.call('KEYS', '*')", '0'],
  ['EVAL_RO', "return redis.call('GET', KEYS[1])", '1', b.result],
  ['EVAL', `return redis.call('GET', '${b.result}')`, '0'],
  ['EVAL', `return redis.pcall('GET', '${b.result}')`, '0'],
  ['EVAL', "return redis.call('SCAN', '0')", '0'],
  ['EVAL', "return redis.call('RANDOMKEY')", '0'],
  ['EVAL', "return redis.call('FLUSHALL')", '0'],
  ['EVAL', `return redis.call('COPY', '${b.result}', '${a.result}-stolen')`, '0'],
  ['EVAL', `return redis.call('SORT', '${a.queue}', 'BY', 'nosort', 'GET', '*')`, '0'],
  ['EVAL', `return redis.call('PUBLISH', '${b.pidbox}', 'forged')`, '0'],
  ['FUNCTION', 'LIST'],
  ['FUNCTION', 'LOAD', "#!lua name=stolen\nredis.register_function('stolen', function() end)"],
  ['FUNCTION', 'LOAD', 'REPLACE', "#!lua name=stolen\nredis.register_function('stolen', function() end)"],
  ['FUNCTION', 'DELETE', 'any'],
  ['FUNCTION', 'FLUSH'],
  ['FUNCTION', 'RESTORE', 'any'],
  ['FUNCTION', 'STATS'],
  ['FUNCTION', 'KILL'],
  ['FCALL_RO', 'any', '1', b.result],
  ['SCRIPT', 'KILL'],
  ['SCRIPT', 'DEBUG', 'YES'],
  ['FCALL', 'any', '1', b.result],
  ['SCRIPT', 'FLUSH'],
  ['CONFIG', 'GET', '*'],
  ['CONFIG', 'SET', 'maxmemory', '1'],
  ['ACL', 'LIST'],
  ['ACL', 'WHOAMI'],
  ['ACL', 'SETUSER', 'mallory', 'on', 'nopass', '+@all', '~*'],
  ['CLIENT', 'LIST'],
  ['CLIENT', 'KILL', 'TYPE', 'normal'],
  ['CLIENT', 'PAUSE', '1'],
  ['CLIENT', 'UNPAUSE'],
  ['CLIENT', 'UNBLOCK', '1'],
  ['CLIENT', 'NO-EVICT', 'ON'],
  ['CLIENT', 'KILL', 'USER', user],
  ['FLUSHDB'],
  ['FLUSHALL'],
  ['DEBUG', 'SLEEP', '0'],
  ['DEBUG', 'OBJECT', b.result],
  ['DEBUG', 'SET-ACTIVE-EXPIRE', '0'],
  ['WAIT', '0', '1'],
  ['MEMORY', 'STATS'],
  ['MEMORY', 'DOCTOR'],
  ['MEMORY', 'PURGE'],
  ['ROLE'],
  ['LASTSAVE'],
  ['FAILOVER'],
  ['CLUSTER', 'RESET'],
  ['SHUTDOWN', 'NOSAVE'],
  ['MONITOR'],
  ['INFO'],
  ['INFO', 'server', 'everything'],
  ['DBSIZE'],
  ['SWAPDB', '0', '1'],
  ['REPLICAOF', ...NOWHERE],
  ['PSYNC', '?', '-1'],
  ['SAVE'],
  ['BGREWRITEAOF'],
  ['SLOWLOG', 'GET'],
  ['LATENCY', 'HISTORY', 'command'],
  ['MODULE', 'LOAD', '/tmp/any.so'],
  ['COMMAND', 'COUNT'],
  ['COMMAND', 'GETKEYS', 'GET', b.result],
  ['CONFIG', 'RESETSTAT'],
  ['LATENCY', 'RESET'],
  ['ACL', 'LOG', 'RESET'],
  ['ACL', 'DRYRUN', user, 'GET', b.result],
];

const script = (text: string, ...rest: readonly string[]): Command[] => [
  ['SCRIPT', 'LOAD', text],
  ['EVALSHA', createHash('sha1').update(text).digest('hex'), ...rest],
];

/** The last command of each is the one that would show or change something. */
const inSteps = (b: Things, user: string): Command[][] => [
  script("return redis.call('GET', KEYS[1])", '1', b.result),
  script(`return redis.call('GET', '${b.result}')`, '0'),
  script(`return redis.call('LRANGE', '${b.queue}', 0, -1)`, '0'),
  script(`return redis.call('LPUSH', '${b.queue}', 'forged')`, '0'),
  script(`return redis.call('PUBLISH', '${b.pidbox}', 'forged')`, '0'),
  script("return redis.call('KEYS', '*')", '0'),
  script("return redis.call('SCAN', '0')", '0'),
  script("return redis.call('FLUSHALL')", '0'),
  script("return redis.call('CONFIG', 'GET', '*')", '0'),
  [
    ['SELECT', '1'],
    ['GET', b.result],
  ],
  [
    ['SELECT', '1'],
    ['RPOP', b.queue],
  ],
  [['MULTI'], ['GET', b.result], ['EXEC']],
  [['MULTI'], ['LPUSH', b.queue, 'forged'], ['EXEC']],
  [['AUTH', user, 'guessed']],
  [['AUTH', 'default', '']],
  [['HELLO', '3', 'AUTH', 'admin', 'guessed']],
  [['RESET'], ['GET', b.result]],
];

export interface Attack {
  readonly title: string;
  readonly commands: readonly Command[];
}

/** Everything that the user of `a` may think of; `user` is the neighbour's. */
export const attacks = (a: Things, b: Things, user: string): Attack[] =>
  [
    ...[
      ...reads(b, a),
      ...writes(b, a),
      ...oddReads(b, a),
      ...oddWrites(b, a),
      ...channels(b),
      ...server(b, a, user),
    ].map((command) => [command]),
    ...inSteps(b, user),
  ].map((commands) => ({ title: commands.map((c) => printable(c.join(' '))).join('; '), commands }));

const printable = (text: string): string => text.replace(/[^ -~]/g, '?');
