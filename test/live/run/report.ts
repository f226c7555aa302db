/** Prints the table of promises when all live tests have run, and fails the run that leaves a process behind. */
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { basename } from 'node:path';
import { type Process, kill, processesOf } from './processes';
import { type Outcome, type Row, rowsOf, table } from './table';

/** What it reads of jest's results. */
interface Suite {
  readonly testFilePath: string;
  readonly testExecError?: unknown;
  readonly perfStats: { readonly runtime: number };
  readonly testResults: readonly {
    readonly ancestorTitles: readonly string[];
    readonly title: string;
    readonly status: string;
  }[];
}

/** Milliseconds for what is about to end. */
const GRACE = 5000;

export class PromiseReporter {
  private leftovers: readonly Process[] = [];

  async onRunComplete(
    _: unknown,
    { testResults }: { readonly testResults: readonly Suite[] },
  ): Promise<void> {
    this.leftovers = await leftBehind();
    kill(this.leftovers);
    const suites = [...testResults].sort((a, b) => (a.testFilePath < b.testFilePath ? -1 : 1));
    const redis = redisVersion();
    const rows = [...suites.flatMap((suite) => rowsOfSuite(suite, redis)), cleanUp(this.leftovers, redis)];
    process.stderr.write(`\n${table(rows)}\n\n${suites.map(seconds).join('\n')}\n\n`);
  }

  getLastError(): Error | undefined {
    if (this.leftovers.length === 0) return undefined;
    return new Error(`left running: ${this.leftovers.map(({ command }) => command).join('; ')}`);
  }
}

function rowsOfSuite(suite: Suite, redis: string): Row[] {
  const name = basename(suite.testFilePath);
  if (suite.testExecError !== undefined)
    return [{ promise: `${name} can be loaded`, version: redis, result: 'FAILED' }];
  return rowsOf(suite.testResults.map(outcome), redis);
}

const outcome = ({ ancestorTitles, title, status }: Suite['testResults'][number]): Outcome => ({
  titles: [...ancestorTitles, title],
  status: status === 'passed' || status === 'failed' ? status : 'skipped',
});

const cleanUp = (leftovers: readonly Process[], version: string): Row => ({
  promise: 'nothing is left running',
  version,
  result: leftovers.length === 0 ? 'ok' : `FAILED, ${leftovers.length} processes`,
});

const seconds = ({ testFilePath, perfStats }: Suite): string =>
  `${basename(testFilePath).padEnd(32)} ${Math.round(perfStats.runtime / 1000)} s`;

/** Jest's own workers live as long as it does. */
async function leftBehind(): Promise<readonly Process[]> {
  const folder = process.env['TMPDIR'] ?? '/nowhere';
  const look = (): Process[] => processesOf(folder).filter(({ command }) => !command.includes('jest-worker'));
  const end = Date.now() + GRACE;
  while (look().length > 0 && Date.now() < end) await sleep(100);
  return look();
}

/** `Redis 7.0`: what is on PATH. */
function redisVersion(): string {
  const said = spawnSync('redis-server', ['--version'], { encoding: 'utf8' }).stdout;
  return `Redis ${/v=(\d+\.\d+)/.exec(said)?.[1] ?? ''}`;
}
