// Passwords and certificates with which a tenant's pods come to Redis, and in dev those of the app's own Secrets.

import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Labels } from '../kube';
import { secretKeys } from '../plan/celery/secret-keys';
import { isRunByStalk } from '../plan/redis/broker';
import { strategyOf } from '../plan/secrets/strategies';
import type { WantedSecret } from '../plan/secrets/wanted';
import { clientCertificate, literalSecret, passwords } from '../redis';
import type { ResolvedTenant } from '../spec';
import { tenantSides } from '../spec/moving';

export function clientCredentials(scope: Construct, tenant: ResolvedTenant, labels: Labels): ApiObject[] {
  return [
    ...redisPasswords(scope, tenant, labels),
    ...literalSecrets(scope, tenant, labels),
    ...certificates(scope, tenant, labels),
  ];
}

/** One for both sides of a move, whose issuer is one: the rules say so. */
function certificates(scope: Construct, tenant: ResolvedTenant, labels: Labels): ApiObject[] {
  const { name } = tenant;
  const [tls] = tenantSides(tenant)
    .map(({ broker }) => broker.redis.tls)
    .filter((one) => typeof one === 'object' && 'issuer' in one);
  return tls === undefined ? [] : clientCertificate(scope, { tls, labels, name });
}

/** Beside a server in the tenant's own namespace, that one's Secret serves both. */
export const clientSecrets = (tenant: ResolvedTenant, labels: Labels): WantedSecret[] => [
  ...tenantSides(tenant).flatMap((side) => ofBroker(side, labels)),
  ...asItWas(tenant, labels),
  ...ofCache(tenant, labels),
];

/** Pods from before the move read it until they have ended. */
function asItWas({ broker, moving }: ResolvedTenant, labels: Labels): WantedSecret[] {
  if (moving === undefined || !isApart(broker) || !isApart(moving.broker)) return [];
  return ofBroker(moving, labels).map((wanted) => ({ ...wanted, secret: CLIENT_SECRET }));
}

const CLIENT_SECRET = 'redis-credentials';

/** Whether the Secret of this side is called otherwise while both stand. */
const isApart = ({ secret }: ResolvedTenant['broker']): boolean => secret.startsWith(`${CLIENT_SECRET}-`);

function ofCache({ name, cache }: ResolvedTenant, labels: Labels): WantedSecret[] {
  if (cache === undefined || isRunByStalk(cache.redis)) return [];
  const { secret, user } = cache;
  return [{ secret, labels, users: [user], of: `tenants/${name}/cache`, take: 'named', foreign: true }];
}

function ofBroker({ name, broker }: ResolvedTenant, labels: Labels): WantedSecret[] {
  const { kind, redis, secret, users } = broker;
  if (kind === 'dedicated' && isRunByStalk(redis)) return [];
  return [
    {
      secret,
      labels,
      users: [...new Set(Object.values(users) as string[])],
      of: kind === 'shared' ? `brokers/${broker.name}` : `tenants/${name}/redis`,
      take: 'named',
      ...(!isRunByStalk(redis) && { foreign: true }),
    },
  ];
}

const redisPasswords = (scope: Construct, tenant: ResolvedTenant, labels: Labels): ApiObject[] =>
  clientSecrets(tenant, labels).flatMap((wanted) =>
    passwords(scope, { ...wanted, environment: tenant.environment }),
  );

/** A disposable cluster comes up from one apply: Secrets that somebody would own are made of their names. */
function literalSecrets(scope: Construct, tenant: ResolvedTenant, labels: Labels): ApiObject[] {
  const { environment, name, flower } = tenant;
  if (!strategyOf(environment).makesAppSecrets) return [];
  const auth = flower?.auth;
  const login = (secret: string): string | undefined =>
    typeof auth === 'object' && 'key' in auth && auth.secret === secret ? auth.key : undefined;
  return [...secretKeys(tenant)].map(([secret, keys]) => {
    const wanted = { secret, labels, environment, users: [...keys], of: `${name}_${secret}` };
    return literalSecret(scope, wanted, login(secret));
  });
}
