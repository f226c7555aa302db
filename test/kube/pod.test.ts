// Small parts that every pod is made of.

import { imageIn, labels, podTemplate, selector } from '../../lib/kube';
import type { ContainerProps, PodProps } from '../../lib/kube';
import { apart } from '../../lib/traits/availability';
import { egressRule } from '../../lib/traits/network';
import { serves } from '../../lib/plan/celery/signals';
import { probesOf } from '../../lib/traits/probes';
import { defaults } from '../../lib/spec/defaults';

const amount = { request: '1m', limit: '2m' };
const container: ContainerProps = {
  name: 'main',
  image: 'acme/jobs:1',
  command: ['run'],
  resources: { cpu: amount, memory: amount, disk: amount },
};
const images = { registry: '', pullPolicy: 'IfNotPresent', pullSecrets: [] } as const;
const pod = (overrides: Partial<PodProps> = {}) =>
  podTemplate({ user: 1, labels: { a: 'b' }, containers: [container], grace: 30, images, ...overrides });

test('a pod without options has a place to write and nothing else', () => {
  const { metadata, spec } = pod();

  expect(metadata).toEqual({ labels: { a: 'b' } });
  expect(spec?.volumes?.map(({ name }) => name)).toEqual(['tmp']);
  expect(spec).not.toHaveProperty('initContainers');
  expect(spec).not.toHaveProperty('imagePullSecrets');
  expect(spec).not.toHaveProperty('tolerations');
});

test('a pod takes its options', () => {
  const { metadata, spec } = pod({
    annotations: { c: 'd' },
    writableRoot: 'writes',
    restart: 'Never',
    movesAfter: 7,
    init: [{ ...container, name: 'first' }],
    images: { registry: 'r.example.com', pullPolicy: 'Always', pullSecrets: ['login'] },
    placement: { priorityClassName: 'high' },
  });

  expect(metadata?.annotations).toEqual({ c: 'd', 'stalk.dev/writable-root': 'writes' });
  expect(spec).toMatchObject({
    restartPolicy: 'Never',
    imagePullSecrets: [{ name: 'login' }],
    priorityClassName: 'high',
    tolerations: ['not-ready', 'unreachable'].map((what) => ({
      key: `node.kubernetes.io/${what}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 7,
    })),
    initContainers: [{ name: 'first', image: 'r.example.com/acme/jobs:1', imagePullPolicy: 'Always' }],
    containers: [{ securityContext: { readOnlyRootFilesystem: false } }],
  });
});

test.each([
  ['', 'acme/jobs:1', 'acme/jobs:1'],
  ['r.example.com', 'acme/jobs:1', 'r.example.com/acme/jobs:1'],
  ['r.example.com', 'redis:7', 'r.example.com/redis:7'],
  ['r.example.com', 'o.example.com/redis:7', 'o.example.com/redis:7'],
  ['r.example.com', 'local:5000/redis:7', 'local:5000/redis:7'],
  ['r.example.com', 'localhost/redis:7', 'localhost/redis:7'],
])('behind the registry "%s", %s is %s', (registry, image, wanted) => {
  expect(imageIn(registry, image)).toBe(wanted);
});

test('a selector holds two labels that never change', () => {
  const identity = {
    component: 'worker',
    instance: 'worker-default',
    owner: 'acme',
    tenant: 'acme',
  } as const;

  expect(selector(identity)).toEqual({
    'app.kubernetes.io/component': 'worker',
    'app.kubernetes.io/instance': 'worker-default',
  });
  expect(labels(identity)).toMatchObject(selector(identity));
});

test('pods are spread over zones where there are several', () => {
  expect(apart({ a: 'b' }, ['one'])).not.toHaveProperty('topologySpreadConstraints');
  expect(apart({ a: 'b' }, ['one', 'two']).topologySpreadConstraints).toEqual([
    {
      maxSkew: 1,
      topologyKey: 'topology.kubernetes.io/zone',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: { a: 'b' } },
    },
  ]);
});

test('pods of a policy’s destination are named by their namespace and labels', () => {
  expect(egressRule({ to: { namespace: 'db', pods: { app: 'pg' } } })).toEqual({
    to: [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'db' } },
        podSelector: { matchLabels: { app: 'pg' } },
      },
    ],
  });
});

test('a probe without a delay says nothing of one', () => {
  const { probes } = serves({ path: '/', headers: {}, scheme: 'http' }, defaults.web.probes);

  expect(probesOf(probes, 'http').startupProbe).not.toHaveProperty('initialDelaySeconds');
});

test('the internet is neither the cluster nor its neighbours nor the credentials of its cloud', () => {
  const [peer] = egressRule({ to: 'internet' }).to ?? [];

  expect(peer?.ipBlock?.except).toEqual(
    expect.arrayContaining(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16']),
  );
});
