/** Rendered workers and beats that run side by side, and what their probes say in one state after another. */
import { join } from 'node:path';
import type { Synth } from '../../support/synth';
import { type Pod, type Running, podOf, start } from '../isolation/pods';
import { programsOf } from '../python';
import { sleep } from '../redis-server';
import { type Verdict, age, verdict } from './kubelet';
import { POOLS } from './tenants';

export interface Program {
  readonly name: string;
  readonly pod: Pod;
  readonly run: Running;
}

/** By program. */
export type Row = Readonly<Record<string, Verdict>>;

interface Place {
  readonly folder: string;
  readonly port: number;
}

interface Wanted {
  readonly name: string;
  readonly objects: Synth;
  readonly deployment: string;
  readonly celery: string;
}

async function started({ name, objects, deployment, celery }: Wanted, place: Place): Promise<Program> {
  const programs = await programsOf(celery);
  const pod = podOf(objects, deployment, {
    ...place,
    folder: join(place.folder, name.replaceAll(' ', '-')),
    programs,
  });
  return { name, pod, run: start(pod) };
}

/** A worker of each pool type. */
export const workers = (busy: Synth, place: Place): Promise<readonly Program[]> =>
  Promise.all(
    POOLS.map((pool) =>
      started({ name: pool, objects: busy, deployment: `worker-${pool}`, celery: '5.6' }, place),
    ),
  );

/** Beats, and what else is looked at with the other versions. */
export const others = (busy: Synth, calm: Synth, place: Place): Promise<readonly Program[]> =>
  Promise.all(
    [
      { name: 'prefork 5.5', objects: busy, deployment: 'worker-prefork', celery: '5.5' },
      { name: 'prefork 5.7', objects: busy, deployment: 'worker-prefork', celery: '5.7' },
      { name: 'beat', objects: busy, deployment: 'beat', celery: '5.6' },
      { name: 'beat idle', objects: calm, deployment: 'beat', celery: '5.6' },
      { name: 'beat 5.5', objects: busy, deployment: 'beat', celery: '5.5' },
      { name: 'beat 5.7', objects: busy, deployment: 'beat', celery: '5.7' },
    ].map((wanted) => started(wanted, place)),
  );

/** Seconds in which what lives touches its file twice, on a machine that is busy. */
const TWICE = 12;

export const DAY = 24 * 3600;

interface Lasting {
  /** How long the state lasts. */
  readonly for?: number;
  /** How long to wait here for a touch. */
  readonly touch?: number;
}

/** What the probes of each would say if this state lasted. */
export async function lasting(programs: readonly Program[], how: Lasting = {}): Promise<Row> {
  programs.forEach(({ pod }) => age(pod, how.for ?? DAY));
  await sleep((how.touch ?? TWICE) * 1000);
  return Object.fromEntries(
    await Promise.all(programs.map(async ({ name, pod }) => [name, await verdict(pod)] as const)),
  );
}
