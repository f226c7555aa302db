// What verify expects comes from what is rendered; what it finds, here from a cluster that is made of the same.

import type { Cluster, KubeObject, ObjectRef } from '../../lib/cluster';
import { platforms } from '../../lib';
import type { Environment, Tenant } from '../../lib';
import { askApp } from '../../lib/verify/ask';
import { pairs } from '../../lib/verify/checks/isolation';
import { objects } from '../../lib/verify/checks/objects';
import { planOf } from '../../lib/plan';
import { rightsFor } from '../../lib/verify/rights';
import type { CheckOutcome } from '../../lib/verify/section';
import { worldOf } from '../../lib/verify/world';
import type { World } from '../../lib/verify/world';
import { environments } from '../reference/environments';
import { tenants } from '../reference/tenants';

const refuses = (): never => {
  throw new Error('nobody asks this here');
};

/** Serves what was rendered, as changed. */
function clusterOf(served: ReadonlyMap<string, KubeObject>): Cluster {
  const read = (({ kind, namespace, name }: ObjectRef) =>
    Promise.resolve(served.get(`${kind} ${namespace ?? ''} ${name}`))) as Cluster['read'];
  return {
    context: 'here',
    server: 'http://here',
    version: refuses,
    missing: refuses,
    read,
    list: refuses,
    exec: refuses,
    proxied: refuses,
    logs: refuses,
    usage: refuses,
    create: refuses,
    delete: refuses,
  };
}

function world(
  names: readonly string[],
  change: (served: Map<string, KubeObject>) => void = () => undefined,
  list: { readonly environments: readonly Environment[]; readonly tenants: readonly Tenant[] } = {
    environments,
    tenants,
  },
): World {
  const [platform] = platforms(list);
  const served = new Map<string, KubeObject>();
  const options = { maxWait: 10, disruptive: false };
  const made = worldOf(clusterOf(served), platform!, names, options);
  for (const { manifests, namespace } of made.leaves) {
    for (const manifest of manifests) {
      const space = manifest.kind === 'Namespace' ? '' : namespace;
      served.set(`${manifest.kind} ${space} ${manifest.metadata.name}`, structuredClone(manifest));
    }
  }
  change(served);
  return made;
}

async function foundIn(made: World): Promise<readonly CheckOutcome[]> {
  const found: CheckOutcome[] = [];
  for await (const finding of objects.run(made)) found.push(finding);
  return found;
}

const edit = (
  served: Map<string, KubeObject>,
  key: string,
  path: readonly string[],
  value: unknown,
): void => {
  const object = path
    .slice(0, -1)
    .reduce<Record<string, unknown>>(
      (at, name) => at[name] as Record<string, unknown>,
      served.get(key) as unknown as Record<string, unknown>,
    );
  object[String(path.at(-1))] = value;
};

describe('the objects of a cluster', () => {
  test('are all as rendered, when they are', async () => {
    const found = await foundIn(world(['tenant-a', 'typesafe']));

    expect(found.length).toBeGreaterThan(20);
    expect(found.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  });

  test.each<[string, (served: Map<string, KubeObject>) => void, string, string]>([
    [
      'a policy is gone',
      (served) => served.delete('NetworkPolicy tenant-a default-deny'),
      'tenant-a NetworkPolicy',
      'default-deny is not there',
    ],
    [
      'beat is scaled to 0',
      (served) => edit(served, 'Deployment tenant-a beat', ['spec', 'replicas'], 0),
      'tenant-a Deployment',
      'beat: spec.replicas is 0, not 1',
    ],
    [
      'a policy lets more in',
      (served) => edit(served, 'NetworkPolicy broker-shared redis', ['spec', 'ingress'], [{}]),
      'broker-shared NetworkPolicy',
      'redis: spec.ingress',
    ],
    [
      'a Celery setting was changed',
      (served) => edit(served, 'ConfigMap tenant-a celery-settings', ['data', 'settings.json'], '{}'),
      'tenant-a ConfigMap',
      'celery-settings: data.settings.json.worker_proc_alive_timeout is nothing, not 60',
    ],
  ])('fail when %s', async (_when, change, subject, text) => {
    const found = await foundIn(world(['tenant-a'], change));

    const failed = found.filter(({ verdict }) => verdict === 'failed');

    expect(failed).toEqual([expect.objectContaining({ subject, found: expect.stringContaining(text) })]);
  });

  test('are never Secrets: reading them is a right that nobody is asked for', async () => {
    const made = world(['tenant-a', 'paless']);

    expect((await foundIn(made)).map(({ subject }) => subject).join()).not.toContain('Secret');
    expect(rightsFor(made).map(({ resource }) => resource)).not.toContain('secrets');
  });
});

describe('the settings of a tenant', () => {
  test('are those of its plan', () => {
    const [here] = world(['typesafe']).tenants;

    expect(here?.settings).toEqual(planOf(here!.tenant).settings);
  });

  test('are as patched, as its pods run with them', () => {
    const acme: Tenant = {
      name: 'acme',
      app: { dialect: 'celery', image: 'acme/jobs:1', module: 'acme' },
      broker: { topology: 'standalone' },
      workers: { default: { queues: ['celery'] } },
      patches: {
        'ConfigMap/celery-settings': [
          { op: 'replace', path: '/data/settings.json', value: '{"task_acks_late":false}' },
        ],
      },
    };

    const [here] = world(['acme'], undefined, {
      environments: environments.slice(0, 1),
      tenants: [acme],
    }).tenants;

    expect(here?.settings).toEqual({ task_acks_late: false });
  });
});

describe('the servers of a world', () => {
  test('are each there once, with everyone who connects to them', () => {
    const { servers } = world(['tenant-a', 'tenant-b', 'jewelry-shop', 'redline']);

    const seen = servers.map(({ of, use, sets, clients }) => [
      of,
      use,
      sets.map(({ name }) => name).join(' '),
      clients.map(({ name }) => name).join(' '),
    ]);

    expect(seen).toEqual([
      ['brokers/shared', 'broker', 'redis', 'tenant-a tenant-b'],
      ['tenants/redline', 'broker', 'redis', 'redline'],
      ['tenants/redline', 'cache', 'cache', 'redline'],
      ['tenants/jewelry-shop', 'broker', 'redis redis-replica', 'jewelry-shop'],
    ]);
  });

  test('have redis.conf as rendered, also of a replica', () => {
    const { servers } = world(['jewelry-shop']);

    expect(
      [...(servers[0]?.conf ?? [])].map(([set, conf]) => [set, conf.get('maxmemory'), conf.get('save')]),
    ).toEqual([
      ['redis', '93952409', '900 1 300 10 60 10000'],
      ['redis-replica', '93952409', '900 1 300 10 60 10000'],
    ]);
  });

  test('are none where somebody else runs the Redis', () => {
    const acme: Tenant = {
      name: 'acme',
      app: { dialect: 'celery', image: 'acme/jobs:1', module: 'acme' },
      broker: { topology: 'external', host: 'redis.example.com', cidrs: ['10.0.0.0/8'], username: 'acme' },
      workers: { default: { queues: ['celery'] } },
    };

    expect(
      world(['acme'], undefined, { environments: environments.slice(1, 2), tenants: [acme] }).servers,
    ).toEqual([]);
  });
});

describe('isolation', () => {
  test('is tried both ways between tenants of one broker, each way once', () => {
    const both = [
      ['tenant-a', 'tenant-b'],
      ['tenant-b', 'tenant-a'],
    ];

    for (const names of [['tenant-a'], ['tenant-a', 'tenant-b']]) {
      expect(pairs(world(names)).map(({ from, to }) => [from.name, to.name])).toEqual(both);
    }
    expect(pairs(world(['typesafe']))).toEqual([]);
  });
});

describe('the rights that are asked for', () => {
  test('grow by deleting pods only for what is disruptive', () => {
    const made = world(['typesafe']);
    const verbs = (disruptive: boolean) =>
      rightsFor({ ...made, options: { maxWait: 1, disruptive } }).map(
        ({ verb, resource }) => `${verb} ${resource}`,
      );

    expect(verbs(true).filter((right) => !verbs(false).includes(right))).toEqual(['delete pods']);
    expect(verbs(false).filter((right) => !/^(get|list) |pods\/exec/.test(right))).toEqual([]);
  });
});

test('asks a pod behind the entrypoint of its app', async () => {
  const asked: (readonly string[])[] = [];
  const cluster = clusterOf(new Map());
  const exec: Cluster['exec'] = (_, { argv }) => {
    asked.push(argv);
    return Promise.resolve({ stdout: '@@stalk{}\n', stderr: '', code: 0 });
  };

  await askApp(
    { cluster: { ...cluster, exec } },
    {
      container: { namespace: 'acme', pod: 'web-1', container: 'web' },
      app: { module: 'acme', entrypoint: ['poetry', 'run'] },
      ask: {},
      seconds: 1,
    },
  );

  expect(asked.map((argv) => argv.slice(0, 4))).toEqual([['poetry', 'run', 'python3', '-c']]);
});
