// Certificates between leaves: they hold the names in use, and one issuer signs for both sides.

import { unlessIn, urlOf } from './law';
import type { ClusterBreach, ClusterLaw, ClusterView } from './law';
import type { CertificateSpec } from './kinds';
import { called, ofKind } from './leaf';
import type { LeafView } from './leaf';
import { settingsOf } from './settings';
import { isSealedUrl } from './tls';
import { inWords, show } from './words';

const SERVER = 'Certificate/redis-tls';
const CLIENT = 'Certificate/redis-client-tls';

/** A star stands for the first label only. */
const covers = (name: string, host: string): boolean =>
  name === host || (name.startsWith('*.') && host.replace(/^[^.]+/, '*') === name);

/** Hosts that the clients of a leaf call its broker by: Celery's and KEDA's, and those that sentinels name. */
const hostsIn = (leaf: LeafView, broker: URL): string[] => [
  broker.hostname,
  ...(broker.protocol === 'sentinel:' ? [broker.hostname.replaceAll('sentinel-', 'redis-')] : []),
  ...ofKind(leaf, 'ScaledObject').flatMap(({ spec }) =>
    (spec?.triggers ?? []).flatMap(({ metadata = {} }) =>
      String(metadata['addresses'] ?? metadata['address'])
        .split(',')
        .map((address) => address.split(':')[0] ?? ''),
    ),
  ),
];

const brokerOf = ({ leaves }: ClusterView, tenant: LeafView, broker: URL): LeafView | undefined => {
  const namespace = /\.([^.]+)\.svc\./.exec(broker.hostname)?.[1] ?? tenant.namespace;
  return leaves.find((leaf) => leaf.namespace === namespace);
};

const certificatesFit: ClusterLaw = {
  name: 'a certificate holds every name that clients use, and one issuer signs for both sides, each for its own use',
  check: (cluster) =>
    cluster.leaves.flatMap((tenant) => {
      const url = urlOf(settingsOf(tenant)?.brokerUrl);
      return url !== undefined && isSealedUrl(url) ? fit(tenant, url, brokerOf(cluster, tenant, url)) : [];
    }),
};

function fit(tenant: LeafView, url: URL, broker: LeafView | undefined): ClusterBreach[] {
  const server = broker && called(broker, 'Certificate', 'redis-tls')?.spec;
  const client = called(tenant, 'Certificate', 'redis-client-tls')?.spec;
  if (server === undefined && client === undefined) return [];
  const names = server?.dnsNames ?? [];
  return [
    ...[...new Set(hostsIn(tenant, url))].flatMap((host) =>
      unlessIn(
        names.some((name) => covers(name, host)),
        broker ?? tenant,
        SERVER,
        `.spec.dnsNames must hold ${host}, by which ${tenant.folder} calls it, got ${inWords(names)}`,
      ),
    ),
    ...signed(tenant, client ?? {}, server ?? {}),
  ];
}

function signed(
  tenant: LeafView,
  { issuerRef, usages }: CertificateSpec,
  server: CertificateSpec,
): ClusterBreach[] {
  const wanted = server.issuerRef;
  return [
    ...unlessIn(
      JSON.stringify(wanted) === JSON.stringify(issuerRef),
      tenant,
      CLIENT,
      `.spec.issuerRef must be that of the broker, ${show(wanted)}, got ${show(issuerRef)}`,
    ),
    ...unlessIn(
      issuerRef?.kind === 'ClusterIssuer',
      tenant,
      CLIENT,
      `.spec.issuerRef.kind must be "ClusterIssuer", got ${show(issuerRef?.kind)}`,
    ),
    ...unlessIn(
      usages?.join() === 'client auth',
      tenant,
      CLIENT,
      `.spec.usages must be ["client auth"], or a client may pass for Redis, got ${show(usages)}`,
    ),
  ];
}

export const certificateLaws: readonly ClusterLaw[] = [certificatesFit];
