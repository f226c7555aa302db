// Where a tenant finds its broker, and what runs for it, in each topology.

import { brokerEndpoint, claimsOfRedis, dedicatedPlan, isRunByStalk } from '../../../lib/plan/redis/broker';
import { urlWithPassword } from '../../../lib/plan/redis/url';
import { platforms } from '../../../lib/platform';
import type { Redis, ResolvedTenant } from '../../../lib/spec';
import { plain, tenantOf } from '../../support/synth';

function resolved(broker: Redis): ResolvedTenant {
  const [platform] = platforms({ environments: [plain], tenants: [tenantOf({ broker })] });
  return platform?.tenants[0] as ResolvedTenant;
}

const standalone = resolved({ topology: 'standalone' });
const replicated = resolved({ topology: 'replicated', replicas: 2, tls: { secret: 'certs' } });
const sentinel = resolved({ topology: 'sentinel', replicas: 2, sentinels: 5 });

const serversOf = (tenant: ResolvedTenant) =>
  dedicatedPlan(tenant)?.servers.map(({ name, replicas }) => `${name} ${replicas}`);

describe('a broker of one’s own', () => {
  test('is named by its Service where it stands alone', () => {
    expect(brokerEndpoint(standalone)).toMatchObject({
      host: 'redis',
      port: 6379,
      behind: { pods: { component: 'redis' } },
    });
  });

  test('is named by its first pod where it has replicas, and speaks TLS where it has certificates', () => {
    expect(brokerEndpoint(replicated)).toMatchObject({
      host: `redis-0.redis-headless.${replicated.namespace}.svc.cluster.local`,
      port: 6380,
      tls: { secret: 'certs', mode: 'mutual' },
    });
  });

  test('is asked for at each of its sentinels', () => {
    const { sentinels } = brokerEndpoint(sentinel);

    expect(sentinels?.hosts).toHaveLength(5);
    expect(sentinels).toMatchObject({ primary: 'primary', port: 26379 });
  });
});

describe('the plan of a Redis', () => {
  test('has one server alone', () => expect(serversOf(standalone)).toEqual(['redis 1']));

  test('has a primary, and its replicas after it', () => {
    expect(serversOf(replicated)).toEqual(['redis 1', 'redis-replica 2']);
    expect(dedicatedPlan(replicated)?.servers[1]?.after).toBe('redis');
  });

  test('has Redis pods and sentinels', () => expect(serversOf(sentinel)).toEqual(['redis 3', 'sentinel 5']));

  test('has a claim for each Redis pod, and none for a sentinel', () => {
    const plan = dedicatedPlan(sentinel);

    expect(plan && claimsOfRedis(plan)).toEqual(['2Gi', '2Gi', '2Gi']);
  });
});

test('an IPv6 address stands in brackets in a URL', () => {
  const endpoint = { ...brokerEndpoint(standalone), host: 'fd00::1' };

  const text = urlWithPassword(endpoint, { user: 'acme', variable: 'PASSWORD', database: 1 }, {});

  expect(text).toBe('redis://acme:$(PASSWORD)@[fd00::1]:6379/1');
});

test('every topology but an external one is run by Stalk', () => {
  const sizes = { maxClients: 1, databases: 1 };
  const elsewhere = { topology: 'external', host: 'h', port: 1, cidrs: [], ...sizes } as const;

  expect(isRunByStalk(elsewhere)).toBe(false);
  expect([standalone, replicated, sentinel].every(({ broker }) => isRunByStalk(broker.redis))).toBe(true);
});

test('a shared broker is resolved once for all of its tenants', () => {
  const environment = { ...plain, brokers: { main: { topology: 'standalone' } } } as const;
  const tenants = ['acme', 'umbra'].map((name) => tenantOf({ name, broker: { shared: 'main' } }));

  const [first, second] = platforms({ environments: [environment], tenants })[0]?.tenants ?? [];

  expect(first?.broker.redis).toBe(second?.broker.redis);
});
