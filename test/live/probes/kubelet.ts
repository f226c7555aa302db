/** Asks rendered exec probes as the kubelet does. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, utimesSync } from 'node:fs';
import type { Look, Pod, Probe } from '../isolation/pods';

/** What the three probes of a pod say: `S R L`, with `-` where one fails. */
export type Verdict = string;

const LOOKS: readonly (readonly [Look, string])[] = [
  ['startup', 'S'],
  ['readiness', 'R'],
  ['liveness', 'L'],
];

/** What is looked at: no more of a pod than its probes and where they run. */
export type Looked = Pick<Pod, 'env' | 'probes'>;

/** Failures in a row that count: the kubelet takes three or more, and a busy machine is late now and then. */
const TRIES = 3;

/** Exit code 0 within the probe's time. */
export async function passes(pod: Looked, probe: Probe): Promise<boolean> {
  for (let tried = 0; tried < Math.min(TRIES, probe.failureThreshold); tried++)
    if (await answered(pod, probe)) return true;
  return false;
}

function answered({ env }: Looked, { command, timeoutSeconds }: Probe): Promise<boolean> {
  const [program = '', ...args] = command;
  const options = { env, timeout: timeoutSeconds * 1000, killSignal: 'SIGKILL' } as const;
  return new Promise((done) => execFile(program, args, options, (error) => done(error === null)));
}

export async function verdict(pod: Looked): Promise<Verdict> {
  const answers = await Promise.all(LOOKS.map(([look]) => passes(pod, pod.probes[look])));
  return LOOKS.map(([, letter], i) => (answers[i] ? letter : '-')).join(' ');
}

/**
 * Makes each file of the pod older. What still lives touches it again; what does not now looks as it would if its state
 * had lasted that long, and nobody has to wait for it.
 */
export function age(pod: Pod, seconds: number): void {
  const then = Date.now() / 1000 - seconds;
  const folder = pod.at('');
  if (existsSync(folder)) readdirSync(folder).forEach((file) => touched(pod.at(file), then));
}

/** One that has gone meanwhile needs no age: its program has noticed something. */
function touched(file: string, then: number): void {
  try {
    utimesSync(file, then, then);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
