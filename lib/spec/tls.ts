// Where the certificates of a Redis come from.

import { props, required } from './props';
import type { Contract, PropsOf } from './props';
import type { Form } from './rules/kind';
import { objectName } from './rules/kinds';
import { marked } from './rules/shapes';

/**
 * You put them there: a Secret of one name in the broker's namespace and in that of each tenant that uses it, with keys
 * `tls.crt`, `tls.key` and `ca.crt`. In a tenant's namespace the certificate is that of a client; Redis' own has to hold
 * the names that clients use.
 */
export interface TlsSecret extends Contract, PropsOf<typeof tlsSecret> {}

export const tlsSecret = props({
  /** Name of the Secret. */
  secret: required(objectName),
});

/**
 * cert-manager makes and renews them: `redis-tls` for Redis, `redis-client-tls` for each tenant that uses it.
 *
 * Name of a ClusterIssuer, as they lie in several namespaces; of a kind that writes `ca.crt` (CA, Vault), so not ACME.
 * Whoever it signs for may connect: Redis still asks for user and password.
 */
export interface TlsIssuer extends Contract, PropsOf<typeof tlsIssuer> {}

const tlsIssuer = props({
  /** Name of the ClusterIssuer. */
  issuer: required(objectName),
});

/** Where certificates come from. */
export type Tls = TlsSecret | TlsIssuer;

export const tls: Form<Tls> = marked({ issuer: tlsIssuer, secret: tlsSecret });
