// redis.conf of a broker, a read replica and a cache.

import type { ResolvedServer } from '../spec';
import { REDIS_PORT } from './broker';

/** Folder that the init container and the sidecar write to: users, internal passwords. */
export const RUN_DIR = '/run/redis';

export interface ConfProps {
  readonly redis: ResolvedServer;
  /** Host of the primary; only for a read replica. */
  readonly primary?: string;
}

export function redisConf({ redis, primary }: ConfProps): string {
  const persistent = redis.storage !== undefined;
  return [
    '# Rendered by Stalk. Users are in the aclfile, which the container build-users writes and users keeps up to date.',
    `port ${REDIS_PORT}`,
    'bind * -::*',
    'protected-mode no', // nobody gets in without a password: the default user is off
    'dir /data',
    `aclfile ${RUN_DIR}/users.acl`,
    `include ${RUN_DIR}/auth.conf`,
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
    ...(primary === undefined ? [] : ['', `replicaof ${primary} ${REDIS_PORT}`, 'replica-read-only yes']),
    '',
  ].join('\n');
}

/** At most the last second is lost when the node dies; a killed Redis loses nothing. */
const DURABLE = ['appendonly yes', 'appendfsync everysec', 'save 900 1', 'save 300 10', 'save 60 10000'];

const VOLATILE = ['appendonly no', 'save ""'];
