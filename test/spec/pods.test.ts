// Pods, devices, users and labels: what is refused, in which words, and how the layers lie over each other.

import { podRules } from '../../lib/spec/rules/pods';
import type { Environment, Pods, Tenant } from '../../lib/spec';
import { plain, synth, tenantOf } from '../support/synth';
import type { Json, Synth } from '../support/synth';
import { environmentWith, saysOf, tenantWith } from './helpers';
import type { Row } from './helpers';

const pods = (change: object) => ({ pods: change });
const pool = (change: object) => ({ workers: { default: change } });
const open = { egress: [{ to: { cidr: '10.96.0.1/32' }, ports: [443] }] };
const token = { pods: { serviceAccount: { token: true } } };
const TAKEN =
  'be another than those of Stalk and Kubernetes, got {KEY}; choose another key, such as "example.com/team"';
const taken = (path: string, key: string) => `${path}["${key}"] must ${TAKEN.replace('{KEY}', `"${key}"`)}`;

const FORMS: readonly Row[] = [
  {
    rule: 'labels of pods are not those that Stalk selects by',
    broken: pods({ labels: { 'app.kubernetes.io/component': 'redis' } }),
    says: taken('pods.labels', 'app.kubernetes.io/component'),
    held: pods({ labels: { 'app.kubernetes.io/version': '2.4.1', app: 'acme' } }),
  },
  {
    rule: 'labels of pods do not open policies',
    broken: pool({ pods: { labels: { 'stalk.dev/broker-client': 'true' } } }),
    says: taken('workers.default.pods.labels', 'stalk.dev/broker-client'),
    held: pool({ pods: { labels: { 'azure.workload.identity/use': 'true' } } }),
  },
  {
    rule: 'labels of objects do not weaken the namespace',
    broken: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
    says: taken('labels', 'pod-security.kubernetes.io/enforce'),
    held: { labels: { 'example.com/cost-centre': 'c-42' } },
  },
  {
    rule: 'labels have values of labels',
    broken: { labels: { team: 'team blue' } },
    says: 'labels.team must be the value of a label, got "team blue"; use up to 63 letters, digits, -, _ and ., in quotes',
    held: { labels: { team: 'team-blue' } },
  },
  {
    rule: 'annotations leave the order of applying alone',
    broken: { annotations: { 'argocd.argoproj.io/sync-wave': '3' } },
    says: 'annotations["argocd.argoproj.io/sync-wave"] must be another than those of Stalk, Kubernetes and GitOps tools, got "argocd.argoproj.io/sync-wave"; choose another key, such as "example.com/team"',
    held: { annotations: { 'argocd.argoproj.io/compare-options': 'IgnoreExtraneous' } },
  },
  {
    rule: 'a toleration says its taint',
    broken: pods({ tolerations: [{ operator: 'Exists' }] }),
    says: [
      'pods.tolerations[0].key must be the key of a label or an annotation, got nothing; write it like "example.com/team"',
      'pods.tolerations[0].operator must be a known prop, got "Exists"; remove it: a toleration without a value takes every value',
    ],
    held: pods({ tolerations: [{ key: 'spot' }] }),
  },
  {
    rule: 'when pods leave a dead node is decided',
    broken: pods({ tolerations: [{ key: 'node.kubernetes.io/unreachable', for: '5m' }] }),
    says: 'pods.tolerations[0].key must be another taint: when pods leave a dead node is decided for each kind of pod, got "node.kubernetes.io/unreachable"; remove it',
    held: pods({ tolerations: [{ key: 'node.kubernetes.io/memory-pressure' }] }),
  },
  {
    rule: 'affinity names values',
    broken: pods({ nodeAffinity: { required: { zone: [] } } }),
    says: 'pods.nodeAffinity.required.zone must list at least one, got []; name one in [ ]',
    held: pods({ nodeAffinity: { required: { zone: ['a'] } } }),
  },
  {
    rule: 'an account is a record',
    broken: pods({ serviceAccount: 'acme' }),
    says: 'pods.serviceAccount must be a record, got "acme"; write { name: \'acme\' }',
    held: pods({ serviceAccount: { name: 'acme' } }),
  },
  {
    rule: 'an account of somebody else is not that of Stalk',
    broken: pods({ serviceAccount: { name: 'stalk' } }),
    says: 'pods.serviceAccount.name must be another account than Stalk\'s own, which has no rights, got "stalk"; make one with the rights that it needs, or leave the name out',
    held: pods({ serviceAccount: { name: 'stalker' } }),
  },
  {
    rule: 'props of pods stand in pods',
    broken: pool({ nodeSelector: { pool: 'spot' } }),
    says: 'workers.default.nodeSelector must be a known prop, got {"pool":"spot"}; write pods: { nodeSelector: … }',
    held: pool({ pods: { nodeSelector: { pool: 'spot' } } }),
  },
  {
    rule: 'a Redis has no account and no shared memory',
    broken: { broker: { topology: 'standalone', pods: { sharedMemory: '1Gi' } } },
    says: 'broker.pods.sharedMemory must be a known prop, got "1Gi"; known here: nodeSelector, tolerations, nodeAffinity, priorityClass, runtimeClass, labels, annotations',
    held: { broker: { topology: 'standalone', pods: { nodeSelector: { pool: 'redis' } } } },
  },
  {
    rule: 'a device has the name of its plugin',
    broken: pool({ devices: { gpu: 1 } }),
    says: 'workers.default.devices.gpu must be the name of an extended resource: a domain, a slash and a name, got "gpu"; write "nvidia.com/gpu", or as its device plugin names it',
    held: pool({ devices: { 'amd.com/gpu': 1 } }),
  },
  {
    rule: 'a device has a domain of its own',
    broken: pool({ devices: { 'kubernetes.io/gpu': 1 } }),
    says: 'workers.default.devices["kubernetes.io/gpu"] must be of a domain other than kubernetes.io, got "kubernetes.io/gpu"; write it as the device plugin names it, like "nvidia.com/gpu"',
    held: pool({ devices: { 'smarter-devices/fuse': 1 } }),
  },
  {
    rule: 'devices are whole',
    broken: pool({ devices: { 'nvidia.com/gpu': 0.5 } }),
    says: 'workers.default.devices["nvidia.com/gpu"] must be a whole number, at least 1, got 0.5; write 1 or more',
    held: pool({ devices: { 'nvidia.com/gpu': 2 } }),
  },
  {
    rule: 'a folder with a size has a path',
    broken: { app: { writable: [{ size: '2Gi' }] } },
    says: 'app.writable[0].path must be an absolute path without : and blanks, not the root, got nothing; write it like "/data"',
    held: { app: { writable: [{ path: '/data', size: '2Gi' }] } },
  },
  {
    rule: 'a folder is written once, with a size or without',
    broken: { app: { writable: ['/data', { path: '/data', size: '2Gi' }] } },
    says: 'app.writable[1] must be a folder of its own, and app.writable has this one, got "/data"; use another folder or remove it',
    held: { app: { writable: ['/data', { path: '/data/big', size: '2Gi' }] } },
  },
  {
    rule: 'a user is a number or assigned',
    broken: { app: { user: '1000' } },
    says: 'app.user must be one of "assigned", got "1000"; write 1000, without quotes',
    held: { app: { user: 1000 } },
  },
];

const RULES: readonly Row[] = [
  {
    rule: 'the user is said where the cluster does not choose it',
    broken: { app: { user: 1000 } },
    where: { assignedUsers: true },
    says: "app.user must be \"assigned\" in dev, where the cluster chooses the user (assignedUsers), got 1000; write overlays: { dev: { app: { user: 'assigned' } } }, and let the group of the image's files be 0",
    held: { app: { user: 1000 }, overlays: { dev: { app: { user: 'assigned' } } } },
  },
  {
    rule: 'the user is said where the cluster does not choose it',
    broken: { app: { user: 'assigned' } },
    says: 'app.user must be a number in dev, where the cluster assigns none, got "assigned"; write the number, or assignedUsers: true in the environment',
    held: {},
  },
  {
    rule: 'a token reaches somebody',
    broken: pool(token),
    says: "egress must open port 443, 6443 or 8200 of somebody to whom workers.default shows its token, got nothing; add the API server: { to: { cidr: '10.96.0.1/32' }, ports: [443, 6443] }, with the addresses that kubectl get service,endpoints kubernetes says",
    held: { ...pool(token), ...open },
  },
  {
    rule: 'a token reaches somebody',
    broken: {
      ...pool(token),
      egress: [{ to: { namespace: 'databases', pods: { app: 'postgres' } }, ports: [5432] }],
    },
    says: "egress must open port 443, 6443 or 8200 of somebody to whom workers.default shows its token, got other ports; add the API server: { to: { cidr: '10.96.0.1/32' }, ports: [443, 6443] }, with the addresses that kubectl get service,endpoints kubernetes says",
    held: {
      ...pool(token),
      egress: [{ to: { namespace: 'vault', pods: { app: 'vault' } }, ports: [8200] }],
    },
  },
  {
    rule: 'accounts have names of their own',
    broken: {
      ...pods({ serviceAccount: { annotations: { role: 'a' } } }),
      ...pool({ pods: { serviceAccount: { name: 'app' } } }),
      beat: {},
    },
    says: 'beat.pods.serviceAccount must be another account than the one of default, which has the same name, got "app"; write the name of an account that somebody else makes, or the same annotations',
    held: {
      ...pods({ serviceAccount: { annotations: { role: 'a' } } }),
      ...pool({ pods: { serviceAccount: { name: 'other' } } }),
      beat: {},
    },
  },
  {
    rule: 'memory has room for what is shared in it',
    broken: pool({ memory: '1Gi', pods: { sharedMemory: '1Gi' } }),
    says: 'workers.default.memory must be over "1Gi", the pods.sharedMemory that counts in it, got "1Gi"; raise memory, or write a smaller pods.sharedMemory for this workload',
    held: pool({ memory: '1Gi', pods: { sharedMemory: '1023Mi' } }),
  },
  {
    rule: 'disk has room for the folders that an app writes',
    broken: {
      ...pool({ disk: { request: '64Mi', limit: '2Gi' } }),
      app: {
        writable: [
          { path: '/a', size: '2Gi' },
          { path: '/b', size: '1Mi' },
        ],
      },
    },
    says: 'workers.default.disk.limit must be at least "2049Mi", the sizes of app.writable, got "2Gi"; raise disk, or leave it out: its default grows with them',
    held: {
      ...pool({ disk: { request: '64Mi', limit: '2Gi' } }),
      app: { writable: [{ path: '/a', size: '2Gi' }, '/b'] },
    },
  },
];

describe('a form or rule about pods', () => {
  test.each([...FORMS, ...RULES])(
    'fails with the words of its author: $rule: $says',
    ({ broken, says, where = {} }) => {
      expect(saysOf([tenantWith(broken)], environmentWith(where))).toEqual([says].flat());
    },
  );

  test.each([...FORMS, ...RULES])('holds at the border of: $rule ($held)', ({ held, where = {} }) => {
    expect(saysOf([tenantWith(held)], environmentWith(where))).toEqual([]);
  });

  test('is in the table of this test', () => {
    const tried = new Set(RULES.map(({ rule }) => rule));

    expect(podRules.map(({ what }) => what).filter((what) => !tried.has(what))).toEqual([]);
  });

  test.each([
    [
      { assignedUsers: true, defaults: { app: { user: 1000 } } },
      'defaults.app.user must be left out where the cluster chooses the users (assignedUsers), got 1000; remove it',
    ],
    [
      { defaults: { app: { user: 'assigned' } } },
      'defaults.app.user must be a number, as the cluster assigns none, got "assigned"; write the number, or assignedUsers: true',
    ],
    [
      { defaults: { pods: { nodeSelector: { pool: 'a b' } } } },
      'defaults.pods.nodeSelector.pool must be the value of a label, got "a b"; use up to 63 letters, digits, -, _ and ., in quotes',
    ],
    [
      { defaults: { worker: { pods: { nodeSelector: { pool: 'a' } } } } },
      'defaults.worker.pods must be a known prop, got {"nodeSelector":{"pool":"a"}}; say it of a tenant or a workload (pods), of all (defaults.pods of the environment), or of a Redis that Stalk runs',
    ],
  ])('fails in an environment: %j', (where, says) => {
    expect(saysOf([], environmentWith(where))).toEqual([says]);
  });
});

const podOf = (o: Synth, name: string): Json => o.byKind('Deployment', name).spec.template;
const two = { default: { queues: ['celery'] }, gpu: { queues: ['gpu'] } } as const;

describe('the layers of pods', () => {
  const environment: Environment = {
    ...plain,
    defaults: {
      pods: {
        nodeSelector: { arch: 'amd64', pool: 'apps' },
        tolerations: [{ key: 'spot' }],
        labels: { from: 'environment' },
      },
    },
  };
  const asked = (shared: Pods, gpu: Pods, overlay?: Pods): Tenant =>
    tenantOf({
      pods: shared,
      workers: { ...two, gpu: { ...two.gpu, pods: gpu } },
      ...(overlay && { overlays: { test: { workers: { gpu: { pods: overlay } } } } }),
    });

  test('records merge and lists replace, the nearer over the farther', () => {
    const o = synth(
      asked(
        { nodeSelector: { pool: 'acme' }, labels: { team: 'blue' } },
        { nodeSelector: { gpu: 'a100' }, tolerations: [{ key: 'gpu' }], labels: { team: 'green' } },
        { nodeSelector: { gpu: 'h100' } },
      ),
      environment,
    );

    const [worker, gpu] = ['worker-default', 'worker-gpu'].map((name) => podOf(o, name));
    expect(worker.spec.nodeSelector).toEqual({ arch: 'amd64', pool: 'acme' });
    expect(gpu.spec.nodeSelector).toEqual({ arch: 'amd64', pool: 'acme', gpu: 'h100' });
    expect(worker.spec.tolerations.map(({ key }: Json) => key)).toContain('spot');
    expect(gpu.spec.tolerations.map(({ key }: Json) => key)).toEqual([
      'node.kubernetes.io/not-ready',
      'node.kubernetes.io/unreachable',
      'gpu',
    ]);
    expect([worker, gpu].map((p) => [p.metadata.labels.from, p.metadata.labels.team])).toEqual([
      ['environment', 'blue'],
      ['environment', 'green'],
    ]);
  });

  test('a Redis has those of its own, from the environment too', () => {
    const tenant = tenantOf({
      pods: { nodeSelector: { pool: 'acme' } },
      broker: { topology: 'sentinel', replicas: 1, pods: { nodeSelector: { size: 'big' } } },
      cache: {},
    });
    const o = synth(tenant, {
      ...plain,
      defaults: { redis: { pods: { nodeSelector: { pool: 'redis' } } } },
    });

    const selectors = ['redis', 'sentinel', 'cache'].map(
      (name) => o.byKind('StatefulSet', name).spec.template.spec.nodeSelector,
    );
    expect(selectors).toEqual([{ pool: 'redis', size: 'big' }, { pool: 'redis', size: 'big' }, undefined]);
  });
});

describe('a ServiceAccount', () => {
  const role = { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/acme' };
  const accounts = (o: Synth) =>
    ['worker-default', 'worker-gpu'].map((name) => {
      const { serviceAccountName, automountServiceAccountToken } = podOf(o, name).spec;
      return [serviceAccountName, automountServiceAccountToken];
    });
  const made = (o: Synth) =>
    o.all.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name);
  const with_ = (shared: Pods, gpu: Pods = {}) =>
    synth(
      tenantOf({
        pods: shared,
        workers: { ...two, gpu: { ...two.gpu, pods: gpu } },
        egress: [{ to: { cidr: '10.96.0.1/32' } }],
      }),
    );

  test('of the tenant is one for all of its pods, without a token', () => {
    const o = with_({ serviceAccount: { annotations: role } });

    expect(accounts(o)).toEqual([
      ['app', false],
      ['app', false],
    ]);
    expect(made(o).sort()).toEqual(['app', 'stalk']);
    expect(o.byKind('ServiceAccount', 'app').metadata.annotations).toMatchObject(role);
  });

  test('of a workload with annotations of its own is its own, those of the tenant among them', () => {
    const o = with_(
      { serviceAccount: { annotations: role } },
      { serviceAccount: { annotations: { x: 'y' } } },
    );

    expect(accounts(o)).toEqual([
      ['app', false],
      ['worker-gpu', false],
    ]);
    expect(o.byKind('ServiceAccount', 'worker-gpu').metadata.annotations).toMatchObject({ ...role, x: 'y' });
  });

  test('of a workload that wants a token alone is that of the tenant', () => {
    const o = with_({ serviceAccount: { annotations: role } }, { serviceAccount: { token: true } });

    expect(accounts(o)).toEqual([
      ['app', false],
      ['app', true],
    ]);
  });

  test('of a workload alone has its name, and the other pods have none', () => {
    const o = with_({}, { serviceAccount: { token: true } });

    expect(accounts(o)).toEqual([
      ['stalk', false],
      ['worker-gpu', true],
    ]);
    expect(o.byKind('ServiceAccount', 'worker-gpu').automountServiceAccountToken).toBe(false);
  });

  test('that is there already is named and not made', () => {
    const o = with_({ serviceAccount: { name: 'django', token: true } });

    expect(accounts(o)).toEqual([
      ['django', true],
      ['django', true],
    ]);
    expect(made(o)).toEqual(['stalk']);
  });
});

describe('devices', () => {
  test('are those of the main container alone, and twice in the quota', () => {
    const o = synth(
      tenantOf({
        workers: { gpu: { queues: ['celery'], replicas: 3, devices: { 'nvidia.com/gpu': 2 } } },
        migrate: { command: ['migrate'], check: ['check'] },
      }),
    );

    const { initContainers, containers } = podOf(o, 'worker-gpu').spec;
    expect(containers[0].resources.limits['nvidia.com/gpu']).toBe('2');
    expect(initContainers.flatMap(({ resources }: Json) => Object.keys(resources.limits))).not.toContain(
      'nvidia.com/gpu',
    );
    expect(o.byKind('ResourceQuota', 'tenant').spec.hard).toMatchObject({ 'requests.nvidia.com/gpu': '12' });
  });

  test('let a pod go before its successor starts', () => {
    const o = synth(tenantOf({ workers: { gpu: { queues: ['celery'], devices: { 'nvidia.com/gpu': 1 } } } }));

    expect(o.byKind('Deployment', 'worker-gpu').spec.strategy.rollingUpdate).toEqual({
      maxSurge: 0,
      maxUnavailable: 1,
    });
  });
});

describe('labels and annotations of a tenant', () => {
  const base = tenantOf({
    broker: { topology: 'standalone' },
    beat: {},
    migrate: { command: ['migrate'] },
    app: {
      dialect: 'celery',
      image: 'acme/jobs:2.4.1',
      module: 'acme',
      volumes: { files: { path: '/files', size: '1Gi', access: 'ReadWriteMany' } },
    },
  });
  const worn = { labels: { 'example.com/cost': 'c-42' }, annotations: { 'example.com/owner': 'team blue' } };
  const bare = synth(base);
  const labelled = synth(
    { ...base, ...worn },
    { ...plain, defaults: { tenant: { labels: { env: 'test' } } } },
  );

  test('are on every object, its namespace too', () => {
    expect(labelled.all.length).toBe(bare.all.length);
    for (const { kind, metadata } of labelled.all)
      expect([kind, metadata.labels, metadata.annotations]).toEqual([
        kind,
        expect.objectContaining({ ...worn.labels, env: 'test' }),
        expect.objectContaining(worn.annotations),
      ]);
  });

  test('change nothing else: no pod, no selector, no claim template, no name of a Job', () => {
    const rest = (o: Synth) => o.all.map(({ metadata, ...more }) => [metadata.name, more]);

    expect(rest(labelled)).toEqual(rest(bare));
  });
});

describe('a cluster that assigns users', () => {
  const o = synth(
    tenantOf({ broker: { topology: 'standalone' }, cache: {}, beat: {}, migrate: { command: ['migrate'] } }),
    { ...plain, assignedUsers: true },
  );

  test('finds no number in any pod, and no root', () => {
    const contexts = o.all
      .flatMap(({ spec }) => (spec?.template ? [spec.template.spec.securityContext] : []))
      .map(({ runAsNonRoot, runAsUser, runAsGroup, fsGroup, seccompProfile }: Json) => ({
        runAsNonRoot,
        numbers: [runAsUser, runAsGroup, fsGroup],
        seccompProfile,
      }));

    expect(contexts.length).toBe(5);
    expect(new Set(contexts.map((one) => JSON.stringify(one)))).toEqual(
      new Set([
        JSON.stringify({
          runAsNonRoot: true,
          numbers: [null, null, null],
          seccompProfile: { type: 'RuntimeDefault' },
        }),
      ]),
    );
  });
});
