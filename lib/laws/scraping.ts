// What Prometheus makes of the rendered monitors: which pods it asks, and the labels of their series.

import { parse } from 'yaml';
import { isRecord } from '../kube/json';
import type { Kinds } from './kinds';
import { selects } from './law';
import type { ClusterView } from './law';
import { called, ofKind } from './leaf';
import type { LeafView } from './leaf';
import type { Texts } from './pods';
import type { WorkloadView } from './workloads';

/** A port of a pod, as Prometheus discovers it. */
export interface DiscoveredTarget {
  readonly leaf: LeafView;
  readonly workload: WorkloadView;
  readonly namespace: string;
  readonly port: string;
}

type Step = Readonly<Record<string, unknown>>;

/** Something that asks targets for their metrics. */
export interface Scraper {
  /** `PodMonitor/stalk`, or the file of a job. */
  readonly id: string;
  /** Labels of the target's series; nothing where it is not asked. */
  readonly labels: (target: DiscoveredTarget) => Texts | undefined;
}

export const scrapersIn = ({ leaves }: ClusterView): readonly Scraper[] =>
  leaves.flatMap((leaf) => [
    ...ofKind(leaf, 'PodMonitor').flatMap(monitorsOf),
    ...jobsOf(called(leaf, 'ConfigMap', 'stalk-prometheus')),
  ]);

const monitorsOf = ({ id, metadata, spec }: Kinds['PodMonitor']): readonly Scraper[] =>
  (spec?.podMetricsEndpoints ?? []).map(({ port, relabelings }) => ({
    id,
    labels: (target) => {
      const { any, matchNames } = spec?.namespaceSelector ?? {};
      const inside =
        any === true || (matchNames ?? [metadata.namespace]).some((name) => name === target.namespace);
      if (!inside || target.port !== port || !selects(spec?.selector, target.workload.labels))
        return undefined;
      const steps = (Array.isArray(relabelings) ? relabelings : []).filter(isRecord).map(asInFile);
      return relabelled({ ...discovered(target), ...OPERATOR(target) }, steps);
    },
  }));

/** Those that the Operator adds by itself. */
const OPERATOR = ({ namespace, workload, port }: DiscoveredTarget): Texts => ({
  namespace,
  pod: workload.name,
  container: workload.main.name,
  endpoint: port,
});

const asInFile = ({ sourceLabels, targetLabel, ...step }: Step): Step => ({
  ...step,
  source_labels: sourceLabels,
  target_label: targetLabel,
});

const jobsOf = (config: Kinds['ConfigMap'] | undefined): readonly Scraper[] => {
  const text = config?.data?.['scrape.yaml'];
  const file: unknown = text === undefined ? undefined : parse(text);
  const jobs: unknown = isRecord(file) ? file['scrape_configs'] : undefined;
  return (Array.isArray(jobs) ? jobs : []).filter(isRecord).map((job) => ({
    id: `ConfigMap/stalk-prometheus.data['scrape.yaml']`,
    labels: (target) => {
      const steps = job['relabel_configs'];
      return relabelled(discovered(target), (Array.isArray(steps) ? steps : []).filter(isRecord));
    },
  }));
};

const META = '__meta_kubernetes_';

/** @see https://prometheus.io/docs/prometheus/latest/configuration/configuration/#pod */
function discovered({ namespace, port, workload }: DiscoveredTarget): Texts {
  const { labels, annotations, name } = workload;
  const each = (kind: string, texts: Texts): Texts =>
    Object.fromEntries(
      Object.entries(texts).map(([key, value]) => [
        `${META}pod_${kind}_${key.replace(/[^a-zA-Z0-9]/g, '_')}`,
        value,
      ]),
    );
  return {
    ...each('label', labels),
    ...each('annotation', annotations),
    [`${META}namespace`]: namespace,
    [`${META}pod_name`]: name,
    [`${META}pod_phase`]: 'Running',
    [`${META}pod_container_port_name`]: port,
  };
}

/** As Prometheus does it, for the actions that Stalk uses; labels that begin with `__` go in the end. */
function relabelled(from: Texts, steps: readonly Step[]): Texts | undefined {
  let labels: Texts | undefined = from;
  for (const step of steps) labels = labels && after(labels, step);
  return labels && pick(labels, (name, value) => !name.startsWith('__') && value !== '');
}

function after(labels: Texts, step: Step): Texts | undefined {
  const { action = 'replace', target_label: target } = step;
  const pattern = new RegExp(`^(?:${textOr('(.*)', step['regex'])})$`, 's');
  if (action === 'labeldrop') return pick(labels, (name) => !pattern.test(name));
  const value = sourcesOf(step)
    .map((name) => labels[String(name)] ?? '')
    .join(';');
  const fits = pattern.test(value);
  if (action === 'keep' || action === 'drop') return fits === (action === 'keep') ? labels : undefined;
  if (!fits || typeof target !== 'string') return labels;
  return { ...labels, [target]: value.replace(pattern, textOr('$1', step['replacement'])) };
}

const sourcesOf = ({ source_labels: sources }: Step): readonly unknown[] =>
  Array.isArray(sources) ? sources : [];

const textOr = (otherwise: string, value: unknown): string => (typeof value === 'string' ? value : otherwise);

const pick = (labels: Texts, wanted: (name: string, value: string) => boolean): Texts =>
  Object.fromEntries(Object.entries(labels).filter(([name, value]) => wanted(name, value)));
