// Network policies: only named traffic goes in or out, at both ends.

import type { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import { CLIENT_OF, guestOf, leaverOf, namespaceLabel, role, selector, kubeObject } from '../kube';
import type { Labels } from '../kube';
import type { Behind, PodGroup } from '../plan/redis/endpoint';
import type { IngressPeer, Peer } from '../spec/environment';
import { PRIVATE_RANGES } from '../spec/values';
import type { Egress } from '../spec/values';

type PolicyPeer = k8s.NetworkPolicyPeer;

/** PolicyPods with all of these labels, or those in which a label has one of several values. */
export type PolicyPods = Labels | { readonly label: string; readonly among: readonly string[] };

export interface PolicyProps {
  readonly name: string;
  readonly labels: Labels;
  /** PolicyPods that it is about; all of the namespace where absent. */
  readonly pods?: PolicyPods;
  readonly ingress?: readonly k8s.NetworkPolicyIngressRule[];
  readonly egress?: readonly k8s.NetworkPolicyEgressRule[];
}

export function networkPolicy(scope: Construct, props: PolicyProps): k8s.KubeNetworkPolicy {
  const { name, ingress, egress } = props;
  return kubeObject(scope, `policy-${name}`, k8s.KubeNetworkPolicy, {
    metadata: { name, labels: props.labels },
    spec: {
      podSelector: props.pods ? selecting(props.pods) : {},
      policyTypes: [...(ingress ? ['Ingress'] : []), ...(egress ? ['Egress'] : [])],
      ...(ingress && ingress.length > 0 && { ingress: [...ingress] }),
      ...(egress && egress.length > 0 && { egress: [...egress] }),
    },
  });
}

const selecting = (pods: PolicyPods): k8s.LabelSelector =>
  isAmong(pods)
    ? { matchExpressions: [{ key: pods.label, operator: 'In', values: [...pods.among] }] }
    : { matchLabels: pods };

const isAmong = (pods: PolicyPods): pods is Exclude<PolicyPods, Labels> => Array.isArray(pods['among']);

/** Closes the namespace, but for DNS; the other policies open it. */
export function denyByDefault(scope: Construct, labels: Labels, dns: Peer): void {
  networkPolicy(scope, { name: 'default-deny', labels, ingress: [], egress: [] });
  networkPolicy(scope, {
    name: 'dns',
    labels,
    egress: [
      { to: [peer(dns)], ports: [...tcp(53), { port: k8s.IntOrString.fromNumber(53), protocol: 'UDP' }] },
    ],
  });
}

export const tcp = (...ports: readonly number[]): k8s.NetworkPolicyPort[] =>
  ports.map((port) => ({ port: k8s.IntOrString.fromNumber(port), protocol: 'TCP' }));

/** A port by its name in the pod: only pods that have it are opened. */
export const tcpNamed = (name: string): k8s.NetworkPolicyPort[] => [
  { port: k8s.IntOrString.fromString(name), protocol: 'TCP' },
];

export const peer = ({ namespace, pods }: Peer): PolicyPeer => ({
  namespaceSelector: { matchLabels: { ...namespace } },
  podSelector: { matchLabels: { ...pods } },
});

/** Who brings requests from outside. */
export const ingressPeers = (from: IngressPeer): PolicyPeer[] =>
  'cidrs' in from ? from.cidrs.map((range) => cidrPeer(range)) : [peer(from)];

/** PolicyPods of the policy's own namespace. */
export const local = (pods: PolicyPods): PolicyPeer => ({ podSelector: selecting(pods) });

/** Labels by which a policy finds the pods of a Redis. */
export const podLabelsOf = ({ component, instance, role: of }: PodGroup): Labels => ({
  ...(instance === undefined
    ? { 'app.kubernetes.io/component': component }
    : selector({ component, instance })),
  ...(of !== undefined && role(of)),
});

/** Whoever answers at an endpoint. */
export function peersOf(behind: Behind): PolicyPeer[] {
  if ('cidrs' in behind) return behind.cidrs.map((range) => cidrPeer(range));
  const { pods } = behind;
  return [
    pods.namespace === undefined
      ? local(podLabelsOf(pods))
      : peer({ namespace: namespaceLabel(pods.namespace), pods: podLabelsOf(pods) }),
  ];
}

/** PolicyPods that talk to a shared broker, in every namespace of its tenants: one more tenant changes nothing here. */
export const clientsOf = (broker: string): PolicyPeer =>
  peer({ namespace: guestOf(broker), pods: CLIENT_OF.broker });

/** The same of tenants that leave it, as long as they do. */
export const leaversOf = (broker: string): PolicyPeer =>
  peer({ namespace: leaverOf(broker), pods: CLIENT_OF.broker });

export const cidrPeer = (range: string, except: readonly string[] = []): PolicyPeer => ({
  ipBlock: { cidr: range, ...(except.length > 0 && { except: [...except] }) },
});

export function egressRule({ to, ports }: Egress): k8s.NetworkPolicyEgressRule {
  return { to: [destination(to)], ...(ports && { ports: tcp(...ports) }) };
}

function destination(to: Egress['to']): PolicyPeer {
  if (to === 'internet') return cidrPeer('0.0.0.0/0', PRIVATE_RANGES);
  if ('cidr' in to) return cidrPeer(to.cidr, to.except);
  return peer({ namespace: namespaceLabel(to.namespace), pods: to.pods });
}
