// Who a tenant's pods may talk to, and who may talk to them.

import { Construct } from 'constructs';
import { CLIENT_OF, labels } from '../kube';
import type { Labels } from '../kube';
import { brokerEndpoint, CACHE_ENDPOINT } from '../redis/broker';
import type { ResolvedTenant } from '../spec';
import { egressRule, networkPolicy, peer, tcp, tcpNamed } from '../traits/network';
import { identityOf } from './app-pod';

export class AppPolicies extends Construct {
  constructor(scope: Construct, id: string, tenant: ResolvedTenant) {
    super(scope, id);
    const own = labels(identityOf(tenant, 'platform', 'tenant'));
    this.redis(tenant, own);
    this.declared(tenant, own);
    this.incoming(tenant, own);
  }

  /** The other ends are the policies of the broker and the cache. */
  private redis(tenant: ResolvedTenant, own: Labels): void {
    const broker = brokerEndpoint(tenant);
    networkPolicy(this, {
      name: 'to-broker',
      labels: own,
      pods: CLIENT_OF.broker,
      egress: [broker, ...(broker.sentinels ? [broker.sentinels] : [])].map(({ peers, port }) => ({
        to: [...peers],
        ports: tcp(port),
      })),
    });
    if (!tenant.cache) return;
    networkPolicy(this, {
      name: 'to-cache',
      labels: own,
      pods: CLIENT_OF.cache,
      egress: [{ to: [...CACHE_ENDPOINT.peers], ports: tcp(CACHE_ENDPOINT.port) }],
    });
  }

  private declared({ egress }: ResolvedTenant, own: Labels): void {
    if (egress.length === 0) return;
    networkPolicy(this, {
      name: 'egress',
      labels: own,
      pods: CLIENT_OF.broker,
      egress: egress.map(egressRule),
    });
  }

  private incoming({ web, flower, environment }: ResolvedTenant, own: Labels): void {
    const { ingress, prometheus } = environment.peers;
    for (const server of [web && { name: 'web', ...web }, flower && { name: 'flower', ...flower }]) {
      if (!server || !ingress) continue;
      networkPolicy(this, {
        name: `to-${server.name}`,
        labels: own,
        pods: { 'app.kubernetes.io/component': server.name },
        ingress: [{ from: [peer(ingress)], ports: tcp(server.port) }],
      });
    }
    if (prometheus) {
      networkPolicy(this, {
        name: 'metrics',
        labels: own,
        ingress: [{ from: [peer(prometheus)], ports: tcpNamed('metrics') }],
      });
    }
  }
}
