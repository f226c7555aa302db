/** Load tests as they might have been measured. */
import type { Load, Measurement, Phase, Sample, TaskRow } from '../../lib/loadtest/measurement';

/** Where the clocks stand when a test begins. */
export const T0 = 1_795_000_000;

/** One task, in seconds after T0. */
export const task = (sent: number, started: number, answered: number, pod = 'worker-1'): TaskRow => [
  pod,
  T0 + sent,
  T0 + started,
  T0 + answered,
];

export const unanswered = (sent: number): TaskRow => [null, T0 + sent, null, null];

export const phase = (name: Phase['name'], tasks: readonly TaskRow[], redis = [10, 12] as const): Phase => ({
  name,
  redis: [T0 + redis[0], T0 + redis[1]],
  tasks,
});

/** Redis at some second after T0: memory and peak in bytes, CPU in seconds. */
export const sample = (at: number, memory: number, peak: number, cpu = 0): Sample => ({
  at: T0 + at,
  memory,
  peak,
  cpu,
});

export const measurement = (phases: Load['phases'], samples: readonly Sample[] = []): Measurement => ({
  load: { answers: 'results', queue: 'celery', phases },
  samples,
});
