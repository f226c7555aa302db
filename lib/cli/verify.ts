// `stalk verify`: a live cluster against what was rendered for it.

import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { checksOf, verdictCounts, reportHolds, countsText } from '../report';
import { isDuration, seconds } from '../spec/units';
import type { Duration } from '../spec/units';
import { obstacles, verify, worldOf } from '../verify';
import { writeReport } from './files';
import { connectedTo } from './connected';
import { CannotRun, EXIT } from './io';
import type { Exit, Io } from './io';
import { environmentNamed, FROM, platformsOfList, tenantsNamed } from './list';

interface Flags {
  readonly env: string;
  readonly context?: string;
  readonly out?: string;
  readonly disruptive?: true;
  readonly maxWait: number;
  readonly from?: string;
}

/** `end` takes the exit code: a failed check is an answer, not an error. */
export const verifyCommand = (io: Io, end: (exit: Exit) => void): Command =>
  new Command('verify')
    .summary('check a live cluster against what is rendered for it')
    .description(
      'Compares a live cluster with the rendered manifests of one environment, asks every ' +
        'kind of pod with its own settings and user, executes a task on every queue, and ' +
        'tries what isolation must refuse.',
    )
    .argument('[tenant...]', 'names of tenants (default: all of the environment)')
    .requiredOption('--env <name>', 'environment, as stacks/environments.ts names it')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .option('--out <folder>', 'where the reports go (default: build/verify/<env>)')
    .option('--disruptive', 'also kill a worker and restart Redis, and see that nothing is lost')
    .option('--max-wait <duration>', 'longest wait for anything: 45s, 10m, 1h', durationOf, 120)
    .option(FROM.flags, FROM.help)
    .addHelpText('after', HELP)
    .action(async (names: string[], flags: Flags, command: Command) =>
      end(await run(io, names, flags, command)),
    );

const HELP = `
Examples:
  npx stalk verify --env dev             all tenants, on the current context
  npx stalk verify acme --env production --context prod-eu
  npx stalk verify acme --env dev --disruptive --max-wait 10m

A line for each check goes to stderr while it runs; report.md, report.json and
report.html to --out. It reads with your kubeconfig's rights (docs/verify.md has
the Role), never reads a Secret, never prints a password, and takes back what it
puts. --disruptive disturbs every tenant of a broker that it restarts.

Exit codes:
  0  all checks hold
  1  a check failed
  2  wrong use, or it cannot run: an unreachable cluster, a missing namespace
     or right`;

function durationOf(text: string): number {
  if (!isDuration(text))
    throw new InvalidArgumentError('Must be a whole number of s, m or h, as 45s or 10m.');
  return seconds(text as Duration);
}

async function run(io: Io, names: readonly string[], flags: Flags, command: Command): Promise<Exit> {
  const platform = environmentNamed(platformsOfList(flags.from), flags.env);
  const tenants = tenantsNamed(platform, names);
  const cluster = await connectedTo(flags.context);
  const options = { maxWait: flags.maxWait, disruptive: flags.disruptive === true };
  const world = worldOf(
    cluster,
    platform,
    tenants.map(({ name }) => name),
    options,
  );
  const lines = await obstacles(world);
  if (lines.length > 0) throw new CannotRun(lines);
  io.err(
    `${flags.env}: ${tenants.map(({ name }) => name).join(', ')}; context ${cluster.context} at ${cluster.server}`,
  );
  const report = await verify(world, {
    command: spelled(names, flags, command),
    clock: Date.now,
    progress: (line) => io.progress(line),
  });
  const files = writeReport(flags.out ?? join('build', 'verify', flags.env), 'report', report);
  io.out(
    `\n${reportHolds(report) ? 'All hold' : 'Not all hold'}: ${countsText(verdictCounts(checksOf(report)))}`,
  );
  io.out(files.join('\n'));
  return reportHolds(report) ? EXIT.ok : EXIT.failed;
}

/** As it could be typed again. */
function spelled(names: readonly string[], flags: Flags, command: Command): string {
  const given = command.options
    .filter(
      (option) =>
        command.getOptionValueSource(option.attributeName()) === 'cli' && option.long !== '--max-wait',
    )
    .flatMap((option) => {
      const value = flags[option.attributeName() as keyof Flags];
      return value === true ? [String(option.long)] : [String(option.long), String(value)];
    });
  const wait = command.getOptionValueSource('maxWait') === 'cli' ? ['--max-wait', `${flags.maxWait}s`] : [];
  return ['npx stalk verify', ...names, ...given, ...wait].join(' ');
}
