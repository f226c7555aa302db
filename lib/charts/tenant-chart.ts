// Everything a tenant becomes, in its namespace.

import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { AppConfig } from '../celery/config';
import { AppPolicies } from '../celery/policies';
import { tenantIdentity } from '../celery/pod';
import { Workload } from '../celery/workload';
import { guestOf, labels } from '../kube';
import { QueuesExporter } from '../observe/queues/exporter';
import { planOf } from '../plan';
import { claimsOfBackup } from '../plan/redis/backup';
import { claimsOfRedis, isGuest } from '../plan/redis/broker';
import { RedisServers } from '../redis';
import type { ResolvedTenant } from '../spec';
import { quota } from '../traits/quota';
import { clientCredentials } from './credentials';
import { serviceAccounts } from './accounts';
import { ClosedNamespace } from './namespace';
import { stamp } from './metadata';
import { after, afterNamespace, apiObjectsOf } from './order';
import { ownQueues } from './queues-of';
import { ownRedis } from './redis-of';

export class TenantChart extends Chart {
  constructor(scope: Construct, tenant: ResolvedTenant) {
    super(scope, tenant.name, { namespace: tenant.namespace, disableResourceNameHashes: true });
    const { environment } = tenant;
    const plan = planOf(tenant);
    const identity = tenantIdentity(tenant);

    const closed = new ClosedNamespace(this, 'namespace', {
      name: tenant.namespace,
      identity,
      environment,
      ...(isGuest(tenant) && { guest: guestOf(tenant.broker.name) }),
    });
    const policies = new AppPolicies(this, 'policies', plan);
    const config = new AppConfig(this, 'config', plan);
    const secrets = clientCredentials(this, tenant, labels(identity));
    const accounts = serviceAccounts(this, plan, labels(identity));
    const redis = ownRedis(tenant);
    const beside = redis.map(
      (props) => new RedisServers(this, props.name === 'redis' ? 'broker' : 'cache', props),
    );
    const servers = beside.flatMap((one) => one.servers);

    const asked = ownQueues(tenant);
    const exporters = asked ? [new QueuesExporter(this, 'queues', asked)] : [];
    const processes = plan.processes.map((process) => new Workload(this, process.name, plan, process));
    quota(this, {
      labels: labels(identity),
      footprints: [
        ...[...servers, ...exporters, ...processes].map(({ footprint }) => footprint),
        ...beside.flatMap(({ runs }) => runs),
      ],
      claims: [
        ...plan.claims.map(({ size }) => size),
        ...redis.flatMap((props) => [...claimsOfRedis(props.plan), ...claimsOfBackup(props.redis)]),
      ],
      existingClaims: existingClaims(tenant),
      unsaid: environment.defaults.helper,
    });

    const workloads = (job: boolean) =>
      processes.filter((process) => process.isJob === job).map(({ workload }) => workload);
    const jobs = workloads(true);
    const services = [...workloads(false), ...exporters.map(({ workload }) => workload)];
    const needs = [
      ...apiObjectsOf(config),
      ...apiObjectsOf(policies),
      ...secrets,
      ...accounts,
      ...servers.map((s) => s.workload),
    ];
    after([...jobs, ...services], needs);
    after(services, jobs);
    // Argo CD waits for an address that some controllers never say, so that nothing may come after it
    for (const { waysIn } of processes) after(waysIn, services);
    afterNamespace(this, closed.namespace);
    stamp(this, tenant);
  }
}

/** Claims that somebody else made: the quota counts them as well. */
const existingClaims = ({ app }: ResolvedTenant): number =>
  Object.values(app.volumes).filter((volume) => 'claim' in volume).length;
