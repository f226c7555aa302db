// How an environment is watched, and what its tenants promise, with every default filled in.

import type { Defaults } from './defaults';
import { physicalQueue } from './isolation';
import { filled } from './layers';
import {
  annotationsMonitoring,
  dashboards,
  operatorMonitoring,
  queuesExporter,
  redisExporter,
} from './monitoring';
import type { Exporter, Monitoring } from './monitoring';
import { objectives } from './objectives';
import { resources } from './compute-range';
import type {
  ResolvedExporter,
  ResolvedMonitoring,
  ResolvedObjectives,
  ResolvedQueueObjective,
} from './resolved-monitoring';
import type { ResolvedBroker, ResolvedTenant } from './resolved';
import type { Tenant } from './tenant';
import { seconds } from './units';

export function resolveMonitoring(asked: Monitoring, { helper }: Defaults): ResolvedMonitoring {
  const common = {
    namespace: asked.namespace,
    runbooks: filled(annotationsMonitoring.defaults, { runbooks: asked.runbooks }).runbooks,
    dashboards: filled(dashboards.defaults, asked.dashboards ?? {}),
    redisExporter: resolveExporter(redisExporter, asked.redisExporter, helper),
    queuesExporter: resolveExporter(queuesExporter, asked.queuesExporter, helper),
  };
  return asked.kind === 'operator'
    ? { ...common, kind: 'operator', labels: asked.labels ?? operatorMonitoring.defaults.labels }
    : { ...common, kind: 'annotations' };
}

/** Neither writes a file: room for what the kubelet counts as one, its log. */
const resolveExporter = (
  table: typeof redisExporter,
  asked: Exporter = {},
  { disk }: Defaults['helper'],
): ResolvedExporter => {
  const { image, ...sizes } = filled(table.defaults, asked, table);
  return { image, resources: resources({ ...sizes, disk }) };
};

export function resolveObjectives(
  asked: Tenant['objectives'],
  defaults: Defaults['objectives'],
  { queueBase }: Pick<ResolvedBroker, 'queueBase'>,
): ResolvedObjectives {
  const { depth, wait, succeed, startInTime, queues } = filled(defaults, asked ?? {}, objectives);
  const own = Object.entries(queues).map(([queue, one]) => [
    physicalQueue(queueBase, queue),
    { depth: one.depth ?? depth, wait: seconds(one.wait ?? wait) },
  ]);
  return {
    depth,
    wait: seconds(wait),
    succeed,
    startInTime,
    queues: Object.fromEntries(own) as ResolvedObjectives['queues'],
  };
}

/** What a tenant promises of a queue, by its name in Redis. */
export const objectiveOf = (
  { objectives: promised }: Pick<ResolvedTenant, 'objectives'>,
  queue: string,
): ResolvedQueueObjective => promised.queues[queue] ?? promised;
