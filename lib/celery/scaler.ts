// What KEDA needs to ask this tenant's broker for queue lengths.

import type { Construct } from 'constructs';
import type { Labels } from '../kube';
import type { ResolvedTenant } from '../spec';
import { brokerEndpoint } from '../redis/broker';
import { scalerCredentials } from '../traits/autoscaling';
import { SETTINGS_CONFIG } from './env';

/** Name of the TriggerAuthentication that all pools of a tenant share. */
export const SCALER_CREDENTIALS = 'redis-scaler';

/** Key in the settings' ConfigMap. */
const USER_KEY = 'scaler-user';
const TLS_KEY = 'scaler-tls';

export const scalesByQueue = ({ workers }: ResolvedTenant): boolean =>
  workers.some(({ scaling }) => scaling !== undefined && 'queueLength' in scaling);

/** Plain values that KEDA reads from there: a TriggerAuthentication holds references only. */
export const scalerConfig = ({ broker }: ResolvedTenant): Record<string, string> => ({
  [USER_KEY]: broker.users.scaler,
  ...(broker.redis.tls && { [TLS_KEY]: 'enable' }),
});

export function scalerAccess(scope: Construct, tenant: ResolvedTenant, labels: Labels): void {
  const { broker } = tenant;
  const { tls } = brokerEndpoint(tenant);
  scalerCredentials(scope, {
    name: SCALER_CREDENTIALS,
    labels,
    user: { configMap: SETTINGS_CONFIG, key: USER_KEY },
    password: { secret: broker.secret, key: broker.users.scaler },
    ...(tls && {
      tls: {
        enable: { configMap: SETTINGS_CONFIG, key: TLS_KEY },
        secret: tls.secret,
        mutual: tls.mode === 'mutual',
      },
    }),
    sentinels: broker.redis.topology === 'sentinel',
  });
}
