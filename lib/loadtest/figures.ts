// The figures of a load test, from what was measured.

import { type Measurement, type Phase, type Sample } from './measurement';
import { percentile, timingsOf } from './timings';

/** Undefined is not measured: nothing was answered, or nobody may ask Redis. */
export interface Figures {
  readonly sent: number;
  readonly answered: number;
  /** Tasks answered in a second of the burst. */
  readonly throughput: number | undefined;
  /** Tasks sent in a second, when paced. */
  readonly pace: number | undefined;
  /** Seconds from sending to the worker's begin, when paced. */
  readonly queueTime: Spread | undefined;
  /** Seconds from sending to the answer, in the burst. */
  readonly latency: Spread | undefined;
  /** Bytes that Redis held more than before all, at the worst moment. */
  readonly memory: number | undefined;
  /** Bytes of them that connections and the first tasks had cost before the burst. */
  readonly memoryOfConnections: number | undefined;
  /** Bytes that it still held at the end. */
  readonly memoryAfter: number | undefined;
  /** Processor time of Redis in the burst, of one core: 0.5 is half of it. */
  readonly cpu: number | undefined;
}

export interface Spread {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export function figuresOf({ load, samples }: Measurement): Figures {
  const phase = (name: Phase['name']): Phase | undefined => load.phases.find((p) => p.name === name);
  const tasks = load.phases.flatMap((p) => p.tasks);
  const burst = phase('burst');
  const paced = phase('paced');
  const inBurst = burst ? timingsOf(burst) : [];
  const inPace = paced ? timingsOf(paced) : [];
  return {
    sent: tasks.length,
    answered: tasks.filter(([, , , answered]) => answered !== null).length,
    throughput: inBurst.length > 0 ? inBurst.length / Math.max(...inBurst.map((t) => t.answered)) : undefined,
    pace: paceOf(inPace.map((t) => t.sent)),
    queueTime: spread(inPace.map((t) => t.started - t.sent)),
    latency: spread(inBurst.map((t) => t.answered - t.sent)),
    ...(burst ? memory(samples, burst.redis) : UNKNOWN),
    cpu: burst && cpu(samples, burst.redis),
  };
}

function paceOf(sent: readonly number[]): number | undefined {
  const span = Math.max(...sent) - Math.min(...sent);
  return sent.length > 1 && span > 0 ? (sent.length - 1) / span : undefined;
}

function spread(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const at = (share: number): number => Number(percentile(values, share));
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
  };
}

/** A moment between two looks is in Redis' own peak, where that grew. */
function memory(samples: readonly Sample[], [begin]: readonly [number, number]): Memory {
  const [first, last] = [samples.at(0), samples.at(-1)];
  const connected = samples.filter(({ at }) => at <= begin).at(-1);
  if (first === undefined || connected === undefined || last === undefined) return UNKNOWN;
  const seen = Math.max(...samples.map((sample) => sample.memory));
  const most = last.peak > first.peak ? last.peak : seen;
  return {
    memory: most - first.memory,
    memoryOfConnections: connected.memory - first.memory,
    memoryAfter: last.memory - first.memory,
  };
}

type Memory = Pick<Figures, 'memory' | 'memoryOfConnections' | 'memoryAfter'>;

const UNKNOWN: Memory = { memory: undefined, memoryOfConnections: undefined, memoryAfter: undefined };

/** Between the last look before and the first one after. */
function cpu(samples: readonly Sample[], [begin, end]: readonly [number, number]): number | undefined {
  const before = samples.filter(({ at }) => at <= begin).at(-1);
  const after = samples.find(({ at }) => at >= end);
  if (before === undefined || after === undefined || after.at === before.at) return undefined;
  return (after.cpu - before.cpu) / (after.at - before.at);
}
