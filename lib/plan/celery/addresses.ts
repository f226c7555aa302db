// Where Celery finds its broker and its results, and what `{ from: … }` stands for.

import type { DerivedName, EnvValue } from '../../spec';
import { url } from '../redis/url';
import type { AppContext } from './context';

export const brokerUrl = ({ tenant, broker }: AppContext): string => url(broker, tenant.broker.database);

/** What `result_backend` is, or nothing where results are ignored. */
export function resultUrl({ tenant, broker }: AppContext): string | undefined {
  switch (tenant.results.backend) {
    case 'redis':
      return url(broker, tenant.results.database);
    case 'django-db':
      return 'django-db';
    case 'none':
      return undefined;
  }
}

/** Undefined: it holds a password or depends on who asks, so it is no text that all processes share. */
const FACTS: Readonly<Record<DerivedName, (app: AppContext) => string | undefined>> = {
  'broker.url': () => undefined,
  'broker.celeryUrl': brokerUrl,
  'broker.host': ({ broker }) => broker.host,
  'broker.port': ({ broker }) => String(broker.port),
  'broker.database': ({ tenant }) => String(tenant.broker.database),
  'broker.user': () => undefined,
  'broker.password': () => undefined,
  'broker.prefix': ({ tenant }) => tenant.broker.prefix,
  'results.celeryUrl': resultUrl,
  'cache.url': () => undefined,
  'cache.host': ({ cache }) => cache?.host,
  'cache.port': ({ cache }) => cache && String(cache.port),
  'cache.database': ({ tenant }) => tenant.cache && String(tenant.cache.database),
  'cache.user': ({ tenant }) => tenant.cache?.user,
  'cache.password': () => undefined,
};

/** The text of a value that holds no secret and is the same for all processes. */
export function plainValue(app: AppContext, value: EnvValue): string | undefined {
  if (typeof value === 'string') return value;
  return 'secret' in value ? undefined : FACTS[value.from](app);
}
