// What is scraped, and which labels its series get: the same for the Operator and for a Prometheus without one.

import { METRICS } from '../plan/metrics';
import { SCRAPE } from '../traits/metrics';
import { JOBS } from './metrics';

/** A step of Prometheus' relabeling, in the words of its configuration. */
export interface Relabeling {
  readonly source_labels?: readonly string[];
  readonly regex?: string;
  readonly action?: 'keep' | 'drop' | 'replace' | 'labeldrop';
  readonly target_label?: string;
  readonly replacement?: string;
}

/** Programs with a port named `metrics` of Stalk's own; a sidecar of that name is the business of whoever wrote it. */
export const SCRAPED_COMPONENTS = ['worker', 'beat', 'redis', 'cache', 'sentinel', 'queues'] as const;

/** Often enough for the two minutes that the shortest `rate` looks at. */
export const SCRAPE_INTERVAL = '30s';

/** As Prometheus names a label of a pod: every other character than a letter or a digit is `_`. */
const podLabel = (key: string): string => `__meta_kubernetes_pod_label_${key.replace(/[^a-zA-Z0-9]/g, '_')}`;

const COMPONENT = podLabel('app.kubernetes.io/component');
const INSTANCE = podLabel('app.kubernetes.io/instance');
const OWNER = podLabel('app.kubernetes.io/part-of');
const TENANT = podLabel('stalk.dev/tenant');
const BROKER = podLabel('stalk.dev/broker');

/** `broker` of a client stands on its pod, as it may lie elsewhere; of a Redis it is whom that belongs to. */
const ofTarget = (environment: string): readonly Relabeling[] => [
  { target_label: 'environment', replacement: environment },
  into('job', [COMPONENT], 'worker|beat', JOBS.celery),
  into('job', [COMPONENT], '(redis|cache|sentinel|queues)', 'stalk-$1'),
  into('tenant', [COMPONENT, TENANT], '(?:worker|beat|redis|cache|sentinel);(.+)', '$1'),
  into('broker', [COMPONENT, OWNER], '(?:redis|sentinel);(.+)', '$1'),
  into('broker', [COMPONENT, BROKER], '(?:worker|beat|queues);(.+)', '$1'),
  into('pool', [COMPONENT, INSTANCE], 'worker;worker-(.+)', '$1'),
  into('pool', [COMPONENT], '(beat)', '$1'),
];

function into(target: string, from: readonly string[], regex: string, replacement: string): Relabeling {
  return { source_labels: from, regex, target_label: target, replacement };
}

/** Labels that only the Operator adds. */
const OPERATORS: Relabeling = { action: 'labeldrop', regex: 'container|endpoint' };

/** In the words of a PodMonitor, which keeps the port and adds namespace and pod by itself. */
export const podMonitorSpec = (environment: string) => ({
  namespaceSelector: { any: true },
  selector: {
    matchLabels: { 'app.kubernetes.io/managed-by': 'stalk' },
    matchExpressions: [
      { key: 'app.kubernetes.io/component', operator: 'In', values: [...SCRAPED_COMPONENTS] },
    ],
  },
  podMetricsEndpoints: [
    {
      port: METRICS,
      interval: SCRAPE_INTERVAL,
      relabelings: [...ofTarget(environment), OPERATORS].map(ofOperator),
    },
  ],
});

const ofOperator = ({ source_labels: sourceLabels, target_label: targetLabel, ...step }: Relabeling) => ({
  ...(sourceLabels && { sourceLabels }),
  ...step,
  ...(targetLabel !== undefined && { targetLabel }),
});

/** A whole configuration, or the part of one that `scrape_config_files` takes. */
export const scrapeConfig = (environment: string) => ({
  scrape_configs: [
    {
      job_name: 'stalk',
      scrape_interval: SCRAPE_INTERVAL,
      kubernetes_sd_configs: [{ role: 'pod' }],
      relabel_configs: [
        keep('__meta_kubernetes_pod_annotation_prometheus_io_scrape', SCRAPE.value),
        keep(COMPONENT, SCRAPED_COMPONENTS.join('|')),
        keep('__meta_kubernetes_pod_container_port_name', METRICS),
        { source_labels: ['__meta_kubernetes_pod_phase'], regex: 'Pending|Succeeded|Failed', action: 'drop' },
        { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
        { source_labels: ['__meta_kubernetes_pod_name'], target_label: 'pod' },
        ...ofTarget(environment),
      ],
    },
  ],
});

function keep(label: string, regex: string): Relabeling {
  return { source_labels: [label], regex, action: 'keep' };
}
