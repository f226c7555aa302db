/** The file system and the programs of a rendered Redis pod on this machine: hosts become ports of 127.0.0.1. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, Synth } from '../../support/synth';
import { localTo } from '../exporter/exporter';
import { type Files, secretAt } from '../tls/certificates';

export type Names = readonly (readonly [string, number])[];

/** A pod of the broker, and where it lies here. */
export interface Place {
  readonly name: string;
  readonly port: number;
  readonly names: Names;
  readonly root: string;
  /** Its certificates, where it has some. */
  readonly files?: Files;
  /** Where its programs find others; this machine's PATH without. */
  readonly path?: string;
  /** It has none where nobody says otherwise. */
  readonly stdin?: 'pipe' | 'ignore';
}

const PLACES = [
  '/run/redis',
  '/run/exporter',
  '/etc/redis-users',
  '/etc/redis-tls',
  '/etc/redis',
  '/etc/stalk/redis',
  '/etc/stalk/store',
  '/etc/stalk/tls',
  '/opt/redis',
  '/opt/stalk',
  '/data',
  '/restore',
  '/scratch',
] as const;

/** What the file system of a pod is called here; the longer path first, as one begins the other. */
const rooted = (root: string, text: string): string =>
  PLACES.reduce(
    (so, place) => so.replaceAll(new RegExp(`(?<![\\w/.-])${place}(?=[/\\s]|$)`, 'gm'), `${root}${place}`),
    text,
  );

export const localHosts = (names: Names, text: string): string =>
  names.reduce(
    (so, [name, port]) =>
      so.replaceAll(new RegExp(`\\b${name}\\.[\\w-]+\\.[\\w.-]+([: ])\\d+`, 'g'), `127.0.0.1$1${port}`),
    text,
  );

/** Renews the pod's certificates, as a kubelet does. */
export type Renew = (files: Files) => void;

/** Redis and sentinels listen by the same words. */
const listensAt = (port: number, text: string): string =>
  text.replace(/^((?:tls-)?port) [1-9]\d*$/m, `$1 ${port}`).replace(/^bind .*$/m, 'bind 127.0.0.1');

/** Its ConfigMaps and Secrets; tells what renews its certificates. */
export function mount(objects: Synth, spec: Json, { root, port, names, files }: Place): Renew | undefined {
  let renew: Renew | undefined;
  const folders: readonly Json[] = [...spec.initContainers, ...spec.containers].flatMap(
    (c: Json) => c.volumeMounts,
  );
  for (const { name, mountPath } of folders) {
    const path = join(root, mountPath);
    if (name === 'tls') {
      renew ??= secretAt(path);
      continue;
    }
    mkdirSync(path, { recursive: true });
    const volume = spec.volumes.find((v: Json) => v.name === name);
    for (const [file, text] of filesOf(objects, volume)) {
      const mine = file.endsWith('.sh') ? text : rooted(root, localHosts(names, text));
      writeFileSync(join(path, file), listensAt(port, mine));
    }
  }
  if (files) renew?.(files);
  return renew;
}

function filesOf(objects: Synth, volume: Json): [string, string][] {
  const { configMap, secret } = volume ?? {};
  if (configMap?.optional) return Object.entries(objects.find('ConfigMap', configMap.name)?.data ?? {});
  if (configMap) return Object.entries(objects.byKind('ConfigMap', configMap.name).data);
  if (!secret) return [];
  const all: [string, string][] = Object.entries(objects.byKind('Secret', secret.secretName).stringData);
  return secret.items ? all.filter(([file]) => secret.items.some(({ key }: Json) => key === file)) : all;
}

export function start(
  { command, env = [] }: Json,
  { name, port, names, root, path, stdin = 'ignore' }: Place,
): ChildProcess {
  const shown = (text: string): string =>
    rooted(root, localTo({ port, shared: `${root}/run/exporter` }, localHosts(names, text)));
  const set = env.map((v: Json) => [v.name, v.valueFrom ? name : shown(v.value)] as const);
  const [program, ...args]: string[] = command.map((word: string) => rooted(root, word));
  return spawn(program ?? '', args, {
    detached: true,
    stdio: [stdin, 'pipe', 'pipe'],
    env: {
      PATH: path ?? process.env['PATH'],
      ...Object.fromEntries(set),
      ...{ MESSAGE: `${root}/message`, RESTORE: `${root}/restore`, WAIT: '0.2' },
      ...{ REDIS_PORT: String(port), FOLLOW_INTERVAL: '1', PATIENCE: '8' },
      ...{ USERS_INTERVAL: '0.5', RENEW_APART: '2' },
      ...{ USERS_RUN: `${root}/run/redis`, REDIS_DATA: `${root}/data` },
      ...{
        USERS_RULES: `${root}/etc/redis-users/rules`,
        USERS_PASSWORDS: `${root}/etc/redis-users/passwords`,
      },
      ...{ REDIS_CONF: `${root}/etc/redis/redis.conf`, CONF: `${root}/etc/redis/sentinel.conf` },
    },
  });
}
