// Ways in from outside, with every default filled in.

import type { HttpsIssuer, HttpsSecret } from './expose';
import type { GatewayReference } from './exposure';

export type ResolvedHttps = HttpsSecret | Required<HttpsIssuer> | boolean;

export type ResolvedExposure = {
  readonly tls: ResolvedHttps;
  readonly annotations: Readonly<Record<string, string>>;
} & (
  | { readonly kind: 'ingress'; readonly class?: string }
  | { readonly kind: 'gateway'; readonly gateway: GatewayReference }
);

/** A way in from outside, with what the environment says of all of them. */
export interface ResolvedExpose {
  readonly hosts: readonly string[];
  readonly path: string;
  readonly tls: ResolvedHttps;
  readonly annotations: Readonly<Record<string, string>>;
}
