// redis.conf of a broker, a read replica and a cache.

import type { ResolvedServer } from '../../spec';
import { redisPort } from './endpoint';
import { SHARED_SOCKET } from './exporter';
import { FOLDERS } from './server';
import { SERVER_TLS_DIR } from './tls';

export interface ConfProps {
  readonly redis: ResolvedServer;
  /** Host of the primary; only for a read replica. */
  readonly primary?: string;
  /** Lines of the topology. */
  readonly more?: readonly string[];
}

export function redisConf({ redis, primary, more = [] }: ConfProps): string {
  const persistent = redis.storage !== undefined;
  return [
    '# Rendered by Stalk. Users are in the aclfile, which the container build-users writes and users keeps up to date.',
    ...listening(redis, redisPort(redis)),
    'bind * -::*',
    'protected-mode no', // nobody gets in without a password: the default user is off
    `dir ${FOLDERS.data}`,
    `aclfile ${FOLDERS.run}/users.acl`,
    `include ${FOLDERS.run}/auth.conf`,
    'acllog-max-len 128',
    `databases ${redis.databases}`,
    `maxclients ${redis.maxClients}`,
    'tcp-keepalive 60', // finds clients whose node died
    '',
    '# 70 % of the memory limit. A broker never evicts: it refuses, and nothing that was accepted is lost.',
    `maxmemory ${redis.maxmemory}`,
    `maxmemory-policy ${redis.eviction}`,
    '',
    ...(persistent ? DURABLE : VOLATILE),
    ...(primary === undefined
      ? []
      : ['', `replicaof ${primary} ${redisPort(redis)}`, 'replica-read-only yes', NEVER_PROMOTED]),
    ...more,
    '',
  ].join('\n');
}

/**
 * With TLS nothing listens in plain text but a socket of the pod's own: the sidecar can bring a renewed certificate also
 * when the old one has expired, and a restart is no cure for that, so liveness does not look at it.
 */
export const listening = (
  redis: Pick<ResolvedServer, 'tls' | 'replicas' | 'exporter'>,
  port: number,
): string[] =>
  redis.tls === undefined
    ? [`port ${port}`]
    : [
        'port 0',
        `tls-port ${port}`,
        `tls-cert-file ${SERVER_TLS_DIR}/tls.crt`,
        `tls-key-file ${SERVER_TLS_DIR}/tls.key`,
        `tls-ca-cert-file ${SERVER_TLS_DIR}/ca.crt`,
        'tls-auth-clients yes',
        'tls-protocols "TLSv1.2 TLSv1.3"',
        ...(redis.replicas > 0 ? ['tls-replication yes'] : []),
        `unixsocket ${redis.exporter ? SHARED_SOCKET : `${FOLDERS.run}/redis.sock`}`,
        'unixsocketperm 700',
      ];

/**
 * At most the last second is lost when the node dies; a killed Redis loses nothing. The saves are one line: after an
 * `include`, Redis 7.0 forgets that it reads a file, and each further `save` replaces the one before (seen with 7.0.15).
 * A snapshot that fails stops nobody: the append-only file has all that is in it.
 */
const DURABLE = [
  'appendonly yes',
  'appendfsync everysec',
  'save 900 1 300 10 60 10000',
  'stop-writes-on-bgsave-error no',
];

/** Where the broker gets sentinels, they find it behind the primary until it is removed. */
const NEVER_PROMOTED = 'replica-priority 0';

const VOLATILE = ['appendonly no', 'save ""'];
