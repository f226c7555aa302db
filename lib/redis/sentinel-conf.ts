// sentinel.conf as far as it is known before the primary is, and what Redis adds to its own under sentinels.

import type { ResolvedServer } from '../spec';
import { PRIMARY, SENTINEL_PORT } from '../plan/redis/topologies/sentinel/nodes';
import { RUN_DIR } from './redis-conf';

/** User with which sentinels come to Redis and to each other. */
export const SENTINEL_USER = 'sentinel';

export const sentinelConf = ({ maxClients }: Pick<ResolvedServer, 'maxClients'>): string =>
  [
    '# Rendered by Stalk. find-primary copies it to where the sentinel may rewrite it, and adds the primary.',
    `port ${SENTINEL_PORT}`,
    'bind * -::*',
    'protected-mode no', // nobody gets in without a password: the default user is off
    `dir ${RUN_DIR}`,
    `aclfile ${RUN_DIR}/users.acl`,
    `maxclients ${maxClients}`, // every connection to the primary may come with one to each sentinel
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
  `include ${RUN_DIR}/role.conf`,
  'replica-read-only yes',
];
