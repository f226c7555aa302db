// What `stalk move` says of the new broker before a move begins, and while its pods wait.

import type { Cluster, Pod } from '../../lib/cluster';
import { readyFor, standing } from '../../lib/move';
import type { Environment, ResolvedTenant, Tenant } from '../../lib/spec';
import { plain, platformOf, tenantOf } from '../support/synth';

const place: Environment = {
  ...plain,
  brokers: {
    main: { topology: 'standalone' },
    large: { topology: 'standalone' },
    managed: {
      topology: 'external',
      ...{ host: 'redis.example.com', cidrs: ['10.0.0.0/8'], username: 'default' },
    },
  },
};

function resolved(broker: NonNullable<Tenant['broker']>): ResolvedTenant {
  const [tenant] = platformOf(place, [tenantOf({ broker })]).tenants;
  if (tenant === undefined) throw new Error('no tenant');
  return tenant;
}

const MIB = 1024 * 1024;

const redisIn = (isReady: boolean): Pod => ({
  metadata: { name: 'redis-0', labels: { 'app.kubernetes.io/component': 'redis' } },
  spec: { containers: [{ name: 'redis' }] },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
    containerStatuses: [],
  },
});

interface Here {
  /** MiB used of 80, by namespace. */
  readonly used?: Readonly<Record<string, number>>;
  readonly isReady?: boolean;
  readonly users?: string;
}

const clusterWith = ({ used = {}, isReady = true, users = '' }: Here): Cluster =>
  ({
    version: () => Promise.resolve('v1.34.2'),
    list: (_: unknown, namespace: string, labels?: Readonly<Record<string, string>>) =>
      Promise.resolve(
        labels?.['app.kubernetes.io/component'] === 'worker' || (namespace === 'acme' && !('acme' in used))
          ? []
          : [redisIn(isReady)],
      ),
    exec: ({ namespace }: { readonly namespace: string }, { argv }: { readonly argv: readonly string[] }) =>
      Promise.resolve({
        stdout: argv.includes('ACL USERS')
          ? `${users}\n@@stalk\n`
          : `role:master\nused_memory:${(used[namespace] ?? 10) * MIB}\nmaxmemory:${80 * MIB}\nconnected_clients:38\n@@stalk\n`,
        stderr: '',
        code: 0,
      }),
  }) as unknown as Cluster;

const onMain = resolved({ shared: 'main' });

test('a move may begin where the new broker is there and has room', async () => {
  expect(await readyFor(clusterWith({}), onMain, 'large')).toEqual({
    isReady: true,
    lines: [
      expect.stringMatching(
        /^large now: 1 of 1 Redis ready, 10 MiB of 80 MiB used, 38 of \d+ connections\.$/,
      ),
      'large is ready for it.',
    ],
  });
});

test.each<[string, ResolvedTenant, Here, RegExp]>([
  ['is not applied yet', onMain, { isReady: false }, /^Not yet, large: no Redis answers/],
  [
    'is full',
    onMain,
    { used: { 'broker-large': 70 } },
    /^Not yet, large: 70 MiB of 80 MiB used: once it is full, no task can be sent$/,
  ],
  [
    'has no room for what the tenant has in a Redis of its own',
    resolved({ topology: 'standalone' }),
    { used: { 'broker-large': 40, acme: 30 } },
    /^Not yet, large: with the 30 MiB that the tenant has today, it is fuller than 80 %: raise its memory$/,
  ],
])('a move waits where the new broker %s', async (_, tenant, here, text) => {
  const found = await readyFor(clusterWith(here), tenant, 'large');

  expect(found.isReady).toBe(false);
  expect(found.lines[1]).toMatch(text);
});

test.each(['standalone', 'managed'])('of %s nothing is asked before', async (to) => {
  const found = await readyFor({} as Cluster, onMain, to);

  expect([found.isReady, found.lines.length]).toEqual([true, 1]);
});

test.each([
  ['default\nacme\nacme-web', 'large knows the user acme.'],
  ['default', 'large does not know the user acme yet: its folder is not applied, or not read yet.'],
])('while no pod drains, it says whether the new broker knows the tenant', async (users, text) => {
  const moving = resolved({ shared: 'large', movingFrom: { shared: 'main' } });

  expect((await standing(clusterWith({ users }), moving, 'large')).lines).toContain(text);
});
