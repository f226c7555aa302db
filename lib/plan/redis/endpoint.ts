// Where a Redis is, how it is spoken to, and who answers there: what its clients need to know.

import type { ResolvedServer } from '../../spec';
import type { ClientTls } from './tls';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly behind: Behind;
  /** Its address from any namespace, or those of its sentinels: what KEDA is given. */
  readonly scalerAddress: string;
  /** Absent, nothing is encrypted. */
  readonly tls?: ClientTls;
  /** Folder of the mounted files. */
  readonly tlsFolder?: string;
  /** Those who say which pod is the primary: where there are some, nothing leads to it but they. */
  readonly sentinels?: Sentinels;
}

export interface Sentinels {
  /** What they call the primary. */
  readonly primary: string;
  readonly hosts: readonly string[];
  readonly port: number;
  readonly behind: Behind;
}

/** Who answers: pods, or addresses outside the cluster. */
export type Behind = { readonly pods: PodGroup } | { readonly cidrs: readonly string[] };

export interface PodGroup {
  readonly component: 'redis' | 'cache' | 'sentinel';
  /** One of several groups of the component. */
  readonly instance?: string;
  /** Those that are written to, or read from. */
  readonly role?: 'primary' | 'replica';
  /** Absent: the namespace of whoever asks. */
  readonly namespace?: string;
}

/** Redis' own, and the one that its documentation gives TLS. */
const PLAIN_PORT = 6379;
const TLS_PORT = 6380;

/** The only port that a Redis of ours listens on. */
export const redisPort = ({ tls }: Pick<ResolvedServer, 'tls'>): number =>
  tls === undefined ? PLAIN_PORT : TLS_PORT;

/** An IPv6 address is in brackets, or its end would be a port. */
export const hostAndPort = ({ host, port }: Pick<Endpoint, 'host' | 'port'>): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** A tenant's cache lives in its own namespace, and speaks plain TCP: its contract has no certificates. */
export const CACHE_ENDPOINT: Endpoint = {
  host: 'cache',
  port: PLAIN_PORT,
  behind: { pods: { component: 'cache', instance: 'cache' } },
  scalerAddress: `cache:${PLAIN_PORT}`,
};
