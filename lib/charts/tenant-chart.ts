// Everything a tenant becomes, in its namespace.

import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { AppConfig } from '../celery/config';
import { AppPolicies } from '../celery/policies';
import { tenantIdentity } from '../celery/pod';
import { Workload } from '../celery/workload';
import { guestOf, labels, leaverOf } from '../kube';
import type { Labels } from '../kube';
import { QueuesExporter } from '../observe/queues/exporter';
import { planOf } from '../plan';
import type { OldSide, TenantPlan } from '../plan';
import { claimsOfBackup } from '../plan/redis/backup';
import { claimsOfRedis, isGuest } from '../plan/redis/broker';
import { RedisServers } from '../redis';
import type { ResolvedTenant } from '../spec';
import { tenantSides } from '../spec/moving';
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
      guest: guestLabels(tenant),
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

    // one at most: beside a broker of its own, what is left on somebody else's is not watched
    const exporters = tenantSides(tenant)
      .flatMap(ownQueues)
      .slice(0, 1)
      .map((asked) => new QueuesExporter(this, 'queues', asked));
    const processes = [
      ...plan.processes.map((process) => new Workload(this, process.name, plan, process)),
      ...(plan.old ? drains(this, plan, plan.old) : []),
    ];
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

/** Whose clients its pods are, and were. */
const guestLabels = (tenant: ResolvedTenant): Labels => ({
  ...(isGuest(tenant) && guestOf(tenant.broker.name)),
  ...(tenant.moving && isGuest(tenant.moving) && leaverOf(tenant.moving.broker.name)),
});

const drains = (scope: Construct, plan: TenantPlan, { tenant, broker, processes }: OldSide): Workload[] =>
  processes.map((process) => new Workload(scope, process.name, { ...plan, tenant, broker }, process));

/** Claims that somebody else made: the quota counts them as well. */
const existingClaims = ({ app }: ResolvedTenant): number =>
  Object.values(app.volumes).filter((volume) => 'claim' in volume).length;
