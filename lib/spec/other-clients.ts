// Which tenants use their broker for more than Celery: those that ask for its URL or password, and apps known to do so.

import type { Tenant } from './tenant';
import type { DerivedName, EnvValue } from './values';

type Env = Readonly<Record<string, EnvValue>>;

interface Process {
  readonly env?: Env | undefined;
}

/** A tenant, resolved or not. */
interface Processes extends Process {
  readonly workers?: Readonly<Record<string, Process>> | readonly Process[] | undefined;
  readonly processes?: Readonly<Record<string, Process>> | readonly Process[] | undefined;
  readonly beat?: Process | undefined;
  readonly web?: Process | undefined;
  readonly flower?: Process | undefined;
  readonly migrate?: Process | undefined;
}

/** Values of all variables of the tenant and of its workloads. */
export const envValues = ({ env, workers, processes, ...single }: Processes): readonly EnvValue[] => {
  const { beat, web, flower, migrate } = single;
  const named = [workers, processes].flatMap((all) => Object.values(all ?? {}) as readonly Process[]);
  return [{ env }, ...named, beat, web, flower, migrate].flatMap((one) => Object.values(one?.env ?? {}));
};

export const isFact = (value: EnvValue, name: DerivedName): boolean =>
  typeof value === 'object' && 'from' in value && value.from === name;

/** What a client needs that logs in by itself; Celery has its password from the loader. */
export const LOGINS = ['broker.url', 'broker.password'] as const;

export const hasOtherClients = (tenant: Tenant): boolean =>
  tenant.app.dialect === 'paperless' ||
  envValues(tenant).some((value) => LOGINS.some((login) => isFact(value, login)));
