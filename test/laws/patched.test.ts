// The laws judge what patches make of a tenant, and what a user puts beside it.

import { judge, renderedLeaves } from '../../lib/laws';
import type { Tenant } from '../../lib/spec';
import type { Json } from '../support/synth';
import { plain, platformOf, tenantOf } from '../support/synth';

const WORKER = 'Deployment/worker-default';
const POD = '/spec/template/spec';

/** What the laws say of the acme tenant with patches, and of objects beside it. */
function verdicts(patches: Tenant['patches'], beside: readonly Json[] = []): string[] {
  const tenant = tenantOf({ web: { command: ['serve'], port: 8000 }, ...(patches && { patches }) });
  const leaves = renderedLeaves(platformOf(plain, [tenant])).map((leaf) =>
    leaf.folder !== 'tenants/acme'
      ? leaf
      : {
          ...leaf,
          manifests: [...leaf.manifests, ...beside],
          foreign: beside.map((o) => `${o.kind}/${o.metadata.name}`),
        },
  );
  return judge(leaves).map(({ text }) => text);
}

const add = (path: string, value: Json) => ({ op: 'add', path, value }) as const;

const bounds = { cpu: '100m', memory: '64Mi', 'ephemeral-storage': '64Mi' };

const logger: Json = {
  name: 'logger',
  image: 'acme/logger:1.0.0',
  resources: { requests: bounds, limits: bounds },
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
  },
};

/** What the quota lacks with a logger beside each worker. */
const NO_ROOM = [
  `ResourceQuota/tenant.spec.hard["requests.cpu"] must be at least 2, the sum of all pods in a rollout, got "1600m"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take`,
  `ResourceQuota/tenant.spec.hard["requests.memory"] must be at least 2816Mi, the sum of all pods in a rollout, got "2560Mi"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take`,
  `ResourceQuota/tenant.spec.hard["requests.ephemeral-storage"] must be at least 896Mi, the sum of all pods in a rollout, got "640Mi"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take`,
  `ResourceQuota/tenant.spec.hard["limits.cpu"] must be at least 10400m, the sum of all pods in a rollout, got "10"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take`,
  `ResourceQuota/tenant.spec.hard["limits.memory"] must be at least 5376Mi, the sum of all pods in a rollout, got "5Gi"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take`,
  `ResourceQuota/tenant.spec.hard["limits.ephemeral-storage"] must be at least 10496Mi, the sum of all pods in a rollout, got "10Gi"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take`,
];

/** As SOPS writes it. */
const sealed: Json = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', namespace: 'acme', labels: {} },
  data: { password: 'ENC[AES256_GCM,data:abc,iv:x,tag:y,type:str]' },
  sops: { version: '3.9.0' },
};

test('a Secret that SOPS has encrypted may lie beside what is rendered', () => {
  expect(verdicts(undefined, [sealed])).toEqual([]);
});

test('what a tenant calls no secret is none, and a word that means nothing is none either', () => {
  const tenant = tenantOf({
    env: { API_TOKEN: 'abcd1234', DSN: 'postgres://reader:reader@pg/public', DB_PASSWORD: 'none' },
    web: { command: ['serve', '--dsn', 'redis://a:b@c'], port: 8000 },
    notSecret: ['env.API_TOKEN', 'env.DSN', 'web.command[2]'],
  });

  const found = judge(renderedLeaves(platformOf(plain, [tenant])));

  expect(found.filter(({ text }) => /secret|password/i.test(text))).toEqual([]);
});

describe('a patch', () => {
  test('may change what no law is about', () => {
    expect(
      verdicts({ [WORKER]: [add(`${POD}/tolerations/-`, { key: 'spot', operator: 'Exists' })] }),
    ).toEqual([]);
  });

  test.each<[string, string, Json, readonly string[]]>([
    ['adds a sidecar that the quota has no room for', '/containers/-', logger, [...NO_ROOM]],
    ['adds a sidecar before the worker', '/containers/0', logger, [...NO_ROOM]],
    [
      'adds a container that says nothing of itself',
      '/containers/-',
      { name: 'logger', image: 'acme/logger' },
      [
        'Deployment/worker-default.spec.template.spec.containers[1].securityContext.allowPrivilegeEscalation must be false, got nothing',
        `Deployment/worker-default.spec.template.spec.containers[1].securityContext.capabilities.drop must be ["ALL"], got nothing`,
        'Deployment/worker-default.spec.template.spec.containers[1].securityContext.readOnlyRootFilesystem must be true, got nothing; or annotate the pod with stalk.dev/writable-root and a reason',
        `Deployment/worker-default.spec.template.spec.containers[1].image must have a tag other than latest, or a digest, got "acme/logger"`,
        'Deployment/worker-default.spec.template.spec.containers[1].resources.requests.cpu must be a quantity, got nothing',
        'Deployment/worker-default.spec.template.spec.containers[1].resources.limits.cpu must be a quantity, got nothing',
        'Deployment/worker-default.spec.template.spec.containers[1].resources.requests.memory must be a quantity, got nothing',
        'Deployment/worker-default.spec.template.spec.containers[1].resources.limits.memory must be a quantity, got nothing',
        'Deployment/worker-default.spec.template.spec.containers[1].resources.requests.ephemeral-storage must be a quantity, got nothing',
        'Deployment/worker-default.spec.template.spec.containers[1].resources.limits.ephemeral-storage must be a quantity, got nothing',
      ],
    ],
    [
      'adds an init container with rights',
      '/initContainers/-',
      { ...logger, securityContext: { privileged: true } },
      [
        'Deployment/worker-default.spec.template.spec.initContainers[1].securityContext.allowPrivilegeEscalation must be false, got nothing',
        'Deployment/worker-default.spec.template.spec.initContainers[1].securityContext.privileged must be left out, got true',
        `Deployment/worker-default.spec.template.spec.initContainers[1].securityContext.capabilities.drop must be ["ALL"], got nothing`,
        'Deployment/worker-default.spec.template.spec.initContainers[1].securityContext.readOnlyRootFilesystem must be true, got nothing; or annotate the pod with stalk.dev/writable-root and a reason',
      ],
    ],
    [
      'lets a sidecar run as root',
      '/containers/-',
      { ...logger, securityContext: { ...logger.securityContext, runAsUser: 0 } },
      [
        'Deployment/worker-default.spec.template.spec.containers[1].securityContext.runAsUser must be over 0 or left out, got 0',
        ...NO_ROOM,
      ],
    ],
    [
      'adds a sidecar in a way of 1.28',
      '/initContainers/-',
      { ...logger, restartPolicy: 'Always' },
      [
        'ResourceQuota/tenant.spec.hard["requests.cpu"] must be at least 2, the sum of all pods in a rollout, got "1600m"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take',
        'ResourceQuota/tenant.spec.hard["requests.memory"] must be at least 2816Mi, the sum of all pods in a rollout, got "2560Mi"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take',
        'ResourceQuota/tenant.spec.hard["requests.ephemeral-storage"] must be at least 896Mi, the sum of all pods in a rollout, got "640Mi"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take',
        'ResourceQuota/tenant.spec.hard["limits.cpu"] must be at least 10400m, the sum of all pods in a rollout, got "10"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take',
        'ResourceQuota/tenant.spec.hard["limits.memory"] must be at least 5376Mi, the sum of all pods in a rollout, got "5Gi"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take',
        'ResourceQuota/tenant.spec.hard["limits.ephemeral-storage"] must be at least 10496Mi, the sum of all pods in a rollout, got "10Gi"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take',
        'Deployment/worker-default.spec.template.spec.initContainers[1].restartPolicy must be left out, or "Always" where nativeSidecars of the environment is true, got "Always"',
        'Deployment/worker-default.spec.template.spec.initContainers[1] must come before "wait-for-redis", which may need it, got "logger" behind it',
      ],
    ],
    [
      'adds a volume of its node',
      '/volumes/-',
      { name: 'host', hostPath: { path: '/' } },
      [
        `Deployment/worker-default.spec.template.spec.volumes[4] must be of a type that the standard allows, such as emptyDir, got hostPath ("host")`,
        `Deployment/worker-default.spec.template.spec.volumes: a container must mount "host", got nobody; mount it or take it away`,
      ],
    ],
    [
      'adds a mount without a volume',
      '/containers/0/volumeMounts/-',
      { name: 'cache', mountPath: '/cache' },
      [
        `Deployment/worker-default.spec.template.spec.volumes must hold the volume "cache" that a container mounts, got tmp, stalk-loader, redis-password and stalk-run`,
      ],
    ],
    [
      'misspells a field',
      '/tolerationz',
      [{ key: 'spot' }],
      [
        'Deployment/worker-default.spec.template.spec.tolerationz must be a field of Kubernetes 1.27, got an unknown one; did you mean tolerations',
      ],
    ],
    [
      'raises memory over the quota',
      '/containers/0/resources/limits/memory',
      '8Gi',
      [
        `ResourceQuota/tenant.spec.hard["limits.memory"] must be at least 35Gi, the sum of all pods in a rollout, got "5Gi"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take`,
        `LimitRange/tenant.spec.limits[0].max.memory must be at least 8Gi, the limit of the largest container, got "512Mi"; replace it in patches["LimitRange/tenant"], or lower that limit`,
      ],
    ],
  ])('fails when it %s', (_, path, value, says) => {
    expect(verdicts({ [WORKER]: [add(`${POD}${path}`, value)] })).toEqual(says);
  });

  test.each<[string, string, Json, readonly string[]]>([
    [
      'changes a selector',
      '/spec/selector/matchLabels/x',
      'y',
      [
        'Deployment/worker-default.spec.selector must select its own pods alone, got those of nothing; make it and the labels of the pods agree',
      ],
    ],
    [
      'makes a number text',
      '/spec/replicas',
      '3',
      [
        `Deployment/worker-default.spec.replicas must be a whole number, got "3"; write 3`,
        'Deployment/worker-default must be mended before 1 more finding about it can be told',
      ],
    ],
  ])('fails when it %s', (_, path, value, says) => {
    expect(verdicts({ [WORKER]: [add(path, value)] })).toEqual(says);
  });

  test('fails when it removes a mount', () => {
    expect(verdicts({ [WORKER]: [{ op: 'remove', path: `${POD}/containers/0/volumeMounts/1` }] })).toEqual([
      'Deployment/worker-default.spec.template.spec.containers[0].volumeMounts must hold the folders of /opt/stalk, got /tmp, /etc/stalk/redis and /run/stalk',
    ]);
  });

  test('fails when it makes a value of a ConfigMap a number', () => {
    expect(verdicts({ 'ConfigMap/app-config': [add('/data/LEVEL', 3)] })).toEqual([
      `ConfigMap/app-config.data.LEVEL must be text, got 3; write "3"`,
    ]);
  });

  test('fails when it opens a policy to somebody whom the environment does not name', () => {
    const from = [{ namespaceSelector: { matchLabels: { team: 'debug' } }, podSelector: {} }];

    expect(verdicts({ 'NetworkPolicy/default-deny': [add('/spec/ingress', [{ from }])] })).toEqual([
      'Deployment/web must be closed to every pod of debug, which no peer of the environment names, got a way in at 8000, 22, 6379, 6380, 26379 and 26380',
      'Deployment/worker-default must be closed to every pod of debug, which no peer of the environment names, got a way in at 22, 6379, 6380, 26379 and 26380',
    ]);
  });
});

const meta = (name: string) => ({ name, namespace: 'acme' });

const proxy = (pod: Json, labels: Json = { app: 'proxy' }): Json => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: meta('proxy'),
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'proxy' } },
    template: { metadata: { labels }, spec: pod },
  },
});

const hardened = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };

describe('an object of a user’s own', () => {
  test('need not have what Stalk gives its own', () => {
    const beside = [
      proxy({ securityContext: hardened, containers: [{ ...logger, name: 'proxy', image: 'proxy' }] }),
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: meta('proxy'),
        spec: { selector: { app: 'proxy' }, ports: [{ port: 80 }] },
      },
      {
        apiVersion: 'bitnami.com/v1alpha1',
        kind: 'SealedSecret',
        metadata: meta('db'),
        spec: { encryptedData: {} },
      },
      {
        apiVersion: 'autoscaling/v1',
        kind: 'HorizontalPodAutoscaler',
        metadata: meta('proxy'),
        spec: { maxReplicas: 0, scaleTargetRef: { kind: 'Deployment', name: 'proxy' } },
      },
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: meta('reader'), rules: [] },
    ];

    expect(verdicts(undefined, beside)).toEqual([]);
  });

  test.each<[string, Json, readonly string[]]>([
    [
      'has a pod without bounds or a security context',
      proxy({ containers: [{ name: 'proxy', image: 'proxy' }] }),
      [
        'Deployment/proxy.spec.template.spec.securityContext.runAsNonRoot must be true, got nothing',
        `Deployment/proxy.spec.template.spec.securityContext.seccompProfile.type must be "RuntimeDefault", got nothing`,
        'Deployment/proxy.spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation must be false, got nothing',
        `Deployment/proxy.spec.template.spec.containers[0].securityContext.capabilities.drop must be ["ALL"], got nothing`,
        'Deployment/proxy.spec.template.spec.containers[0].resources.requests.cpu must be a quantity, got nothing',
        'Deployment/proxy.spec.template.spec.containers[0].resources.limits.cpu must be a quantity, got nothing',
        'Deployment/proxy.spec.template.spec.containers[0].resources.requests.memory must be a quantity, got nothing',
        'Deployment/proxy.spec.template.spec.containers[0].resources.limits.memory must be a quantity, got nothing',
        'Deployment/proxy.spec.template.spec.containers[0].resources.requests.ephemeral-storage must be a quantity, got nothing',
        'Deployment/proxy.spec.template.spec.containers[0].resources.limits.ephemeral-storage must be a quantity, got nothing',
      ],
    ],
    [
      'mounts what is no volume',
      proxy({
        securityContext: hardened,
        containers: [{ ...logger, name: 'proxy', volumeMounts: [{ name: 'x', mountPath: '/x' }] }],
      }),
      [
        `Deployment/proxy.spec.template.spec.volumes must hold the volume "x" that a container mounts, got nothing`,
      ],
    ],
    [
      'selects no pods of its own',
      proxy({ securityContext: hardened, containers: [logger] }, { app: 'other' }),
      [
        'Deployment/proxy.spec.selector must select its own pods alone, got those of nothing; make it and the labels of the pods agree',
      ],
    ],
    [
      'needs more than the quota has',
      {
        ...proxy({ securityContext: hardened, containers: [logger] }),
        kind: 'StatefulSet',
        spec: {
          ...proxy({}).spec,
          serviceName: 'proxy',
          replicas: 9,
          template: proxy({ securityContext: hardened, containers: [logger] }).spec.template,
        },
      },
      [
        `ResourceQuota/tenant.spec.hard["pods"] must be at least 28, the sum of all pods in a rollout, got "10"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take`,
        `ResourceQuota/tenant.spec.hard["requests.cpu"] must be at least 3400m, the sum of all pods in a rollout, got "1600m"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take`,
        `ResourceQuota/tenant.spec.hard["requests.memory"] must be at least 3712Mi, the sum of all pods in a rollout, got "2560Mi"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take`,
        `ResourceQuota/tenant.spec.hard["requests.ephemeral-storage"] must be at least 1792Mi, the sum of all pods in a rollout, got "640Mi"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take`,
        `ResourceQuota/tenant.spec.hard["limits.cpu"] must be at least 11800m, the sum of all pods in a rollout, got "10"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take`,
        `ResourceQuota/tenant.spec.hard["limits.memory"] must be at least 6272Mi, the sum of all pods in a rollout, got "5Gi"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take`,
        `ResourceQuota/tenant.spec.hard["limits.ephemeral-storage"] must be at least 11392Mi, the sum of all pods in a rollout, got "10Gi"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take`,
      ],
    ],
    [
      'has a field that nobody knows',
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: meta('reader'), rulez: [] },
      ['Role/reader.rulez must be a field of Kubernetes 1.27, got an unknown one; did you mean rules'],
    ],
    [
      'lies in another namespace',
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'default' } },
      [`ConfigMap/x.metadata.namespace must be "acme", got "default"`],
    ],
    [
      'passes for a pod of another tenant',
      proxy(
        { securityContext: hardened, containers: [logger] },
        { app: 'proxy', 'stalk.dev/tenant': 'globex' },
      ),
      [`Deployment/proxy.spec.template.metadata.labels["stalk.dev/tenant"] must be "acme", got "globex"`],
    ],
    [
      'is a Secret in plain text',
      { apiVersion: 'v1', kind: 'Secret', metadata: meta('db'), stringData: { password: 'x' } },
      ['Secret/db must come from a store or from somebody else, got a Secret in plain text'],
    ],
  ])('fails when it %s', (_, object, says) => {
    expect(verdicts(undefined, [object])).toEqual(says);
  });
});
