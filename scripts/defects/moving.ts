/** Defects in a tenant's move from one broker to another, and in what looks at both. */
import { inFile } from './defect';
import type { Room } from './defect';

export const moving: Room = {
  name: 'moving',
  tests: [
    'celery/moving.test.ts',
    'spec/rules-moving.test.ts',
    'verify/moving.test.ts',
    'status/moving.test.ts',
    'diff/moving.test.ts',
    'move',
    'laws/laws.test.ts',
  ],
  defects: [
    ...inFile('lib/spec/resolve-moving.ts', [
      'both sides read one Secret',
      'other.secret === broker.secret ? `redis-credentials-${sideName(broker)}` : broker.secret;',
      'other.secret === "" ? `redis-credentials-${sideName(broker)}` : broker.secret;',
      /both Secrets get names of their own|with the password of that one/,
    ]),
    ...inFile(
      'lib/spec/rules/moving.ts',
      [
        'a group is torn apart',
        "  { what: 'a group stays together', of: whileMoving(noGroup) },\n",
        '',
        /does not move with its group/,
      ],
      [
        'two Redis have one name',
        "  { what: 'a namespace has one broker of its own', of: whileMoving(oneOfItsOwn) },\n",
        '',
        /does not move between two of its own/,
      ],
    ),
    ...inFile('lib/plan/celery/moving.ts', [
      'a program comes to the other side as the worker',
      'user: other.tenant.broker.users[role],',
      'user: other.tenant.broker.users.worker,',
      /tells the other side to the Deployment web/,
    ]),
    ...inFile('lib/plan/celery/app-process.ts', [
      'workers bring entries over beside beat',
      "carries: moving.side === 'old' || component === 'beat',",
      'carries: true,',
      /brings over what the old broker has before beat and draining workers begin/,
    ]),
    ...inFile('lib/charts/redis-of.ts', [
      'the old broker lets nobody in who leaves',
      '      ...(tenants.some(({ broker }) => broker.isLeft) ? [leaversOf(name)] : []),\n',
      '',
      /who may leave for a Redis may enter there|moving/,
    ]),
    ...inFile(
      'lib/verify/world.ts',
      [
        'users on the old broker are strangers',
        "component === 'cache' ? platform.tenants : platform.tenants.flatMap(tenantSides);",
        'platform.tenants;',
        /its users on the old broker are no strangers there/,
      ],
      [
        'draining workers are looked for on the new broker',
        'all.filter(({ name }) => !drains.has(name)),',
        'all,',
        /one that drains is not silent on the new broker/,
      ],
    ),
    ...inFile('lib/status/watched.ts', [
      'nobody looks at the old broker',
      'for (const tenant of tenants.flatMap(tenantSides)) {',
      'for (const tenant of tenants) {',
      /what is left on the broker that a tenant leaves is shown/,
    ]),
    ...inFile(
      'lib/diff/brokers.ts',
      [
        'a broker is left without a word',
        'if (stays(before.at)) return ends;',
        'if (before.at !== undefined) return ends;',
        /a broker that is left .* would lose what waits there/,
      ],
      [
        'a move ends without a word',
        'const ends = stays(before.from)',
        'const ends = before.at !== undefined',
        /a move ends: what is still there is lost/,
      ],
    ),
    ...inFile('lib/move/left.ts', [
      'a move ends with messages left',
      'messages === 0 ? [',
      'messages < 100 ? [',
      /a pod that drains counts what is left/,
    ]),
  ],
};
