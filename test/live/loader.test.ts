import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FOLDER = join(__dirname, 'loader');
/** Installing from an empty cache of packages took 20 s here, the tests 60 s; a busy machine takes longer. */
const PATIENCE = 600_000;

const missing = ['python3', 'redis-server'].filter(
  (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status !== 0,
);

function run(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: FOLDER,
    encoding: 'utf8',
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  if (status === 0) return stdout;
  throw new Error(`${[command, ...args].join(' ')} ended with ${status ?? error?.message}\n${stdout}${stderr}`);
}

/** Python with the packages of a list, kept outside the repository until the list changes. */
function pythonWith(list: string): string {
  const digest = createHash('sha256').update(readFileSync(list)).digest('hex').slice(0, 12);
  const folder = join(tmpdir(), `stalk-live-${digest}`);
  const complete = join(folder, 'complete');
  if (!existsSync(complete)) {
    run('python3', '-m', 'venv', '--clear', folder);
    run(join(folder, 'bin/pip'), 'install', '--quiet', '--disable-pip-version-check', '-r', list);
    writeFileSync(complete, '');
  }
  return join(folder, 'bin/python');
}

if (missing.length > 0) console.warn(`the loader is NOT proven here: ${missing.join(' and ')} not on PATH`);

(missing.length > 0 ? describe.skip : describe)('the loader in a real Celery on a real Redis', () => {
  test.each(['5.5', '5.6', '5.7'])(
    'holds every promise with Celery %s',
    (version) => {
      const python = pythonWith(join(FOLDER, `celery-${version}.txt`));

      const report = run(python, '-m', 'pytest', '-q', '-p', 'no:cacheprovider', '--tb=short');

      expect(report).toMatch(/\d+ passed/);
      console.info(`Celery ${version}: ${report.trim().split('\n').at(-1)}`);
    },
    PATIENCE,
  );
});
