// `stalk restore`: a broker, or one tenant of it, back from a backup.

import { Command } from 'commander';
import { restore, targetNamed } from '../backups';
import { asking, saidOf, withoutStack } from './asking';
import type { ClusterFlags } from './asking';
import { placeOptions } from './backup';
import { EXIT } from './io';
import type { Exit, Io } from './io';
import { environmentNamed, FROM, platformsOfList } from './list';

interface Flags extends Omit<ClusterFlags, 'from'> {
  /** The snapshot: a restore is from one, so the list has another option here. */
  readonly from: string;
  readonly list?: string;
  readonly dryRun?: true;
  readonly overLiveData?: true;
}

export const restoreCommand = (io: Io, end: (exit: Exit) => void): Command =>
  placeOptions(new Command('restore'))
    .option('--list <module>', FROM.help)
    .summary('bring a broker, or one tenant of it, back from a backup')
    .description(
      'Says what a restore would do, by queue with ages: what runs again, and what is lost. Then brings all of a broker ' +
        'back, or the keys of one tenant of a shared broker beside its living neighbours, and counts what came back.',
    )
    .argument('<name>', 'a broker: all of it; a tenant of a shared broker: its keys alone')
    .requiredOption('--from <snapshot>', 'which backup, as stalk backup list names it, or latest')
    .option('--dry-run', 'say what it would do, and change nothing')
    .option('--over-live-data', 'also where there is work now, or no Redis answers: what is there is deleted')
    .addHelpText('after', HELP)
    .action(async (name: string, flags: Flags) => end(await act(io, name, flags)));

const HELP = `
Examples:
  npx stalk restore main --env production --from latest --dry-run
  npx stalk restore main --env production --from latest
  npx stalk restore acme --env production --from 745c1db2

All of a broker: its claims and pods are deleted, the StatefulSet makes both
anew, and an init container fills the empty volume, so that GitOps sees no
change. Clients wait meanwhile. One tenant: its keys are copied, times to live
included, as a Redis user that is made for that time alone; what is there
already stays as it is.

Tasks that were finished since the backup run once more, and what was accepted
since is lost: docs/backup.md.

Exit codes:
  0  all that was in the backup came back, or --dry-run has said all
  1  less came back
  2  wrong use, or it cannot run: work that is there, an unreachable cluster, a
     missing right`;

async function act(io: Io, name: string, flags: Flags): Promise<Exit> {
  return withoutStack(async () => {
    const target = targetNamed(environmentNamed(platformsOfList(flags.list), flags.env), name);
    const whole = await restore({
      ...(await asking(target.of, flags, saidOf(io))),
      target,
      from: flags.from,
      dryRun: flags.dryRun === true,
      overLiveData: flags.overLiveData === true,
      now: () => new Date(),
      tell: (line) => io.out(line),
    });
    return whole ? EXIT.ok : EXIT.failed;
  });
}
