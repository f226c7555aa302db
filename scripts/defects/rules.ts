/** Defects in defaults, forms, rules and what is worked out of them. */
import { inFile } from './defect';
import type { Room } from './defect';

export const rules: Room = {
  name: 'rules',
  tests: ['spec', 'mistakes.test.ts', 'laws/laws.test.ts'],
  defects: [
    ...inFile(
      'lib/spec/defaults.ts',
      [
        'tasks are lost by default',
        "delivery: 'at-least-once',",
        "delivery: 'at-most-once',",
        /delivery of Tenant is 'at-least-once' when it is left out/,
      ],
      [
        'workers fetch four tasks ahead',
        'prefetch: 1,',
        'prefetch: 4,',
        /prefetch of PoolBase is 1 when it is left out/,
      ],
      [
        'a broker evicts',
        "eviction: 'noeviction',",
        "eviction: 'allkeys-lru',",
        /a broker never evicts|eviction of .* is 'noeviction'/,
      ],
      [
        'results are kept for an hour',
        "expires: '24h',",
        "expires: '1h',",
        /expires of Results is '24h' when it is left out/,
      ],
    ),
    ...inFile('lib/spec/resolve.ts', [
      'the visibility timeout forgets what is taken ahead',
      'w.prefetch * w.hard + w.grace',
      'w.grace',
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
    ...inFile('lib/spec/rules/form-app.ts', [
      'an app may run as root',
      'user: whole(1, 2 ** 31 - 1),',
      'user: whole(0, 2 ** 31 - 1),',
      /user/,
    ]),
    ...inFile('lib/spec/rules/form-app.ts', [
      'a volume may have an unknown access',
      "access: hinted(oneOf('ReadWriteOnce', 'ReadWriteMany'), ACCESSES),",
      'access: someText,',
      /access/,
    ]),
  ],
};
