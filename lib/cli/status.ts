// `stalk status`: what tenants, workers, queues and brokers of a cluster do right now.

import { connectedTo } from './connected';
import { Command, InvalidArgumentError } from 'commander';
import { look, statusText, watchedIn, wordWrapped } from '../status';
import type { Status, Watched } from '../status';
import { annotationsMonitoring } from '../spec/monitoring';
import type { Io } from './io';
import { environmentNamed, FROM, platformsOfList, tenantsNamed } from './list';
import { watching } from './watching';

interface Flags {
  readonly env: string;
  readonly context?: string;
  readonly from?: string;
  readonly json?: true;
  /** Seconds; `true` without a number. */
  readonly watch?: number | true;
}

/** Seconds: one look at 200 tenants takes about two. */
const EVERY = 5;

export const statusCommand = (io: Io): Command =>
  new Command('status')
    .summary('show what tenants, workers, queues and brokers do right now')
    .description(
      'Shows tenants and brokers of a cluster, those that are worst off first: workers, what waits in the ' +
        'queues and for how long, what workers have in hand, beat’s last tick, memory and connections. It asks ' +
        'the cluster alone, and Prometheus for firing alerts where the environment has monitoring.',
    )
    .argument('[tenant...]', 'tenants to show (default: all of the environment)')
    .requiredOption(
      '--env <name>',
      'environment whose tenants they are: whose cluster the kubeconfig should point to',
    )
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .option(
      '--watch [seconds]',
      `look again so long after each look (without a number: ${EVERY}), until Ctrl-C`,
      pace,
    )
    .option('--json', 'print each look as JSON: one object, or one line for each with --watch')
    .option(FROM.flags, FROM.help)
    .addHelpText('after', HELP)
    .action((names: string[], flags: Flags) => run(io, names, flags));

const HELP = `
Examples:
  npx stalk status --env dev                 all tenants, once
  npx stalk status --env production --watch  again and again, in place
  npx stalk status acme --env production --context prod-eu
  npx stalk status --env production --json | jq '.tenants[] | .name + .state'

STATE is critical where tasks are lost, late or not taken, warning where they
soon may be, unknown where a question got no answer. A name in brackets below a
row is that of a runbook. docs/status.md explains every column, and has the
Role that it needs. It changes nothing, and reads no Secret.

Exit codes:
  0  it has looked, whatever it saw: npx stalk verify judges
  2  wrong use, or it cannot run: an unreachable cluster`;

function pace(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) >= 1) return Number(text);
  throw new InvalidArgumentError('It must be a number of seconds, 1 or more.');
}

async function run(io: Io, names: readonly string[], flags: Flags): Promise<void> {
  const platform = environmentNamed(platformsOfList(flags.from), flags.env);
  const watched = watchedIn(platform, tenantsNamed(platform, names));
  const cluster = await connectedTo(flags.context);
  const once = (): Promise<Status> => look(cluster, watched, () => new Date());
  const lines = linesOf(io, watched, flags);
  const { watch } = flags;
  if (watch === undefined) for (const line of lines(await once())) io.out(line);
  else
    await watching(flags.json ? { ...io, screen: undefined } : io, {
      look: once,
      lines,
      every: watch === true ? EVERY : watch,
    });
}

/** How a look is shown, and above it why there is no newer one. */
function linesOf(
  { screen }: Io,
  { environment: { monitoring } }: Watched,
  { json, watch }: Flags,
): (status: Status, complaint?: string) => readonly string[] {
  if (json)
    return (status, complaint) => [
      JSON.stringify(
        { ...status, ...(complaint !== undefined && { complaint }) },
        undefined,
        watch === undefined ? 2 : 0,
      ),
    ];
  const { runbooks } = monitoring ?? annotationsMonitoring.defaults;
  return (status, complaint) => {
    const style = {
      runbooks,
      colour: screen?.colour ?? false,
      ...(screen && { columns: screen.columns }),
    };
    const above = complaint === undefined ? [] : [...wordWrapped(complaint, style, 0), ''];
    return [...above, ...statusText(status, style)];
  };
}
