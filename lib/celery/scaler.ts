// What KEDA needs to ask this tenant's broker for queue lengths.

import type { Construct } from 'constructs';
import type { Labels } from '../kube';
import type { TenantPlan } from '../plan';
import { SETTINGS_FILE } from '../plan/celery/settings';
import { scalerCredentials } from '../traits/autoscaling';

/** Name of the TriggerAuthentication that all pools of a tenant share. */
export const SCALER_CREDENTIALS = 'redis-scaler';

/** Key in the settings' ConfigMap. */
const USER_KEY = 'scaler-user';
const TLS_KEY = 'scaler-tls';

export const scalesByQueue = ({ processes }: TenantPlan): boolean =>
  processes.some(
    ({ lifetime }) => lifetime.kind === 'service' && lifetime.scaling && 'tasksEach' in lifetime.scaling,
  );

/** Plain values that KEDA reads from there: a TriggerAuthentication holds references only. */
export const scalerConfig = ({ tenant, broker }: TenantPlan): Record<string, string> => ({
  [USER_KEY]: tenant.broker.users.scaler,
  ...(broker.tls && { [TLS_KEY]: 'enable' }),
});

export function scalerAccess(
  scope: Construct,
  { tenant: { broker }, broker: { tls, sentinels } }: TenantPlan,
  labels: Labels,
): void {
  scalerCredentials(scope, {
    name: SCALER_CREDENTIALS,
    labels,
    user: { configMap: SETTINGS_FILE.config, key: USER_KEY },
    password: { secret: broker.secret, key: broker.users.scaler },
    ...(tls && {
      tls: {
        enable: { configMap: SETTINGS_FILE.config, key: TLS_KEY },
        ...(tls.mode !== 'public' && { files: { secret: tls.secret, mutual: tls.mode === 'mutual' } }),
      },
    }),
    sentinels: sentinels !== undefined,
  });
}
