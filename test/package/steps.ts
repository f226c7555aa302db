/** A stranger at a terminal: commands in a folder, each with what it said and how long it took. */
import { spawnSync } from 'node:child_process';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const times: (readonly [command: string, seconds: number])[] = [];

/** Runs a program, whatever its end. `name` is its row in the table of times. */
export function run(name: string, cwd: string, program: string, ...args: readonly string[]): Ended {
  const started = performance.now();
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8', env: ENV });
  if (error) throw error;
  times.push([name, (performance.now() - started) / 1000]);
  return { code: Number(status), out: stdout, err: stderr };
}

/** As `run`, where any other end than 0 fails the test with all that was said. */
export function succeed(name: string, cwd: string, program: string, ...args: readonly string[]): Ended {
  const ended = run(name, cwd, program, ...args);
  if (ended.code === 0) return ended;
  throw new Error(`${[program, ...args].join(' ')} ended with ${ended.code}\n${ended.out}${ended.err}`);
}

/** Without settings that `npm run` and jest leave for their children, and which would lead npm back to the clone. */
const ENV = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_|INIT_CWD$|NODE_ENV$|JEST_|NODE_OPTIONS$|CI$)/.test(name),
  ),
);

/** What each command took, for a note. */
export function table(): string {
  const width = Math.max(...times.map(([name]) => name.length));
  return times
    .map(([name, seconds]) => `${name.padEnd(width)}  ${seconds.toFixed(1).padStart(5)} s`)
    .join('\n');
}
