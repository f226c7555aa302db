// From a chart to manifests: hashes that roll pods, names of Jobs, sync waves, guards; and what never changes.

import { manifestsOf } from '../../lib/output/manifests';
import { wavesOf } from '../../lib/output/waves';
import { platforms } from '../../lib/platform';
import { environments } from '../reference/environments';
import { tenants } from '../reference/tenants';
import { examples, labs } from '../support/examples';
import { broker, leafManifests, leafOf, plain, platformOf, synth, tenantOf } from '../support/synth';
import type { Json, Manifest } from '../support/synth';
import type { Environment, Tenant } from '../../lib/spec';

/** The reference tenants in their environments, the examples in the labs. */
const worlds = [
  { environments, tenants },
  { environments: labs, tenants: examples },
];

const hashOf = (deployment: Json): string =>
  deployment.spec.template.metadata.annotations['stalk.dev/config-hash'];

describe('the hash of a pod’s configuration', () => {
  const worker = (overrides: Partial<Tenant>) =>
    synth(tenantOf(overrides)).byKind('Deployment', 'worker-default');

  test('is the same for the same configuration', () => {
    expect(hashOf(worker({}))).toBe(hashOf(worker({})));
  });

  test.each<[string, Partial<Tenant>]>([
    ['a plain variable', { env: { LEVEL: '2' } }],
    ['a Celery setting', { celery: { worker_disable_rate_limits: true } }],
    ['a time limit, as the visibility timeout follows', { longestDelay: '2h' }],
  ])('changes with %s', (_, overrides) => {
    expect(hashOf(worker(overrides))).not.toBe(hashOf(worker({})));
  });

  test('changes with a patch of a ConfigMap', () => {
    const patches = {
      'ConfigMap/app-config': [{ op: 'add', path: '/data/PATCHED', value: 'yes' }],
    } as const;

    const { byKind } = synth(tenantOf({ patches }));

    expect(byKind('ConfigMap', 'app-config').data.PATCHED).toBe('yes');
    expect(hashOf(byKind('Deployment', 'worker-default'))).not.toBe(hashOf(worker({})));
  });

  test('does not change with the users of a broker, which are applied live', () => {
    const redis = (users: readonly Tenant[]) => broker('main', plain, users);
    const one = redis([tenantOf()]);
    const two = redis([tenantOf(), tenantOf({ name: 'globex' })]);

    expect(two.byKind('ConfigMap', 'redis-rules').data.users).toMatch(/^globex /m);
    expect(two.byKind('StatefulSet', 'redis')).toEqual(one.byKind('StatefulSet', 'redis'));
  });

  test('changes with redis.conf', () => {
    const redis = (maxClients: number) =>
      broker('main', { ...plain, brokers: { main: { topology: 'standalone', maxClients } } }, [tenantOf()]);

    expect(hashOf(redis(5000).byKind('StatefulSet', 'redis'))).not.toBe(
      hashOf(redis(6000).byKind('StatefulSet', 'redis')),
    );
  });
});

describe('a Job', () => {
  const job = (command: [string, ...string[]]): Json =>
    synth(tenantOf({ migrate: { command } })).byKind('Job', 'migrate');

  test('keeps its name while its content is the same', () => {
    expect(job(['migrate']).metadata.name).toBe(job(['migrate']).metadata.name);
  });

  test('gets another name with other content', () => {
    expect(job(['migrate']).metadata.name).not.toBe(job(['migrate', '--all']).metadata.name);
  });
});

describe('what can never change', () => {
  const HOLDING = new Set(['StatefulSet', 'Deployment', 'PersistentVolumeClaim']);

  /** Parts that the API server refuses to change, or that would make new volumes. */
  const fixed = (manifests: readonly Manifest[]) =>
    manifests
      .filter(({ kind }) => HOLDING.has(kind))
      .map((m) => [
        `${m.kind}/${m.metadata.name}`,
        m['spec'].selector,
        m['spec'].serviceName,
        m['spec'].volumeClaimTemplates,
        m['spec'].podManagementPolicy,
        m.kind === 'PersistentVolumeClaim' ? m['spec'] : undefined,
      ]);

  const newer = (tenant: Tenant): Tenant => ({
    ...tenant,
    app: { ...tenant.app, image: 'other/image:99.0.0' },
    credentialsVersion: '99',
    env: { ...tenant.env, NEW: 'yes' },
  });

  const images = { redis: { image: 'redis:99.0.0' }, cache: { image: 'redis:99.0.0' } };
  const newerIn = (environment: Environment): Environment => ({
    ...environment,
    defaults: { ...environment.defaults, ...images },
  });
  const pairs = worlds.flatMap((world) => {
    const before = platforms(world);
    const after = platforms({
      environments: world.environments.map(newerIn),
      tenants: world.tenants.map(newer),
    });
    return before.flatMap((platform, i) =>
      platform.leaves.map((leaf, j) => ({
        name: `${platform.environment.name}/${leaf.folder}`,
        leaf,
        newerLeaf: after[i]?.leaves[j] ?? leaf,
      })),
    );
  });

  test.each(pairs)(
    'stays in $name with another version of every image and password',
    ({ leaf, newerLeaf }) => {
      const [old, fresh] = [leaf, newerLeaf].map(leafManifests);

      expect(fixed(fresh ?? [])).toEqual(fixed(old ?? []));
      expect(leaf.kind === 'platform' || JSON.stringify(fresh) !== JSON.stringify(old)).toBe(true);
    },
  );

  test('fails to stay when the storage does not', () => {
    const redis = (storage: '1Gi' | '2Gi') =>
      broker('main', { ...plain, brokers: { main: { topology: 'standalone', storage } } }, [tenantOf()]).all;

    expect(fixed(redis('1Gi'))).not.toEqual(fixed(redis('2Gi')));
  });
});

describe('sync waves', () => {
  const leaves = worlds.flatMap((world) =>
    platforms(world).flatMap((platform) =>
      platform.leaves.map((leaf) => [`${platform.environment.name}/${leaf.folder}`, leaf] as const),
    ),
  );

  test.each(leaves)('of %s follow every edge between objects', (_, leaf) => {
    const rendered = manifestsOf(leaf);
    const waves = new Map(
      rendered.map(({ object, manifest, wave }) => [object, [wave, manifest.kind] as const]),
    );

    for (const { object, manifest, wave } of rendered) {
      // a claim goes with its consumer, so that is no later than the claim
      const late = object.node.dependencies.filter((d) => {
        const [earlier, kind] = waves.get(d as typeof object) ?? [Number.NaN, ''];
        return !(kind === 'PersistentVolumeClaim' ? earlier <= wave : earlier < wave);
      });
      expect([manifest.metadata.name, late.map(({ node }) => node.path)]).toEqual([
        manifest.metadata.name,
        [],
      ]);
      expect(manifest.metadata.annotations?.['argocd.argoproj.io/sync-wave']).toBe(String(wave));
    }
  });

  test('put the objects in the order in which they can be applied', () => {
    const order = manifestsOf(leafOf(platformOf(plain, [tenantOf()]), 'tenants/acme')).map(
      ({ wave }) => wave,
    );

    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBe(0);
  });

  test('put what the clock starts last: Argo CD stops at one whose last run failed', () => {
    const tenant = tenantOf({
      broker: { topology: 'standalone', backup: { to: { kind: 'claim', storage: '1Gi' } } },
      migrate: { command: ['migrate'] },
    });

    const rendered = manifestsOf(leafOf(platformOf(plain, [tenant]), 'tenants/acme'));
    const last = Math.max(...rendered.map(({ wave }) => wave));

    expect(rendered.flatMap(({ manifest, wave }) => (manifest.kind === 'CronJob' ? [wave] : []))).toEqual([
      last,
      last,
    ]);
  });

  test('fail when there is none for an object', () => {
    const claim = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };

    expect(() => wavesOf([], [claim])).toThrow('no wave for object 0');
  });
});
