// How an environment is watched: by objects of the Prometheus Operator, or by annotations and a file of rules.

import { requestLimit } from './compute';
import type { RequestLimit } from './compute';
import { optional, props, required } from './props';
import type { Contract, PropsOf } from './props';
import { MONITORS } from './rules/form-guesses';
import { image } from './rules/form-image';
import { labelsOfObjects } from './rules/form-metadata';
import { hinted } from './rules/kind';
import type { Form } from './rules/kind';
import { cpu, label, memory, oneOf, range, text } from './rules/kinds';
import { named, only, prop } from './rules/shapes';
import type { Cpu, Memory, Range } from './units';

const monitoringKind = hinted(oneOf('operator', 'annotations'), MONITORS);

interface ExporterSizes {
  readonly image: string;
  readonly cpu: RequestLimit<Cpu>;
  readonly memory: RequestLimit<Memory>;
}

const exporter = (by: ExporterSizes) =>
  props({
    /**
     * Image with a fixed tag or a digest.
     * @default - oliver006/redis_exporter:v1.69.0 beside a Redis, python:3.12-alpine for queues
     */
    image: optional(image, by.image),

    /**
     * CPU of each.
     * @default - 10m to 100m beside a Redis, 20m to 250m for queues
     */
    cpu: optional<Range<Cpu>, RequestLimit<Cpu>>(range(cpu), by.cpu),

    /**
     * Memory of each.
     * @default - 32Mi to 64Mi beside a Redis, 48Mi to 128Mi for queues
     */
    memory: optional<Range<Memory>, RequestLimit<Memory>>(range(memory), by.memory),
  });

/** A program that says in metrics how another one is. */
export interface Exporter extends Contract, PropsOf<ReturnType<typeof exporter>> {}

export const redisExporter = exporter({
  image: 'oliver006/redis_exporter:v1.69.0',
  cpu: requestLimit('10m', '100m'),
  memory: requestLimit('32Mi', '64Mi'), // 17 MB measured, whatever the number of keys
});

export const queuesExporter = exporter({
  image: 'python:3.12-alpine',
  cpu: requestLimit('20m', '250m'),
  memory: requestLimit('48Mi', '128Mi'), // 21 MB measured for 200 tenants of 8 queues
});

/** Which ConfigMaps Grafana's sidecar takes. */
export interface Dashboards extends Contract, PropsOf<typeof dashboards> {}

export const dashboards = props({
  /**
   * Labels of the ConfigMaps with dashboards.
   * @default { grafana_dashboard: '1' }
   */
  labels: optional(labelsOfObjects, { grafana_dashboard: '1' }), // that of the chart kube-prometheus-stack
});

const pagesUrl = text(/^https?:\/\/[^\s?#/]+(\/[^\s?#/]+)*$/, {
  wanted: 'be the URL of a folder, without a slash at its end',
  fix: 'write it like "https://docs.example.com/runbooks"',
});

const monitoringLines = {
  /**
   * Namespace of the rules, the dashboards and the inhibition of Alertmanager: where Prometheus and Grafana look for them.
   * It is there already.
   */
  namespace: required(label),

  /**
   * Dashboards for Grafana.
   * @default - ConfigMaps with the label grafana_dashboard
   */
  dashboards: optional<Dashboards>(dashboards),

  /**
   * Folder of the runbooks, as a person opens it: the page of an alert is `<runbooks>/<alert>.md`.
   * @default 'https://unpkg.com/@stalk/stalk/docs/runbooks'
   */
  runbooks: optional(pagesUrl, 'https://unpkg.com/@stalk/stalk/docs/runbooks'),

  /**
   * The exporter in each pod of a Redis, a cache and a sentinel.
   * @default - Stalk's own
   */
  redisExporter: optional<Exporter>(redisExporter),

  /**
   * The exporter of queues, one for each broker.
   * @default - Stalk's own
   */
  queuesExporter: optional<Exporter>(queuesExporter),
};

/** `PodMonitor` and `PrometheusRule` of monitoring.coreos.com/v1. */
export interface OperatorMonitoring extends Contract, PropsOf<typeof operatorMonitoring> {}

export const operatorMonitoring = props({
  kind: required(only('operator', monitoringKind)),
  ...monitoringLines,

  /**
   * Labels by which its Prometheus selects PodMonitors and PrometheusRules: `{ release: 'prometheus' }`.
   * @default {}
   */
  labels: optional(labelsOfObjects, {}),
});

/** Annotations `prometheus.io/…` on pods, and a ConfigMap with `rules.yaml` and `scrape.yaml` for a Prometheus without an operator. */
export interface AnnotationsMonitoring extends Contract, PropsOf<typeof annotationsMonitoring> {}

export const annotationsMonitoring = props({
  kind: required(only('annotations', monitoringKind)),
  ...monitoringLines,
});

export type Monitoring = OperatorMonitoring | AnnotationsMonitoring;

export const monitoringForm: Form<Monitoring> = hinted(
  named(
    'kind',
    { operator: operatorMonitoring, annotations: annotationsMonitoring },
    prop('kind', monitoringKind),
  ),
  (value) =>
    typeof value === 'string'
      ? `write { kind: ${/annot/i.test(value) ? '"annotations"' : '"operator"'}, namespace: "monitoring" }`
      : undefined,
);
