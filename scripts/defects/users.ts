/** Defects in what Redis users may do. */
import { inFile } from './defect';
import type { Room } from './defect';

export const users: Room = {
  name: 'users',
  tests: ['laws/laws.test.ts', 'redis', 'charts'],
  defects: [
    ...inFile(
      'lib/redis/acl.ts',
      [
        'a worker may not wait for tasks',
        'lpush rpush rpop brpop llen del hset',
        'lpush rpush rpop llen del hset',
        /lets a worker take tasks/,
      ],
      [
        'a worker may not acknowledge a task',
        'hget hdel hlen zadd zrem ',
        'hget hlen zadd zrem ',
        /lets a worker acknowledge a task/,
      ],
      [
        'a worker may not give back what others held',
        "'zrevrangebyscore zcount zrange",
        "'zcount zrange",
        /lets a worker give back what another held/,
      ],
      [
        'a producer may not send',
        "'ping select llen lpush multi exec sadd",
        "'ping select llen multi exec sadd",
        /lets a producer send tasks/,
      ],
      [
        'the autoscaler may take tasks',
        "'ping select eval type llen hlen zcard scard'",
        "'ping select eval type llen hlen zcard scard lpop'",
        /the autoscaler’s user only reads/,
      ],
      [
        'a worker may empty the server',
        'script|exists exists sismember lrange',
        'script|exists exists sismember lrange flushdb',
        /nothing that is the server’s/,
      ],
      ['events go out on a channel that is forbidden', '&${base}ev/* ', '', /Celery’s patterns spelled out/],
      [
        'users of a prefix reach all keys',
        'resetkeys ~${OWN}* resetchannels &${OWN}*',
        'resetkeys ~* resetchannels &${OWN}*',
        /reach their own keys and channels/,
      ],
      [
        'a tenant reaches the queues of those whose names begin with its own',
        '    `${OWN}.*`,\n',
        '    `${OWN}.*`,\n    `${OWN}*`,\n',
        /reaches no queue of a tenant whose name begins with its own/,
      ],
      [
        'whoever may ask sentinels may reconfigure them',
        "'sentinel|sentinels subscribe",
        "'sentinel|sentinels sentinel|set subscribe",
        /ask the sentinels, and nothing else/,
      ],
      [
        'users keep the commands they had',
        '`-@all ${words(names)}`',
        '`${words(names)}`',
        /may do what is named, and nothing that is the server’s/,
      ],
    ),
    ...inFile('lib/redis/runtime/users.sh', [
      'anybody comes in without a password',
      "echo 'user default off resetpass",
      "echo 'user default on nopass",
      /nobody is Redis’ default user/,
    ]),
    ...inFile('lib/redis/acl.ts', [
      'the last tenant of a group decides what all may do',
      'new Set([...(other ? other.roles : []),',
      'new Set([...(other ? [] : []),',
      /of a group may do what any tenant of it needs/,
    ]),
  ],
};
