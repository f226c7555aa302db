// A live namespace: what the API server answers, without what Kubernetes made by itself, and without Secrets.

import { adopted, AdoptError, liveInventory } from '../../lib/adopt';
import type { Cluster, KubeObject, ObjectKind } from '../../lib/cluster';

const asked: string[] = [];

const worker = {
  metadata: { name: 'mail', namespace: 'post' },
  spec: {
    replicas: 2,
    template: {
      metadata: { labels: { app: 'mail' } },
      spec: {
        containers: [
          {
            name: 'mail',
            image: 'post/app:3.1.0',
            command: ['celery', '-A', 'post', 'worker', '-Q', 'mail', '-c', '3'],
            env: [{ name: 'API_KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'api' } } }],
          },
        ],
      },
    },
  },
  status: { readyReplicas: 2 },
};

const OBJECTS: Readonly<Record<string, readonly unknown[]>> = {
  Deployment: [worker],
  Pod: [{ metadata: { name: 'mail-x', ownerReferences: [{ kind: 'ReplicaSet', name: 'mail', uid: '1' }] } }],
  ConfigMap: [{ metadata: { name: 'kube-root-ca.crt' }, data: {} }],
};

const cluster = {
  context: 'prod',
  server: 'https://prod.example.com',
  version: () => Promise.resolve('v1.34.2'),
  read: ({ name }: { readonly name: string }) =>
    Promise.resolve(name === 'post' ? { metadata: { name } } : undefined),
  list: ({ kind }: ObjectKind) => {
    asked.push(kind);
    return Promise.resolve((OBJECTS[kind] ?? []) as readonly KubeObject[]);
  },
} as unknown as Cluster;

test('a namespace becomes a tenant of its name', async () => {
  const { tenant, text } = adopted(await liveInventory(cluster, 'post'), {
    from: '@stalk/stalk',
    sources: ['namespace post'],
  });

  expect(tenant).toMatchObject({
    name: 'post',
    app: { image: 'post/app:3.1.0', module: 'post' },
    workers: { default: { queues: ['mail'], concurrency: 3, replicas: 2 } },
    env: { API_KEY: { secret: 'keys', key: 'api' } },
  });
  expect(text).not.toContain('mail-x');
  expect(text).not.toContain('kube-root-ca');
});

test('Secrets are not asked for', () => {
  expect(asked).toContain('Deployment');
  expect(asked).not.toContain('Secret');
});

test('fails for a namespace that is not there', async () => {
  await expect(liveInventory(cluster, 'pots')).rejects.toThrow(AdoptError);
});
