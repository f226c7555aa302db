// A story in series, as promtool tells it: which alerts fire when, and which stay silent.

/** In promtool's notation, a sample a minute unless said otherwise: `1x5 0x5 _x5` is six of 1, six of 0, five missing. */
export type Series = Readonly<Record<string, string>>;

export interface Firing {
  readonly alert: string;
  readonly at: string;
  /** Without `severity` and `environment`, which every alert of its name has. */
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
}

export interface AlertCase {
  readonly title: string;
  readonly series: Series;
  /** Between two samples. */
  readonly every?: string;
  readonly fires: readonly Firing[];
  /** Alerts that do not fire then. */
  readonly silent: readonly { readonly alert: string; readonly at: readonly string[] }[];
}

type Labels = Readonly<Record<string, string>>;

export const series = (metric: string, labels: Labels): string =>
  `${metric}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}}`;

const target =
  (target: Labels) =>
  (metric: string, more: Labels = {}): string =>
    series(metric, { ...target, ...more });

/** Series of a shared broker, by the pod. */
export const redis = (metric: string, more: Labels = {}): string =>
  target({ job: 'stalk-redis', namespace: 'broker-main', broker: 'main', pod: 'redis-0' })(metric, more);
export const sentinel = target({
  job: 'stalk-sentinel',
  namespace: 'broker-main',
  broker: 'main',
  pod: 'sentinel-0',
});
export const cache = target({ job: 'stalk-cache', namespace: 'acme', tenant: 'acme', pod: 'cache-0' });
export const queues = target({
  job: 'stalk-queues',
  namespace: 'broker-main',
  broker: 'main',
  pod: 'queues-6c',
});
export const worker = target({
  job: 'stalk-celery',
  namespace: 'acme',
  tenant: 'acme',
  broker: 'main',
  pool: 'default',
  pod: 'worker-default-5d-x1',
});
export const beat = target({
  job: 'stalk-celery',
  namespace: 'acme',
  tenant: 'acme',
  broker: 'main',
  pool: 'beat',
  pod: 'beat-7f-q2',
});
