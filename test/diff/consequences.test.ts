// What a change does to a cluster: each consequence once, on rendered tenants.

import type { Tenant } from '../../lib';
import type { Item } from '../../lib/diff';
import { plain, tenantOf } from '../support/synth';
import type { Json } from '../support/synth';
import { differing, edited, rendered, set, toldOf, typesOf } from './sides';

const acme = (overrides: Partial<Tenant> = {}) =>
  tenantOf({ broker: { topology: 'standalone' }, ...overrides });

const migrating = (image: string) =>
  acme({ app: { dialect: 'celery', image, module: 'acme.tasks' }, migrate: { command: ['migrate'] } });

const base = rendered([acme()]);
const changed = (object: string, change: (manifest: Json) => void) =>
  differing(base, edited(base, object, set(change)));

test('two equal sides have no differences', () => {
  const diff = differing(base, rendered([acme()]));

  expect(diff.changes).toEqual([]);
  expect(diff.consequences).toEqual([]);
});

describe('pods roll', () => {
  test('for another image, with the name of the workload', () => {
    const after = rendered([
      acme({ app: { dialect: 'celery', image: 'acme/jobs:3', module: 'acme.tasks' } }),
    ]);

    const diff = differing(base, after);

    expect(typesOf(diff)).toEqual(['rolls']);
    expect(toldOf(diff, 'rolls')).toEqual([
      'image: acme/jobs:2.4.1 → acme/jobs:3',
      'init container wait-for-redis: image: acme/jobs:2.4.1 → acme/jobs:3',
      'test: worker-default of acme',
    ]);
  });

  test('for a setting, whose name stands for the hash', () => {
    const diff = differing(base, rendered([acme({ celery: { task_compression: 'gzip' } })]));

    expect(toldOf(diff, 'rolls')).toEqual([
      'ConfigMap celery-settings [settings.json].task_compression: added gzip',
      'test: worker-default of acme',
    ]);
  });

  test('for a variable and for resources', () => {
    const diff = changed('Deployment/worker-default', ({ spec }) => {
      const [container] = spec.template.spec.containers;
      container.env.push({ name: 'REGION', value: 'eu' });
      container.resources.limits.memory = '1Gi';
    });

    expect(toldOf(diff, 'rolls')).toEqual([
      'env REGION: added {"name":"REGION","value":"eu"}',
      'resources.limits.memory: 512Mi → 1Gi',
      'test: worker-default of acme',
    ]);
  });

  test('once for twelve tenants, where one default changed', () => {
    const names = Array.from({ length: 12 }, (_, i) => `tenant-${i}`);
    const all = (image: string) =>
      rendered(names.map((name) => tenantOf({ name, app: { dialect: 'celery', image, module: 'a' } })));

    const told = toldOf(differing(all('a:1'), all('a:2')), 'rolls');

    expect(told).toHaveLength(3);
    expect(told.at(-1)).toMatch(/^test: worker-default of tenant-0, .* and 3 more$/);
  });

  test('not for a number of replicas', () => {
    const after = rendered([acme({ workers: { default: { queues: ['celery'], replicas: 3 } } })]);

    const diff = differing(base, after);

    expect(typesOf(diff)).toEqual(['scales']);
    expect(toldOf(diff, 'scales')).toEqual(['replicas: 1 → 3', 'test: worker-default of acme']);
  });
});

test('Redis restarts for a line of its configuration', () => {
  const after = rendered([acme({ broker: { topology: 'standalone', maxClients: 500 } })]);

  const diff = differing(base, after);

  expect(typesOf(diff)).toEqual(['restarts']);
  expect(toldOf(diff, 'restarts')).toEqual([
    expect.stringMatching(
      /^ConfigMap redis-config \[redis.conf\] line \d+: maxclients \d+ → maxclients 500$/,
    ),
    'test: redis of acme',
  ]);
});

describe('another version of Redis', () => {
  const versions = (before: string, after: string) =>
    differing(
      rendered([acme({ broker: { topology: 'standalone', image: before } })]),
      rendered([acme({ broker: { topology: 'standalone', image: after } })]),
    );

  test.each([
    ['redis:8.0.5', 'redis:7.0.15'],
    ['redis:7.4.0-alpine', 'redis:7.2.11-alpine'],
    ['registry.example.com/bitnami/redis:8.6.0-debian-12', 'registry.example.com/bitnami/redis:8.4.1'],
    ['redis:7.4.0', 'valkey/valkey:8.1.0'],
    ['valkey/valkey:9.0.1', 'redis:8.10.0'],
    ['valkey/valkey:9.0.1', 'valkey/valkey:8.1.0'],
  ])('that cannot read the data stops the upgrade: %s to %s', (before, after) => {
    const diff = versions(before, after);

    expect(typesOf(diff)).toEqual(['restarts', 'cannot-read']);
    expect(toldOf(diff, 'cannot-read').join('\n')).toMatch(
      /image: .*\n.*keep (redis|valkey) [\d.]+: (redis|valkey) [\d.]+ cannot read what it has written/s,
    );
  });

  test.each([
    ['redis:7.0.15', 'redis:8.0.5'],
    ['redis:7.2.11-alpine', 'redis:7.4.2-alpine'],
    ['redis:7.2.11-alpine', 'valkey/valkey:9.0.1-alpine'],
  ])('that writes what the one before cannot read is told before: %s to %s', (before, after) => {
    const diff = versions(before, after);

    expect(typesOf(diff)).toEqual(['restarts']);
    expect(toldOf(diff, 'restarts').at(-1)).toMatch(/cannot read what (redis|valkey) [\d.]+ writes/);
  });

  test.each([
    ['redis:7.4.0', 'redis:8.4.0'],
    ['redis:8.4.0', 'redis:7.4.0'],
    ['redis:7.2.4', 'valkey/valkey:8.1.0'],
    ['valkey/valkey:8.1.0', 'redis:7.2.11'],
    ['redis:7.2.10', 'redis:7.2.11'],
    ['acme/own-redis:8.0', 'acme/own-redis:7.0'],
    ['redis:8.0.0', 'acme/cache:1.0.0'],
  ])('of the same format, or of an unknown one, is a restart: %s to %s', (before, after) => {
    expect(toldOf(versions(before, after), 'restarts').join()).not.toContain('cannot read');
    expect(typesOf(versions(before, after))).toEqual(['restarts']);
  });

  test('of a cache that forgets is a restart', () => {
    const cache = (image: string) => rendered([acme({ cache: { image } })]);

    expect(typesOf(differing(cache('redis:8.0.5'), cache('redis:7.0.15')))).toEqual(['restarts']);
  });
});

test('users of a shared broker are read without a restart', () => {
  const [first, second] = [tenantOf(), tenantOf({ name: 'globex' })];

  const diff = differing(rendered([first]), rendered([first, second]));

  expect(typesOf(diff).sort()).toEqual(['arrives', 'reloads']);
  expect(toldOf(diff, 'reloads')).toEqual(['ConfigMap redis-rules', 'test: redis-rules of broker main']);
});

describe('a tenant', () => {
  const [first, second] = [tenantOf(), tenantOf({ name: 'globex' })];

  test('that arrives is one line', () => {
    const diff = differing(rendered([first]), rendered([first, second]));

    expect(toldOf(diff, 'arrives')).toEqual([
      expect.stringMatching(/^tenants\/globex: added \d+ objects$/),
      'test',
    ]);
    expect(toldOf(diff, 'runs')).toEqual([]);
  });

  test('that leaves is one line, and says what happens to its namespace', () => {
    const diff = differing(rendered([first, second]), rendered([first]));

    expect(toldOf(diff, 'leaves')).toEqual([
      expect.stringMatching(/^tenants\/globex: removed \d+ objects$/),
      'test',
    ]);
    expect(toldOf(diff, 'data-loss')).toEqual([
      'tenants/globex: Namespace globex',
      'test',
      'Argo CD, Flux and kubectl apply leave them in the cluster; deleted, their data is gone',
    ]);
  });
});

test('migrations run again under another name, and say why', () => {
  const diff = differing(rendered([migrating('acme/jobs:1')]), rendered([migrating('acme/jobs:2')]));

  expect(toldOf(diff, 'runs').slice(0, 1)).toEqual(['image: acme/jobs:1 → acme/jobs:2']);
  expect(toldOf(diff, 'runs').at(-1)).toBe('test: migrate of acme');
});

test('a Job that is new says so', () => {
  const diff = differing(base, rendered([migrating('acme/jobs:2.4.1')]));

  expect(toldOf(diff, 'runs')).toEqual(['it is new', expect.stringMatching(/^test: migrate-\w+ of acme$/)]);
});

describe('what cannot be applied', () => {
  test('a larger claim of a StatefulSet: the claim first, then the set without its pods', () => {
    const after = rendered([acme({ broker: { topology: 'standalone', storage: '9Gi' } })]);

    const told = toldOf(differing(base, after), 'cannot-apply');

    expect(told).toEqual([
      'StatefulSet spec.volumeClaimTemplates[redis-data].spec.resources.requests.storage: 2Gi → 9Gi',
      'test: redis of acme',
      'see that the storage class has allowVolumeExpansion: true; without it, see docs/upgrades.md',
      `kubectl -n acme patch resourcequota tenant -p '{"spec":{"hard":{"requests.storage":"18Gi"}}}'`,
      `kubectl -n acme patch pvc redis-data-redis-0 -p '{"spec":{"resources":{"requests":{"storage":"9Gi"}}}}'`,
      'let Argo CD or Flux see the new manifest; they report that this StatefulSet cannot be changed',
      'kubectl -n acme delete statefulset redis --cascade=orphan  # its pods go on',
      'apply the new manifest, or sync: the new StatefulSet takes over the pods and their claims',
    ]);
  });

  test('a smaller one, whose data has to move', () => {
    const larger = rendered([acme({ broker: { topology: 'standalone', storage: '9Gi' } })]);

    const told = toldOf(differing(larger, base), 'cannot-apply');

    expect(told[2]).toMatch(/^keep the old value unless its data may go or is saved: a claim cannot shrink/);
    expect(told.join()).not.toContain('patch pvc');
  });

  test.each<readonly [object: string, field: RegExp, change: (manifest: Json) => void]>([
    ['StatefulSet/redis', /spec\.serviceName/, ({ spec }) => (spec.serviceName = 'other')],
    ['StatefulSet/redis', /podManagementPolicy/, ({ spec }) => (spec.podManagementPolicy = 'OrderedReady')],
    ['StatefulSet/redis', /spec\.selector/, ({ spec }) => (spec.selector.matchLabels.more = 'x')],
    [
      'StatefulSet/redis',
      /Templates\[redis-data\]\.spec\.storageClassName/,
      ({ spec }) => (spec.volumeClaimTemplates[0].spec.storageClassName = 'other'),
    ],
    ['Deployment/worker-default', /spec\.selector/, ({ spec }) => (spec.selector.matchLabels.more = 'x')],
    ['Service/redis-headless', /spec\.clusterIP: None → /, ({ spec }) => (spec.clusterIP = '10.0.0.1')],
  ])('%s with another %s', (object, field, change) => {
    const told = toldOf(changed(object, change), 'cannot-apply');

    expect(told[0]).toMatch(field);
    expect(told.length).toBeGreaterThan(3);
  });

  test.each<readonly [kind: string, before: object, after: object]>([
    ['Job', { spec: { template: { a: 1 } } }, { spec: { template: { a: 2 } } }],
    ['DaemonSet', { spec: { selector: { a: 'a' } } }, { spec: { selector: { a: 'b' } } }],
    ['PersistentVolumeClaim', claim('2Gi', 'a'), claim('1Gi', 'a')],
    ['PersistentVolumeClaim', claim('2Gi', 'a'), claim('2Gi', 'b')],
    ['PriorityClass', { value: 1 }, { value: 2 }],
    ['StorageClass', { provisioner: 'a' }, { provisioner: 'b' }],
    ['RoleBinding', { roleRef: { name: 'a' } }, { roleRef: { name: 'b' } }],
    ['RuntimeClass', { handler: 'a' }, { handler: 'b' }],
    ['ResourceQuota', { spec: { scopes: ['BestEffort'] } }, { spec: { scopes: ['Terminating'] } }],
    ['Secret', { type: 'Opaque' }, { type: 'kubernetes.io/tls' }],
    ['ConfigMap', { immutable: true, data: { a: '1' } }, { immutable: true, data: { a: '2' } }],
    ['Secret', { immutable: true, data: { a: 'MQ==' } }, { data: { a: 'MQ==' } }],
  ])('%s from %j to %j', (kind, before, after) => {
    expect(typesOf(differing([item(kind, before)], [item(kind, after)]))).toContain('cannot-apply');
  });

  test.each<readonly [kind: string, before: object, after: object]>([
    ['ConfigMap', { data: { a: '1' } }, { data: { a: '2' } }],
    ['Job', { spec: { backoffLimit: 1 } }, { spec: { backoffLimit: 2 } }],
    ['Job', { spec: { podReplacementPolicy: 'Failed' } }, { spec: { podReplacementPolicy: 'x' } }],
    ['ResourceQuota', { spec: { hard: { pods: '1' } } }, { spec: { hard: { pods: '2' } } }],
    ['StatefulSet', { spec: { minReadySeconds: 1 } }, { spec: { minReadySeconds: 2 } }],
    ['Service', { spec: { ports: [{ port: 1 }] } }, { spec: { ports: [{ port: 2 }] } }],
  ])('is not %s from %j to %j', (kind, before, after) => {
    expect(typesOf(differing([item(kind, before)], [item(kind, after)]))).toEqual([]);
  });
});

test('a claim that grows needs a class that allows it', () => {
  const diff = differing(
    [item('PersistentVolumeClaim', claim('1Gi', 'a'))],
    [item('PersistentVolumeClaim', claim('2Gi', 'a'))],
  );

  expect(typesOf(diff)).toEqual(['grows']);
  expect(toldOf(diff, 'grows')).toEqual([
    'storage: 1Gi → 2Gi',
    'test: it of acme',
    'needs allowVolumeExpansion: true in its storage class',
  ]);
});

test('a Redis that is removed from a tenant that stays asks a person, and keeps its claims', () => {
  const told = toldOf(differing(rendered([acme({ cache: {} })]), base), 'data-loss');

  expect(told).toEqual([
    'StatefulSet is removed',
    'test: cache of acme',
    'Argo CD asks before it prunes it, Flux and kubectl apply leave it in the cluster',
    'acme/cache: wait until its queues are empty; its claims stay until somebody deletes them',
  ]);
});

test('a claim that is removed without a guard is deleted with its data', () => {
  const told = toldOf(
    differing([item('PersistentVolumeClaim', claim('1Gi', 'a')), item('Other', {})], [item('Other', {})]),
    'data-loss',
  );

  expect(told).toContain('PersistentVolumeClaim is removed without a guard');
  expect(told).toContain('Argo CD and Flux delete it at the next sync; kubectl apply leaves it');
});

test('another namespace is told once, with the data that stays behind', () => {
  const moved = base
    .filter(({ folder }) => folder === 'tenants/acme')
    .map(({ manifest, ...rest }) => ({
      ...rest,
      manifest: { ...manifest, metadata: { ...manifest.metadata, namespace: 'acme-2' } },
    }));

  const told = toldOf(differing(base, moved), 'namespace');

  expect(told).toContain('namespace acme becomes acme-2');
  expect(told.join()).toContain('wait until the queues in acme are empty');
});

test('an object that another folder applies is one that moved', () => {
  const before = [{ ...item('ConfigMap', { data: { a: '1' } }), folder: 'platform' }];

  const diff = differing(before, [item('ConfigMap', { data: { a: '1' } }), ...before.slice(1)]);

  expect(diff.changes.map(({ how, from, folder }) => [how, from, folder])).toEqual([
    ['moved', 'platform', 'tenants/acme'],
  ]);
  expect(toldOf(diff, 'moves')[0]).toBe('folder: platform → tenants/acme');
});

describe('an object of any form', () => {
  test.each<readonly [string, object]>([
    ['no template', {}],
    ['a template that is text', { spec: { template: 'x' } }],
    ['containers that are no list', { spec: { template: { spec: { containers: {} } } } }],
    ['lists of nothing', { spec: { template: { spec: { containers: [null, 1] } } } }],
  ])('is compared, with %s', (_, content) => {
    const other = { spec: { template: { spec: { containers: [{ name: 'a' }] } } } };

    expect(differing([item('Deployment', content)], [item('Deployment', other)]).changes).toHaveLength(1);
  });
});

function claim(storage: string, storageClassName: string): object {
  return { spec: { resources: { requests: { storage } }, storageClassName } };
}

function item(kind: string, content: object): Item {
  const metadata = { name: 'it', namespace: 'acme' };
  return {
    environment: plain.name,
    folder: 'tenants/acme',
    manifest: { apiVersion: 'v1', kind, metadata, ...content },
  };
}

describe('a program that the clock starts', () => {
  const nightly = (change: object = {}) =>
    rendered([acme({ processes: { nightly: { command: ['clean'], cron: '0 3 * * *', ...change } } })]);

  test('rolls nothing: its next run is another', () => {
    const diff = differing(nightly(), nightly({ command: ['clean', '--all'], env: { REGION: 'eu' } }));

    expect(typesOf(diff)).toEqual(['next-run']);
    expect(toldOf(diff, 'next-run')).toEqual([
      expect.stringContaining('command'),
      expect.stringContaining('env REGION: added'),
      'test: nightly of acme',
    ]);
  });

  test('starts at another time', () => {
    const diff = differing(nightly(), nightly({ cron: '0 4 * * *' }));

    expect(toldOf(diff, 'next-run')).toEqual(['schedule: 0 3 * * * → 0 4 * * *', 'test: nightly of acme']);
  });

  test('reads another setting in its next run', () => {
    const processes = { nightly: { command: ['clean'], cron: '0 3 * * *' } } as const;

    const diff = differing(
      rendered([acme({ processes })]),
      rendered([acme({ processes, celery: { task_compression: 'gzip' } })]),
    );

    expect(toldOf(diff, 'next-run')).toEqual([
      'ConfigMap celery-settings [settings.json].task_compression: added gzip',
      'test: nightly of acme',
    ]);
  });
});
