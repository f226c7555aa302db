/** Defects in defaults, forms, rules and what is worked out of them. */
import { inFile } from './defect';
import type { Room } from './defect';

export const rules: Room = {
  name: 'rules',
  tests: ['spec', 'mistakes.test.ts', 'laws/laws.test.ts'],
  defects: [
    ...inFile('lib/spec/tenant.ts', [
      'tasks are lost by default',
      "DELIVERIES), 'at-least-once'),",
      "DELIVERIES), 'at-most-once'),",
      /delivery of inEachEnvironment is 'at-least-once' when it is left out/,
    ]),
    ...inFile('lib/spec/worker.ts', [
      'workers fetch four tasks ahead',
      'prefetch: optional(whole(1), 1),',
      'prefetch: optional(whole(1), 4),',
      /prefetch of poolBase is 1 when it is left out/,
    ]),
    ...inFile('lib/spec/redis.ts', [
      'a broker evicts',
      "eviction: 'noeviction' }),",
      "eviction: 'allkeys-lru' }),",
      /a broker never evicts|eviction of .* is 'noeviction'/,
    ]),
    ...inFile('lib/spec/messages.ts', [
      'results are kept for an hour',
      "expires: optional(duration(), '24h'),",
      "expires: optional(duration(), '1h'),",
      /expires of results is '24h' when it is left out/,
    ]),
    ...inFile('lib/spec/visibility.ts', [
      'the visibility timeout forgets what is taken ahead',
      'ahead: (prefetch - 1) * hard',
      'ahead: 0',
      /not given to a second worker|visibility timeout is the longest delay, a task for each message/,
    ]),
    ...inFile('lib/spec/resolve-workloads.ts', [
      'a worker is killed with its task',
      'grace: hard + GRACE_OVER_LIMIT',
      'grace: hard',
      /30 s longer to end than its longest task/,
    ]),
    ...inFile('lib/spec/resolve-workloads.ts', [
      'a task is killed without a warning',
      'Math.max(1, hard - Math.max(5, Math.ceil(hard / 12)))',
      'hard',
      /a task is warned before it is killed/,
    ]),
    ...inFile(
      'lib/spec/rules/index.ts',
      [
        'nobody looks at rules of Redis',
        '  ...redisRules,\n',
        '',
        /fails.*(Redis|redis|broker|memory|replica|tls)/,
      ],
      ['nobody looks for plain secrets', '  ...secrets,\n', '', /secret/i],
      ['nobody looks at the schedules of beat', '  ...beatRules,\n', '', /beat|schedule/],
      ['two tenants may share a prefix', '  prefixes,\n', '', /prefix/],
      ['two tenants may share a user', '  users,\n', '', /user/],
    ),
    ...inFile('lib/spec/app.ts', [
      'an app may run as root',
      'whole(1, 2 ** 31 - 1),',
      'whole(0, 2 ** 31 - 1),',
      /user/,
    ]),
    ...inFile('lib/spec/app.ts', [
      'a volume may have an unknown access',
      "access: optional(hinted(oneOf('ReadWriteOnce', 'ReadWriteMany'), ACCESSES), 'ReadWriteOnce'),",
      "access: optional(someText as never, 'ReadWriteOnce'),",
      /access/,
    ]),
  ],
};
