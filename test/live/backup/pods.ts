/** The rendered Jobs of a broker's backups as processes beside its pods, container after container. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Json, Synth } from '../../support/synth';
import { finished } from '../redis-server';
import { type Names, mount, start } from '../sentinel/mounts';
import type { Files } from '../tls/certificates';
import type { Recorded } from './recorded';

export interface Beside {
  readonly folder: string;
  readonly objects: Synth;
  readonly names: Names;
  /** Certificates of a client. */
  readonly files?: Files;
  readonly images: Recorded;
}

export interface JobPod {
  readonly path: (path: string) => string;
  /** Runs all containers, until one fails. @returns what the last one left as its message, and what all have said */
  readonly run: (
    env?: Env,
  ) => Promise<{ readonly code: number | null; readonly said: string; readonly log: string }>;
  readonly begin: (container: string, env?: Env) => ChildProcess;
  /** Whether its message begins so. */
  readonly says: (text: string) => boolean;
  /** One of its scripts, as `kubectl exec` runs it in a container. */
  readonly exec: (container: string, command: readonly string[], stdin: string, env?: Env) => Promise<Ended>;
}

type Ended = Awaited<ReturnType<typeof finished>>;

type Env = Readonly<Record<string, string>>;

const variablesOf = (env: Env): Json[] => Object.entries(env).map(([name, value]) => ({ name, value }));

const imageOf = (container: string): 'restic' | 'redis' =>
  ['store', 'fetch'].includes(container) ? 'restic' : 'redis';

export function jobPod(cron: string, { folder, objects, names, files, images }: Beside): JobPod {
  const { spec } = objects.byKind('CronJob', cron).spec.jobTemplate.spec.template;
  const root = join(folder, cron);
  rmSync(root, { recursive: true, force: true });
  const place = { name: cron, port: 0, names, root, ...(files && { files }) };
  mount(objects, spec, place);
  mkdirSync(join(root, 'scratch'), { recursive: true });
  const message = join(root, 'message');
  const all: readonly Json[] = [...spec.initContainers, ...spec.containers];
  const launched = (container: Json, more: Env): ChildProcess => {
    rmSync(message, { force: true });
    const path = images[imageOf(container.name)];
    return start({ ...container, env: [...(container.env ?? []), ...variablesOf(more)] }, { ...place, path });
  };
  const named = (name: string): Json => all.find((one) => one.name === name);
  const text = (): string => (existsSync(message) ? readFileSync(message, 'utf8') : '');
  return {
    path: (path) => join(root, path),
    begin: (name, env = {}) => launched(named(name), env),
    says: (words) => text().startsWith(words),
    exec: async (name, [script = '', ...args], stdin, env = {}) => {
      const command = ['sh', `/opt/stalk/${script}`, ...args];
      const child = start(
        { ...named(name), command, env: [...named(name).env, ...variablesOf(env)] },
        { ...place, path: images[imageOf(name)], stdin: 'pipe' },
      );
      child.stdin?.end(stdin);
      return finished(child);
    },
    run: async (env = {}) => {
      let [code, log]: [number | null, string] = [0, ''];
      for (const container of all) {
        const ended = await finished(launched(container, env));
        [code, log] = [ended.code, log + ended.output];
        if (code !== 0) break;
      }
      return { code, log, said: text() };
    },
  };
}
