/** What is rendered for one tenant, running: its Redis, as many workers as a story starts, and a web process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Pod, type Running, podOf, SHOWN, start, until } from '../isolation/pods';
import { type LiveRedis, liveRedis } from '../isolation/redis';
import { programsOf } from '../python';
import { sleep } from '../redis-server';
import { type Rendered, type Wanted, rendered } from './tenant';
import { type Entry, type Sent, type Verdict, judge } from './verdict';

/** What the web process sends; see app/sends.py. */
export interface Ask {
  readonly task: 'work' | 'dies' | 'stuck' | 'flaky' | 'chord';
  readonly args: readonly number[];
  readonly count?: number;
  /** Seconds between two. */
  readonly every?: number;
  readonly countdown?: number;
  readonly revoke?: true;
  readonly bytes?: number;
  readonly until?: 'refused';
}

export interface Scene {
  readonly redis: LiveRedis;
  readonly rendered: Rendered;
  /** A pod of a Deployment under a name of its own, started. */
  readonly pod: (deployment: string, name: string) => Running;
  /** A worker that consumes; of this Celery where the story has two. */
  readonly worker: (name: string, celery?: string) => Promise<Running>;
  readonly send: (...asks: readonly Ask[]) => Running;
  /** The same from a web process of another Celery. */
  readonly sendWith: (celery: string, ...asks: readonly Ask[]) => Promise<Running>;
  readonly sent: () => readonly Sent[];
  readonly journal: () => readonly Entry[];
  /** Waits until nothing waits and nothing is in flight, or for so many seconds. */
  readonly settled: (seconds: number) => Promise<Verdict>;
  /** What Redis still holds, and the last words of every process: why something was lost. */
  readonly lastWords: () => Promise<string>;
  readonly remove: () => Promise<void>;
}

/** By hand: what a story breaks in the rendered objects. */
export type Broken = (objects: Rendered) => void;

export async function scene(celery: string, wanted: Wanted = {}, broken?: Broken): Promise<Scene> {
  const own = await programsOf(celery);
  const folder = mkdtempSync(join(tmpdir(), 'loss-'));
  const objects = rendered(wanted);
  broken?.(objects);
  const redis = await liveRedis(objects.broker);
  const pods = new Map<string, Pod>();
  const processes: Running[] = [];
  const senders: Running[] = [];
  const made = (deployment: string, name: string, programs: string = own): Pod => {
    const known =
      pods.get(name) ??
      podOf(objects.tenant, deployment, { folder: join(folder, name), programs, port: redis.port });
    pods.set(name, known);
    return known;
  };
  const started = (pod: Pod, command: readonly string[]): Running => {
    const process = start(pod, command);
    processes.push(process);
    return process;
  };
  const lines = <T>(file: string): T[] => [...pods.values()].flatMap((pod) => parsed<T>(pod.ran(file)));
  const pod = (deployment: string, name: string): Running => {
    const { command, ...rest } = made(deployment, name);
    return started(
      { command, ...rest },
      command.map((word) => word.replace('%h', name)),
    );
  };
  const sending = (web: Pod, asks: readonly Ask[]): Running => {
    const sender = started(web, [...web.command, JSON.stringify(asks)]);
    senders.push(sender);
    return sender;
  };
  const sent = (): Sent[] => lines<Sent>('sent');
  const journal = (): Entry[] => lines<Entry>('journal');
  return {
    redis,
    rendered: objects,
    pod,
    worker: async (name, other = celery) => {
      made('worker-default', name, await programsOf(other));
      const process = pod('worker-default', name);
      await until(process, () => made('worker-default', name).wrote('consuming'), `${name} consumes`);
      return process;
    },
    send: (...asks) => sending(made('web', 'web'), asks),
    sendWith: async (other, ...asks) => sending(made('web', `web-${other}`, await programsOf(other)), asks),
    sent,
    journal,
    settled: async (seconds) => {
      const deadline = Date.now() + seconds * 1000;
      await Promise.all(senders.map(({ ended }) => ended));
      for (let still = 0; still < STILL && Date.now() < deadline; await sleep(1000)) {
        const left = (await inFlight(redis)) > 0;
        still = left ? 0 : judge(sent(), journal()).lost === 0 ? STILL : still + 1;
      }
      return judge(sent(), journal());
    },
    lastWords: async () => {
      const said = processes.map(({ pid, output }) => `process ${pid}:\n${output().slice(-SHOWN)}`);
      return [`waiting and in flight: ${await inFlight(redis)}`, ...said].join('\n');
    },
    remove: async () => {
      processes.forEach(kill);
      await Promise.all(processes.map(({ ended }) => ended));
      await redis.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Seconds without anything in Redis after which what has not ended never will. */
const STILL = 12;

/** What waits in the queue, and what workers have taken and not acknowledged. */
async function inFlight(redis: LiveRedis): Promise<number> {
  const admin = await redis.admin();
  const waiting = await admin.send('LLEN', 'tenant:acme:tenant-acme');
  const taken = await admin.send('HLEN', 'tenant:acme:unacked');
  admin.close();
  return typeof waiting === 'number' && typeof taken === 'number' ? waiting + taken : 1;
}

/** A line that is still being written comes with the next look. */
const parsed = <T>(text: string): T[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);

/** What the kubelet does at the end of the grace, and the kernel to a container that takes too much memory. */
export function kill({ pid }: Running): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}
