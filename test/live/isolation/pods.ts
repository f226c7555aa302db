/** Rendered pods as processes on this machine: mounts become folders, Redis is on 127.0.0.1. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Json, Synth } from '../../support/synth';
import { sleep } from '../redis-server';

export interface Place {
  /** Of this tenant, on this machine. */
  readonly folder: string;
  /** Folder of the programs of one Celery. */
  readonly programs: string;
  /** Of the tenant's Redis. */
  readonly port: number;
  /** Of its cache, where it has one. */
  readonly cache?: number;
}

export interface Pod {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether it has written a file under /run/stalk. */
  readonly wrote: (file: string) => boolean;
  /** Its text; empty while there is none. */
  readonly ran: (file: string) => string;
  /** Where a file under /run/stalk is here. */
  readonly at: (file: string) => string;
  /** As rendered; the commands of the exec probes with this machine's places. */
  readonly probes: Probes;
}

export type Look = 'startup' | 'readiness' | 'liveness';
export type Probes = Readonly<Record<Look, Probe>>;

export interface Probe {
  readonly command: readonly string[];
  readonly timeoutSeconds: number;
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

/** The container of a rendered Deployment; `folder/<deployment>` stands for its file system. */
export function podOf(objects: Synth, deployment: string, place: Place): Pod {
  const { spec } = objects.byKind('Deployment', deployment).spec.template;
  const [container] = spec.containers;
  const root = join(place.folder, deployment);
  const mounts: readonly Json[] = container.volumeMounts;
  for (const { name, mountPath } of mounts) {
    const volume = spec.volumes.find((v: Json) => v.name === name);
    mkdirSync(join(root, mountPath), { recursive: true });
    for (const [file, text] of filesOf(objects, volume)) writeFileSync(join(root, mountPath, file), text);
  }
  const paths = mounts.map(({ mountPath }) => mountPath as string).filter((path) => path !== '/tmp');
  const local = (text: string): string => localText(text, paths, root, place);
  const env = environmentOf(objects, container);
  const run = (file: string): string => join(root, '/run/stalk', file);
  return {
    command: container.command.map(local),
    env: {
      ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, local(value)])),
      PATH: [place.programs, process.env['PATH']].join(delimiter),
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONFAULTHANDLER: '1', // for `stackOf`
    },
    wrote: (file) => existsSync(run(file)),
    ran: (file) => (existsSync(run(file)) ? readFileSync(run(file), 'utf8') : ''),
    at: run,
    probes: {
      startup: probeOf(container.startupProbe, local),
      readiness: probeOf(container.readinessProbe, local),
      liveness: probeOf(container.livenessProbe, local),
    },
  };
}

/** One over HTTP has no command: nothing here runs it. */
const probeOf = ({ exec, ...timing }: Json, local: (text: string) => string): Probe => ({
  ...timing,
  command: (exec?.command ?? []).map(local),
});

/** A volume's files; a claim and a scratch folder have none. */
function filesOf(objects: Synth, { configMap, secret }: Json): [string, string][] {
  if (configMap) return Object.entries(objects.byKind('ConfigMap', configMap.name).data);
  if (!secret) return [];
  const { stringData } = objects.byKind('Secret', secret.secretName);
  return secret.items.map(({ key, path }: Json) => [path, stringData[key]]);
}

/** A ConfigMap for all, then each variable; `$(NAME)` is one that came before, as the kubelet has it. */
function environmentOf(objects: Synth, { envFrom, env }: Json): Record<string, string> {
  const all: Record<string, string> = {};
  for (const { configMapRef } of envFrom)
    Object.assign(all, objects.byKind('ConfigMap', configMapRef.name).data);
  for (const { name, value, valueFrom } of env) {
    const text: string = value ?? referred(objects, valueFrom);
    all[name] = text.replace(/\$\((\w+)\)/g, (whole, known: string) => all[known] ?? whole);
  }
  return all;
}

/** A Secret of the app's own is not rendered, and Flower's password is nobody's here. */
function referred(objects: Synth, { configMapKeyRef: config, secretKeyRef: secret }: Json): string {
  if (config) return objects.byKind('ConfigMap', config.name).data[config.key];
  return objects.find('Secret', secret.name)?.stringData[secret.key] ?? 'nobody:nothing';
}

/** Puts this machine's places in: a mounted path where one begins, and the Service of Redis. */
function localText(text: string, paths: readonly string[], root: string, { port, cache }: Place): string {
  const own = paths.reduce(
    (so, path) => so.replace(new RegExp(`(^|[:= "])${path}(?=[/: ]|$)`, 'g'), `$1${root}${path}`),
    text,
  );
  return own
    .replace(
      /\bredis(\.broker-main\.svc\.cluster\.local|-0\.redis-headless\.acme\.svc\.cluster\.local)?:6379\b/g,
      `127.0.0.1:${port}`,
    )
    .replace(/\bcache:6379\b/g, `127.0.0.1:${String(cache)}`)
    .replace(/\bredis:6380\b/g, `localhost:${port}`); // certificates are made out to names
}

export interface Running {
  readonly pid: number;
  readonly output: () => string;
  /** Its exit code and standard output, once it has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string }>;
  readonly stop: () => Promise<void>;
}

const running = new Set<ChildProcess>();

/** Starts the pod's program, or another one in its place. */
export function start(pod: Pod, command: readonly string[] = pod.command): Running {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env: pod.env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let [stdout, output] = ['', ''];
  child.stdout
    .setEncoding('utf8')
    .on('data', (text: string) => ([stdout, output] = [stdout + text, output + text]));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<{ code: number | null; stdout: string }>((done) =>
    child.once('close', (code) => {
      running.delete(child);
      done({ code, stdout });
    }),
  );
  return { pid: child.pid ?? 0, output: () => output, ended, stop: () => stop(child, ended) };
}

/** Seconds after which a process that does not end with SIGTERM is killed with its children. */
const GRACE = 20;

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  const late = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), GRACE * 1000);
  await ended;
  clearTimeout(late);
}

/** What a test that failed has left. */
export const killAll = (): void => running.forEach(({ pid }) => process.kill(-(pid ?? 0), 'SIGKILL'));

/** As much of an output as helps: the end says why. */
export const SHOWN = 9000;

/** Runs a program to its end; gives back the JSON that it prints. */
export async function answerOf(pod: Pod, command?: readonly string[]): Promise<Json> {
  const process = start(pod, command);
  const { code, stdout } = await process.ended;
  if (code !== 0) throw new Error(process.output().slice(-SHOWN));
  return JSON.parse(stdout);
}

/** Sends from a web pod, with the time of sending in each message as where somebody watches. */
export const sendFrom = (web: Pod, calls: string): Promise<Json> =>
  answerOf({ ...web, env: { ...web.env, STALK_SENT: '1' } }, [
    ...['python3', '-c', `from plain_app import *\n${calls}\nprint("{}")`],
  ]);

/** Ends a process of Python that does not go on; gives back what it said, and at last where each thread stood. */
export async function stackOf(hanging: Running): Promise<string> {
  process.kill(hanging.pid, 'SIGABRT');
  await hanging.ended;
  return hanging.output().slice(-SHOWN);
}

/** Polls until it holds; fails with what the process said when it ends or never gets there. */
export async function until(process: Running, holds: () => boolean, what: string): Promise<void> {
  let over = false;
  void process.ended.then(() => (over = true));
  const deadline = Date.now() + 40_000;
  while (!holds()) {
    if (over) throw new Error(`${what}: not yet, and it said ${process.output().slice(-SHOWN)}`);
    if (Date.now() > deadline) throw new Error(`${what}: not yet, and it said ${await stackOf(process)}`);
    await sleep(100);
  }
}
