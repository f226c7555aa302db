// Redis with sentinels: an odd number of them, and clients that know how to ask.

import { at } from '../layers';
import type { ResolvedExternal, ResolvedServer, ResolvedTenant } from '../resolved';
import { show, unless } from './finding';
import type { Finding, Path, Rule } from './finding';

const has = ({ broker }: Pick<ResolvedTenant, 'broker'>): boolean => broker.redis.topology === 'sentinel';

/** Four decide no better than three: more than half of them have to agree. */
export const oddSentinels = (redis: ResolvedServer | ResolvedExternal, path: Path): readonly Finding[] =>
  redis.topology !== 'sentinel'
    ? []
    : unless(redis.sentinels % 2 === 1, () => ({
        path: [...path, 'sentinels'],
        wanted: 'be odd, as more than half have to agree',
        got: String(redis.sentinels),
        fix: `use ${redis.sentinels - 1}, which bear the loss of as many`,
      }));

/** What the loader cannot do for a client that is not Celery. */
export const sentinelRules: readonly Rule[] = [
  {
    what: 'sentinels are an odd number',
    of: ({ broker }) => (broker.kind === 'dedicated' ? oddSentinels(broker.redis, ['broker']) : []),
  },
  {
    what: 'a dialect that takes one URL has a broker with one address',
    of: (tenant) =>
      unless(!has(tenant) || tenant.app.dialect !== 'paperless', () => ({
        path: ['broker'],
        wanted:
          'have one address for the dialect "paperless", which connects to one URL and asks no sentinel',
        got: 'topology "sentinel"',
        fix: 'use a broker of topology "standalone" or "replicated"',
      })),
  },
  {
    what: 'what is kept on a broker with sentinels is kept by Celery',
    of: (tenant, asked) =>
      unless(!has(tenant) || at(asked.broker, 'alsoCache') !== true, () => ({
        path: ['broker', 'alsoCache'],
        wanted: 'not be true where sentinels say who the primary is, as caches and channels ask none',
        got: 'true',
        fix: 'remove it, and give the tenant a cache: {}',
      })),
  },
  {
    what: 'RedBeat has a broker with one address',
    of: (tenant) =>
      unless(!has(tenant) || tenant.beat?.scheduler !== 'redbeat', () => ({
        path: ['beat', 'scheduler'],
        wanted:
          'be "file" or "database" where sentinels say who the primary is, as RedBeat connects to one URL',
        got: show('redbeat'),
        fix: 'use "file", or a broker of topology "replicated"',
      })),
  },
];
