// The way in from outside: an Ingress, or an HTTPRoute of a Gateway, as the environment has it.

import { PlainObject, kubeObject } from '../kube';
import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import type { Labels } from '../kube';
import type { ResolvedExpose, ResolvedExposure, ResolvedHttps } from '../spec';

export interface WayInProps {
  /** Name of the Service, and of what leads to it. */
  readonly name: string;
  readonly labels: Labels;
  /** Of the Service. */
  readonly port: number;
  readonly expose: ResolvedExpose;
}

export function wayIn(scope: Construct, props: WayInProps, exposure: ResolvedExposure): ApiObject {
  switch (exposure.kind) {
    case 'ingress':
      return ingress(scope, props, exposure);
    case 'gateway':
      return httpRoute(scope, props, exposure);
    default:
      return exposure satisfies never;
  }
}

function ingress(
  scope: Construct,
  { name, labels, port, expose }: WayInProps,
  exposure: Extract<ResolvedExposure, { readonly kind: 'ingress' }>,
): ApiObject {
  const { hosts, path, tls } = expose;
  const secret = certificateOf(tls, name);
  return kubeObject(scope, `ingress-${name}`, k8s.KubeIngress, {
    metadata: { name, labels, ...annotated({ ...issuerOf(tls), ...expose.annotations }) },
    spec: {
      ...(exposure.class !== undefined && { ingressClassName: exposure.class }),
      ...(tls !== false && {
        tls: [{ hosts: [...hosts], ...(secret !== undefined && { secretName: secret }) }],
      }),
      rules: hosts.map((host) => ({
        host,
        http: {
          paths: [{ path, pathType: 'Prefix', backend: { service: { name, port: { number: port } } } }],
        },
      })),
    },
  });
}

/** Nothing where the controller has it already. */
function certificateOf(tls: ResolvedHttps, name: string): string | undefined {
  if (typeof tls === 'boolean') return undefined;
  return 'secret' in tls ? tls.secret : `${name}-tls`;
}

/** cert-manager looks for it, and makes a Certificate that goes with the Ingress. */
function issuerOf(tls: ResolvedHttps): Labels {
  if (typeof tls === 'boolean' || 'secret' in tls) return {};
  return { [tls.kind === 'Issuer' ? ISSUER : CLUSTER_ISSUER]: tls.issuer };
}

const ISSUER = 'cert-manager.io/issuer';
const CLUSTER_ISSUER = 'cert-manager.io/cluster-issuer';

const annotated = (annotations: Labels): { readonly annotations?: Labels } =>
  Object.keys(annotations).length > 0 ? { annotations } : {};

/** With what the API server would fill in: Argo CD takes that for a change in lists of a custom resource. */
function httpRoute(
  scope: Construct,
  { name, labels, port, expose }: WayInProps,
  { gateway }: Extract<ResolvedExposure, { readonly kind: 'gateway' }>,
): ApiObject {
  const object: IHTTPRoute = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name, labels, ...annotated(expose.annotations) },
    spec: {
      parentRefs: [
        {
          group: 'gateway.networking.k8s.io',
          kind: 'Gateway',
          name: gateway.name,
          namespace: gateway.namespace,
          ...(gateway.section !== undefined && { sectionName: gateway.section }),
        },
      ],
      hostnames: [...expose.hosts],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: expose.path } }],
          backendRefs: [{ group: '', kind: 'Service', name, port, weight: 1 }],
        },
      ],
    },
  };
  return new PlainObject(scope, `route-${name}`, { ...object });
}
