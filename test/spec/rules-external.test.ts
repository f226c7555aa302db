// Rules across tenants on servers that somebody else runs.

import type { Environment, External, Tenant } from '../../lib/spec';
import { platforms } from '../../lib';
import { environment, environmentWith, saysOf, tenantWith } from './helpers';

const away: External = {
  topology: 'external',
  host: 'redis.example.com',
  cidrs: ['10.0.0.1/32'],
  username: 'default',
};
const acl: External = { topology: 'external', host: 'redis.example.com', cidrs: ['10.0.0.1/32'] };

const named = (name: string, broker: object, more: object = {}): Tenant =>
  tenantWith({ name, broker, ...more });
const on = (name: string, more: Partial<External> = {}): Tenant => named(name, { ...away, ...more });
const withUsers = (name: string, more: Partial<External> = {}): Tenant => named(name, { ...acl, ...more });
const brokers = (more: object): Environment => environmentWith({ brokers: more });

const REACHES = /must keep its keys on redis\.example\.com:6379 apart from those of tenant "acme", got/;

describe('two tenants on one server that somebody else runs', () => {
  test.each<[string, readonly Tenant[]]>([
    ['without prefixes', [on('acme'), on('globex')]],
    ['one without a prefix', [on('acme'), on('globex', { prefix: 'globex:' })]],
    ['a prefix that begins another', [on('acme', { prefix: 'a:' }), on('globex', { prefix: 'a:b:' })]],
    ['a host in other letters', [on('acme'), on('globex', { host: 'Redis.EXAMPLE.com' })]],
    ['a host with a dot at its end', [on('acme'), on('globex', { host: 'redis.example.com.' })]],
    [
      'results in the database of the other',
      [on('acme'), on('globex', { database: 1 })].map((t, i) =>
        i === 0 ? t : { ...t, results: { database: 0 } },
      ),
    ],
    [
      'other databases, which ACL users do not know',
      [withUsers('acme'), withUsers('globex', { database: 1 })],
    ],
    ['one user for all and ACL users', [on('acme'), withUsers('globex', { database: 1 })]],
  ])('fails with %s', (_, tenants) => {
    const found = saysOf(tenants);

    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(REACHES);
  });

  test('fails for a shared broker and a tenant’s own of one server', () => {
    const found = saysOf([named('acme', away), named('globex', { shared: 'away' })], brokers({ away }));

    expect(found).toEqual([
      'broker.prefix must keep its keys on redis.example.com:6379 apart from those of tenant "acme", got "tenant:globex:"; give each broker a prefix of its own, none of which begins another, or each of them another database',
    ]);
  });

  test('fails for two shared brokers of one server, whose tenants have one prefix', () => {
    const place = (name: string, shared: string): Tenant => named(name, { shared, prefix: 'jobs:' });

    const found = saysOf([place('acme', 'one'), place('globex', 'two')], brokers({ one: away, two: away }));

    expect(found.join()).toMatch(REACHES);
  });

  test('names everybody that would lose tasks', () => {
    const [found] = saysOf([on('acme'), on('globex'), on('umbra'), on('apart', { port: 6390 })]);

    expect(found).toContain('apart from those of tenant "acme" and tenant "umbra"');
    expect(found).not.toContain('"apart"');
  });

  test('fails for ACL users of one name', () => {
    const found = saysOf([withUsers('acme', { prefix: 'a:' }), withUsers('acme-web', { prefix: 'w:' })]);

    expect(found).toEqual([
      'name must leave the Redis user "acme-web" of redis.example.com:6379 to tenant "acme", got "acme-web"; choose another name',
    ]);
  });

  test.each<[string, readonly Tenant[]]>([
    ['prefixes apart', [on('acme', { prefix: 'a:' }), on('globex', { prefix: 'b:' })]],
    ['databases apart, for one user', [on('acme'), on('globex', { database: 1 })]],
    ['ports apart', [on('acme'), on('globex', { port: 6380 })]],
    ['hosts apart', [on('acme'), on('globex', { host: 'other.example.com' })]],
    [
      'prefixes apart for ACL users',
      [withUsers('acme', { prefix: 'a:' }), withUsers('globex', { prefix: 'b:' })],
    ],
    ['one user for all of them', [on('acme', { prefix: 'a:' }), on('acme-web', { prefix: 'w:' })]],
  ])('holds with %s', (_, tenants) => {
    expect(saysOf(tenants)).toEqual([]);
  });

  test('holds for the places that tenants have by themselves on a shared broker, and for a group', () => {
    const place = (name: string, more: object = {}): Tenant => named(name, { shared: 'away', ...more });
    const crew = { isolation: 'queue', group: 'crew' };

    for (const redis of [away, acl])
      expect(
        saysOf(
          [place('acme'), place('globex', { isolation: 'queue' }), place('one', crew), place('two', crew)],
          brokers({ away: redis }),
        ),
      ).toEqual([]);
  });
});

describe('a cache on a server that somebody else runs', () => {
  const cached = (name: string, cache: object, more: object = {}): Tenant =>
    tenantWith({ name, cache, ...more });
  const own = { broker: { topology: 'standalone' } };

  test.each<[string, readonly Tenant[]]>([
    ['where its own broker is', [cached('acme', away, { broker: { ...away, prefix: 'acme:' } })]],
    ['where the broker of another is', [on('globex', { prefix: 'g:' }), cached('acme', away, own)]],
    ['where another cache is', [cached('acme', away, own), cached('globex', away, own)]],
    [
      'where its own broker is, whatever the database, with ACL users',
      [cached('acme', { ...acl, database: 1 }, { broker: { ...acl, prefix: 'acme:' } })],
    ],
  ])('fails %s', (_, tenants) => {
    const [found] = saysOf(tenants);

    expect(found).toMatch(/must keep its keys on redis.example.com:6379 apart from those of/);
    expect(found).toContain('the cache of tenant "acme"');
  });

  test('holds in a database of its own', () => {
    const broker = { ...away, prefix: 'acme:' };

    expect(saysOf([cached('acme', { ...away, database: 1 }, { broker }), cached('globex', {}, own)])).toEqual(
      [],
    );
  });

  test.each([
    [{ topology: 'standalone' }, 'cache.topology must be "external", or left out'],
    [{ ...away, eviction: 'allkeys-lru' }, 'cache.eviction must be a known prop'],
    [{ topology: 'external' }, 'cache.host must be a host name or an address'],
    [
      { ...away, tls: { secret: 'cache-credentials' } },
      'cache.tls.secret must be a Secret with certificates',
    ],
  ])('fails as %j', (cache, says) => {
    expect(saysOf([cached('acme', cache, own)]).join()).toContain(says);
  });
});

describe('environments on one server that somebody else runs', () => {
  const production = (more: object = {}): Environment => ({ ...environment, name: 'production', ...more });
  const says =
    (environments: readonly Environment[], ...tenants: Tenant[]) =>
    () =>
      platforms({ environments, tenants });
  const shared = { brokers: { away } };

  test('fail with a tenant in both', () => {
    expect(says([environment, production()], on('acme'))).toThrow(
      'tenant "acme": broker.host must be another server: tenant "acme" of environment "dev" and tenant "acme" of environment "production" would take each other\'s tasks and keys, got "redis.example.com"; use another server',
    );
  });

  test('fail once for a shared broker, with all its tenants', () => {
    const render = says(
      [{ ...environment, ...shared }, production(shared)],
      named('acme', { shared: 'away' }),
      named('globex', { shared: 'away' }),
    );

    expect(render).toThrow(/^1 problem/);
    expect(render).toThrow(
      'brokers.away.host must be another server: tenant "acme" of environment "dev", tenant "acme" of environment "production", tenant "globex" of environment "dev" and tenant "globex" of environment "production" would',
    );
  });

  test('fail with ACL users of one name, though prefixes differ', () => {
    const tenant = {
      ...withUsers('acme', { prefix: 'dev:' }),
      overlays: { production: { broker: { prefix: 'production:' } } },
    };

    expect(says([environment, production()], tenant)).toThrow('ACL users are called like tenants');
  });

  test('hold with databases or prefixes apart', () => {
    const apart = production({ ...shared, defaults: { shared: { database: 1 } } });
    const tenant = {
      ...on('acme', { prefix: 'dev:', database: 2 }),
      overlays: { production: { broker: { prefix: 'production:' } } },
    };

    expect(
      says([{ ...environment, ...shared }, apart], named('globex', { shared: 'away' }), tenant),
    ).not.toThrow();
  });
});
