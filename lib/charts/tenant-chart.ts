// Everything a tenant becomes, in its namespace.

import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { AppConfig } from '../celery/config';
import { AppPolicies } from '../celery/policies';
import { Beat } from '../celery/beat';
import { Flower } from '../celery/flower';
import { Migrations } from '../celery/migrations';
import { Web } from '../celery/web';
import { WorkerPool } from '../celery/worker-pool';
import { CLIENT_OF, guestOf, labels } from '../kube';
import type { Identity } from '../kube';
import { cacheUser, StandaloneRedis, tenantUser } from '../redis';
import type { ResolvedTenant } from '../spec';
import { local } from '../traits/network';
import { quota } from '../traits/quota';
import { claimSizes, existingClaims } from './claims';
import { clientCredentials } from './credentials';
import { ClosedNamespace } from './namespace';
import { after, afterNamespace, objectsOf } from './order';
import { brokerRedis } from './topology';

export class TenantChart extends Chart {
  constructor(scope: Construct, tenant: ResolvedTenant) {
    super(scope, tenant.name, { namespace: tenant.namespace, disableResourceNameHashes: true });
    const { environment, migrate, beat, web, flower } = tenant;
    const identity: Identity = {
      component: 'platform',
      instance: 'tenant',
      owner: tenant.name,
      tenant: tenant.name,
    };

    const closed = new ClosedNamespace(this, 'namespace', {
      name: tenant.namespace,
      identity,
      environment,
      ...(sharesRendered(tenant) && { guest: guestOf(tenant.broker.name) }),
    });
    const policies = new AppPolicies(this, 'policies', tenant);
    const config = new AppConfig(this, 'config', tenant);
    const secrets = clientCredentials(this, tenant, labels(identity));
    const servers = [...dedicatedBroker(this, tenant), ...ownCache(this, tenant)];

    const migrations = migrate ? [new Migrations(this, 'migrate', { tenant, migrate })] : [];
    const workloads = [
      ...tenant.workers.map((pool) => new WorkerPool(this, `pool-${pool.name}`, { tenant, pool })),
      ...(beat ? [new Beat(this, 'beat', { tenant, beat })] : []),
      ...(web ? [new Web(this, 'web', { tenant, web })] : []),
      ...(flower ? [new Flower(this, 'flower', { tenant, flower })] : []),
    ];
    quota(this, {
      labels: labels(identity),
      footprints: [...servers, ...migrations, ...workloads].map(({ footprint }) => footprint),
      claims: claimSizes(tenant),
      existingClaims: existingClaims(tenant),
      unsaid: environment.defaults.helper,
    });

    const jobs = migrations.map(({ workload }) => workload);
    const needs = [
      ...objectsOf(config),
      ...objectsOf(policies),
      ...secrets,
      ...servers.map((s) => s.workload),
    ];
    after([...jobs, ...workloads.map(({ workload }) => workload)], needs);
    after(
      workloads.map(({ workload }) => workload),
      jobs,
    );
    afterNamespace(this, closed.namespace);
  }
}

/** Uses a broker that Stalk renders in another namespace. */
const sharesRendered = ({ broker }: ResolvedTenant): boolean =>
  broker.kind === 'shared' && broker.redis.topology !== 'external';

function dedicatedBroker(scope: Construct, tenant: ResolvedTenant) {
  const { broker, environment } = tenant;
  if (broker.kind === 'shared' || broker.redis.topology === 'external') return [];
  return brokerRedis(scope, {
    redis: broker.redis,
    environment,
    users: [tenantUser(tenant)],
    owner: tenant.name,
    tenant: tenant.name,
    namespace: tenant.namespace,
    clients: [local(CLIENT_OF.broker)],
    of: `tenants/${tenant.name}/redis`,
  }).servers;
}

function ownCache(scope: Construct, tenant: ResolvedTenant) {
  const { cache, environment } = tenant;
  if (cache === undefined) return [];
  return new StandaloneRedis(scope, 'cache', {
    name: 'cache',
    redis: cache.redis,
    environment,
    users: [cacheUser(cache.user)],
    owner: tenant.name,
    tenant: tenant.name,
    namespace: tenant.namespace,
    clients: [local(CLIENT_OF.cache)],
    of: `tenants/${tenant.name}/cache`,
  }).servers;
}
