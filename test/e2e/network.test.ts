// Every allowed path is open, and every other one between tenants and to the outside is closed.

import { asked } from '../api/kubectl';
import { BROKERS, HAS_CLUSTER, NAMES, python, redis, subject } from './cluster';
import { story } from './stories';

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
    open: () => false, // nobody but the ingress controller, which this environment does not have
  })),
  { host: 'postgres.postgres', port: 5432, open: () => true },
  { host: 'kubernetes.default', port: 443, open: () => false },
];

/** Tries all doors at once from the first pod of a workload. */
function tried(tenant: string, workload: string): Record<string, boolean> {
  const doors = DOORS.map(({ host, port }) => [host, port]);
  const code = `import json, socket
from concurrent.futures import ThreadPoolExecutor
def connects(door):
    try: socket.create_connection(door, 3).close(); return True
    except OSError: return False
doors = ${JSON.stringify(doors)}
with ThreadPoolExecutor(len(doors)) as pool: print(json.dumps(list(pool.map(connects, map(tuple, doors)))))`;
  const container = workload;
  const answers = JSON.parse(
    asked('exec', '-n', tenant, `deploy/${workload}`, '-c', container, '--', 'python3', '-c', code),
  ) as boolean[];
  return Object.fromEntries(DOORS.map(({ host }, i) => [host, Boolean(answers[i])]));
}

const expected = (tenant: string): Record<string, boolean> =>
  Object.fromEntries(DOORS.map(({ host, open }) => [host, open(tenant)]));

const SOURCES = NAMES.flatMap((tenant) =>
  ['web', 'worker-default', ...(subject(tenant).beat === undefined ? [] : ['beat'])].map(
    (workload) => [tenant, workload] as const,
  ),
);

(HAS_CLUSTER ? describe : describe.skip)('the network of a cluster with tenants', () => {
  /** Pods that found every door as it should be. */
  let right = 0;

  it.each(SOURCES)(
    'lets %s/%s reach its own Redis and its database, and nothing else',
    (tenant, workload) => {
      expect(tried(tenant, workload)).toEqual(expected(tenant));
      right += 1;
    },
  );

  it('keeps the keys of one tenant from the other on the broker that they share', () => {
    const read = (key: string): string =>
      python(
        'tenant-a',
        `import os, redis
try: print(redis.from_url(os.environ["PAPERLESS_REDIS"]).get("${key}"))
except redis.exceptions.NoPermissionError: print("refused")`,
      );

    expect(read('tenant-a:nothing')).toBe('None');
    expect(read('tenant-b:nothing')).toBe('refused');
    expect(redis('broker-shared', 'acl log')).toContain('tenant-a-web');
  });

  afterAll(() => {
    story('network', {
      result: right === SOURCES.length ? 'ok' : 'WRONG',
      note: `${right} of ${SOURCES.length} pods right at ${DOORS.length} doors`,
    });
  });
});
