// The environment of an app's pods: what Celery, the dialect and the author put there.

import type { k8s } from 'cdk8s-plus-27';
import { brokerEndpoint, CACHE_ENDPOINT, urlOptions, urlWithPassword } from '../redis/broker';
import type { EnvValue, ResolvedTenant } from '../spec';
import { RUN_DIR } from '../traits/probes';
import { plainValue } from './derived';
import { dialectConfig, dialectEnv } from './dialects';
import { LOADER_DIR } from './runtime';

/** Where a pod finds the password of its Redis user. */
export const PASSWORD_DIR = '/etc/stalk/redis';
export const SETTINGS_CONFIG = 'celery-settings';
export const LOADER_CONFIG = 'stalk-loader';

/** Filled in by the kubelet from a Secret, for the URLs that have to hold a password. */
const PASSWORD = { broker: 'STALK_REDIS_PASSWORD', cache: 'STALK_CACHE_PASSWORD' } as const;

/** Which of the tenant's Redis users a pod is. */
export type ClientRole = 'worker' | 'web';

export interface EnvProps {
  readonly tenant: ResolvedTenant;
  readonly role: ClientRole;
  /** Of this workload alone. */
  readonly own: Readonly<Record<string, EnvValue>>;
  /** Set by Stalk for this workload alone. */
  readonly fixed?: Readonly<Record<string, string>>;
}

/** Plain variables, which lie in the app's ConfigMap. */
export function plainConfig(tenant: ResolvedTenant): Record<string, string> {
  const entries = Object.entries(tenant.env).flatMap(([name, value]) => {
    const plain = plainValue(tenant, value);
    return plain === undefined ? [] : [[name, plain] as const];
  });
  return { ...dialectConfig(tenant), ...Object.fromEntries(entries) };
}

/** Variables of one pod: Stalk's own, those with secrets in them, those of this workload. */
export function podEnv({ tenant, role, own, fixed }: EnvProps): k8s.EnvVar[] {
  const held = Object.entries(tenant.env).filter(([, value]) => plainValue(tenant, value) === undefined);
  const vars = [
    ...plainVars({ ...stalkVars(tenant, role), ...fixed }),
    ...plainVars(dialectEnv(tenant, secretUrl(tenant, role, 'broker'))),
    ...[...held, ...Object.entries(own)].map(([name, value]) => variable(tenant, role, name, value)),
  ];
  return [...passwordVars(tenant, role, vars), ...vars];
}

/** What the loader alone needs: for the container that waits for Redis. */
export const loaderEnv = (tenant: ResolvedTenant, role: ClientRole): k8s.EnvVar[] =>
  plainVars(stalkVars(tenant, role));

/** Whether a rotation has to roll the pod, as it read a password at its start. Celery's client of sentinels does. */
export const holdsPassword = (
  { broker, results }: Pick<ResolvedTenant, 'broker' | 'results'>,
  env: readonly k8s.EnvVar[],
): boolean =>
  (broker.redis.topology === 'sentinel' && results.backend === 'redis') ||
  env.some(({ name }) => name === 'STALK_CREDENTIALS_IN') ||
  Object.values(PASSWORD).some((name) => uses(env, name));

const uses = (env: readonly k8s.EnvVar[], variable: string): boolean =>
  env.some(({ value }) => value !== undefined && value.includes(`$(${variable})`));

/**
 * A worker that reads pickle does not start as root, and Celery takes a group that has no name in the image for root's.
 * The pods run as nobody's root: Kubernetes has checked that.
 */
const NOT_ROOT = { C_FORCE_ROOT: 'true' };

function stalkVars(tenant: ResolvedTenant, role: ClientRole): Record<string, string> {
  const { app, broker, messages } = tenant;
  return {
    CELERY_LOADER: 'stalk_celery:Loader',
    PYTHONPATH: [LOADER_DIR, ...app.pythonPath].join(':'),
    PYTHONUNBUFFERED: '1', // logs are read while things go wrong
    HOME: '/tmp', // libraries keep caches under it, and the root file system is read-only
    STALK_RUN: RUN_DIR,
    STALK_USER: broker.users[role],
    STALK_PASSWORD_FILE: `${PASSWORD_DIR}/password`,
    ...(broker.queueBase !== undefined && { STALK_QUEUE: broker.queueBase }),
    ...(messages.accept.includes('pickle') && NOT_ROOT),
  };
}

const plainVars = (vars: Readonly<Record<string, string>>): k8s.EnvVar[] =>
  Object.entries(vars).map(([name, value]) => ({ name, value }));

function variable(tenant: ResolvedTenant, role: ClientRole, name: string, value: EnvValue): k8s.EnvVar {
  if (typeof value === 'object' && 'secret' in value) return fromSecret(name, value.secret, value.key);
  const plain = plainValue(tenant, value);
  if (plain !== undefined) return { name, value: plain };
  const which = typeof value === 'object' && value.from === 'cache.url' ? 'cache' : 'broker';
  return { name, value: secretUrl(tenant, role, which) };
}

const fromSecret = (name: string, secret: string, key: string): k8s.EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key } },
});

function secretUrl(tenant: ResolvedTenant, role: ClientRole, which: 'broker' | 'cache'): string {
  const { broker, cache } = tenant;
  const options = urlOptions(tenant.connections);
  if (which === 'cache' && cache) {
    const login = { user: cache.user, variable: PASSWORD.cache, database: 0 };
    return urlWithPassword(CACHE_ENDPOINT, login, options);
  }
  const login = { user: broker.users[role], variable: PASSWORD.broker, database: broker.database };
  return urlWithPassword(brokerEndpoint(tenant), login, options);
}

/** A variable can be used in those that follow it, so these come first. */
function passwordVars(tenant: ResolvedTenant, role: ClientRole, vars: readonly k8s.EnvVar[]): k8s.EnvVar[] {
  const { broker, cache } = tenant;
  return [
    ...(uses(vars, PASSWORD.broker) ? [fromSecret(PASSWORD.broker, broker.secret, broker.users[role])] : []),
    ...(cache && uses(vars, PASSWORD.cache) ? [fromSecret(PASSWORD.cache, cache.secret, cache.user)] : []),
  ];
}
