// How Prometheus finds what has a port named `metrics`, and gets there.

import type { Construct } from 'constructs';
import type { Labels } from '../kube';
import { METRICS } from '../plan/metrics';
import type { ResolvedEnvironment } from '../spec';
import { networkPolicy, peer, tcpNamed } from './network';

/**
 * Not `true`: a job that takes every pod with that would have the same series again, without tenant and broker. The one of
 * `scrape.yaml` takes these.
 */
export const SCRAPE = { key: 'prometheus.io/scrape', value: 'stalk' } as const;

/** Annotations of a pod that has such a port; none for the operator, which finds pods by labels. */
export const scraped = ({ monitoring }: ResolvedEnvironment, port: number): Labels =>
  monitoring?.kind === 'annotations'
    ? { [SCRAPE.key]: SCRAPE.value, 'prometheus.io/port': String(port) }
    : {};

/** Lets Prometheus, and nobody else, in at every such port of a namespace. */
export function metricsPolicy(scope: Construct, labels: Labels, { peers }: ResolvedEnvironment): void {
  const { prometheus } = peers;
  if (prometheus === undefined) return;
  networkPolicy(scope, {
    name: METRICS,
    labels,
    ingress: [{ from: [peer(prometheus)], ports: tcpNamed(METRICS) }],
  });
}
