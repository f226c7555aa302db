/** The rendered redis_exporter of a pod as a process, in each version that this machine has. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, Synth } from '../../support/synth';
import { eventually, freePort } from '../redis-server';

export interface ExporterProgram {
  readonly program: string;
  /** `1.45`. */
  readonly version: string;
}

/** Debian's, and where `scripts/other-redis.sh build/other-redis` puts that of the next Debian. */
const PROGRAMS = [
  'prometheus-redis-exporter',
  join(__dirname, '../../../build/other-redis/exporter/bin/prometheus-redis-exporter'),
];

export const exporterPrograms: readonly ExporterProgram[] = PROGRAMS.flatMap((program) => {
  const { stdout, stderr } = spawnSync(program, ['-version'], { encoding: 'utf8' });
  const [, version] = /Redis Metrics Exporter v?(\d+\.\d+)/.exec(`${stdout}${stderr}`) ?? [];
  return version === undefined ? [] : [{ program, version }];
});

/** A Redis on this machine that stands for a rendered one. */
export interface Place {
  readonly port: number;
  /** Where the volume shared with redis_exporter is. */
  readonly shared: string;
}

/** What a variable of the pod says on this machine. */
export const localTo = ({ port, shared }: Place, value: string): string =>
  value.replace(/^redis:\/\/127\.0\.0\.1:\d+$/, `redis://127.0.0.1:${port}`).replace('/run/exporter', shared);

const containerOf = (objects: Synth, set: string, name: string): Json => {
  const { initContainers, containers } = objects.byKind('StatefulSet', set).spec.template.spec;
  return [...initContainers, ...containers].find((one: Json) => one.name === name);
};

const envOf = (container: Json, place: Place): Record<string, string> =>
  Object.fromEntries(
    ((container?.env ?? []) as Json[]).flatMap(({ name, value }) =>
      value === undefined ? [] : [[name, localTo(place, value)]],
    ),
  );

/** What users.sh build is told of the exporter; nothing where nobody watches. Makes the shared folder. */
export function exporterUserEnv(objects: Synth, set: string, place: Place): Record<string, string> {
  const { EXPORTER_RULES, REDIS_ADDR, REDIS_PASSWORD_FILE } = envOf(
    containerOf(objects, set, 'build-users'),
    place,
  );
  if (EXPORTER_RULES === undefined) return {};
  if (!existsSync(place.shared)) mkdirSync(place.shared);
  return { EXPORTER_RULES, REDIS_ADDR: REDIS_ADDR ?? '', REDIS_PASSWORD_FILE: REDIS_PASSWORD_FILE ?? '' };
}

export interface Exporter {
  readonly port: number;
  /** Asks Redis anew. */
  readonly scrape: () => Promise<Series>;
  readonly remove: () => void;
}

export interface Series {
  readonly text: string;
  readonly names: ReadonlySet<string>;
  /** The first value of a metric, whose labels hold this text. */
  readonly value: (name: string, labels?: string) => number | undefined;
}

function seriesIn(text: string): Series {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const nameOf = (line: string): string => /^\w+/.exec(line)?.[0] ?? '';
  return {
    text,
    names: new Set(lines.map(nameOf)),
    value: (name, labels = '') => {
      const line = lines.find((one) => nameOf(one) === name && one.includes(labels));
      return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
    },
  };
}

/** `change` replaces what the rendered container is told. */
export async function exporterOf(
  objects: Synth,
  set: string,
  { program }: ExporterProgram,
  place: Place & { readonly change?: Readonly<Record<string, string>> },
): Promise<Exporter> {
  const port = await freePort();
  const child: ChildProcess = spawn(program, [], {
    stdio: 'ignore',
    env: {
      ...{ PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'] },
      ...envOf(containerOf(objects, set, 'exporter'), place),
      REDIS_EXPORTER_WEB_LISTEN_ADDRESS: `127.0.0.1:${port}`,
      ...place.change,
    },
  });
  const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  await eventually('redis_exporter serves', () =>
    ask('/health').then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return {
    port,
    scrape: async () => seriesIn(await (await ask('/metrics')).text()),
    remove: () => void child.kill('SIGKILL'),
  };
}
