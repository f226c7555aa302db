// What was measured: the tasks, as the load program saw them, and Redis, as its INFO told.

/** When one task was sent, begun and answered, in seconds since 1970 of the clock that saw it; null is never. */
export type TaskRow = readonly [
  pod: string | null,
  sent: number | null,
  started: number | null,
  answered: number | null,
];

export const PHASES = ['first', 'burst', 'paced'] as const;

export interface Phase {
  readonly name: (typeof PHASES)[number];
  /** Begin and end by the clock of Redis. */
  readonly redis: readonly [number, number];
  readonly tasks: readonly TaskRow[];
}

/** What `runtime/load.py` prints. */
export interface Load {
  /** How the answers came: as stored results, or called back where the app keeps none. */
  readonly answers: 'results' | 'callbacks';
  /** Name of the queue on the broker. */
  readonly queue: string;
  /** Those that were run: the first that nobody answers is the last. */
  readonly phases: readonly Phase[];
}

/** One look at Redis: its clock, memory and processor time since it started. */
export interface Sample {
  /** Seconds since 1970. */
  readonly at: number;
  /** Bytes. */
  readonly memory: number;
  /** The most bytes since its start. */
  readonly peak: number;
  /** Seconds. */
  readonly cpu: number;
}

export interface Measurement {
  readonly load: Load;
  /** From before the load to after it; empty where nobody may ask Redis. */
  readonly samples: readonly Sample[];
}

/** Reads the answer to INFO. */
export function sampleOf(info: string): Sample {
  const value = (field: string): number => {
    const found = new RegExp(`^${field}:([0-9.]+)\\s*$`, 'm').exec(info);
    if (found === null) throw new Error(`INFO of Redis has no ${field}`);
    return Number(found[1]);
  };
  return {
    at: value('server_time_usec') / 1e6,
    memory: value('used_memory'),
    peak: value('used_memory_peak'),
    cpu: value('used_cpu_sys') + value('used_cpu_user'),
  };
}
