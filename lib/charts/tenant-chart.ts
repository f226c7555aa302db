// Everything a tenant becomes, in its namespace.

import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { AppConfig } from '../celery/config';
import { AppPolicies } from '../celery/policies';
import { Workload } from '../celery/workload';
import { CLIENT_OF, labels } from '../kube';
import type { Identity } from '../kube';
import { planOf } from '../plan';
import { cachePlan, dedicatedPlan, isRunByStalk } from '../plan/redis/broker';
import { cacheUser, RedisServers, tenantUsers } from '../redis';
import type { ResolvedTenant } from '../spec';
import { local } from '../traits/network';
import { quota } from '../traits/quota';
import { claimSizes, existingClaims } from './claims';
import { clientCredentials } from './credentials';
import { ClosedNamespace } from './namespace';
import { after, afterNamespace, objectsOf } from './order';

export class TenantChart extends Chart {
  constructor(scope: Construct, tenant: ResolvedTenant) {
    super(scope, tenant.name, { namespace: tenant.namespace, disableResourceNameHashes: true });
    const { environment } = tenant;
    const plan = planOf(tenant);
    const identity: Identity = {
      component: 'platform',
      instance: 'tenant',
      owner: tenant.name,
      tenant: tenant.name,
    };

    const closed = new ClosedNamespace(this, 'namespace', { name: tenant.namespace, identity, environment });
    const policies = new AppPolicies(this, 'policies', plan);
    const config = new AppConfig(this, 'config', plan);
    const secrets = clientCredentials(this, tenant, labels(identity));
    const servers = [...dedicatedBroker(this, tenant), ...ownCache(this, tenant)];

    const processes = plan.processes.map((process) => new Workload(this, process.name, plan, process));
    quota(this, {
      labels: labels(identity),
      footprints: [...servers, ...processes].map(({ footprint }) => footprint),
      claims: claimSizes(tenant),
      existingClaims: existingClaims(tenant),
      unsaid: environment.defaults.helper,
    });

    const workloads = (job: boolean) =>
      processes.filter((process) => process.isJob === job).map(({ workload }) => workload);
    const [jobs, services] = [workloads(true), workloads(false)];
    const needs = [
      ...objectsOf(config),
      ...objectsOf(policies),
      ...secrets,
      ...servers.map((s) => s.workload),
    ];
    after([...jobs, ...services], needs);
    after(services, jobs);
    afterNamespace(this, closed.namespace);
  }
}

function dedicatedBroker(scope: Construct, tenant: ResolvedTenant) {
  const { broker, environment } = tenant;
  const { redis } = broker;
  const plan = dedicatedPlan(tenant);
  if (plan === undefined || !isRunByStalk(redis)) return [];
  return new RedisServers(scope, 'broker', {
    name: 'redis',
    redis,
    plan,
    environment,
    users: tenantUsers(tenant),
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
  return new RedisServers(scope, 'cache', {
    name: 'cache',
    redis: cache.redis,
    plan: cachePlan(cache.redis),
    environment,
    users: [cacheUser(cache.user)],
    owner: tenant.name,
    tenant: tenant.name,
    namespace: tenant.namespace,
    clients: [local(CLIENT_OF.cache)],
    of: `tenants/${tenant.name}/cache`,
  }).servers;
}
