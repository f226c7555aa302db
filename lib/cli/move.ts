// `stalk move`: what to write so that a tenant moves to another broker, and where the move stands.

import { Command } from 'commander';
import { platforms } from '..';
import type { PlatformProps } from '..';
import { destinations, readyFor, standing, stepOf } from '../move';
import type { BrokerAsked } from '../move';
import type { Cluster } from '../cluster';
import type { ResolvedTenant } from '../spec';
import { withOverlay } from '../spec/resolve';
import { connectedTo } from './connected';
import { CannotRun, EXIT } from './io';
import type { Exit, Io } from './io';
import { environmentNamed, FROM, load, tenantsNamed } from './list';
import { watching } from './watching';

interface Flags {
  readonly to: string;
  readonly env: string;
  readonly context?: string;
  readonly from?: string;
  readonly watch?: true;
}

/** Seconds: what is counted is read by a pod of the tenant. */
const EVERY = 10;

export const moveCommand = (io: Io, end: (exit: Exit) => void): Command =>
  new Command('move')
    .summary('say how a tenant moves to another broker, and where a move stands')
    .description(
      'Says what to write in the list so that a tenant moves to another broker while its app runs, and whether that ' +
        'broker is ready in the cluster: its pods, and room for one more. Once the change is applied, it asks a pod that drains the old broker what is left there, and says when the move may end.',
    )
    .argument('<tenant>', 'tenant that moves')
    .requiredOption(
      '--to <broker>',
      'a shared broker of the environment, or the topology of a Redis of its own',
    )
    .requiredOption('--env <name>', 'environment: whose cluster the kubeconfig should point to')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .option('--watch', `look again each ${EVERY} s, until Ctrl-C`)
    .option(FROM.flags, FROM.help)
    .addHelpText('after', HELP)
    .action(async (name: string, flags: Flags) => end(await run(io, name, flags)));

const HELP = `
Examples:
  npx stalk move acme --to large --env production
  npx stalk move acme --to standalone --env production --watch

It never edits the list: each step of a move is a commit that a person reviews,
and that can be taken back. docs/move.md has all of them. It runs programs in a
pod of the tenant and of its broker, changes nothing, and reads no Secret.

Exit codes:
  0    the tenant is there, or the old broker is empty, or it may begin; with
       --watch, whatever was left as Ctrl-C or SIGTERM ended it
  1    the new broker is not ready for it, something is left on the old one, or
       nobody could be asked yet
  2    wrong use, or it cannot run: an unreachable cluster
  141  nobody reads what --watch writes any more`;

async function run(io: Io, name: string, flags: Flags): Promise<Exit> {
  const list = load(flags.from);
  const platform = environmentNamed(platforms(list), flags.env);
  const [tenant] = tenantsNamed(platform, [name]);
  if (tenant === undefined) throw new CannotRun([`no tenant ${name}`]);
  const known = destinations(tenant);
  if (!known.includes(flags.to))
    throw new CannotRun([`--to must be one of ${known.join(', ')}, got ${flags.to}`]);
  const step = stepOf(tenant, flags.to, writtenIn(list, tenant));
  if (step.stands !== 'moving') {
    for (const line of step.lines) io.out(line);
    if (step.stands !== 'before') return EXIT.ok;
    const found = await readyFor(await connectedTo(flags.context), tenant, flags.to);
    for (const line of ['', ...found.lines]) io.out(line);
    return found.isReady ? EXIT.ok : EXIT.failed;
  }
  return follow(io, await connectedTo(flags.context), { tenant, flags, said: step.lines });
}

/** Its broker as the list has it, with the overlay of the environment. */
function writtenIn(
  { environments, tenants }: PlatformProps,
  { name, environment }: ResolvedTenant,
): BrokerAsked {
  const [asked] = tenants.filter((one) => one.name === name);
  const [where] = environments.filter((one) => one.name === environment.name);
  return asked && where && withOverlay(asked, where).broker;
}

interface Followed {
  readonly tenant: ResolvedTenant;
  readonly flags: Flags;
  readonly said: readonly string[];
}

async function follow(io: Io, cluster: Cluster, { tenant, flags, said }: Followed): Promise<Exit> {
  const look = () => standing(cluster, tenant, flags.to);
  const lines = ({ lines: found }: Awaited<ReturnType<typeof look>>) => [...said, ...found];
  if (flags.watch) {
    await watching(io, { look, lines, every: EVERY });
    return EXIT.ok;
  }
  const found = await look();
  for (const line of lines(found)) io.out(line);
  return found.messages === 0 ? EXIT.ok : EXIT.failed;
}
