// How a process is reached from outside the cluster: its names, its path, its certificate.

import { optional, props, required } from './props';
import type { Contract, PropsOf } from './props';
import { annotationsForm, exposedHosts, exposedPath } from './rules/form-expose';
import { formBy } from './rules/kind';
import type { Form } from './rules/kind';
import { flag, objectName, oneOf } from './rules/kinds';
import { has, when } from './rules/shapes';

/** A certificate that somebody puts into the tenant's namespace: a Secret with `tls.crt` and `tls.key`. */
export interface HttpsSecret extends Contract, PropsOf<typeof httpsSecret> {}

const httpsSecret = props({
  /** Name of the Secret. */
  secret: required(objectName),
});

/** A certificate that cert-manager makes and renews, in the Secret `<workload>-tls`. */
export interface HttpsIssuer extends Contract, PropsOf<typeof httpsIssuer> {}

export const httpsIssuer = props({
  /** Name of the issuer. */
  issuer: required(objectName),

  /**
   * `Issuer` for one that lies in the tenant's namespace.
   * @default 'ClusterIssuer'
   */
  kind: optional(oneOf('ClusterIssuer', 'Issuer'), 'ClusterIssuer'),
});

/** `true`: HTTPS with a certificate that the controller, the Gateway or a load balancer has already; `false`: plain HTTP. */
export type Https = HttpsSecret | HttpsIssuer | boolean;

/** One in place of the other, `false` included: there is nothing to remove. */
export const https: Form<Https> = formBy(
  when((value) => typeof value === 'object', when(has('secret'), httpsSecret, httpsIssuer), flag),
  { kind: 'flag' },
);

/** A way in from outside. Policies open the port of the process to `peers.ingress` of the environment, and to nobody else. */
export interface Expose extends Contract, PropsOf<typeof expose> {}

export const expose = props({
  /**
   * Name that requests ask for, or several. `*.example.org` is every name one label below. The first without a star is
   * also the `host` of health requests that say none.
   */
  host: required(exposedHosts),

  /**
   * Path that it answers, with all below. The process gets the whole path: nothing is cut off.
   * @default '/'
   */
  path: optional(exposedPath, '/'),

  /**
   * Where the certificate comes from: `{ secret }`, `{ issuer }` of cert-manager, or `true` for one that the controller,
   * the Gateway or a load balancer has already. Behind a Gateway its listener has the certificate, so `true` or `false`.
   * @default - `exposure.tls` of the environment
   */
  tls: optional(https),

  /**
   * Annotations of the Ingress or the HTTPRoute, over those of the environment's `exposure`.
   * @default {}
   */
  annotations: optional(annotationsForm, {}),
});
