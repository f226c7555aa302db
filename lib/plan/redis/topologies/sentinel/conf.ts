// sentinel.conf as far as it is known before the primary is, and what Redis adds to its own under sentinels.

import type { ResolvedServer } from '../../../../spec';
import { listening } from '../../redis-conf';
import { FOLDERS } from '../../server';
import { PRIMARY, sentinelPort } from './nodes';

/** User with which sentinels come to Redis and to each other. */
export const SENTINEL_USER = 'sentinel';

/** With TLS, `tls-replication` is the word for its connections to Redis and to other sentinels. */
export const sentinelConf = (redis: ResolvedServer): string =>
  [
    '# Rendered by Stalk. find-primary copies it to where the sentinel may rewrite it, and adds the primary.',
    ...listening(redis, sentinelPort(redis)),
    'bind * -::*',
    'protected-mode no', // nobody gets in without a password: the default user is off
    `dir ${FOLDERS.run}`,
    `aclfile ${FOLDERS.run}/users.acl`,
    `maxclients ${redis.maxClients}`, // every connection to the primary may come with one to each sentinel
    'sentinel resolve-hostnames yes', // addresses change with a pod, names do not
    'sentinel announce-hostnames yes',
    `sentinel sentinel-user ${SENTINEL_USER}`,
    `sentinel auth-user ${PRIMARY} ${SENTINEL_USER}`,
    ...Object.entries(TIMES).map(([word, value]) => `sentinel ${word} ${PRIMARY} ${value}`),
    '',
  ].join('\n');

const TIMES = {
  /** A restarted container is back sooner, with all it had; a failover may lose what no replica had yet. */
  'down-after-milliseconds': 5000,
  /** Loading for longer than this is an outage like any other. */
  'master-reboot-down-after-period': 30_000,
  /** A failover takes a second or two. Where sentinels split their votes, the next one begins after twice this. */
  'failover-timeout': 10_000,
  /** One replica copies the new primary's data at a time: the others keep theirs meanwhile. */
  'parallel-syncs': 1,
};

/** Sentinels that agree on a dead primary: more than half, so that a part cut off decides nothing. */
export const quorum = ({ sentinels }: Pick<ResolvedServer, 'sentinels'>): number =>
  Math.floor(sentinels / 2) + 1;

/**
 * What start.sh decided. `min-replicas-to-write` is left out: a new primary would refuse one send in eight around a
 * failover, until its first replica has caught up, and Celery does not repeat what is refused like that.
 */
export const underSentinels: readonly string[] = [
  '',
  `include ${FOLDERS.run}/role.conf`,
  'replica-read-only yes',
];
