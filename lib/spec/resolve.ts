// defaults < environment < tenant < overlay, and what follows from them.

import { celeryApp, paperlessApp } from './app';
import type { Defaults } from './defaults';
import type { Environment } from './environment';
import { versioned } from './images';
import { filled, merge } from './layers';
import { environmentLayers, tenantLayers } from './patch-layers';
import { onOldSide, secretsApart } from './resolve-moving';
import { withPods, withRoom, writtenFolders } from './resolve-pods';
import { resolveObjectives } from './resolve-monitoring';
import { resolveProcesses } from './resolve-processes';
import { resolveBroker, resolveCache } from './resolve-redis';
import { resolveBeside } from './resolve-sidecars';
import type { AskedBeside } from './resolve-sidecars';
import { resolveBeat, resolveFlower, resolveMigration, resolvePool } from './resolve-workloads';
import type { ResolvedApp, ResolvedBroker, ResolvedEnvironment, ResolvedTenant } from './resolved';
import { tenant as tenantTable } from './tenant';
import type { Tenant } from './tenant';
import { seconds } from './units';
import { visibilityTimeout } from './visibility';

/** A tenant as it is in one environment: its own overlay laid over it, and the environment's version of its image. */
export const inEnvironment = (tenant: Tenant, environment: Environment): Tenant =>
  versioned(withOverlay(tenant, environment), environment);

export function withOverlay(tenant: Tenant, environment: Environment): Tenant {
  const overlay = tenant.overlays?.[environment.name];
  // Patches of the overlay come after the tenant's, not in their place: resolve() appends them
  return merge(tenantTable, tenant, overlay && { ...overlay, patches: undefined }) as Tenant;
}

export const livesIn = (tenant: Tenant, environment: Environment): boolean =>
  tenant.environments === undefined || tenant.environments.includes(environment.name);

/** Fills in everything. The tenant has its overlay on and has passed the rules of form. */
export function resolve(asked: Tenant, environment: ResolvedEnvironment): ResolvedTenant {
  const before = onOldSide(asked, environment);
  const tenant = resolveSide(asked, environment);
  if (before === undefined) return tenant;
  const side = resolveSide(before, environment);
  const old: ResolvedTenant = { ...side, broker: { ...side.broker, isLeft: true } };
  return { ...withSecret(tenant, old), moving: withSecret(old, tenant) };
}

const withSecret = (tenant: ResolvedTenant, { broker: other }: ResolvedTenant): ResolvedTenant => ({
  ...tenant,
  broker: { ...tenant.broker, secret: secretsApart(tenant.broker, other) },
});

function resolveSide(asked: Tenant, environment: ResolvedEnvironment): ResolvedTenant {
  const tenant = withPods(asked, environment);
  const defaults = withRoom(environment.defaults, tenant);
  const roomy = { ...environment, defaults };
  const base = filled(defaults.tenant, own(tenant, defaults.tenant), tenantTable);
  const broker = resolveBroker({ ...tenant, env: base.env }, environment);
  const app = resolveApp(tenant, environment);
  const beside = (of?: AskedBeside) => resolveBeside(base, defaults.sidecar, of);
  const workers = Object.entries(tenant.workers ?? {}).map(([name, pool]) => ({
    ...resolvePool(name, pool, { broker, app }, defaults.worker),
    ...beside(pool),
  }));
  const waits = {
    longestDelay: seconds(base.longestDelay),
    ...(tenant.rateLimit !== undefined && { rateLimit: tenant.rateLimit }),
    celery: base.celery,
  };
  return {
    ...base,
    name: tenant.name,
    namespace: tenant.name,
    environment,
    app,
    broker,
    ...(tenant.cache && { cache: resolveCache(tenant, tenant.cache, environment) }),
    workers,
    ...(tenant.beat && { beat: { ...resolveBeat(tenant.beat, defaults.beat), ...beside(tenant.beat) } }),
    ...resolveProcesses(tenant, { app, environment: roomy, beside }),
    ...(tenant.flower && {
      flower: { ...resolveFlower(tenant.flower, roomy), ...beside(tenant.flower) },
    }),
    ...(tenant.migrate && {
      migrate: { ...resolveMigration(tenant.migrate, defaults.migrate), ...beside(tenant.migrate) },
    }),
    ...beside(),
    results: resolveResults(tenant, defaults, broker.database),
    messages: resolveMessages(tenant, defaults),
    priorities: filled(defaults.priorities, tenant.priorities ?? {}),
    objectives: resolveObjectives(tenant.objectives, defaults.objectives, broker),
    connections: resolveConnections(tenant, defaults, broker.redis.topology),
    events: sendsEvents(tenant, base),
    ...waits,
    visibilityTimeout: visibilityTimeout(workers, waits),
    runtime: tenant.runtime ?? environment.runtime,
    patches: [
      ...environmentLayers(environment, `tenants/${tenant.name}`),
      ...tenantLayers(tenant, environment.name),
    ],
  };
}

/** Flower lives of them. */
const sendsEvents = ({ flower }: Tenant, { events }: Defaults['tenant']): boolean =>
  events || flower !== undefined;

/** What has a default beside it: the rest would be copied for nothing. */
const own = (tenant: Tenant, fallbacks: Defaults['tenant']): Pick<Tenant, keyof Defaults['tenant']> =>
  Object.fromEntries(
    (Object.keys(fallbacks) as (keyof Defaults['tenant'])[]).map((name) => [name, tenant[name]]),
  );

function resolveApp(
  { app }: Tenant,
  { defaults, storageClass, assignedUsers }: ResolvedEnvironment,
): ResolvedApp {
  const full = filled(defaults.app, app, celeryApp);
  const volumes = Object.entries(full.volumes).map(([name, volume]) => [
    name,
    'claim' in volume ? volume : filled({ ...defaults.volume, storageClass }, volume),
  ]);
  return {
    ...full,
    user: assignedUsers ? 'assigned' : full.user,
    writable: writtenFolders(full.writable),
    volumes: Object.fromEntries(volumes) as ResolvedApp['volumes'],
    threadsPerWorker:
      (app.dialect === 'paperless' ? app.threadsPerWorker : undefined) ??
      paperlessApp.defaults.threadsPerWorker,
    crons: (app.dialect === 'paperless' ? app.crons : undefined) ?? {},
  };
}

function resolveResults(
  { results, messages }: Tenant,
  defaults: Defaults,
  database: number,
): ResolvedTenant['results'] {
  const full = filled(defaults.results, results ?? {});
  const { serializer } = filled(defaults.messages, messages ?? {});
  return {
    backend: full.backend,
    serializer: full.serializer ?? serializer,
    ...(full.serializer !== undefined && { accept: CONTENT[full.serializer] }),
    extended: full.extended,
    trackStarted: full.trackStarted,
    database: results?.database ?? database,
    expires: seconds(full.expires),
  };
}

/** What Celery calls the content of each serializer. */
const CONTENT = { json: ['json'], pickle: ['json', 'pickle'] } as const;

function resolveMessages({ messages }: Tenant, defaults: Defaults): ResolvedTenant['messages'] {
  const { serializer } = filled(defaults.messages, messages ?? {});
  return { serializer, accept: messages?.accept ?? CONTENT[serializer] };
}

function resolveConnections(
  { connections }: Tenant,
  defaults: Defaults,
  topology: ResolvedBroker['redis']['topology'],
): ResolvedTenant['connections'] {
  const { pool, max, connectTimeout } = filled(defaults.connections, connections ?? {});
  const { timeout } = topology === 'sentinel' ? defaults.sentinel : defaults.connections;
  return {
    pool,
    ...(max !== undefined && { max }),
    connectTimeout: seconds(connectTimeout),
    timeout: seconds(connections?.timeout ?? timeout),
    ...(connections?.timeout !== undefined && { urlTimeout: seconds(connections.timeout) }),
  };
}
