// Variables of an app's processes: what Celery, the dialect and the author put there.

import type { DerivedName, EnvValue, ResolvedTenant } from '../../spec';
import type { Variable } from '../process';
import { topologyOf } from '../redis/topologies';
import { urlOptions, urlWithPassword } from '../redis/url';
import { plainValue } from './addresses';
import type { AppContext, ClientRole } from './context';
import { dialectOf } from './dialects';
import type { VariableTexts } from './dialects/dialect';
import { LOADER_DIR, PASSWORD_DIR, RUN_DIR } from './paths';
import { settingsFile } from './settings';

/** Filled in from a Secret, for the URLs that have to hold a password. */
const PASSWORD = { broker: 'STALK_REDIS_PASSWORD', cache: 'STALK_CACHE_PASSWORD' } as const;

/** Makes the loader write the password into the URLs, for clients that know no other way. */
export const IN_URL = { STALK_CREDENTIALS_IN: 'url' } as const;

export interface VariablesProps {
  readonly role: ClientRole;
  /** Of this process alone. */
  readonly env: Readonly<Record<string, EnvValue>>;
  /** Set by Stalk for this process alone. */
  readonly fixed: VariableTexts;
}

/** Plain variables that all processes share. */
export function sharedVariables(app: AppContext): VariableTexts {
  const entries = Object.entries(app.tenant.env).flatMap(([name, value]) => {
    const plain = plainValue(app, value);
    return plain === undefined ? [] : [[name, plain] as const];
  });
  return { ...dialectOf(app.tenant.app).shared(app), ...Object.fromEntries(entries) };
}

/** Variables of one process: Stalk's own, those with secrets in them, those of this process. */
export function variables(app: AppContext, { role, env, fixed }: VariablesProps): readonly Variable[] {
  const { tenant } = app;
  const held = Object.entries(tenant.env).filter(([, value]) => plainValue(app, value) === undefined);
  const said = { ...tenant.env, ...env };
  const own = lastOf([
    ...texts({ ...loaderTexts(app, role, said), ...fixed }),
    ...texts(dialectOf(tenant.app).each(app, secretUrl(app, role, 'broker'))),
    ...[...held, ...Object.entries(env)].map(([name, value]) => variable(app, role, name, value)),
  ]);
  return [settings(app), ...passwords(app, role, own), ...own];
}

/** Variables of a program beside a process: those that its author gives it, and none of Stalk's. */
export function ownVariables(
  app: AppContext,
  role: ClientRole,
  env: Readonly<Record<string, EnvValue>>,
): readonly Variable[] {
  const own = Object.entries(env).map(([name, value]) => variable(app, role, name, value));
  return [...passwords(app, role, own), ...own];
}

/** The author's after Stalk's own, one workload's after those of all: the API server takes a name once. */
export const lastOf = (all: readonly Variable[]): readonly Variable[] => [
  ...new Map(all.map((one) => [one.name, one])).values(),
];

/** What the loader alone needs: for the program that waits for Redis. */
export const loaderVariables = (app: AppContext, role: ClientRole): readonly Variable[] => [
  settings(app),
  ...texts(loaderTexts(app, role, {})),
];

/** With the image's own PYTHONPATH, which that of a container replaces: there it can be noted for the others. */
export const withImagePath = (own: readonly Variable[]): readonly Variable[] =>
  own.map((one) => (one.name === 'PYTHONPATH' ? { ...one, name: 'STALK_PATH' } : one));

const settings = (app: AppContext): Variable => ({ name: 'STALK_CELERY', ...settingsFile(app) });

/** Whether the process reads a password at its start, and no other later. Celery's client of sentinels does. */
export const readsPasswordOnce = ({ tenant }: AppContext, own: readonly Variable[]): boolean =>
  (topologyOf(tenant.broker.redis).resultsReadPasswordOnce && tenant.results.backend === 'redis') ||
  own.some((one) => one.name in IN_URL || ('secret' in one && holdsPasswords(tenant, one.secret)));

/** Whether a Secret is one of those with the tenant's Redis passwords. */
const holdsPasswords = ({ broker, cache }: ResolvedTenant, secret: string): boolean =>
  secret === broker.secret || secret === cache?.secret;

const uses = (own: readonly Variable[], name: string): boolean =>
  own.some((variable) => 'value' in variable && variable.value.includes(`$(${name})`));

/**
 * A worker that reads pickle does not start as root, and Celery takes a group that has no name in the image for root's.
 * The processes run as nobody's root: the cluster has checked that.
 */
const NOT_ROOT = { C_FORCE_ROOT: 'true' };

/** Where the author does not say them. A plain one of the tenant lies in a ConfigMap, which these would win over. */
const USUAL = {
  PYTHONUNBUFFERED: '1', // logs are read while things go wrong
  HOME: '/tmp', // libraries keep caches under it, and the root file system is read-only
} as const;

function loaderTexts(
  { tenant }: AppContext,
  role: ClientRole,
  said: Readonly<Record<string, EnvValue>>,
): VariableTexts {
  const { app, broker, messages } = tenant;
  const unsaid = Object.entries(USUAL).filter(([name]) => said[name] === undefined);
  return {
    CELERY_LOADER: 'stalk_celery:Loader',
    PYTHONPATH: [LOADER_DIR, ...app.pythonPath].join(':'),
    ...Object.fromEntries(unsaid),
    STALK_RUN: RUN_DIR,
    STALK_USER: broker.users[role],
    STALK_PASSWORD_FILE: `${PASSWORD_DIR}/password`,
    ...(broker.queueBase !== undefined && { STALK_QUEUE: broker.queueBase }),
    ...(messages.accept.includes('pickle') && NOT_ROOT),
  };
}

const texts = (of: VariableTexts): Variable[] => Object.entries(of).map(([name, value]) => ({ name, value }));

function variable(app: AppContext, role: ClientRole, name: string, value: EnvValue): Variable {
  if (typeof value === 'string') return { name, value };
  if ('secret' in value) return { name, secret: value.secret, key: value.key };
  const plain = plainValue(app, value);
  return plain === undefined ? { name, ...ownFact(app, role, value.from) } : { name, value: plain };
}

type ValueOf<V> = V extends { readonly name: string } ? Omit<V, 'name'> : never;

/** What only this process may know, or knows otherwise than another one. */
function ownFact(app: AppContext, role: ClientRole, from: DerivedName): ValueOf<Variable> {
  const { broker, cache } = app.tenant;
  if (from === 'broker.user') return { value: broker.users[role] };
  if (from === 'broker.password') return { secret: broker.secret, key: broker.users[role] };
  if (from === 'cache.password' && cache) return { secret: cache.secret, key: cache.user };
  return { value: secretUrl(app, role, from === 'cache.url' ? 'cache' : 'broker') };
}

function secretUrl(
  { tenant, broker, cache }: AppContext,
  role: ClientRole,
  which: 'broker' | 'cache',
): string {
  const options = urlOptions(tenant.connections);
  if (which === 'cache' && tenant.cache && cache) {
    const { user, database } = tenant.cache;
    return urlWithPassword(cache, { user, variable: PASSWORD.cache, database }, options);
  }
  const { users, database } = tenant.broker;
  return urlWithPassword(broker, { user: users[role], variable: PASSWORD.broker, database }, options);
}

/** A variable can be used in those that follow it, so these come first. */
function passwords({ tenant }: AppContext, role: ClientRole, own: readonly Variable[]): Variable[] {
  const { broker, cache } = tenant;
  const key = broker.users[role];
  return [
    ...(uses(own, PASSWORD.broker) ? [{ name: PASSWORD.broker, secret: broker.secret, key }] : []),
    ...(cache && uses(own, PASSWORD.cache)
      ? [{ name: PASSWORD.cache, secret: cache.secret, key: cache.user }]
      : []),
  ];
}
