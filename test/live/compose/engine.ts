/** A Docker engine of a test's own: in namespaces of its own, so that it changes no rule and no mount of the machine. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../redis-server';

const works = (program: string, ...args: readonly string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0;

/** `docker compose` where the client has it as a plugin, else the program of its own. */
const COMPOSE = works('docker', 'compose', 'version')
  ? ['docker', 'compose']
  : works('docker-compose', 'version')
    ? ['docker-compose']
    : undefined;

/** Why no container can run here; empty where they can. */
export const lackingEngine: readonly string[] = [
  ...(works('dockerd', '--version') ? [] : ['dockerd is not on PATH']),
  ...(works('docker', '--version') ? [] : ['docker is not on PATH']),
  ...(COMPOSE ? [] : ['docker-compose is not on PATH']),
  ...(works('unshare', '--net', '--mount', '--pid', '--fork', 'true') ? [] : ['namespaces may not be made']),
];

export interface Engine {
  /** Makes images of these names that hold nothing: the project mounts the programs of this machine. */
  readonly image: (...names: readonly string[]) => Promise<void>;
  /** Output of `docker compose …` in a folder; fails with what it says. */
  readonly compose: (folder: string, ...args: readonly string[]) => Promise<string>;
  /** What the health check of each container of a service says, in order. */
  readonly health: (folder: string, service: string) => Promise<readonly string[]>;
  /** Output of a program that sees the ports of the engine's machine. */
  readonly beside: (...command: readonly string[]) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** Sockets have short paths only: the engine's are in a /run of its own. */
const START = `
ip link set lo up
mount -t tmpfs tmpfs /run
exec dockerd --data-root "$1/data" --exec-root /run/docker --pidfile /run/docker.pid --host "unix://$1/docker.sock"`;

export async function engine(): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'engine-'));
  const own = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const daemon = spawn('unshare', [...own, 'sh', '-c', START, 'sh', folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = heard(daemon);
  const env = { ...process.env, DOCKER_HOST: `unix://${folder}/docker.sock` };
  const run = (program: string, args: readonly string[], cwd = folder): Promise<string> =>
    output(program, args, { env, cwd });
  const compose: Engine['compose'] = (at, ...args) => {
    const [program = '', ...words] = COMPOSE ?? [];
    return run(program, [...words, ...args], at);
  };
  await eventually(
    'the engine listens',
    () => {
      if (daemon.exitCode !== null) throw new Error(`dockerd has ended: ${said()}`);
      return spawnSync('docker', ['version'], { env, stdio: 'ignore' }).status === 0;
    },
    60,
  );
  return {
    image: async (...names) => {
      const archive = emptyImage(folder);
      for (const name of names) await run('docker', ['import', archive, name]);
    },
    compose,
    health: async (at, service) => {
      const containers = (await compose(at, 'ps', '--quiet', service)).split('\n').filter(Boolean);
      const format = '{{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{end}}';
      return Promise.all(
        containers.map(async (id) => (await run('docker', ['inspect', '--format', format, id])).trim()),
      );
    },
    beside: (...command) => run('nsenter', [`--net=/proc/${childOf(daemon)}/ns/net`, ...command]),
    stop: async () => {
      const gone = new Promise((done) => daemon.once('exit', done));
      daemon.kill('SIGKILL'); // its process namespace goes with it, containers included
      await gone;
    },
  };
}

const childOf = ({ pid }: ChildProcess): string =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();

/** The end of what it says. */
function heard(child: ChildProcess): () => string {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data: Buffer) => (said = `${said}${data.toString()}`.slice(-2000)));
  return () => said;
}

async function output(
  program: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly cwd: string },
): Promise<string> {
  try {
    return (await promisify(execFile)(program, [...args], { ...options, maxBuffer: 2 ** 26 })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${[program, ...args].join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

/** Folders and links where programs expect them. */
function emptyImage(folder: string): string {
  const root = mkdtempSync(join(folder, 'image-'));
  for (const name of ['usr', 'etc', 'tmp', 'run', 'data', 'proc', 'sys', 'dev', 'opt', 'app', 'volumes'])
    mkdirSync(join(root, name));
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(root, name));
  cpSync('/etc/ld.so.cache', join(root, 'etc/ld.so.cache'));
  const archive = join(folder, 'image.tar');
  spawnSync('tar', ['-C', root, '-cf', archive, '.']);
  return archive;
}
