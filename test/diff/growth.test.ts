// What `stalk diff` says before a Redis changes its topology, its port or its memory.

import type { Tenant } from '../../lib';
import { tenantOf } from '../support/synth';
import { differing, rendered, toldOf, typesOf } from './sides';

type Broker = NonNullable<Tenant['broker']>;

const BROKERS = {
  standalone: { topology: 'standalone' },
  replicated: { topology: 'replicated', replicas: 1 },
  sentinel: { topology: 'sentinel', replicas: 2 },
} as const satisfies Readonly<Record<string, Broker>>;

type Name = keyof typeof BROKERS;

const of = (broker: Broker) => rendered([tenantOf({ broker })]);
const between = (before: Broker, after: Broker) => differing(of(before), of(after));
const becomes = (before: Name, after: Name) => between(BROKERS[before], BROKERS[after]);

describe('a broker gets sentinels', () => {
  test.each(['standalone', 'replicated'] as const)('in place: %s, with what comes first', (before) => {
    const diff = becomes(before, 'sentinel');

    const told = toldOf(diff, 'topology');
    expect(typesOf(diff)).not.toContain('data-loss');
    expect(told.slice(0, 5)).toEqual([
      `topology: ${before} → sentinel`,
      'test: redis of acme',
      expect.stringMatching(
        /^kubectl -n acme delete pvc redis-data-redis-1 redis-data-redis-2 --ignore-not-found/,
      ),
      expect.stringContaining('Secret redis-users in acme has the keys replica and sentinel'),
      expect.stringContaining('the new pods copy redis-0 while clients go on with it'),
    ]);
  });

  test('and its read replicas go, which have nothing of their own', () => {
    expect(toldOf(becomes('replicated', 'sentinel'), 'topology').slice(-2)).toEqual([
      expect.stringMatching(/^kubectl -n acme delete statefulset redis-replica /),
      'kubectl -n acme delete pvc redis-data-redis-replica-0 --ignore-not-found',
    ]);
  });
});

describe('a broker gives its sentinels back', () => {
  test.each(['standalone', 'replicated'] as const)('with what its first pod has alone: %s', (after) => {
    const diff = becomes('sentinel', after);

    const told = toldOf(diff, 'data-loss');
    expect(typesOf(diff)).not.toContain('topology');
    expect(told.slice(0, 3)).toEqual([
      `topology: sentinel → ${after}`,
      'test: redis of acme',
      'only what redis-0 has is kept: it has to be the primary before, or what it has not copied yet is lost',
    ]);
    expect(told.filter((line) => line.includes('config set replica-priority 0'))).toEqual([
      expect.stringContaining('exec redis-1 -c redis '),
      expect.stringContaining('exec redis-2 -c redis '),
    ]);
    expect(told.join('\n')).toMatch(
      /exec sentinel-0 -c sentinel .*sentinel failover primary.*\n.*exec redis-0 .*info replication.*connected_slaves:2\napply/,
    );
  });
});

describe('read replicas', () => {
  test('come without a restart of their primary', () => {
    const diff = becomes('standalone', 'replicated');

    expect(typesOf(diff)).not.toContain('restarts');
    expect(toldOf(diff, 'topology')).toEqual([
      'topology: standalone → replicated',
      'test: redis-replica of acme',
      expect.stringContaining('the key replica'),
    ]);
  });

  test('go without a loss, and leave their claims', () => {
    const diff = becomes('replicated', 'standalone');

    expect(typesOf(diff)).not.toContain('data-loss');
    expect(toldOf(diff, 'topology')[0]).toBe('topology: replicated → standalone');
  });

  test('of a broker that a tenant gets anew are no change of one', () => {
    const guest = rendered([tenantOf({ broker: { shared: 'main' } })]);

    expect(typesOf(differing(guest, of(BROKERS.replicated)))).not.toContain('topology');
    expect(typesOf(differing(guest, of(BROKERS.sentinel)))).not.toContain('topology');
  });
});

describe('certificates', () => {
  const sealed = { topology: 'standalone', tls: { secret: 'certs' } } as const;

  test('have to be there before, and change the port', () => {
    const told = toldOf(between(BROKERS.standalone, sealed), 'restarts');

    expect(told.slice(-2)).toEqual([
      expect.stringMatching(/^see that Secret certs is in acme/),
      expect.stringMatching(
        /^port 6379 becomes 6380: clients are away from the apply until they have rolled/,
      ),
    ]);
  });

  test('go with the port too', () => {
    const told = toldOf(between(sealed, BROKERS.standalone), 'restarts');

    expect(told.at(-1)).toMatch(/^port 6380 becomes 6379/);
    expect(told.join('\n')).not.toContain('see that Secret');
  });
});

describe('memory', () => {
  const sized = (limit: '256Mi' | '512Mi') =>
    ({ topology: 'standalone', storage: '4Gi', memory: { request: '128Mi', limit } }) as const;

  test('that shrinks is looked at first', () => {
    expect(toldOf(between(sized('512Mi'), sized('256Mi')), 'restarts').at(-1)).toMatch(
      /^see that it holds less than 70 % of 256Mi .* above 256Mi it ends at each start until it has 512Mi again; nothing is lost$/,
    );
  });

  test('that grows needs nobody', () => {
    expect(toldOf(between(sized('256Mi'), sized('512Mi')), 'restarts').at(-1)).toBe('test: redis of acme');
  });
});
