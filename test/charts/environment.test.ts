// Every prop of an environment: where it ends up in the manifests, and what is there without it.

import { writeGitOps } from '../../lib';
import { platforms } from '../../lib/platform';
import type { Environment, ExternalSecretsStore, Peers } from '../../lib/spec';
import { join } from 'node:path';
import { mainOf, once, podOf, range, reaches } from '../support/props';
import { broker, plain, synth, tenantOf } from '../support/synth';
import type { Json } from '../support/synth';
import { readTree, removeFolders, tempFolder } from '../support/tree';

afterAll(removeFolders);

const peer = (name: string) => ({ namespace: { team: name }, pods: { app: name } });

const peers: Required<Peers> = {
  dns: peer('dns'),
  keda: peer('keda'),
  ingress: peer('ingress'),
  prometheus: peer('prometheus'),
};

const asPolicy = ({ namespace, pods }: Json) => ({
  namespaceSelector: { matchLabels: namespace },
  podSelector: { matchLabels: pods },
});

describe('an environment', () => {
  const all: Required<Omit<Environment, 'secrets' | 'disposable' | 'gitops' | 'peers'>> = {
    name: 'full',
    storageClass: 'fast',
    brokers: { other: { topology: 'standalone' } },
    clusterDomain: 'k8s.example.com',
    zones: ['a', 'b'],
    registry: 'registry.example.com',
    imagePullSecrets: ['login'],
    pullPolicy: 'Always',
    defaults: { worker: { cpu: { request: '33m' } } },
    patches: {
      'tenants/*': { 'Deployment/*': [{ op: 'add', path: '/metadata/labels/team', value: 'blue' }] },
    },
  };
  const tenant = tenantOf({ beat: {} });
  const pod = podOf('Deployment', 'worker-default');
  const main = mainOf('Deployment', 'worker-default');
  const settings = (o: Json) => JSON.parse(o.byKind('ConfigMap', 'celery-settings').data['settings.json']);

  reaches<Omit<typeof all, 'name'>>(
    {
      storageClass: [
        (o) => o.byKind('PersistentVolumeClaim', 'beat-schedule').spec.storageClassName,
        'fast',
        'standard',
      ],
      brokers: [(o) => new URL(settings(o).broker_url).hostname.split('.')[1], 'broker-other', 'broker-main'],
      clusterDomain: [
        (o) => new URL(settings(o).broker_url).hostname.split('.').slice(2).join('.'),
        'svc.k8s.example.com',
        'svc.cluster.local',
      ],
      zones: [
        (o) => pod(o).topologySpreadConstraints?.[0].topologyKey,
        'topology.kubernetes.io/zone',
        undefined,
      ],
      registry: [(o) => main(o).image, 'registry.example.com/acme/jobs:2.4.1', 'acme/jobs:2.4.1'],
      imagePullSecrets: [(o) => pod(o).imagePullSecrets, [{ name: 'login' }], undefined],
      pullPolicy: [(o) => main(o).imagePullPolicy, 'Always', 'IfNotPresent'],
      defaults: [(o) => range(main(o), 'cpu'), '33m/1', '250m/1'],
      patches: [(o) => o.byKind('Deployment', 'beat').metadata.labels.team, 'blue', undefined],
    },
    once(() => synth(tenant, { ...plain, ...all })),
    once(() => synth(tenant, plain)),
  );

  test.each(['other.example.com/acme/jobs:1', 'localhost/jobs:1', 'local:5000/jobs:1'])(
    'leaves %s alone, which names its registry',
    (image) => {
      const app = { dialect: 'celery', image, module: 'acme' } as const;

      expect(main(synth(tenantOf({ app }), { ...plain, registry: 'registry.example.com' })).image).toBe(
        image,
      );
    },
  );
});

describe('the peers of an environment', () => {
  const web = { command: ['serve'], port: 8000 } as const;
  const from = (name: string) => (o: Json) => o.find('NetworkPolicy', name)?.spec.ingress[0].from;

  reaches<Peers>(
    {
      dns: [
        (o) => o.byKind('NetworkPolicy', 'dns').spec.egress[0].to,
        [asPolicy(peers.dns)],
        [
          asPolicy({
            namespace: { 'kubernetes.io/metadata.name': 'kube-system' },
            pods: { 'k8s-app': 'kube-dns' },
          }),
        ],
      ],
      keda: [(o) => from('redis')(o).length, 2, 1],
      ingress: [from('to-web'), [asPolicy(peers.ingress)], undefined],
      prometheus: [from('metrics'), [asPolicy(peers.prometheus)], undefined],
    },
    once(() => synth(tenantOf({ web, broker: { topology: 'standalone' } }), { ...plain, peers })),
    once(() => synth(tenantOf({ web, broker: { topology: 'standalone' } }))),
  );
});

describe('the secrets of an environment', () => {
  const external: Required<ExternalSecretsStore> = {
    strategy: 'externalSecrets',
    store: 'vault',
    path: 'stalk/live',
    generate: true,
  };
  const own = tenantOf({ broker: { topology: 'standalone' } });

  test('come from the store that is named, on both sides of a shared broker', () => {
    const environment = { ...plain, secrets: external };

    const client = synth(tenantOf(), environment).byKind('ExternalSecret', 'redis-credentials').spec;
    const server = broker('main', environment, [tenantOf()]).byKind('ExternalSecret', 'redis-users').spec;

    expect([client.secretStoreRef.name, server.secretStoreRef.name]).toEqual(['vault', 'vault']);
    expect(server.dataFrom).toEqual([{ extract: { key: 'stalk/live/brokers/main' } }]);
    expect(client.data.map((d: Json) => [d.secretKey, d.remoteRef])).toEqual(
      ['acme', 'acme-web', 'acme-scaler'].map((user) => [
        user,
        { key: 'stalk/live/brokers/main', property: user },
      ]),
    );
  });

  test('are made up by the operator for a Redis of one’s own, once', () => {
    const o = synth(own, { ...plain, secrets: external });

    expect(o.byKind('ExternalSecret', 'redis-users').spec.refreshInterval).toBe('0');
    expect(o.byKind('Password', 'redis-users').spec.secretKeys).toEqual(['acme', 'acme-web', 'acme-scaler']);
  });

  test('of a Redis of one’s own come from the store as well, where nothing is made up', () => {
    const o = synth(own, { ...plain, secrets: { ...external, generate: false } });

    expect(o.byKind('ExternalSecret', 'redis-users').spec.dataFrom).toEqual([
      { extract: { key: 'stalk/live/tenants/acme/redis' } },
    ]);
    expect(o.find('Password', 'redis-users')).toBeUndefined();
  });

  test.each(['existing', 'pulumi'] as const)('are somebody else’s with the strategy %s', (strategy) => {
    const kinds = synth(own, { ...plain, secrets: { strategy } }).all.map(({ kind }) => kind);

    expect(kinds.filter((kind) => /Secret|Password/.test(kind))).toEqual([]);
  });

  test('are made of their names in a cluster to throw away, those of the app too', () => {
    const disposable: Required<Pick<Environment, 'disposable' | 'secrets'>> = {
      disposable: true,
      secrets: { strategy: 'literal' },
    };
    const tenant = tenantOf({ ...own, env: { TOKEN: { secret: 'tokens', key: 'api' } } });

    const o = synth(tenant, { ...plain, ...disposable });

    expect(o.byKind('Secret', 'redis-users').stringData.acme).toBe(
      'not-a-secret_test_tenants-acme-redis_acme',
    );
    expect(o.byKind('Secret', 'tokens').stringData).toEqual({ api: 'not-a-secret_test_acme_tokens_api' });
  });

  test('hold user and password for Flower, which lets nobody in without a colon', () => {
    const tenant = tenantOf({
      flower: { auth: { secret: 'flower', key: 'login' }, env: { X: { secret: 'flower', key: 'x' } } },
    });

    const o = synth(tenant, { ...plain, disposable: true, secrets: { strategy: 'literal' } });

    expect(o.byKind('Secret', 'flower').stringData).toEqual({
      login: 'flower:not-a-secret_test_acme_flower_login',
      x: 'not-a-secret_test_acme_flower_x_',
    });
  });
});

test('the place of an environment in Git is where Argo CD and Flux look', () => {
  const gitops: Required<NonNullable<Environment['gitops']>> = {
    repo: 'https://git.example.com/x.git',
    revision: 'trunk',
    path: 'clusters/x',
  };
  const folder = join(tempFolder(), 'dist');

  writeGitOps(platforms({ environments: [{ ...plain, gitops }], tenants: [] }), folder);

  const tree = readTree(folder);
  for (const file of ['test/gitops/argocd/applicationset.yaml', 'test/gitops/flux/gitrepository.yaml']) {
    expect(tree.get(file)).toContain('https://git.example.com/x.git');
    expect(tree.get(file)).toContain('trunk');
  }
  expect(tree.get('test/gitops/flux/brokers-main.yaml')).toContain('path: ./clusters/x/brokers/main');
});
