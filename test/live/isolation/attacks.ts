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
];

const server = (b: Things): Command[] => [
  ['EVAL', "return redis.call('GET', KEYS[1])", '1', b.result],
  ['EVAL', "return redis.call('LLEN', KEYS[1])", '1', b.queue],
  ['EVAL', `return redis.call('LLEN', '${b.queue}')`, '0'],
  ['EVAL', "return redis.call('KEYS', '*')", '0'],
  ['FUNCTION', 'LIST'],
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
  ['FLUSHDB'],
  ['FLUSHALL'],
  ['DEBUG', 'SLEEP', '0'],
  ['SHUTDOWN', 'NOSAVE'],
  ['MONITOR'],
  ['INFO'],
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
    ...[...reads(b, a), ...writes(b, a), ...channels(b), ...server(b)].map((command) => [command]),
    ...inSteps(b, user),
  ].map((commands) => ({ title: commands.map((c) => printable(c.join(' '))).join('; '), commands }));

const printable = (text: string): string => text.replace(/[^ -~]/g, '?');
