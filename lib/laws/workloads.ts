// Pods and containers of every kind of workload, with the paths at which they stand in their objects.

import type { Base, KindName, Kinds } from './kinds';
import type { Container, PodSpec, PodTemplateView, Texts } from './pods';

/** A container, init containers among them. */
export interface PlacedContainer extends Container {
  readonly name: string;
  /** `.spec.template.spec.containers[0]`. */
  readonly path: string;
}

/** A workload with its pod. */
export interface WorkloadView {
  readonly id: string;
  readonly own: boolean;
  readonly object: Base;
  /** `worker-default`, without the hash of a Job. */
  readonly name: string;
  /** What writes the pods' metadata. */
  readonly template: PodTemplateView;
  /** `.spec.template.spec`. */
  readonly path: string;
  readonly pod: PodSpec;
  readonly labels: Texts;
  readonly annotations: Texts;
  /** Init containers first. */
  readonly containers: readonly PlacedContainer[];
  /** The container that the workload is for; patches may put others before it. */
  readonly main: PlacedContainer;
}

/** Where a template stands, by kind. */
function templateOf(object: Base): readonly [path: string, template: PodTemplateView | undefined] {
  if (is(object, 'Pod')) {
    const { spec, metadata } = object;
    return ['.spec', spec === undefined ? undefined : { metadata, spec }];
  }
  if (is(object, 'CronJob'))
    return ['.spec.jobTemplate.spec.template.spec', object.spec?.jobTemplate?.spec?.template];
  if (is(object, 'Job', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'))
    return ['.spec.template.spec', object.spec?.template];
  return ['', undefined];
}

const is = <K extends KindName>(object: Base, ...kinds: readonly K[]): object is Kinds[K] =>
  (kinds as readonly string[]).includes(object.kind);

export const workloadsIn = (objects: readonly Base[]): WorkloadView[] =>
  objects.flatMap((object) => {
    const [path, template] = templateOf(object);
    const pod = template?.spec;
    if (template === undefined || pod === undefined) return [];
    const name = object.metadata.name.replace(/-[0-9a-f]{10}$/, '');
    const containers = [...placed(pod, 'initContainers', path), ...placed(pod, 'containers', path)];
    const mains = containers.filter((c) => c.path.startsWith(`${path}.containers[`));
    return [
      {
        id: object.id,
        own: object.own,
        object,
        name,
        template,
        path,
        pod,
        labels: template.metadata?.labels ?? {},
        annotations: template.metadata?.annotations ?? {},
        containers,
        main: mains.find((c) => c.name === name) ?? mains[0] ?? { name: '', path: `${path}.containers[0]` },
      },
    ];
  });

const placed = (pod: PodSpec, field: 'containers' | 'initContainers', path: string): PlacedContainer[] =>
  (pod[field] ?? []).map((container, i) => ({
    ...container,
    name: container.name ?? '',
    path: `${path}.${field}[${i}]`,
  }));

/** Workloads that are there to stay. */
export const services = (workloads: readonly WorkloadView[]): WorkloadView[] =>
  workloads.filter(({ object }) => !['Job', 'CronJob', 'Pod'].includes(object.kind));

/** What runs to its end. */
export const isJob = ({ object }: WorkloadView): boolean => ['Job', 'CronJob'].includes(object.kind);

export const ownWorkloads = (workloads: readonly WorkloadView[]): WorkloadView[] =>
  workloads.filter(({ own }) => own);
