// Secrets of Redis users that the pods of a chart read: a Pulumi stack may fill them.

import { tenantIdentity } from '../celery/pod';
import { labels } from '../kube';
import type { WantedSecret } from '../plan/secrets/wanted';
import { backupSecret, serverSecrets } from '../redis';
import type { RedisProps } from '../redis';
import type { ResolvedTenant } from '../spec';
import { clientSecrets } from './credentials';
import { ownRedis, sharedRedis } from './redis-of';
import type { SharedBrokerProps } from './redis-of';

export const wantedByBroker = (props: SharedBrokerProps): WantedSecret[] => [
  ...wantedBeside(sharedRedis(props)),
];

export const wantedByTenant = (tenant: ResolvedTenant): WantedSecret[] => [
  ...clientSecrets(tenant, labels(tenantIdentity(tenant))),
  ...ownRedis(tenant).flatMap(wantedBeside),
];

/** By the pods of a Redis, and by those that back it up. */
const wantedBeside = (props: RedisProps): WantedSecret[] => {
  const { backup } = props.redis;
  return [serverSecrets(props), ...(backup ? [backupSecret({ ...props, backup })] : [])];
};
