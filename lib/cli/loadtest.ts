// `stalk loadtest`: a burst and a paced stream of tasks on one tenant, beside what is expected of it.

import { randomBytes } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { boundsOf, LoadTestError, loadTestOf, reportOf, run, THRESHOLDS } from '../loadtest';
import type { Asked } from '../loadtest';
import { clusterName } from '../cluster';
import { checkLine, checksOf, reportHolds } from '../report';
import { writeReport } from './files';
import { connectedTo } from './connected';
import { CannotRun, EXIT } from './io';
import type { Exit, Io } from './io';
import { environmentNamed, FROM, platformsOfList, tenantsNamed } from './list';

interface Options extends Asked {
  readonly env: string;
  readonly context?: string;
  readonly from?: string;
  readonly out: string;
}

/** Each task is a line of the answer, which has to fit into what a node keeps of a pod's log (10 MB). */
const MOST_TASKS = 50_000;

/** Threads of one process in one pod, each with connections of its own. */
const MOST_CLIENTS = 100;

export const loadtestCommand = (io: Io, end: (exit: Exit) => void): Command =>
  new Command('loadtest')
    .summary('send a tenant tasks in a burst and at a pace, and judge the figures')
    .description(
      "Sends the platform's own task, stalk.probe, to the first queue of the tenant's first pool, from a Job with the tenant's web user: " +
        'one task from each client, then all tasks at once, then as many paced. Deletes the Job and its results however it ends.',
    )
    .argument('<tenant>', 'name of the tenant, as in the list')
    .requiredOption('--env <name>', 'environment of the tenant: whose cluster the kubeconfig should point to')
    .option(
      '--tasks <count>',
      `tasks in the burst, and as many again paced; at most ${MOST_TASKS}`,
      count(MOST_TASKS),
      100,
    )
    .option('--rate <tasks/s>', 'tasks a second in the paced part', rate, 20)
    .option(
      '--concurrent <clients>',
      `clients that send and wait at the same time; at most ${MOST_CLIENTS}`,
      count(MOST_CLIENTS),
      10,
    )
    .option('--patience <seconds>', 'seconds to wait for answers after the last task of each part', rate, 60)
    .option('--out <folder>', 'where the report goes: Markdown, JSON, and HTML with charts', 'build/loadtest')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .option(FROM.flags, FROM.help)
    .addHelpText(
      'after',
      `
${thresholds()}

They are meant for 100 tasks; docs/load.md says how each is measured.

Examples:
  npx stalk loadtest typesafe --env dev
  npx stalk loadtest typesafe --env dev --tasks 500 --rate 50 --concurrent 20

Exit codes:
  0  nothing needs investigation
  1  a figure needs investigation, such as tasks that nobody answered
  2  it cannot run, or was stopped: no such tenant or namespace, no ready
     workers, no room in the quota, a missing right`,
    )
    .action(async (tenant: string, options: Options) => end(await act(io, tenant, options)));

/** Columns as wide as their widest. */
function thresholds(): string {
  const head = ['Thresholds', 'expected', 'acceptable', 'investigate'];
  const rows = THRESHOLDS.map(boundsOf).map((of) => [of.figure, of.expected, of.acceptable, of.investigate]);
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((cells) => String(cells[column]).length)));
  return all
    .map((cells) => cells.map((cell, column) => cell.padEnd(Number(widths[column]))).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

async function act(io: Io, name: string, options: Options): Promise<Exit> {
  const platform = environmentNamed(platformsOfList(options.from), options.env);
  const [tenant] = tenantsNamed(platform, [name]);
  if (tenant === undefined) throw new CannotRun([`tenant must be named, got ${name}`]);
  const { tasks, rate: pace, concurrent, patience } = options;
  const started = new Date();
  const stop = new AbortController();
  const interrupt = (): void => {
    io.err('stopping: the Job and what it left are deleted first');
    stop.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    const loadTest = loadTestOf(
      platform,
      tenant,
      { tasks, rate: pace, concurrent, patience },
      randomBytes(4).toString('hex'),
    );
    const cluster = await connectedTo(options.context);
    const measured = await run({
      cluster,
      loadTest,
      say: (text) => io.progress(text),
      signal: stop.signal,
      every: 1000,
    });
    const report = reportOf(measured, {
      tenant: name,
      environment: options.env,
      cluster: clusterName(cluster),
      command: `npx stalk loadtest ${name} --env ${options.env} --tasks ${tasks} --rate ${pace} --concurrent ${concurrent}`,
      started: started.toISOString(),
      seconds: (Date.now() - started.getTime()) / 1000,
    });
    for (const check of checksOf(report)) io.out(checkLine(check));
    for (const file of writeReport(options.out, `loadtest-${name}`, report)) io.err(file);
    return reportHolds(report) ? EXIT.ok : EXIT.failed;
  } catch (error) {
    throw error instanceof LoadTestError ? new CannotRun([error.message]) : error;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function count(most: number): (text: string) => number {
  return (text) => {
    if (/^[1-9]\d*$/.test(text) && Number(text) <= most) return Number(text);
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
  };
}

function rate(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError('It must be a number above 0.');
}
