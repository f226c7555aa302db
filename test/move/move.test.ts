// What `stalk move` says of a tenant: what to write, what is left on the old broker, and when the move may end.

import { standing, stepOf } from '../../lib/move';
import type { Cluster, Pod } from '../../lib/cluster';
import type { Environment, ResolvedTenant, Tenant } from '../../lib/spec';
import { plain, platformOf, tenantOf } from '../support/synth';

const place: Environment = {
  ...plain,
  brokers: { main: { topology: 'standalone' }, large: { topology: 'standalone' } },
};

function resolved(different: Partial<Tenant>): ResolvedTenant {
  const [tenant] = platformOf(place, [tenantOf(different)]).tenants;
  if (tenant === undefined) throw new Error('no tenant');
  return tenant;
}

const onMain = resolved({ broker: { shared: 'main' } });
const moving = resolved({ broker: { shared: 'large', movingFrom: { shared: 'main' } } });

test('it says what to write in the list', () => {
  expect(stepOf(onMain, 'large', undefined).lines).toContain(
    "  broker: { shared: 'large', movingFrom: { shared: 'main' } },",
  );
});

test('what keeps its keys apart on the old broker stands in what it says', () => {
  const broker = { shared: 'main', isolation: 'prefix', prefix: 'eu:', database: 2 } as const;

  expect(stepOf(resolved({ broker }), 'standalone', broker).lines).toContain(
    "  broker: { topology: 'standalone', movingFrom: { shared: 'main', isolation: 'prefix', prefix: 'eu:', database: 2 } },",
  );
});

test('a Redis of its own is left with all the props that it has', () => {
  const broker = { topology: 'standalone', memory: '512Mi', tls: { issuer: 'internal' } } as const;

  expect(stepOf(resolved({ broker }), 'large', broker).lines).toContain(
    "  broker: { shared: 'large', movingFrom: { topology: 'standalone', memory: '512Mi', tls: { issuer: 'internal' } } },",
  );
});

test('props that a topology cannot do without stand in the line', () => {
  expect(stepOf(onMain, 'sentinel', { shared: 'main' }).lines.join('\n')).toContain(
    "broker: { topology: 'sentinel', replicas: 2, movingFrom: { shared: 'main' } },",
  );
});

test('to take it back, the two are written the other way round', () => {
  const broker = { topology: 'standalone', memory: '512Mi', movingFrom: { shared: 'main' } } as const;

  expect(stepOf(resolved({ broker }), 'main', broker).lines).toContain(
    "  broker: { shared: 'main', movingFrom: { topology: 'standalone', memory: '512Mi' } },",
  );
});

test.each([
  [onMain, 'main', 'there'],
  [moving, 'large', 'moving'],
  [moving, 'main', 'elsewhere'],
] as const)('it knows where the tenant stands', (tenant, to, stands) => {
  expect(stepOf(tenant, to).stands).toBe(stands);
});

const pod = (isReady: boolean): Pod => ({
  metadata: {
    name: 'worker-default-draining-5d4f-x2x',
    labels: { 'app.kubernetes.io/instance': 'worker-default-draining' },
  },
  spec: { containers: [] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
});

/** In memory: pods that drain, and what one of them says is left. */
function clusterWith(pods: readonly Pod[], stdout: string, code = 0) {
  const commands: string[] = [];
  const cluster = {
    list: () => Promise.resolve(pods),
    exec: (where: { readonly container: string }, { argv }: { readonly argv: readonly string[] }) => {
      commands.push(`${where.container}: ${argv.join(' ')}`);
      return Promise.resolve({ stdout, stderr: '', code });
    },
  } as unknown as Cluster;
  return { cluster, commands };
}

test('a pod that drains counts what is left', async () => {
  const { cluster, commands } = clusterWith([pod(true)], '12 messages left: celery 10, unacked 2\n');

  const found = await standing(cluster, moving, 'large');

  expect(commands).toEqual(['worker-default-draining: python3 /opt/stalk/stalk_celery.py left']);
  expect(found).toEqual({
    messages: 12,
    lines: [
      '12 messages left: celery 10, unacked 2',
      expect.stringMatching(/^Do not remove movingFrom yet: /) as string,
    ],
  });
});

test('an empty broker may be left', async () => {
  const { cluster } = clusterWith([pod(true)], '0 messages left\n');

  expect((await standing(cluster, moving, 'large')).lines).toEqual([
    '0 messages left',
    'The old broker is empty. To end the move, remove movingFrom and commit: the tenant is then on large alone.',
  ]);
});

test('an empty broker with dead letters is left once they are brought over', async () => {
  const { cluster } = clusterWith([pod(true)], '0 messages left\n3 dead letters left\n');

  expect((await standing(cluster, moving, 'large')).lines.slice(2)).toEqual([
    'Bring the rest over first: python3 /opt/stalk/stalk_celery.py carry, in worker-default-draining-5d4f-x2x.',
    expect.stringContaining('remove movingFrom') as string,
  ]);
});

test.each([
  ['nobody is ready', [pod(false)], '', 0, 'No pod of worker-default-draining is ready'],
  ['its pod cannot count', [pod(true)], 'no answer in time', 1, 'could not count what is left'],
] as const)('where %s, it says so, and no number', async (_, pods, stdout, code, text) => {
  const found = await standing(clusterWith(pods, stdout, code).cluster, moving, 'large');

  expect(found.messages).toBeUndefined();
  expect(found.lines.join('\n')).toContain(text);
});
