// How an environment lets requests in from outside: by an ingress controller or by a Gateway.

import { https } from './expose';
import { optional, props, required } from './props';
import type { Contract, PropsOf } from './props';
import { annotationsForm } from './rules/form-expose';
import { hinted } from './rules/kind';
import type { Form } from './rules/kind';
import { flag, objectName, oneOf } from './rules/kinds';
import { named, only, prop } from './rules/shapes';
import { show } from './rules/show';

const exposureKind = oneOf('ingress', 'gateway');

/** What is exposed becomes an `Ingress` of networking.k8s.io/v1. */
export interface IngressExposure extends Contract, PropsOf<typeof ingressExposure> {}

export const ingressExposure = props({
  kind: required(only('ingress', exposureKind)),

  /**
   * Name of the IngressClass.
   * @default - the cluster's default class
   */
  class: optional(objectName),

  /**
   * Certificates of what is exposed and says nothing of its own: `{ issuer: 'letsencrypt' }`, or `true` for the
   * controller's own or that of a load balancer before it.
   * @default false (plain HTTP)
   */
  tls: optional(https, false),

  /**
   * Annotations of every Ingress.
   * @default {}
   */
  annotations: optional(annotationsForm, {}),
});

/** A Gateway that the platform runs; its listener must take routes of tenants' namespaces. */
export interface GatewayReference extends Contract, PropsOf<typeof gatewayReference> {}

const gatewayReference = props({
  /** Name of the Gateway. */
  name: required(objectName),

  /** Its namespace. */
  namespace: required(objectName),

  /**
   * Name of one of its listeners.
   * @default - every listener that takes the host
   */
  section: optional(objectName),
});

/** What is exposed becomes an `HTTPRoute` of gateway.networking.k8s.io/v1. */
export interface GatewayExposure extends Contract, PropsOf<typeof gatewayExposure> {}

export const gatewayExposure = props({
  kind: required(only('gateway', exposureKind)),

  /** Gateway that the routes belong to. */
  gateway: required<GatewayReference>(gatewayReference),

  /**
   * Whether its listener speaks HTTPS; the certificate is the listener's.
   * @default false
   */
  tls: optional(flag, false),

  /**
   * Annotations of every HTTPRoute.
   * @default {}
   */
  annotations: optional(annotationsForm, {}),
});

/** The one way in of an environment. */
export type Exposure = IngressExposure | GatewayExposure;

export const exposureForm: Form<Exposure> = hinted(
  named('kind', { ingress: ingressExposure, gateway: gatewayExposure }, prop('kind', exposureKind)),
  (value) => (typeof value === 'string' ? `write { kind: ${show(value)} }` : undefined),
);
