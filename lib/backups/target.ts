// What a name on the command line means: a broker that has backups, or one tenant of it.

import type { Platform } from '..';
import { nearest } from '../spec/nearest';
import { show } from '../spec/rules';
import type { ResolvedServer, ResolvedTenant } from '../spec';
import { isRunByStalk } from '../plan/redis/broker';
import { watchedIn } from '../status/watched';

export interface BackedUp {
  /** As people call it: its own name, or that of the tenant that has it alone. */
  readonly broker: string;
  readonly namespace: string;
  readonly redis: ResolvedServer;
  /** Those that use it. */
  readonly tenants: readonly ResolvedTenant[];
}

/** A wish that the list does not allow; its message is for the author. */
export class BackupError extends Error {}

export interface RestoreTarget {
  readonly of: BackedUp;
  /** Where it is one tenant beside others. */
  readonly tenant?: ResolvedTenant;
}

/** Brokers of an environment that have backups. */
const backedUp = (platform: Platform): readonly BackedUp[] =>
  watchedIn(platform, platform.tenants).brokers.flatMap(({ name, namespace, redis, tenants }) =>
    isRunByStalk(redis) && redis.backup ? [{ broker: name, namespace, redis, tenants }] : [],
  );

export function targetNamed(platform: Platform, name: string): RestoreTarget {
  const brokers = backedUp(platform);
  const [whole] = brokers.filter(({ broker }) => broker === name);
  if (whole) return { of: whole };
  const tenant = platform.tenants.find((one) => one.name === name);
  const of = brokers.find(({ tenants }) => tenants.some((one) => one.name === name));
  if (tenant && of) return { of, tenant };
  throw new BackupError(unknown(platform, name, brokers));
}

function unknown({ environment, tenants }: Platform, name: string, brokers: readonly BackedUp[]): string {
  const where = `environment ${show(environment.name)}`;
  if (tenants.some((one) => one.name === name))
    return `the broker of ${show(name)} must have backups in ${where}, got none; set backup, see docs/backup.md`;
  const names = brokers.map(({ broker }) => broker);
  if (names.length === 0)
    return `a broker must have backups in ${where}, got none; set backup, see docs/backup.md`;
  const near = nearest(name, names);
  const fix = near === undefined ? `there are ${names.map(show).join(', ')}` : `did you mean ${show(near)}`;
  return `a broker with backups must be named in ${where}, got ${show(name)}; ${fix}`;
}

export function brokerNamed(platform: Platform, name: string): BackedUp {
  const { of, tenant } = targetNamed(platform, name);
  if (tenant)
    throw new BackupError(
      `a broker must be named, got tenant ${show(name)}; its backups are those of ${show(of.broker)}`,
    );
  return of;
}
