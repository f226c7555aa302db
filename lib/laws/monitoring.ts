// Monitoring: what is watched has a port, each is asked by one monitor and says whose it is; elsewhere is no trace of it.

import { envOf, breachUnless, unlessIn } from './law';
import type { Breach, ClusterBreach, ClusterLaw, ClusterView, Law } from './law';
import { ofKind, ownOfKind } from './leaf';
import type { LeafView } from './leaf';
import type { ContainerPort, Texts } from './pods';
import { isOnOldSide } from './settings';
import { scrapersIn } from './scraping';
import type { DiscoveredTarget } from './scraping';
import type { WorkloadView } from './workloads';
import { ownWorkloads } from './workloads';
import { inWords, show } from './words';

/** Jobs of Prometheus by what runs in a pod. */
const JOBS: Readonly<Record<string, string>> = {
  worker: 'stalk-celery',
  beat: 'stalk-celery',
  redis: 'stalk-redis',
  cache: 'stalk-cache',
  sentinel: 'stalk-sentinel',
  queues: 'stalk-queues',
};

const METRICS = 'metrics';

const componentOf = ({ labels }: WorkloadView): string => labels['app.kubernetes.io/component'] ?? '';

const programs = ({ workloads }: LeafView): readonly WorkloadView[] =>
  ownWorkloads(workloads).filter((workload) => componentOf(workload) in JOBS);

/** A sidecar of that name is its author's. */
const portsOf = ({ containers }: WorkloadView): readonly ContainerPort[] =>
  containers
    .filter(({ name }) => name !== METRICS)
    .flatMap(({ ports = [] }) => ports.filter(({ name }) => name === METRICS));

const ports: Law = {
  name: 'workers, beat, Redis, sentinels and exporters have one port named metrics where they are watched, and none elsewhere',
  check: (leaf) =>
    programs(leaf).flatMap((workload) => {
      const wanted = leaf.watchedFrom === undefined ? 0 : 1;
      const found = portsOf(workload).length;
      return breachUnless(
        found === wanted,
        workload.id,
        `${workload.path}.containers must have ${wanted === 1 ? 'one port' : 'no port'} named metrics, got ${found}`,
      );
    }),
};

const VARIABLE = 'STALK_METRICS';

const told: Law = {
  name: 'a worker and beat are told the port at which they are asked, and nobody else counts',
  check: ({ workloads }) =>
    ownWorkloads(workloads).flatMap((workload) => {
      const { id, main } = workload;
      const counts = ['worker', 'beat'].includes(componentOf(workload));
      const asked = counts ? (main.ports ?? []).find(({ name }) => name === METRICS) : undefined;
      const wanted = asked?.containerPort === undefined ? undefined : String(asked.containerPort);
      const got = envOf(main, VARIABLE)?.value;
      return breachUnless(
        got === wanted,
        id,
        `${main.path}.env: ${VARIABLE} must be ${wanted === undefined ? 'left out' : show(wanted)}, got ${show(got)}`,
      );
    }),
};

const ANNOTATION = 'prometheus.io/scrape';

const traceless: Law = {
  name: 'where nothing is watched there are no monitors and rules, and no pod is marked for them',
  check: (leaf) =>
    leaf.watchedFrom !== undefined
      ? []
      : [
          ...ownOfKind(leaf, 'PodMonitor', 'PrometheusRule').flatMap(({ id }) =>
            breachUnless(false, id, ' must be left out: the environment has no monitoring'),
          ),
          ...ownWorkloads(leaf.workloads).flatMap(({ id, labels, annotations }): Breach[] =>
            breachUnless(
              labels['stalk.dev/broker'] === undefined && annotations[ANNOTATION] !== 'stalk',
              id,
              ' must not be marked for Prometheus: the environment has no monitoring',
            ),
          ),
        ],
};

const targetsIn = ({ leaves }: ClusterView): readonly DiscoveredTarget[] =>
  leaves.flatMap((leaf) =>
    programs(leaf).flatMap((workload) =>
      portsOf(workload).map(({ name = '' }) => ({
        leaf,
        workload,
        namespace: workload.object.metadata.namespace ?? leaf.namespace ?? '',
        port: name,
      })),
    ),
  );

const once: ClusterLaw = {
  name: 'every port named metrics of Stalk’s own is scraped by exactly one monitor',
  check: (cluster) => {
    const scrapers = scrapersIn(cluster);
    return targetsIn(cluster).flatMap((target) => {
      const found = scrapers.filter(({ labels }) => labels(target) !== undefined).map(({ id }) => id);
      return unlessIn(
        found.length === 1,
        target.leaf,
        target.workload.id,
        ` must be scraped by one monitor, got ${inWords(found)}`,
      );
    });
  },
};

const named: ClusterLaw = {
  name: 'the series of every target say its job, and whose tenant, broker and pool it is',
  check: (cluster) =>
    scrapersIn(cluster).flatMap(({ id, labels: labelsOf }) =>
      targetsIn(cluster).flatMap((target): ClusterBreach[] => {
        const labels = labelsOf(target);
        if (labels === undefined) return [];
        const { broker: wantedBroker, ...wanted } = wantedLabels(target);
        const { broker, ...got } = labels;
        const isRight = wantedBroker === ANY ? broker !== undefined : broker === wantedBroker;
        return unlessIn(
          isRight && spelled(got) === spelled(wanted),
          target.leaf,
          target.workload.id,
          ` must have the labels ${spelled({ ...wanted, broker: wantedBroker })} from ${id}, got ${spelled(labels)}`,
        );
      }),
    ),
};

/** A broker outside of the cluster has no namespace whose name it could have. */
const ANY = 'any';

type Wanted = Readonly<Record<string, string | undefined>>;

function wantedLabels({ leaf, workload, namespace }: DiscoveredTarget): Wanted {
  const component = componentOf(workload);
  const tenant = leaf.kind === 'tenant' ? leaf.folder.replace('tenants/', '') : undefined;
  const isCelery = JOBS[component] === 'stalk-celery';
  return {
    environment: leaf.environment,
    job: JOBS[component],
    namespace,
    pod: workload.name,
    tenant: component === 'queues' ? undefined : tenant,
    broker: brokerAbout(leaf, workload, component),
    pool: isCelery ? workload.name.replace(/^worker-/, '') : undefined,
  };
}

/** A shared one by its name, one of a tenant's own by that of the tenant. */
function brokerAbout(leaf: LeafView, { main }: WorkloadView, component: string): string | undefined {
  if (component === 'cache') return undefined;
  if (leaf.outside.length > 0) return ANY;
  const isCelery = JOBS[component] === 'stalk-celery';
  const label = isOnOldSide(main) ? 'stalk.dev/moving-from' : 'stalk.dev/broker';
  const shared = isCelery ? ofKind(leaf, 'Namespace')[0]?.metadata.labels[label] : undefined;
  return shared ?? leaf.folder.replace(/^(tenants|brokers)\//, '');
}

const spelled = (labels: Wanted | Texts): string =>
  Object.entries(labels)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(' ');

export const monitoringLaws: readonly Law[] = [ports, told, traceless];

export const monitoringClusterLaws: readonly ClusterLaw[] = [once, named];
