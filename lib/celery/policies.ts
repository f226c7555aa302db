// Who a tenant's pods may talk to, and who may talk to them.

import { Construct } from 'constructs';
import { CLIENT_OF, labels, selector } from '../kube';
import type { Labels } from '../kube';
import type { TenantPlan } from '../plan';
import type { ResolvedHttps } from '../spec';
import { metricsPolicy } from '../traits/metrics';
import { egressRule, ingressPeers, networkPolicy, peersOf, tcp } from '../traits/network';
import { tenantIdentity } from './pod';

const COMPONENT = 'app.kubernetes.io/component';

export class AppPolicies extends Construct {
  constructor(scope: Construct, id: string, plan: TenantPlan) {
    super(scope, id);
    const own = labels(tenantIdentity(plan.tenant));
    this.redis(plan, own);
    this.declared(plan, own);
    this.incoming(plan, own);
  }

  /** The other ends are the policies of the broker and the cache. */
  private redis({ broker, cache }: TenantPlan, own: Labels): void {
    networkPolicy(this, {
      name: 'to-broker',
      labels: own,
      pods: CLIENT_OF.broker,
      egress: [broker, ...(broker.sentinels ? [broker.sentinels] : [])].map(({ behind, port }) => ({
        to: peersOf(behind),
        ports: tcp(port),
      })),
    });
    if (!cache) return;
    networkPolicy(this, {
      name: 'to-cache',
      labels: own,
      pods: CLIENT_OF.cache,
      egress: [{ to: peersOf(cache.behind), ports: tcp(cache.port) }],
    });
  }

  private declared({ tenant: { egress } }: TenantPlan, own: Labels): void {
    if (egress.length === 0) return;
    networkPolicy(this, {
      name: 'egress',
      labels: own,
      pods: CLIENT_OF.broker,
      egress: egress.map(egressRule),
    });
  }

  private incoming({ tenant, processes }: TenantPlan, own: Labels): void {
    const { ingress } = tenant.environment.peers;
    for (const { name, component, port, front } of processes) {
      if (port === undefined || !ingress) continue;
      networkPolicy(this, {
        name: `to-${name}`,
        labels: own,
        pods: component === 'process' ? selector({ component, instance: name }) : { [COMPONENT]: component },
        ingress: [{ from: ingressPeers(ingress), ports: tcp(front === undefined ? port : front) }],
      });
    }
    if (ingress && processes.some(({ expose }) => hasIssuer(expose?.tls))) {
      networkPolicy(this, {
        name: 'to-acme-solver',
        labels: own,
        pods: SOLVER,
        ingress: [{ from: ingressPeers(ingress), ports: tcp(SOLVER_PORT) }],
      });
    }
    metricsPolicy(this, own, tenant.environment);
  }
}

const hasIssuer = (tls: ResolvedHttps | undefined): boolean => typeof tls === 'object' && 'issuer' in tls;

/** Pods in which cert-manager answers a challenge of ACME by HTTP, for seconds; an issuer of another kind starts none. */
const SOLVER = { 'acme.cert-manager.io/http01-solver': 'true' };
const SOLVER_PORT = 8089; // https://cert-manager.io/docs/configuration/acme/http01/
