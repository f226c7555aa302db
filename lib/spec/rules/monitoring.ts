// Monitoring: Prometheus reaches what it scrapes, and nothing of Stalk's lies where it cannot.

import { brokerNamespace } from '../../kube';
import type { ResolvedEnvironment, ResolvedTenant } from '../resolved';
import { show, unless } from './finding';
import type { Finding, Path, Rule } from './finding';
import { fixedTag } from './images';
import { limitsUnderRequests } from './sizes';

/** Of the environment. */
export function monitoringFindings(environment: ResolvedEnvironment): readonly Finding[] {
  const { monitoring, peers, brokers } = environment;
  if (monitoring === undefined) return [];
  const { namespace } = monitoring;
  return [
    ...unless(peers.prometheus !== undefined, () => ({
      path: ['monitoring'],
      wanted: 'come with peers.prometheus: policies would keep Prometheus from every pod',
      got: show({ kind: monitoring.kind }),
      fix: 'write peers: { prometheus: { namespace: { … }, pods: { … } } } with the labels of its namespace and of its pods',
    })),
    ...unless(!Object.keys(brokers).some((name) => brokerNamespace(name) === namespace), () => ({
      path: ['monitoring', 'namespace'],
      wanted: 'be the namespace of Prometheus, and this one is of a shared broker',
      got: show(namespace),
      fix: 'write the namespace from which Prometheus takes its rules',
    })),
    ...(['redisExporter', 'queuesExporter'] as const).flatMap((name) => {
      const path: Path = ['monitoring', name];
      const { image, resources } = monitoring[name];
      return [...fixedTag(image, environment, path), ...limitsUnderRequests(resources, path)];
    }),
  ];
}

/** Rules of all tenants in the namespace of one would go with it. */
const apart = ({ name, namespace, environment: { monitoring } }: ResolvedTenant): readonly Finding[] =>
  unless(monitoring?.namespace !== namespace, () => ({
    path: ['name'],
    wanted: 'be another name than monitoring.namespace of the environment, where rules and dashboards lie',
    got: show(name),
    fix: 'choose another name',
  }));

/** Series of a Redis of a tenant's own name the tenant as their broker. */
const brokersApart = ({ name, broker, environment }: ResolvedTenant): readonly Finding[] =>
  unless(
    environment.monitoring === undefined ||
      broker.kind === 'shared' ||
      environment.brokers[name] === undefined,
    () => ({
      path: ['name'],
      wanted: 'be another name than that of a shared broker: by it, alerts tell its own Redis from that one',
      got: show(name),
      fix: 'choose another name',
    }),
  );

/** By the name of a port, Prometheus and policies find what to scrape: two of one pod would be one. */
const oneMetricsPort = (tenant: ResolvedTenant): readonly Finding[] => {
  if (tenant.environment.monitoring === undefined) return [];
  const watched: readonly (readonly [Path, ResolvedTenant['workers'][number] | ResolvedTenant['beat']])[] = [
    ...tenant.workers.map((pool) => [['workers', pool.name], pool] as const),
    [['beat'], tenant.beat],
  ];
  return watched.flatMap(([path, workload]) => {
    const found = workload?.sidecars.find(({ name, port }) => name === 'metrics' && port !== undefined);
    return unless(found === undefined, () => ({
      path: [...(found?.isOwn === true ? path : []), 'sidecars', 'metrics'],
      wanted: `have another name in ${path.join('.')}, which has a port named metrics of its own where the environment has monitoring`,
      got: show({ port: found?.port }),
      fix: 'rename it, or write metrics: false in the sidecars of workers and beat',
    }));
  });
};

export const monitoringRules: readonly Rule[] = [
  { what: 'rules and dashboards lie outside of tenants', of: apart },
  { what: 'brokers have names of their own', of: brokersApart },
  { what: 'a pod has one port named metrics', of: oneMetricsPort },
];
