// Where each program of Stalk serves its metrics, and how it is told to.

/** Name of the container port on which something is scraped: policies and monitors find it by this. */
export const METRICS = 'metrics';

/** Numbers of that port. */
export const METRICS_PORT = {
  /** Workers and beat. */
  loader: 9540,
  /** Beside each Redis, cache and sentinel: redis_exporter's own default. */
  redis: 9121,
  /** Of a broker's queues. */
  queues: 9122,
} as const;

/** Variable of workers and beat with the number of their port; without it the loader counts nothing. */
export const METRICS_VARIABLE = 'STALK_METRICS';
