import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const FOLDER = join(__dirname, 'loader');
/** Installing with an empty cache of packages took 30 s here, the tests 70 s; a busy machine takes longer. */
const PATIENCE = 600_000;

const missing = ['python3', 'redis-server'].filter(
  (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status !== 0,
);

/** Output of a program; fails with that output too, as pytest tells what went wrong on stdout. */
async function run(program: string, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  try {
    return (await promisify(execFile)(program, args, { cwd: FOLDER, env, maxBuffer: 2 ** 26 })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${[program, ...args].join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

/** Python with the packages of a list, kept outside the repository until the list changes. */
async function pythonWith(list: string): Promise<string> {
  const digest = createHash('sha256').update(readFileSync(list)).digest('hex').slice(0, 12);
  const folder = join(tmpdir(), `stalk-live-${digest}`);
  const complete = join(folder, 'complete');
  if (!existsSync(complete)) {
    await run('python3', '-m', 'venv', '--clear', folder);
    await run(join(folder, 'bin/pip'), 'install', '--quiet', '--disable-pip-version-check', '-r', list);
    writeFileSync(complete, '');
  }
  return join(folder, 'bin/python');
}

if (missing.length > 0) console.warn(`the loader is NOT proven here: ${missing.join(' and ')} not on PATH`);

(missing.length > 0 ? describe.skip : describe)('the loader in a real Celery on a real Redis', () => {
  // At once: most of the time these wait for a process to start, and one of them for the next minute
  test.concurrent.each(['5.5', '5.6', '5.7'])(
    'holds every promise with Celery %s',
    async (version) => {
      const python = await pythonWith(join(FOLDER, `celery-${version}.txt`));

      const report = await run(python, '-m', 'pytest', '-q', '-p', 'no:cacheprovider', '--tb=short');

      expect(report).toMatch(/\d+ passed/);
      console.info(`Celery ${version}: ${report.trim().split('\n').at(-1)}`);
    },
    PATIENCE,
  );
});
