/** The rendered exporter of queues as a process on this machine: mounts become folders, its port is a free one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json, Synth } from '../../support/synth';
import { eventually, freePort } from '../redis-server';

export interface Exporter {
  readonly scrape: () => Promise<Scrape>;
  /** HTTP status of a path. */
  readonly status: (path: string) => Promise<number>;
  /** Puts another list of tenants into the mounted folder, as the kubelet does. */
  readonly mount: (objects: Synth) => void;
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

export interface Scrape {
  readonly seconds: number;
  readonly text: string;
  /** The value of a series; undefined where there is none. */
  readonly value: (name: string, labels?: Readonly<Record<string, string>>) => number | undefined;
}

/** Where things are on this machine. */
export interface Here {
  /** Puts hosts and ports in. */
  readonly local: (text: string) => string;
  /** Seconds for which a look is good; absent, as it is rendered. */
  readonly fresh?: number;
}

export async function exporterOf(objects: Synth, { local, fresh }: Here): Promise<Exporter> {
  const root = mkdtempSync(join(tmpdir(), 'queues-'));
  const { spec } = objects.byKind('Deployment', 'queues').spec.template;
  const [container] = spec.containers;
  const mount = (from: Synth): void => {
    for (const { name, mountPath } of container.volumeMounts as readonly Json[]) {
      const volume = spec.volumes.find((v: Json) => v.name === name);
      rmSync(join(root, mountPath), { recursive: true, force: true });
      mkdirSync(join(root, mountPath), { recursive: true });
      for (const [file, text] of filesOf(from, volume)) writeFileSync(join(root, mountPath, file), text);
    }
  };
  mount(objects);
  const port = await freePort();
  const paths = (container.volumeMounts as readonly Json[]).map(({ mountPath }) => mountPath as string);
  const rooted = (text: string): string => (paths.some((path) => text.startsWith(path)) ? root + text : text);
  const env = Object.fromEntries(
    (container.env as readonly Json[]).map(({ name, value }) => [name, rooted(local(value))]),
  );
  const command: readonly string[] = (container.command as readonly string[]).map(rooted);
  const program =
    fresh === undefined ? command : [command[0] ?? '', '-c', `${hurried(command[1] ?? '', fresh)}`];
  const child = spawn(program[0] ?? '', program.slice(1), {
    env: { PATH: process.env['PATH'], PYTHONDONTWRITEBYTECODE: '1', ...env, QUEUES_PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (data: Buffer) => (log += data.toString()));
  const status = async (path: string): Promise<number> =>
    (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  await eventually(`the exporter listens; it said ${log}`, () => status('/ready').then(Boolean, () => false));
  return {
    status,
    mount,
    log: () => log,
    scrape: () => scrape(port),
    stop: async () => {
      await ended(child);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** The same program, whose looks are good for less time. */
const hurried = (file: string, seconds: number): string =>
  `import runpy, sys; sys.path.insert(0, ${JSON.stringify(join(file, '..'))}); import queues; queues.FRESH = ${seconds}; queues.main()`;

function filesOf(objects: Synth, { configMap, secret, projected }: Json): [string, string][] {
  if (projected) return projected.sources.flatMap((source: Json) => filesOf(objects, source));
  if (configMap) {
    const { data = {} } = objects.byKind('ConfigMap', configMap.name);
    return Object.entries(data);
  }
  if (!secret) return [];
  const { stringData } = objects.byKind('Secret', secret.secretName);
  return secret.items.map(({ key, path }: Json) => [path, stringData[key]]);
}

async function scrape(port: number): Promise<Scrape> {
  const began = Date.now();
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const seconds = (Date.now() - began) / 1000;
  const series = new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
  const value: Scrape['value'] = (name, labels = {}) => {
    const worn = Object.entries(labels).map(([label, one]) => `${label}="${one}"`);
    return series.get(worn.length === 0 ? name : `${name}{${worn.join(',')}}`);
  };
  return { seconds, text, value };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((done) => child.once('close', done));
  child.kill('SIGTERM');
  await closed;
}
