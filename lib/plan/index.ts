// What runs for one tenant, between its spec and whatever runs it: every output reads this.

import type { ResolvedAccount, ResolvedTenant } from '../spec';
import { claimsOf, configsOf, oldConfigs } from './celery/configs';
import type { Claim, Config } from './celery/configs';
import { sidesOfApp } from './celery/moving';
import { drainsOf, processesOf } from './celery/processes';
import { celerySettings } from './celery/settings';
import type { Settings } from './celery/settings';
import type { Process } from './process';
import type { Endpoint } from './redis/endpoint';

export interface TenantPlan {
  readonly tenant: ResolvedTenant;
  /** Where its broker is, seen from its processes. */
  readonly broker: Endpoint;
  /** Where its cache is, if it has one. */
  readonly cache?: Endpoint;
  /** Where its broker was, and what drains it; absent, the tenant does not move. */
  readonly old?: OldSide;
  /** In the order in which they start. */
  readonly processes: readonly Process[];
  /** Celery's, as the platform decides them. */
  readonly settings: Settings;
  readonly configs: readonly Config[];
  readonly claims: readonly Claim[];
  /** Accounts of its processes that come with it. */
  readonly accounts: readonly ResolvedAccount[];
}

/** What stands on the broker that a tenant leaves. */
export type OldSide = Pick<TenantPlan, 'tenant' | 'broker' | 'processes'>;

export function planOf(tenant: ResolvedTenant): TenantPlan {
  const { app, old } = sidesOfApp(tenant);
  const settings = celerySettings(app);
  const processes = processesOf(app);
  return {
    tenant,
    broker: app.broker,
    ...(app.cache && { cache: app.cache }),
    ...(old && { old: { tenant: old.tenant, broker: old.broker, processes: drainsOf(old) } }),
    processes,
    settings,
    configs: [...configsOf(app, settings), ...(old ? oldConfigs(app, old) : [])],
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
