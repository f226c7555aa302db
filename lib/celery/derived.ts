// What `{ from: … }` stands for: facts about the tenant's Redis.

import { brokerEndpoint, CACHE_ENDPOINT } from '../redis/broker';
import type { DerivedName, EnvValue, ResolvedTenant } from '../spec';
import { brokerUrl, resultUrl } from './settings';

/** Undefined: it holds a password, so it cannot be plain text. */
const FACTS: Readonly<Record<DerivedName, (tenant: ResolvedTenant) => string | undefined>> = {
  'broker.url': () => undefined,
  'broker.celeryUrl': brokerUrl,
  'broker.host': (tenant) => brokerEndpoint(tenant).host,
  'broker.port': (tenant) => String(brokerEndpoint(tenant).port),
  'broker.database': ({ broker }) => String(broker.database),
  'broker.prefix': ({ broker }) => broker.prefix,
  'results.celeryUrl': resultUrl,
  'cache.url': () => undefined,
  'cache.host': () => CACHE_ENDPOINT.host,
  'cache.port': () => String(CACHE_ENDPOINT.port),
};

/** The text of a value that holds no secret. */
export function plainValue(tenant: ResolvedTenant, value: EnvValue): string | undefined {
  if (typeof value === 'string') return value;
  return 'secret' in value ? undefined : FACTS[value.from](tenant);
}
