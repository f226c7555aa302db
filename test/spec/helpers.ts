// The smallest tenant and environment that hold every rule, and what is said when one is changed.

import type { Environment, Tenant } from '../../lib/spec';
import { merge } from '../../lib/spec/layers';
import { check } from '../../lib/spec/rules';
import { tenant as tenantTable } from '../../lib/spec/tenant';

export const tenant: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  workers: { default: { queues: ['celery'] } },
};

export const environment: Environment = {
  name: 'dev',
  storageClass: 'fast',
  secrets: { strategy: 'existing' },
  brokers: { main: { topology: 'standalone' } },
};

/** A partial tenant or environment; wrong on purpose, so that no type stands in its way. */
export type Change = Readonly<Record<string, unknown>>;

export const tenantWith = (change: Change, under: Tenant = tenant): Tenant =>
  ({
    ...(merge(tenantTable, under, change) as Tenant),
    ...(change.overlays !== undefined && { overlays: change.overlays }), // a false in them is still to come
  }) as Tenant;
export const environmentWith = (change: Change): Environment =>
  merge(undefined, environment, change) as Environment;

/** The words of every problem, without the names of tenants and environments. */
export const saysOf = (tenants: readonly Tenant[], where: Environment = environment): string[] =>
  check(tenants, where, ['dev', 'production']).problems.map(({ text }) => text);

/** One rule: a change that breaks it, the words that say so, and a change that just holds it. */
export interface Row {
  readonly rule: string;
  readonly broken: Change;
  readonly says: string | readonly string[];
  readonly held: Change;
  /** What the environment has to be for both. */
  readonly where?: Change;
}
