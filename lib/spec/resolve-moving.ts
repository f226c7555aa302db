// A tenant on the broker that it leaves: the same tenant, where its messages lie.

import { celeryApp } from './app';
import type { Defaults } from './defaults';
import { filled } from './layers';
import type { OldBroker } from './moving';
import type { ResolvedBroker, ResolvedEnvironment } from './resolved';
import type { Tenant } from './tenant';
import type { WorkerPool } from './worker';

/** Ends the names of what stands on the old side, beside what has the name already. */
const DRAINING = '-draining';

/** The tenant as it was where it leaves, with the pools that are left there; absent where it stays. */
export function onOldSide(tenant: Tenant, { defaults }: ResolvedEnvironment): Tenant | undefined {
  const { broker, app, workers = {} } = tenant;
  const from = broker !== undefined && 'movingFrom' in broker ? broker.movingFrom : undefined;
  if (from === undefined) return undefined;
  const { configMap } = filled(defaults.app, app, celeryApp);
  const pools = Object.entries(workers).map(([name, pool]) => [drainingName(name), draining(pool, defaults)]);
  return {
    ...tenant,
    ...asApp(tenant, from),
    app: { ...app, configMap: drainingName(configMap) },
    broker: from,
    workers: Object.fromEntries(pools) as NonNullable<Tenant['workers']>,
  };
}

/** Databases and steps of an app that named them itself; what its broker is called there, `resolveBroker` reads. */
function asApp({ results }: Tenant, from: OldBroker): Pick<Tenant, 'results' | 'priorities'> {
  if (!('topology' in from) || from.topology !== 'external') return {};
  const { database } = from.results ?? {};
  return {
    ...(database !== undefined && { results: { ...results, database } }),
    ...(from.priorities && { priorities: from.priorities }),
  };
}

/** Of a pool, and of what it reads. */
export const drainingName = (name: string): string => `${name}${DRAINING}`;

/** No fewer pods than its autoscaler starts with, as none counts there. */
const draining = ({ scaling, ...pool }: WorkerPool, defaults: Defaults): WorkerPool => {
  const { replicas } = filled(defaults.worker, pool);
  return { ...pool, replicas: scaling === undefined ? replicas : Math.max(replicas, scaling.min) };
};

/** Where both sides have one name for the Secret of their passwords, each gets one of its own while both stand. */
export const secretsApart = (broker: ResolvedBroker, other: ResolvedBroker): ResolvedBroker['secret'] =>
  other.secret === broker.secret ? `redis-credentials-${sideName(broker)}` : broker.secret;

/** No shared broker can have the name of the other form: `of-` stands before it. */
const sideName = ({ kind, name }: ResolvedBroker): string => (kind === 'shared' ? `of-${name}` : 'own');
