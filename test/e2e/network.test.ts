// Every allowed path is open, and every other one between tenants and to the outside is closed.

import { BROKERS, HAS_CLUSTER, NAMES, python, redis, subject } from './cluster';
import { opened } from './doors';
import { atOnce } from './lanes';
import type { Told } from './lanes';

/** What listens in the cluster, and who of whom may connect. */
interface Door {
  readonly host: string;
  readonly port: number;
  readonly open: (tenant: string) => boolean;
}

const own =
  (...tenants: readonly string[]) =>
  (tenant: string): boolean =>
    tenants.includes(tenant);

const DOORS: readonly Door[] = [
  ...BROKERS.flatMap((namespace) => [
    {
      host: `redis.${namespace}`,
      port: 6379,
      open: (tenant: string) => subject(tenant).broker === namespace,
    },
    {
      host: `redis-0.redis-headless.${namespace}`,
      port: 6379,
      open: (tenant: string) => subject(tenant).broker === namespace,
    },
  ]),
  { host: 'redis-replicas.jewelry-shop', port: 6379, open: own('jewelry-shop') },
  { host: 'cache.redline', port: 6379, open: own('redline') },
  { host: 'flower.typesafe', port: 5555, open: () => false },
  ...NAMES.map((name) => ({
    host: `web.${name}`,
    port: name === 'redline' ? 8080 : 8000,
    open: own(name), // and the ingress controller, which this environment does not have
  })),
  { host: 'postgres.postgres', port: 5432, open: () => true },
  { host: 'kubernetes.default', port: 443, open: () => false },
];

/** Tries all doors at once from the first pod of a workload. */
async function tried(tenant: string, workload: string): Promise<Record<string, boolean>> {
  const answers = await opened(
    ['-n', tenant, `deploy/${workload}`, '-c', workload],
    DOORS.map(({ host, port }) => [host, port]),
  );
  return Object.fromEntries(DOORS.map(({ host }, i) => [host, Boolean(answers[i])]));
}

const expected = (tenant: string): Record<string, boolean> =>
  Object.fromEntries(DOORS.map(({ host, open }) => [host, open(tenant)]));

/** Its pods at every door. */
async function tries(tenant: string): Promise<Told> {
  const pods = ['web', 'worker-default', ...(subject(tenant).beat === undefined ? [] : ['beat'])];
  const found = await Promise.all(pods.map((workload) => tried(tenant, workload)));
  expect(found).toEqual(pods.map(() => expected(tenant)));
  return { note: `${pods.length} pods, ${DOORS.length} doors` };
}

const TITLE = 'reaches its own Redis and its database, and nothing else';

atOnce(
  'the network of a cluster with tenants',
  Object.fromEntries(NAMES.map((tenant) => [tenant, { [TITLE]: () => tries(tenant) }])),
);

(HAS_CLUSTER ? describe : describe.skip)('a broker that tenants share', () => {
  it('keeps the keys of one tenant from the other', async () => {
    const read = (key: string): Promise<string> =>
      python(
        'tenant-a',
        `import os, redis
try: print(redis.from_url(os.environ["PAPERLESS_REDIS"]).get("${key}"))
except redis.exceptions.NoPermissionError: print("refused")`,
      );

    expect(await read('tenant-a:nothing')).toBe('None');
    expect(await read('tenant-b:nothing')).toBe('refused');
    expect(await redis('broker-shared', 'acl log')).toContain('tenant-a-web');
  });
});
