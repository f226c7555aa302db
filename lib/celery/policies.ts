// Who a tenant's pods may talk to, and who may talk to them.

import type { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { CLIENT_OF, labels, selector } from '../kube';
import type { Labels } from '../kube';
import type { TenantPlan } from '../plan';
import type { Process } from '../plan/process';
import type { ResolvedHttps } from '../spec';
import { metricsPolicy } from '../traits/metrics';
import { egressRule, ingressPeers, local, networkPolicy, peersOf, tcp } from '../traits/network';
import type { PolicyPods } from '../traits/network';
import { tenantIdentity } from './pod';

const COMPONENT = 'app.kubernetes.io/component';

/** Those that run the app's code. */
const PROGRAMS: PolicyPods = { label: COMPONENT, among: ['worker', 'beat', 'web', 'process', 'migrate'] };

export class AppPolicies extends Construct {
  constructor(scope: Construct, id: string, plan: TenantPlan) {
    super(scope, id);
    const own = labels(tenantIdentity(plan.tenant));
    this.redis(plan, own);
    this.declared(plan, own);
    this.between(plan, own);
    this.incoming(plan, own);
  }

  /** The other ends are the policies of the broker and the cache. */
  private redis({ broker, cache, old }: TenantPlan, own: Labels): void {
    const brokers = [broker, ...(old ? [old.broker] : [])];
    networkPolicy(this, {
      name: 'to-broker',
      labels: own,
      pods: CLIENT_OF.broker,
      egress: brokers
        .flatMap((one) => [one, ...(one.sentinels ? [one.sentinels] : [])])
        .map(({ behind, port }) => ({ to: peersOf(behind), ports: tcp(port) })),
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

  /** Programs of the app call its servers; the other ends are the policies of those. */
  private between({ processes }: TenantPlan, own: Labels): void {
    const servers = processes.filter(isServer).filter(isCalled);
    if (servers.length === 0) return;
    networkPolicy(this, {
      name: 'calls',
      labels: own,
      pods: PROGRAMS,
      egress: servers.map((server) => ({ to: [local(podsOf(server))], ports: doorOf(server) })),
    });
  }

  private incoming({ tenant, processes }: TenantPlan, own: Labels): void {
    const { ingress } = tenant.environment.peers;
    for (const server of processes.filter(isServer)) {
      const from = [
        ...(ingress ? [ingressPeers(ingress)] : []),
        ...(isCalled(server) ? [[local(PROGRAMS)]] : []),
      ];
      if (from.length === 0) continue;
      networkPolicy(this, {
        name: `to-${server.name}`,
        labels: own,
        pods: podsOf(server),
        ingress: from.map((peers) => ({ from: peers, ports: doorOf(server) })),
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

type Server = Process & { readonly port: number };

const isServer = (process: Process): process is Server => process.port !== undefined;

/** Not Flower: it asks people for a password, or nobody where the ingress does that. */
const isCalled = ({ component }: Server): boolean => component !== 'flower';

const podsOf = ({ component, name }: Server): Labels =>
  component === 'process' ? selector({ component, instance: name }) : { [COMPONENT]: component };

/** Where its Service sends requests. */
const doorOf = ({ port, front }: Server): k8s.NetworkPolicyPort[] => tcp(front === undefined ? port : front);

const hasIssuer = (tls: ResolvedHttps | undefined): boolean => typeof tls === 'object' && 'issuer' in tls;

/** Pods in which cert-manager answers a challenge of ACME by HTTP, for seconds; an issuer of another kind starts none. */
const SOLVER = { 'acme.cert-manager.io/http01-solver': 'true' };
const SOLVER_PORT = 8089; // https://cert-manager.io/docs/configuration/acme/http01/
