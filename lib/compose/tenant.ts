// A tenant of a project: its plan, its Redis servers, and the texts and values that its services refer to.

import type { TenantPlan } from '../plan';
import { loader } from '../celery/runtime';
import type { ResolvedFlower } from '../spec';
import { passwordOf } from './redis-service';
import type { ProjectRedis } from './redis-service';
import { OWN_FOLDER, YOURS } from './site';
import type { ProjectSite } from './site';
import { variableName } from './values';
import type { EnvFileValue } from './values';

export interface ProjectTenant {
  readonly plan: TenantPlan;
  readonly broker: ProjectRedis;
  readonly cache?: ProjectRedis;
}

/** Of a config that the plan has; absent where somebody else has it. */
export const textsOf = (
  { plan }: ProjectTenant,
  config: string,
): Readonly<Record<string, string>> | undefined => plan.configs.find(({ name }) => name === config)?.texts;

export interface SecretKeyRef {
  readonly secret: string;
  readonly key: string;
}

/** Whose password it is; else a value of the app's own. */
export function redisOf(
  { plan: { tenant }, broker, cache }: ProjectTenant,
  secret: string,
): ProjectRedis | undefined {
  if (secret === tenant.broker.secret) return broker;
  return cache && secret === tenant.cache?.secret ? cache : undefined;
}

export function secretOf(
  { several }: ProjectSite,
  owner: ProjectTenant,
  { secret, key }: SecretKeyRef,
): EnvFileValue {
  const redis = redisOf(owner, secret);
  if (redis) return passwordOf(redis, key);
  const { name, flower } = owner.plan.tenant;
  return {
    name: variableName(...(several ? [name] : []), secret, key),
    about: `Secret ${secret}, key ${key}${several ? `, of ${name}` : ''}`,
    made: flower ? madeOf(flower.auth, { secret, key }) : 'yours',
  };
}

/** Who opens Flower is nobody else's business; all other Secrets of an app say something that it was given. */
function madeOf(auth: ResolvedFlower['auth'], { secret, key }: SecretKeyRef): EnvFileValue['made'] {
  if (auth === 'proxy' || auth.secret !== secret) return 'yours';
  if ('key' in auth) return auth.key === key ? 'login' : 'yours';
  return auth.password === key ? 'password' : 'yours';
}

/** Files that a Secret or ConfigMap of somebody else stands for. */
export const yoursOf = (
  { several }: ProjectSite,
  { plan: { tenant } }: ProjectTenant,
  source: { readonly secret: string } | { readonly config: string },
): { readonly path: string; readonly about: string } => {
  const [kind, name] = 'secret' in source ? ['Secret', source.secret] : ['ConfigMap', source.config];
  const folder = several ? `${YOURS}/${tenant.name}` : YOURS;
  return { path: `${folder}/${kind.toLowerCase()}s/${name}`, about: `${kind} ${name}` };
};

export const loaderOf = ({ book, several }: ProjectSite, { plan: { tenant } }: ProjectTenant) => {
  const folder = `${OWN_FOLDER}/${several ? `${tenant.name}-` : ''}loader`;
  return { folder, hash: book.files(folder, loader(tenant.runtime)) };
};
