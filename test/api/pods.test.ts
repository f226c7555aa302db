// What pods may be beside their program in a real API server: sidecars of both kinds, places, users that the cluster gives.

import type { Manifest } from '../../lib/output/manifest';
import { renderedLeaves } from '../../lib/laws';
import { platforms } from '../../lib/platform';
import type { Environment, Tenant } from '../../lib/spec';
import { eventually } from '../live/redis-server';
import { allPlaces } from '../support/props';
import { plain, synth, tenantOf } from '../support/synth';
import { apply, asked, kubectl, keyOf, lines, served, settled, states } from './kubectl';

const { KUBECONFIG } = process.env;
if (!KUBECONFIG) console.warn('SKIPPED: set KUBECONFIG to a cluster that may be changed');

/** Seconds in which a controller makes pods. */
const SOON = 60;

/** Classes that a pod may name have to be there. */
const CLASS = 'stalk-test';
const classes = [
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: CLASS }, value: 1 },
  ...platforms({ environments: [plain], tenants: [] })
    .flatMap(renderedLeaves)
    .flatMap(({ manifests }) => manifests.filter(({ kind }) => kind === 'PriorityClass')),
  { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: CLASS }, handler: 'runc' },
];

const proxy = {
  image: 'acme/proxy:1.0.0',
  args: ['--listen=127.0.0.1'],
  port: 9090,
  health: '/ready',
  writable: ['/var/cache/proxy'],
  env: { PYTHONPATH: '/srv' },
} as const;

const app = { dialect: 'celery', image: 'acme/jobs:1.0.0', module: 'acme.tasks' } as const;

/** Every kind of workload, each with what the change gives it. */
const tenantWith = (name: string, change: Partial<Tenant>): Tenant =>
  tenantOf({
    name,
    app: { ...app, writable: ['/run/acme'] },
    broker: { topology: 'standalone' },
    beat: {},
    web: { command: ['serve'], port: 8000 },
    processes: { listener: { command: ['listen'] } },
    initContainers: { wait: { command: ['wait'] }, prepare: { image: 'acme/tool:1.0.0', command: ['go'] } },
    ...change,
  });

const front = {
  sidecars: {
    nginx: { image: 'acme/nginx:1', port: 8080, front: true, mounts: { '/run/acme': '/run/app' } },
  },
} as const;
const served8000 = { command: ['serve'], port: 8000, ...front } as const;
const migrate = { command: ['migrate'] } as const;

const CASES: readonly (readonly [what: string, tenant: Tenant, environment: Environment])[] = [
  [
    'native sidecars, Jobs included',
    tenantWith('stalk-native', { sidecars: { proxy }, web: served8000, migrate }),
    { ...plain, nativeSidecars: true },
  ],
  ['plain sidecars', tenantWith('stalk-plain', { sidecars: { proxy }, web: served8000 }), plain],
  [
    'places',
    tenantWith('stalk-placed', {
      pods: { ...allPlaces, priorityClass: CLASS, runtimeClass: CLASS, sharedMemory: '64Mi' },
      migrate,
    }),
    plain,
  ],
  [
    'users that the cluster gives',
    tenantWith('stalk-assigned', { sidecars: { proxy }, migrate }),
    { ...plain, nativeSidecars: true, assignedUsers: true },
  ],
];

const list = (items: readonly object[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items });

const componentsIn = (namespace: string): ReadonlySet<string> =>
  new Set(
    lines(
      asked(
        ...['get', 'pods', '-n', namespace, '-o'],
        'jsonpath={range .items[*]}{.metadata.labels.app\\.kubernetes\\.io/component}{"\\n"}{end}',
      ),
    ),
  );

(KUBECONFIG ? describe : describe.skip)('pods of a tenant under the restricted standard', () => {
  beforeAll(() => {
    expect(apply(['-f', '-'], list(classes)).code).toBe(0);
  });

  afterAll(() => {
    const names = CASES.map(([, { name }]) => name);
    asked('delete', '--ignore-not-found', '--wait=false', 'namespace', ...names);
    kubectl(['delete', '--ignore-not-found', '-f', '-'], list(classes));
  });

  it.each(CASES)(
    'with %s are taken without a warning, made, and rest when they are applied again',
    async (_, tenant, environment) => {
      const manifests: readonly Manifest[] = synth(tenant, environment).all;
      const wanted = ['worker', 'beat', 'web', 'process', 'redis', ...(tenant.migrate ? ['migrate'] : [])];

      const { code, errors } = apply(['-f', '-'], list(manifests));
      expect([code, errors]).toEqual([0, '']);

      await eventually(
        `pods of ${wanted.join(', ')}`,
        () => Promise.resolve(wanted.every((one) => componentsIn(tenant.name).has(one))),
        SOON,
      );
      const before = await settled(manifests);
      expect(apply(['-f', '-'], list(manifests)).errors).toBe('');
      expect(states(served(manifests), manifests.map(keyOf))).toEqual(before);
    },
  );

  it('keep their sidecars native: the API server does not drop what makes them so', () => {
    const policies = asked(
      ...['get', 'deploy', 'worker-default', '-n', 'stalk-native', '-o'],
      'jsonpath={.spec.template.spec.initContainers[*].restartPolicy}',
    );

    expect(policies).toBe('Always');
  });
});
