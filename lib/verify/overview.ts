// The platform as a table: each tenant and each Redis, what it runs, and what the checks came to.

import { countsText, verdictCounts } from '../report';
import type { Check, Table } from '../report';
import { sidesIn } from './world';
import type { ServerHere, TenantHere, World } from './world';

export const overviewOf = ({ tenants, servers }: World, checks: readonly Check[]): Table => ({
  title: 'The platform',
  head: ['part', 'runs', 'Redis', 'checks'],
  rows: [
    ...tenants.map((here) => tenantRow(here, checks)),
    ...servers.map((here) => serverRow(here, checks)),
  ],
});

/** Its checks name it, or its namespace, in their subject. */
const about = (names: readonly string[], checks: readonly Check[]): string =>
  countsText(
    verdictCounts(
      checks.filter(({ subject }) => subject.split(/[ ,]+/).some((word) => names.includes(word))),
    ),
  );

function tenantRow(here: TenantHere, checks: readonly Check[]): string[] {
  const { broker, name, namespace } = here.tenant;
  return [
    name,
    sidesIn({ tenants: [here] })
      .flatMap(({ workloads }) => workloads)
      .filter(({ component }) => component !== 'redis')
      .map((workload) => workload.name)
      .join(', '),
    broker.kind === 'shared' ? broker.namespace : 'of its own',
    about([name, namespace], checks),
  ];
}

const serverRow = ({ of, use, namespace, redis, sets }: ServerHere, checks: readonly Check[]): string[] => [
  `${of} ${use}`,
  sets.map(({ name }) => name).join(', '),
  redis.topology,
  about([of, namespace], checks),
];
