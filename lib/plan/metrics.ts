// Where each program of Stalk serves its metrics, and how it is told to.

import type { ResolvedTenant } from '../spec';

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

/** What a worker and beat have where their environment is watched. */
export const watchedLoader = ({
  environment: { monitoring },
}: Pick<ResolvedTenant, 'environment'>): { readonly metrics?: number } =>
  monitoring === undefined ? {} : { metrics: METRICS_PORT.loader };

/** Variable of workers and beat with the number of their port; without it the loader counts nothing. */
export const METRICS_VARIABLE = 'STALK_METRICS';

/** Of every process that may send tasks: messages say when they were sent, which tells how long they waited. */
export const SENT = { STALK_SENT: '1' } as const;
