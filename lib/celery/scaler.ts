// What KEDA needs to ask this tenant's broker for queue lengths.

import type { Construct } from 'constructs';
import type { Labels } from '../kube';
import type { ResolvedTenant } from '../spec';
import { scalerCredentials } from '../traits/autoscaling';
import { SETTINGS_CONFIG } from './env';

/** Name of the TriggerAuthentication that all pools of a tenant share. */
export const SCALER_CREDENTIALS = 'redis-scaler';

/** Key in the settings' ConfigMap. */
export const SCALER_USER_KEY = 'scaler-user';

export const scalesByQueue = ({ workers }: ResolvedTenant): boolean =>
  workers.some(({ scaling }) => scaling !== undefined && 'queueLength' in scaling);

export const scalerAccess = (scope: Construct, { broker }: ResolvedTenant, labels: Labels) =>
  scalerCredentials(scope, {
    name: SCALER_CREDENTIALS,
    labels,
    user: { configMap: SETTINGS_CONFIG, key: SCALER_USER_KEY },
    password: { secret: broker.secret, key: broker.users.scaler },
  });
