// How an environment is watched, and what its tenants promise: what is rendered, and what alerts compare with.

import type { Resources } from './compute';

export interface ResolvedExporter {
  readonly image: string;
  readonly resources: Resources;
}

export type ResolvedMonitoring = {
  /** Of rules, dashboards and inhibitions. */
  readonly namespace: string;
  /** Without a slash at its end. */
  readonly runbooks: string;
  readonly dashboards: { readonly labels: Readonly<Record<string, string>> };
  readonly redisExporter: ResolvedExporter;
  readonly queuesExporter: ResolvedExporter;
} & (
  | { readonly kind: 'operator'; readonly labels: Readonly<Record<string, string>> }
  | { readonly kind: 'annotations' }
);

export interface ResolvedQueueObjective {
  /** Messages. */
  readonly depth: number;
  /** Seconds. */
  readonly wait: number;
}

export interface ResolvedObjectives extends ResolvedQueueObjective {
  /** Percent. */
  readonly succeed: number;
  /** Percent. */
  readonly startInTime: number;
  /** Queues with numbers of their own, as Redis knows them. */
  readonly queues: Readonly<Record<string, ResolvedQueueObjective>>;
}
