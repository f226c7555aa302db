/** Defects in backups, in restores, and in what is told of both. */
import { inFile } from './defect';
import type { Room } from './defect';

export const backups: Room = {
  name: 'backups',
  tests: ['backups', 'verify/backups.test.ts', 'redis/restore.test.ts', 'redis/backup.test.ts'],
  defects: [
    ...inFile(
      'lib/backups/restore.ts',
      [
        'a restore deletes the work that is there',
        'if (overLiveData || (there && !there.some(holdsWork))) return;',
        'if (overLiveData || there) return;',
        /is refused over work that is there/,
      ],
      [
        'a restore deletes the volume of a Redis that loads',
        'if (overLiveData || (there && !there.some(holdsWork))) return;',
        'if (overLiveData || !there?.some(holdsWork)) return;',
        /is refused where no Redis answers/,
      ],
    ),
    ...inFile('lib/backups/volumes.ts', [
      'sentinels remember the primary of before a restore',
      "const sentinels = ofComponent(await podsIn(cluster, namespace), 'sentinel');",
      "const sentinels = ofComponent(await podsIn(cluster, namespace), 'none');",
      /empties all pods of a broker with sentinels/,
    ]),
    ...inFile('lib/backups/one-tenant.ts', [
      'the user of a restore stays',
      "await program(props, living.primary, GUEST_PROGRAM, ['remove']);",
      '',
      /takes the user away also where it fails/,
    ]),
    ...inFile('lib/verify/checks/backups.ts', [
      'a drill that a person started may fail',
      'return later && madeAt(later) > good',
      'return later && madeAt(later) < good',
      /was started by hand after a good one, and failed/,
    ]),
  ],
};
