// `stalk backup`: the backups of a broker, what one of them holds, and one more now.

import { Command, InvalidArgumentError } from 'commander';
import {
  backUpNow,
  brokerNamed,
  countedLines,
  headline,
  heldIn,
  snapshotsOf,
  snapshotLines,
} from '../backups';
import type { Asking, BackedUp } from '../backups';
import { asking, isDurationText, NEWEST_SNAPSHOT, saidOf, withoutStack } from './asking';
import type { ClusterFlags } from './asking';
import type { Io } from './io';
import { environmentNamed, FROM, platformsOfList } from './list';

export const backupCommand = (io: Io): Command =>
  new Command('backup')
    .summary('list the backups of a broker, look into one, or take one now')
    .description(
      'Works with the backups of a broker that has the prop backup. Each command makes a Job from the template of ' +
        'a CronJob beside the broker, reads what it says, and deletes it: this machine needs neither the store nor its keys.',
    )
    .addCommand(
      onBroker(
        io,
        { name: 'list', summary: 'list the backups in the store', help: LIST },
        async (of, broker) => {
          const now = new Date();
          const all = await snapshotsOf(of);
          return all.length === 0
            ? [`There is no backup of broker ${broker.broker} yet`]
            : snapshotLines(all, now);
        },
      ),
    )
    .addCommand(
      onBroker(
        io,
        { name: 'show', summary: 'count what a backup holds, by tenant and queue', help: SHOW },
        async (of, broker, snapshot) => {
          const held = await heldIn(of, snapshot);
          const now = new Date();
          return [headline(broker.broker, held, now), ...countedLines(held.counted, now)];
        },
      ).argument('[snapshot]', 'which one, as list names it', NEWEST_SNAPSHOT),
    )
    .addCommand(onBroker(io, { name: 'now', summary: 'take a backup out of turn', help: NOW }, backUpNow));

const CODES = `
Exit codes:
  0  done
  2  wrong use, or it cannot run: an unreachable cluster, a missing right, a
     Job that failed`;

const LIST = `
Examples:
  npx stalk backup list main --env production
  npx stalk backup list acme --env dev       the broker that acme has alone

KEYS are those that the dump had. docs/backup.md says how many backups stay.
${CODES}`;

const SHOW = `
Examples:
  npx stalk backup show main --env production            the newest
  npx stalk backup show main 745c1db2 --env production

The Job loads the backup into a Redis of its own and counts: the broker is not
touched. OLDEST is the age of the message that is next in the queue, where the
app's messages say when they were sent.
${CODES}`;

const NOW = `
Examples:
  npx stalk backup now main --env production

It is what the CronJob redis-backup does, started now: before an upgrade, say.
${CODES}`;

interface Words {
  readonly name: string;
  readonly summary: string;
  readonly help: string;
}

function onBroker(
  io: Io,
  { name, summary, help }: Words,
  act: (of: Asking, broker: BackedUp, snapshot: string) => Promise<readonly string[]>,
): Command {
  return clusterOptions(
    new Command(name).summary(summary).description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`),
  )
    .argument('<broker>', 'name of a shared broker, or of the tenant that has one of its own')
    .addHelpText('after', help)
    .action(async (broker: string, ...rest: readonly unknown[]) => {
      const snapshot = typeof rest[0] === 'string' ? rest[0] : NEWEST_SNAPSHOT;
      const flags = rest.find((one) => typeof one === 'object') as ClusterFlags;
      await withoutStack(async () => {
        const of = brokerNamed(environmentNamed(platformsOfList(flags.from), flags.env), broker);
        for (const line of await act(await asking(of, flags, saidOf(io)), of, snapshot)) io.out(line);
      });
    });
}

const clusterOptions = (command: Command): Command => placeOptions(command).option(FROM.flags, FROM.help);

/** Of every command that has a Job do something. */
export const placeOptions = (command: Command): Command =>
  command
    .requiredOption('--env <name>', 'environment of the broker: whose cluster the kubeconfig should point to')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .option('--max-wait <duration>', 'longest wait for a Job or a pod: 45s, 10m, 1h', durationText, 1800);

function durationText(text: string): number {
  const found = isDurationText(text);
  if (found === undefined)
    throw new InvalidArgumentError('Must be a whole number of s, m or h, as 45s or 10m.');
  return found;
}
