// A way in from outside, with what its environment says of all of them.

import { expose, httpsIssuer } from './expose';
import type { Expose, Https } from './expose';
import { filled } from './layers';
import { gatewayExposure, ingressExposure } from './exposure';
import type { Exposure } from './exposure';
import type { ResolvedEnvironment, ResolvedExpose, ResolvedExposure, ResolvedHttps } from './resolved';

export function resolveExposure(asked: Exposure): ResolvedExposure {
  if (asked.kind === 'gateway') return { ...gatewayExposure.defaults, ...asked };
  const full = { ...ingressExposure.defaults, ...asked };
  return { ...full, tls: resolveHttps(full.tls) };
}

const resolveHttps = (asked: Https): ResolvedHttps =>
  typeof asked === 'boolean' || 'secret' in asked ? asked : { ...httpsIssuer.defaults, ...asked };

export function resolveExpose(
  asked: Expose,
  { exposure }: Pick<ResolvedEnvironment, 'exposure'>,
): ResolvedExpose {
  const { host, path, tls, annotations } = filled(expose.defaults, asked);
  return {
    hosts: typeof host === 'string' ? [host] : host,
    path,
    tls: tls === undefined ? (exposure?.tls ?? false) : resolveHttps(tls),
    annotations: { ...exposure?.annotations, ...annotations },
  };
}

/** A name that a request can ask for: one with a star is none. */
export const oneHostOf = ({ hosts }: ResolvedExpose): string | undefined =>
  hosts.find((host) => !host.startsWith('*'));
