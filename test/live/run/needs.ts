/** What the live tests need of a machine: installs it where it may, or says in one line what is missing. */
import { spawnSync } from 'node:child_process';

/** By Debian's package, a command that works where it is installed. */
const NEEDS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'redis-server': ['redis-server', '--version'],
  'redis-tools': ['redis-cli', '--version'],
  python3: ['python3', '--version'],
  'python3-venv': ['python3', '-c', 'import ensurepip, venv'],
};

const works = ([program, ...args]: readonly [string, ...string[]]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0;

export const missingPackages = (): string[] =>
  Object.keys(NEEDS).filter((name) => !works(NEEDS[name] ?? ['false']));

const mayInstall = (): boolean => process.getuid?.() === 0 && works(['apt-get', '--version']);

/** Installs what is missing as root on Debian; fails with one line that names the packages. */
export function ensureNeeds(): void {
  const wanted = missingPackages();
  if (wanted.length > 0 && mayInstall()) {
    console.warn(`installing ${wanted.join(' ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore' });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...wanted], {
      env,
      stdio: 'ignore',
    });
  }
  const missing = missingPackages();
  if (missing.length === 0) return;
  throw new Error(
    `test:live needs ${missing.join(', ')}, missing here; run apt-get install ${missing.join(' ')}`,
  );
}
