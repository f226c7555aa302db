/** Python with the packages of a list, kept outside the repository until the list changes. */
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const LISTS = join(__dirname, 'loader');

/** Programs that are not here; the tests need them all. */
export const lacking = ['python3', 'redis-server'].filter(
  (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status !== 0,
);

/** Output of a program; fails with that output too, as pytest tells what went wrong on stdout. */
export async function run(program: string, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  try {
    return (await promisify(execFile)(program, args, { cwd: LISTS, env, maxBuffer: 2 ** 26 })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${[program, ...args].join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

const lists = (pattern: RegExp): readonly RegExpExecArray[] =>
  readdirSync(LISTS)
    .map((file) => pattern.exec(file))
    .filter((found) => found !== null);

/** Versions of Celery with a list of packages for the `python3` of this machine: `5.5`, `5.6`, `5.7`. */
export const LISTED = lists(/^celery-([\d.]+)\.txt$/).map(([, celery = '']) => celery);

/** Lists for another Python: what `pip install celery[redis]` takes there. */
export const ON_PYTHON = lists(/^celery-(([\d.]+)-on-python-([\d.]+))\.txt$/).map(
  ([, list = '', celery = '', python = '']) => ({ list, celery, python }),
);

/** Program of a Python by its version: on PATH, or one that pyenv has; undefined where there is none. */
export function interpreterOf(python: string): string | undefined {
  const versions = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  const installed = existsSync(versions) ? readdirSync(versions) : [];
  const programs = installed
    .filter((version) => version.startsWith(`${python}.`))
    .map((version) => join(versions, version, 'bin/python3'));
  return [`python${python}`, ...programs].find(
    (program) => spawnSync(program, ['-c', 'import ensurepip, venv'], { stdio: 'ignore' }).status === 0,
  );
}

/**
 * Folder of the programs that belong to a list, `5.6` or `5.6-on-python-3.9`; outside the folder of this run, which goes
 * with it.
 */
export async function programsOf(name: string, interpreter = 'python3'): Promise<string> {
  const list = join(LISTS, `celery-${name}.txt`);
  const digest = createHash('sha256')
    .update(interpreter)
    .update(readFileSync(list))
    .digest('hex')
    .slice(0, 12);
  const folder = join(process.env['STALK_LIVE_CACHE'] ?? tmpdir(), `stalk-live-${digest}`);
  if (!existsSync(join(folder, 'complete'))) await install(interpreter, list, folder);
  return join(folder, 'bin');
}

/** In a folder of its own, which gets the name when it is whole: two runs may install at once. */
async function install(interpreter: string, list: string, folder: string): Promise<void> {
  const own = mkdtempSync(`${folder}-`);
  try {
    await run(interpreter, '-m', 'venv', own);
    await run(join(own, 'bin/pip'), 'install', '--quiet', '--disable-pip-version-check', '-r', list);
  } catch (error) {
    rmSync(own, { recursive: true });
    throw inOneLine(error as Error);
  }
  writeFileSync(join(own, 'complete'), '');
  try {
    symlinkSync(own, folder);
  } catch {
    rmSync(own, { recursive: true }); // the other was faster
  }
}

/** The last of pip's errors says what it could not get. */
function inOneLine(error: Error): Error {
  const why =
    error.message
      .split('\n')
      .reverse()
      .find((line) => line.startsWith('ERROR: ')) ?? error.message;
  return new Error(`Python packages for the live tests cannot be installed: ${why}`, { cause: error });
}
