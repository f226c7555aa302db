// What runs for one tenant, between its spec and whatever runs it: every output reads this.

import type { ResolvedAccount, ResolvedTenant } from '../spec';
import { claimsOf, configsOf } from './celery/configs';
import type { Claim, Config } from './celery/configs';
import type { AppContext } from './celery/context';
import { processesOf } from './celery/processes';
import { celerySettings } from './celery/settings';
import type { Settings } from './celery/settings';
import type { Process } from './process';
import { brokerEndpoint, cacheEndpoint } from './redis/broker';
import type { Endpoint } from './redis/endpoint';

export interface TenantPlan {
  readonly tenant: ResolvedTenant;
  /** Where its broker is, seen from its processes. */
  readonly broker: Endpoint;
  /** Where its cache is, if it has one. */
  readonly cache?: Endpoint;
  /** In the order in which they start. */
  readonly processes: readonly Process[];
  /** Celery's, as the platform decides them. */
  readonly settings: Settings;
  readonly configs: readonly Config[];
  readonly claims: readonly Claim[];
  /** Accounts of its processes that come with it. */
  readonly accounts: readonly ResolvedAccount[];
}

export function planOf(tenant: ResolvedTenant): TenantPlan {
  const broker = brokerEndpoint(tenant);
  const cache = cacheEndpoint(tenant);
  const app: AppContext = { tenant, broker, ...(cache && { cache }) };
  const settings = celerySettings(app);
  const processes = processesOf(app);
  return {
    ...app,
    processes,
    settings,
    configs: configsOf(app, settings),
    claims: claimsOf(tenant),
    accounts: accountsOf(processes),
  };
}

/** Each once: several processes may have one. */
const accountsOf = (processes: readonly Process[]): readonly ResolvedAccount[] => [
  ...new Map(
    processes.flatMap(({ pods: { account } }) =>
      account?.isMade === true ? [[account.name, account] as const] : [],
    ),
  ).values(),
];
