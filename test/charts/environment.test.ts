// Every prop of an environment: where it ends up in the manifests, and what is there without it.

import { writeGitOps } from '../../lib';
import { platforms } from '../../lib/platform';
import type { ArgoCd, Environment, ExternalSecretsStore, Flux, GitOps, Peers } from '../../lib/spec';
import { join } from 'node:path';
import { parse } from 'yaml';
import { mainOf, once, podOf, range, reaches } from '../support/props';
import { broker, plain, synth, tenantOf } from '../support/synth';
import type { Json } from '../support/synth';
import { readTree, scratch } from '../support/tree';

const tempFolder = scratch();

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
  const all: Required<
    Omit<Environment, 'secrets' | 'disposable' | 'gitops' | 'peers' | 'exposure' | 'monitoring' | 'runtime'>
  > = {
    name: 'full',
    storageClass: 'fast',
    brokers: { other: { topology: 'standalone' } },
    clusterDomain: 'k8s.example.com',
    zones: ['a', 'b'],
    registry: 'registry.example.com',
    assignedUsers: true,
    imagePullSecrets: ['login'],
    pullPolicy: 'Always',
    defaults: { worker: { cpu: { request: '33m' } } },
    nativeSidecars: true,
    images: { file: 'images.yaml', versions: { acme: '9.9.9' } },
    patches: {
      'tenants/*': { 'Deployment/*': [{ op: 'add', path: '/metadata/labels/team', value: 'blue' }] },
    },
  };
  const app = (image: string) => ({ dialect: 'celery', image, module: 'acme.tasks' }) as const;
  const tenant = tenantOf({ beat: {}, sidecars: { proxy: { image: 'acme/proxy:1.0.0' } } });
  const pod = podOf('Deployment', 'worker-default');
  const main = mainOf('Deployment', 'worker-default');
  const settings = (o: Json) => JSON.parse(o.byKind('ConfigMap', 'celery-settings').data['settings.json']);

  reaches<Omit<typeof all, 'name'>>(
    {
      nativeSidecars: [(o) => pod(o).initContainers[0].restartPolicy, 'Always', undefined],
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
      registry: [(o) => main(o).image.split('/')[0], 'registry.example.com', 'acme'],
      assignedUsers: [(o) => pod(o).securityContext.runAsUser, undefined, 10001],
      images: [(o) => main(o).image.split(':')[1], '9.9.9', '2.4.1'],
      imagePullSecrets: [(o) => pod(o).imagePullSecrets, [{ name: 'login' }], undefined],
      pullPolicy: [(o) => main(o).imagePullPolicy, 'Always', 'IfNotPresent'],
      defaults: [(o) => range(main(o), 'cpu'), '33m/1', '250m/1'],
      patches: [(o) => o.byKind('Deployment', 'beat').metadata.labels.team, 'blue', undefined],
    },
    once(() => synth({ ...tenant, app: app('acme/jobs') }, { ...plain, ...all })),
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
  const flower = { auth: { secret: 'flower', key: 'login' } } as const;
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
      ingress: [from('to-flower'), [asPolicy(peers.ingress)], undefined],
      prometheus: [from('metrics'), [asPolicy(peers.prometheus)], undefined],
    },
    once(() => synth(tenantOf({ flower, broker: { topology: 'standalone' } }), { ...plain, peers })),
    once(() => synth(tenantOf({ flower, broker: { topology: 'standalone' } }))),
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

describe('the place of an environment in Git', () => {
  const argocd: Required<ArgoCd> = {
    namespace: 'gitops',
    project: 'tenants',
    destination: { name: 'west' },
    labels: { team: 'blue' },
    annotations: { 'example.com/pager': 'on' },
    syncOptions: ['ServerSideApply=false', 'RespectIgnoreDifferences=true'],
    automated: { prune: false, selfHeal: true },
  };
  const flux: Required<Flux> = {
    namespace: 'flux',
    labels: { team: 'red' },
    annotations: { 'example.com/pager': 'off' },
    interval: '5m',
    reconcile: '1h',
    secret: 'repository',
    serviceAccount: 'tenants',
  };
  const all: Required<GitOps> = {
    repo: 'https://git.example.com/x.git',
    revision: { tag: 'v1' },
    path: 'clusters/x',
    argocd,
    flux,
  };
  const least = { repo: 'https://git.example.com/y.git', revision: 'trunk', path: 'dist' } as const;

  /** Objects of both tools, by file. */
  function rendered(gitops: GitOps): Readonly<Record<string, Json>> {
    const folder = join(tempFolder(), 'dist');
    writeGitOps(platforms({ environments: [{ ...plain, gitops }], tenants: [] }), folder);
    const files = [...readTree(join(folder, 'test', 'gitops'))];
    return Object.fromEntries(files.map(([file, text]) => [file, parse(text)]));
  }
  const [full, minimal] = [rendered(all), rendered(least)];
  const set = (o: Readonly<Record<string, Json>>): Json => o['argocd/applicationset.yaml'];
  const app = (o: Readonly<Record<string, Json>>): Json => set(o).spec.template;
  const source = (o: Readonly<Record<string, Json>>): Json => o['flux/gitrepository.yaml'];
  const leaf = (o: Readonly<Record<string, Json>>): Json => o['flux/brokers-main.yaml'];

  type Place = readonly [found: (o: Readonly<Record<string, Json>>) => Json, given: Json, byDefault: Json];
  const ARGOCD: Record<keyof ArgoCd, Place> = {
    namespace: [(o) => set(o).metadata.namespace, 'gitops', 'argocd'],
    project: [(o) => app(o).spec.project, 'tenants', 'default'],
    destination: [
      (o) => app(o).spec.destination,
      { name: 'west' },
      { server: 'https://kubernetes.default.svc' },
    ],
    labels: [
      (o) => [set(o).metadata.labels, app(o).metadata.labels],
      [argocd.labels, argocd.labels],
      [undefined, undefined],
    ],
    annotations: [
      (o) => [set(o).metadata.annotations, app(o).metadata.annotations],
      [argocd.annotations, argocd.annotations],
      [undefined, undefined],
    ],
    syncOptions: [
      (o) => app(o).spec.syncPolicy.syncOptions,
      ['PruneLast=true', 'ServerSideApply=false', 'RespectIgnoreDifferences=true'],
      ['ServerSideApply=true', 'PruneLast=true'],
    ],
    automated: [
      (o) => app(o).spec.syncPolicy.automated,
      { prune: false, selfHeal: true },
      { prune: true, selfHeal: true },
    ],
  };
  const FLUX: Record<keyof Flux, Place> = {
    namespace: [
      (o) => [source(o).metadata.namespace, leaf(o).metadata.namespace],
      ['flux', 'flux'],
      ['flux-system', 'flux-system'],
    ],
    labels: [
      (o) => [source(o).metadata.labels, leaf(o).metadata.labels],
      [flux.labels, flux.labels],
      [undefined, undefined],
    ],
    annotations: [
      (o) => [source(o).metadata.annotations, leaf(o).metadata.annotations],
      [flux.annotations, flux.annotations],
      [undefined, undefined],
    ],
    interval: [(o) => source(o).spec.interval, '5m', '1m'],
    reconcile: [(o) => leaf(o).spec.interval, '1h', '10m'],
    secret: [(o) => source(o).spec.secretRef, { name: 'repository' }, undefined],
    serviceAccount: [(o) => leaf(o).spec.serviceAccountName, 'tenants', undefined],
  };
  const GITOPS: Record<'repo' | 'revision' | 'path', Place> = {
    repo: [
      (o) => [set(o).spec.generators[0].git.repoURL, app(o).spec.source.repoURL, source(o).spec.url],
      [all.repo, all.repo, all.repo],
      [least.repo, least.repo, least.repo],
    ],
    revision: [
      (o) => [set(o).spec.generators[0].git.revision, app(o).spec.source.targetRevision, source(o).spec.ref],
      ['v1', 'v1', { tag: 'v1' }],
      ['trunk', 'trunk', { branch: 'trunk' }],
    ],
    path: [(o) => leaf(o).spec.path, './clusters/x/brokers/main', './dist/brokers/main'],
  };

  test.each(Object.entries({ ...GITOPS, ...ARGOCD }))(
    'tells Argo CD its %s',
    (_, [found, given, byDefault]) => {
      expect([found(full), found(minimal)]).toEqual([given, byDefault]);
    },
  );

  test.each(Object.entries(FLUX))('tells Flux its %s', (_, [found, given, byDefault]) => {
    expect([found(full), found(minimal)]).toEqual([given, byDefault]);
  });

  test('may be a range of versions', () => {
    const o = rendered({ ...least, revision: { semver: '1.x' } });

    expect([app(o).spec.source.targetRevision, source(o).spec.ref]).toEqual(['1.x', { semver: '1.x' }]);
  });

  test('leaves each sync to a person where nothing is automated', () => {
    const o = rendered({ ...least, argocd: { automated: false } });

    expect(app(o).spec.syncPolicy).not.toHaveProperty('automated');
  });

  test('fills in the other half of what is automated', () => {
    const o = rendered({ ...least, argocd: { automated: { selfHeal: false } } });

    expect(app(o).spec.syncPolicy.automated).toEqual({ prune: true, selfHeal: false });
  });
});
