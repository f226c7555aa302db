// Two versions of what runs in pods: who takes the new one, what that changes, and what it leaves alone.

import { join } from 'node:path';
import { writeGitOps } from '../../lib';
import type { Environment, Redis, Runtime, Tenant } from '../../lib/spec';
import { check } from '../../lib/spec/rules';
import { platforms } from '../../lib/platform';
import { environments } from '../reference/environments';
import { tenants } from '../reference/tenants';
import { broker, plain, synth, tenantOf } from '../support/synth';
import type { Json } from '../support/synth';
import { built, changed, readTree, scratch } from '../support/tree';
import type { Tree } from '../support/tree';

/** A line that 0.2.0 has and 0.1.0 has not, by file. */
const mockAdded: Record<string, string> = {};

jest.mock('../../lib/spec/runtimes', () => ({ NEWEST: '0.2.0', RUNTIMES: ['0.1.0', '0.2.0'] }));
jest.mock('../../lib/traits/runtime', () => {
  const real = jest.requireActual('../../lib/traits/runtime');
  return {
    ...real,
    programs: (folder: string, version: string) => {
      const released = real.programs(folder, '0.2.0'); // the newest lies in the folder itself
      const newer = (name: string): string => (version === '0.2.0' ? (mockAdded[name] ?? '') : '');
      return Object.fromEntries(
        Object.entries(released).map(([name, text]) => [name, `${String(text)}${newer(name)}`]),
      );
    },
  };
});

const [OLD, NEW] = ['0.1.0', '0.2.0'] as unknown as readonly [Runtime, Runtime];

const tempFolder = scratch();

function written(list: readonly Tenant[], clusters: readonly Environment[] = pinned): Tree {
  const folder = join(tempFolder(), 'dist');
  writeGitOps(platforms({ environments: clusters, tenants: list }), folder);
  return readTree(folder);
}

const pinned: readonly Environment[] = environments.map((environment) => ({ ...environment, runtime: OLD }));

/** The reference tenants, one of them on the new runtime in one environment. */
const moved = (name: string, environment: string): readonly Tenant[] =>
  tenants.map((tenant) => {
    if (tenant.name !== name) return tenant;
    const { [environment]: overlay, ...others } = tenant.overlays ?? {};
    return { ...tenant, overlays: { ...others, [environment]: { ...overlay, runtime: NEW } } };
  });

describe('a line of the loader', () => {
  mockAdded['stalk_celery.py'] = '# mended\n';
  const before = written(tenants);
  const one = written(moved('jewelry-shop', 'production'));
  const everybody = written(tenants, environments); // none pinned: all take the newest
  const dev = written(
    tenants,
    pinned.map((environment) =>
      environment.name === 'dev' ? { ...environment, runtime: NEW } : environment,
    ),
  );
  delete mockAdded['stalk_celery.py'];

  test('reaches one tenant of a pinned environment, and nobody else’s file changes', () => {
    expect(changed(before, one)).toEqual([
      'production/runtime/0.2.0/redis-scripts/configmap-redis-scripts.yaml',
      'production/runtime/0.2.0/redis-scripts/kustomization.yaml',
      'production/runtime/0.2.0/stalk-loader/configmap-stalk-loader.yaml',
      'production/runtime/0.2.0/stalk-loader/kustomization.yaml',
      'production/tenants/jewelry-shop/deployment-beat.yaml',
      'production/tenants/jewelry-shop/deployment-web.yaml',
      'production/tenants/jewelry-shop/deployment-worker-default.yaml',
      'production/tenants/jewelry-shop/runtime/kustomization.yaml',
    ]);
  });

  test('changes no more of a pod than the hash that rolls it', () => {
    const file = 'production/tenants/jewelry-shop/deployment-beat.yaml';

    const known = new Set(before.get(file)?.split('\n'));
    const lines = one
      .get(file)
      ?.split('\n')
      .filter((line) => !known.has(line));

    expect(lines).toEqual([expect.stringMatching(/^ +stalk\.dev\/config-hash: /)]);
  });

  test('runs no Job again, whoever takes it', () => {
    const jobs = (tree: Tree) => [...tree].filter(([file]) => file.includes('/job-'));

    expect(jobs(before).length).toBeGreaterThan(0);
    expect(jobs(everybody)).toEqual(jobs(before));
  });

  test('reaches an environment that moves, and no other environment', () => {
    const files = changed(before, dev);

    expect(files.filter((file) => !file.startsWith('dev/'))).toEqual([]);
    expect(files).toContain('dev/runtime/0.1.0/stalk-loader/configmap-stalk-loader.yaml'); // gone
    expect(files).toContain('dev/tenants/typesafe/deployment-worker-default.yaml');
  });

  test('restarts no Redis', () => {
    expect(changed(before, everybody).filter((file) => file.includes('statefulset-'))).toEqual([]);
  });
});

describe('who runs which version', () => {
  const versions = (tenant: Partial<Tenant>, environment: Partial<Environment>): Json => {
    const { all } = synth(tenantOf({ cache: {}, ...tenant }), { ...plain, ...environment });
    const labelled = all.filter((m) => m.metadata.labels?.['stalk.dev/runtime'] !== undefined);
    return Object.fromEntries(
      labelled.map((m) => [m.metadata.name, m.metadata.labels?.['stalk.dev/runtime']]),
    );
  };
  const own = { topology: 'standalone' } as const;

  test.each<[string, Partial<Tenant>, Partial<Environment>, Json]>([
    ['the newest, where nobody says', {}, {}, { 'stalk-loader': NEW, 'cache-scripts': NEW }],
    ['the environment’s', {}, { runtime: OLD }, { 'stalk-loader': OLD, 'cache-scripts': OLD }],
    ['the tenant’s', { runtime: NEW }, { runtime: OLD }, { 'stalk-loader': NEW, 'cache-scripts': NEW }],
    [
      'the overlay’s',
      { runtime: NEW, overlays: { test: { runtime: OLD } } },
      {},
      { 'stalk-loader': OLD, 'cache-scripts': OLD },
    ],
    [
      'in its Redis what the tenant runs',
      { broker: own, runtime: NEW },
      { runtime: OLD },
      { 'stalk-loader': NEW, 'cache-scripts': NEW, 'redis-scripts': NEW },
    ],
    [
      'in its Redis what that names',
      { broker: { ...own, runtime: OLD } },
      {},
      { 'stalk-loader': NEW, 'cache-scripts': NEW, 'redis-scripts': OLD },
    ],
  ])('a tenant runs %s', (_, tenant, environment, wanted) => {
    expect(versions(tenant, environment)).toEqual(wanted);
  });

  test.each<[string, Runtime | undefined, Runtime]>([
    ['the environment’s', undefined, OLD],
    ['its own', NEW, NEW],
  ])('a shared broker runs %s', (_, runtime, wanted) => {
    const main = { ...own, ...(runtime && { runtime }) };

    const { byKind } = broker('main', { ...plain, runtime: OLD, brokers: { main } }, [tenantOf()]);

    expect(byKind('ConfigMap', 'redis-scripts').metadata.labels['stalk.dev/runtime']).toBe(wanted);
  });

  test.each<[string, Redis, string, readonly string[]]>([
    [
      'a Redis',
      own,
      'redis-scripts',
      ['data.sh', 'probe.sh', 'users-note.awk', 'users-plan.awk', 'users.sh'],
    ],
    [
      'a Redis with sentinels',
      { topology: 'sentinel', replicas: 2 },
      'sentinel-scripts',
      [
        'ask.sh',
        'data.sh',
        'probe.sh',
        'sentinel.sh',
        'start.sh',
        'users-note.awk',
        'users-plan.awk',
        'users.sh',
      ],
    ],
  ])('%s holds the scripts that it runs, and no other', (_, redis, name, files) => {
    const { byKind } = synth(tenantOf({ broker: redis }));

    expect(Object.keys(byKind('ConfigMap', name).data)).toEqual(files);
  });

  test('a shared broker restarts when its scripts change, on the day that it moves', () => {
    mockAdded['users.sh'] = '# mended\n'; // nobody looks at it after this
    const at = (runtime: Runtime) =>
      broker('main', { ...plain, runtime: OLD, brokers: { main: { ...own, runtime } } }, [tenantOf()]);
    const hash = ({ byKind }: Json) =>
      byKind('StatefulSet', 'redis').spec.template.metadata.annotations['stalk.dev/config-hash'];

    expect(hash(at(NEW))).not.toBe(hash(at(OLD)));
  });

  test('fails to run what this Stalk does not ship', () => {
    const unknown = '0.0.9' as unknown as Runtime;
    const main = { ...own, runtime: unknown };
    const says = (tenant: Tenant, environment: Environment) =>
      check([tenant], environment).problems.map(({ text }) => text);

    const told =
      'runtime must be a runtime that this Stalk ships: "0.1.0", "0.2.0", got "0.0.9"; choose one, or install the Stalk that ships yours; docs/runtime.md says what each changed';
    expect(says(tenantOf({ runtime: unknown }), plain)).toEqual([told]);
    expect(says(tenantOf(), { ...plain, runtime: unknown })).toEqual([told]);
    expect(says(tenantOf(), { ...plain, brokers: { main } })).toEqual([`brokers.main.${told}`]);
  });
});

describe('a patched program', () => {
  const LOADER = 'test/tenants/acme/configmap-stalk-loader.yaml';
  const globex = tenantOf({ name: 'globex' });
  const tree = (patches: Tenant['patches']): Tree =>
    written([tenantOf({ ...(patches && { patches }) }), globex], [plain]);
  const loaderIn = (from: Tree, name: string): Json =>
    built(from, `test/tenants/${name}`).find((m) => m.metadata.name === 'stalk-loader');

  test('is whole in its tenant’s folder, and the others go on sharing', () => {
    const patched = tree({
      'ConfigMap/stalk-loader': [{ op: 'add', path: '/data/own.py', value: 'pass\n' }],
    });

    expect(patched.get(LOADER)).toContain('own.py');
    expect(loaderIn(patched, 'acme').data['own.py']).toBe('pass\n');
    expect(loaderIn(patched, 'globex')).toEqual(loaderIn(tree(undefined), 'globex'));
    expect(patched.has('test/tenants/globex/configmap-stalk-loader.yaml')).toBe(false);
  });

  test('is whole there too when the patch gives it what kustomize would not', () => {
    const patched = tree({
      'ConfigMap/stalk-loader': [
        { op: 'add', path: '/metadata/finalizers', value: ['shop.example.com/kept'] },
      ],
    });

    expect(loaderIn(patched, 'acme').metadata.finalizers).toEqual(['shop.example.com/kept']);
    expect(loaderIn(patched, 'globex').metadata).not.toHaveProperty('finalizers');
  });

  test('is shared still when the patch gives it a label', () => {
    const patched = tree({
      'ConfigMap/stalk-loader': [{ op: 'add', path: '/metadata/labels/team', value: 'shop' }],
    });

    expect(patched.has(LOADER)).toBe(false);
    expect(loaderIn(patched, 'acme').metadata.labels.team).toBe('shop');
    expect(loaderIn(patched, 'globex').metadata.labels).not.toHaveProperty('team');
  });
});
