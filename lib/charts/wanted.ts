// Secrets of Redis users that the pods of a chart read: a Pulumi stack may fill them.

import { tenantIdentity } from '../celery/pod';
import { labels } from '../kube';
import type { WantedSecret } from '../plan/secrets/wanted';
import { serverSecrets } from '../redis';
import type { ResolvedTenant } from '../spec';
import { clientSecrets } from './credentials';
import { ownRedis, sharedRedis } from './redis-of';
import type { SharedBrokerProps } from './redis-of';

export const wantedByBroker = (props: SharedBrokerProps): WantedSecret[] => [
  serverSecrets(sharedRedis(props)),
];

export const wantedByTenant = (tenant: ResolvedTenant): WantedSecret[] => [
  ...clientSecrets(tenant, labels(tenantIdentity(tenant))),
  ...ownRedis(tenant).map(serverSecrets),
];
