import type { Environment } from '../../lib/spec';
import { check, report } from '../../lib/spec/rules';
import { environment, environmentWith, saysOf, tenant, tenantWith } from './helpers';
import type { Row } from './helpers';

const broker = (change: object) => ({ brokers: { main: change } });
const external = { topology: 'external', host: 'redis', cidrs: ['10.0.0.1/32'], username: 'platform' };
const gitops = (change: object) => ({
  gitops: { repo: 'https://git.example.com/x', revision: 'main', path: 'dist/dev', ...change },
});
const patches = (folder: string, operation: object = { op: 'remove', path: '/spec' }) => ({
  patches: { [folder]: { 'StatefulSet/redis': [operation] } },
});
const store = (change: object) => ({
  secrets: { strategy: 'externalSecrets', store: 'platform', path: 'stalk/dev', ...change },
});

const ROWS: readonly Row[] = [
  {
    rule: 'literal secrets are for clusters to throw away',
    broken: { secrets: { strategy: 'literal' } },
    says: 'secrets.strategy must be "existing", "externalSecrets" or "pulumi", as literal secrets lie in Git for all to read, got "literal"; change it, or mark the cluster with disposable: true if nothing in it matters',
    held: { secrets: { strategy: 'literal' }, disposable: true },
  },
  {
    rule: 'an environment leaves the folder of every environment alone',
    broken: { name: 'all' },
    says: 'name must be another name: objects in stacks/extra/all go to every environment, got "all"; choose another name',
    held: { name: 'alls' },
  },
  {
    rule: 'a shared broker never evicts',
    broken: broker({ eviction: 'volatile-lru' }),
    says: 'brokers.main.eviction must be "noeviction" on a broker: any other deletes tasks that it accepted, got "volatile-lru"; remove it, and give the tenant a cache for what may be forgotten',
    held: broker({ eviction: 'noeviction' }),
  },
  {
    rule: 'dedicated brokers never evict',
    broken: { defaults: { redis: { eviction: 'allkeys-lfu' } } },
    says: 'defaults.redis.eviction must be "noeviction" on brokers: any other deletes tasks that they accepted, got "allkeys-lfu"; remove it; defaults.cache.eviction is for caches',
    held: { defaults: { redis: { eviction: 'noeviction' }, cache: { eviction: 'allkeys-lfu' } } },
  },
  {
    rule: 'sentinels of a shared broker are an odd number',
    broken: broker({ topology: 'sentinel', replicas: 2, sentinels: 6 }),
    says: 'brokers.main.sentinels must be odd, as more than half have to agree, got 6; use 5, which bear the loss of as many',
    held: broker({ topology: 'sentinel', replicas: 2, sentinels: 7 }),
  },
  {
    rule: 'a shared broker keeps certificates apart from passwords',
    broken: broker({ tls: { secret: 'redis-credentials' } }),
    says: 'brokers.main.tls.secret must be a Secret with certificates, and this one holds passwords, got "redis-credentials"; use a Secret of its own, such as "redis-tls"',
    held: broker({ tls: { issuer: 'internal' } }),
  },
  {
    rule: 'a shared broker carries messages',
    broken: broker({ topology: 'cluster' }),
    says: `brokers.main.topology must be a Redis that carries Celery's messages: Celery cannot follow the slots of a cluster, got "cluster"; use "replicated" for copies, or several "standalone" brokers for more room`,
    held: broker(external),
  },
  {
    rule: 'a shared broker has a limit over its request',
    broken: broker({ memory: { request: '1Gi', limit: '512Mi' } }),
    says: 'brokers.main.memory.limit must be at least the request of "1Gi", got "512Mi"; raise the limit or lower the request',
    held: broker({ memory: { request: '512Mi', limit: '512Mi' } }),
  },
  {
    rule: 'a shared broker has memory to work with',
    broken: broker({ memory: '32Mi' }),
    says: 'brokers.main.memory must leave Redis at least "32Mi", as it gets 70 % of the limit, got "32Mi"; raise memory to "46Mi" or more',
    held: broker({ memory: '46Mi' }),
  },
  {
    rule: 'a shared broker has room on its volume for what its memory holds',
    broken: broker({ memory: '1Gi', storage: '2Gi' }),
    says: 'brokers.main.storage must be at least "4Gi", four times memory: Redis rewrites its append-only file beside the old one, got "2Gi"; raise storage, or remove it, or lower memory',
    held: broker({ memory: '1Gi', storage: '4Gi' }),
  },
  {
    rule: 'a shared broker has no prefix of its own',
    broken: broker({ prefix: 'shared:', database: 1 }),
    says: [
      'brokers.main.prefix must be left to the tenants of a shared broker, got "shared:"; write it in the tenant: broker: { shared: …, prefix: … }',
      'brokers.main.database must be left to the tenants of a shared broker, got 1; write it in the tenant: broker: { shared: …, database: … }',
    ],
    held: broker({ databases: 1 }),
  },
  {
    rule: 'literal secrets do not open an external broker',
    broken: { ...broker(external), disposable: true, secrets: { strategy: 'literal' } },
    says: 'brokers.main.topology must be one that Stalk runs where secrets are literal: it does not know the password of another, got "external"; let Stalk run it here, or use the strategy "existing"; or remove username, and make the users that stalk acl prints',
    held: broker(external),
  },
  {
    rule: 'a name',
    broken: { name: 'Dev' },
    says: 'name must be a DNS label of at most 40 characters, got "Dev"; write "dev"',
    held: { name: 'production' },
  },
  {
    rule: 'a name',
    broken: { brokers: { main_2: { topology: 'standalone' } } },
    says: 'brokers.main_2 must be a DNS label of at most 40 characters, got "main_2"; write "main-2"',
    held: { brokers: { 'main-2': { topology: 'standalone' } } },
  },
  {
    rule: 'a strategy',
    broken: { secrets: { strategy: 'vault' } },
    says: 'secrets.strategy must be one of "literal", "existing", "externalSecrets", "pulumi", got "vault"; write "externalSecrets" with store and path',
    held: { secrets: { strategy: 'pulumi' } },
  },
  {
    rule: 'a store',
    broken: store({ path: '/stalk' }),
    says: 'secrets.path must be a path without slashes at its ends, got "/stalk"; write "stalk"',
    held: store({ path: 'stalk', generate: true }),
  },
  {
    rule: 'a domain',
    broken: { clusterDomain: '.local' },
    says: 'clusterDomain must be a DNS domain, got ".local"; write it like "cluster.local"',
    held: { clusterDomain: 'k8s.example.com' },
  },
  {
    rule: 'a registry',
    broken: { registry: 'https://registry.example.com' },
    says: 'registry must be a registry without https:// and without a slash at its end, got "https://registry.example.com"; write "registry.example.com"',
    held: { registry: 'registry.example.com:5000/team' },
  },
  {
    rule: 'zones',
    broken: { zones: ['a', 'a'] },
    says: 'zones[1] must stand in the list once, got "a" again; remove it',
    held: { zones: ['a', 'b'] },
  },
  {
    rule: 'a path',
    broken: gitops({ path: '/dist/dev' }),
    says: 'gitops.path must be a path without slashes at its ends, got "/dist/dev"; write "dist/dev"',
    held: gitops({}),
  },
  {
    rule: 'peers',
    broken: { peers: { keda: { namespace: { name: 'keda' }, pods: {} } } },
    says: 'peers.keda.pods must name at least one label, got {}; write it like { app: … }, or every pod would match',
    held: { peers: { keda: { namespace: { name: 'keda' }, pods: { app: 'keda' } } } },
  },
  {
    rule: 'a revision',
    broken: gitops({ revision: 'a branch' }),
    says: 'gitops.revision must be the name of a branch or a tag, got "a branch"; write it like "main"',
    held: gitops({ revision: 'release/1.x' }),
  },
  {
    rule: 'a revision',
    broken: gitops({ revision: { tag: '' } }),
    says: 'gitops.revision.tag must be the name of a branch or a tag, got ""; write it like "main"',
    held: gitops({ revision: { tag: 'v1.4.0' } }),
  },
  {
    rule: 'a revision',
    broken: gitops({ revision: { semver: 'newest!' } }),
    says: 'gitops.revision.semver must be a range of versions, got "newest!"; write it like "1.x" or ">=1.4.0 <2.0.0"',
    held: gitops({ revision: { semver: '>=1.4.0 <2.0.0' } }),
  },
  {
    rule: 'a destination',
    broken: gitops({ argocd: { destination: { server: 'west' } } }),
    says: 'gitops.argocd.destination.server must be the URL of an API server, got "west"; write it like "https://kubernetes.default.svc"',
    held: gitops({ argocd: { destination: { server: 'https://10.0.0.1:6443' } } }),
  },
  {
    rule: 'a destination',
    broken: gitops({ argocd: { destination: { name: 'west', server: 'https://west' } } }),
    says: 'gitops.argocd.destination.server must be a known prop, got "https://west"; known here: name',
    held: gitops({ argocd: { destination: { name: 'west' } } }),
  },
  {
    rule: 'a destination',
    broken: gitops({ argocd: { destination: 'west' } }),
    says: 'gitops.argocd.destination must be a record, got "west"; write { name: "west" }',
    held: gitops({ argocd: { destination: { name: 'in-cluster' } } }),
  },
  {
    rule: 'a project',
    broken: gitops({ argocd: { project: 'My Project' } }),
    says: 'gitops.argocd.project must be the name of a Kubernetes object, got "My Project"; use lower case letters, digits, - and .',
    held: gitops({ argocd: { project: 'tenants' } }),
  },
  {
    rule: 'a label',
    broken: gitops({ argocd: { labels: { team: 'blue and red' } } }),
    says: 'gitops.argocd.labels.team must be the value of a label, got "blue and red"; use up to 63 letters, digits, -, _ and ., in quotes',
    held: gitops({ argocd: { labels: { 'example.com/team': 'blue' } } }),
  },
  {
    rule: 'a label',
    broken: gitops({ flux: { labels: { '/team': 'blue' } } }),
    says: 'gitops.flux.labels["/team"] must be the key of a label or an annotation, got "/team"; write it like "example.com/team"',
    held: gitops({ flux: { labels: { team: '' } } }),
  },
  {
    rule: 'an annotation',
    broken: gitops({ flux: { annotations: { team: 1 } } }),
    says: 'gitops.flux.annotations.team must be a text, got 1; put it in quotes',
    held: gitops({ flux: { annotations: { team: 'blue and red' } } }),
  },
  {
    rule: 'a sync option',
    broken: gitops({ argocd: { syncOptions: ['Validate'] } }),
    says: 'gitops.argocd.syncOptions[0] must be a sync option with its value, got "Validate"; write "Validate=true"',
    held: gitops({ argocd: { syncOptions: ['Validate=false'] } }),
  },
  {
    rule: 'automation',
    broken: gitops({ argocd: { automated: true } }),
    says: 'gitops.argocd.automated must be one of false, got true; write false, { prune: …, selfHeal: … }, or leave it out',
    held: gitops({ argocd: { automated: false } }),
  },
  {
    rule: 'automation',
    broken: gitops({ argocd: { automated: { prune: 'no' } } }),
    says: 'gitops.argocd.automated.prune must be one of true, false, got "no"; choose one of them',
    held: gitops({ argocd: { automated: { prune: false } } }),
  },
  {
    rule: 'an interval',
    broken: gitops({ flux: { interval: '5s' } }),
    says: 'gitops.flux.interval must be a whole number of s, m or h, at least 10s, got "5s"; write it like "45s", "30m" or "2h"',
    held: gitops({ flux: { interval: '10s' } }),
  },
  {
    rule: 'an interval',
    broken: gitops({ flux: { reconcile: '10s' } }),
    says: 'gitops.flux.reconcile must be a whole number of s, m or h, at least 1m, got "10s"; write it like "45s", "30m" or "2h"',
    held: gitops({ flux: { reconcile: '1m' } }),
  },
  {
    rule: 'a Secret of the repository',
    broken: gitops({ flux: { secret: { name: 'repository' } } }),
    says: 'gitops.flux.secret must be the name of a Kubernetes object, got a value that is not shown; use lower case letters, digits, - and .',
    held: gitops({ flux: { secret: 'repository' } }),
  },
  {
    rule: 'a known option',
    broken: gitops({ argocd: { projekt: 'tenants' } }),
    says: 'gitops.argocd.projekt must be a known prop, got "tenants"; write project',
    held: gitops({ argocd: {}, flux: {} }),
  },
  {
    rule: 'a known option',
    broken: gitops({ flux: { serviceAccountName: 'tenants' } }),
    says: 'gitops.flux.serviceAccountName must be a known prop, got "tenants"; write serviceAccount',
    held: gitops({ flux: { serviceAccount: 'tenants' } }),
  },
  {
    rule: 'patches are by folder',
    broken: patches('tenants/acme'),
    says: 'patches["tenants/acme"] must be a folder of the tree, got "tenants/acme"; write platform, brokers/*, brokers/<name> or tenants/*; a patch of one tenant belongs to its overlay',
    held: patches('tenants/*'),
  },
  {
    rule: 'patches of brokers are of those that run here',
    broken: patches('brokers/mian'),
    says: 'patches["brokers/mian"] must be for a shared broker that Stalk runs here, got "brokers/mian"; did you mean brokers/main',
    held: patches('brokers/main'),
  },
  {
    rule: 'patches of brokers are of those that run here',
    broken: { ...patches('brokers/main'), ...broker(external) },
    says: 'patches["brokers/main"] must be for a shared broker that Stalk runs here, got "brokers/main"; there are none',
    held: patches('brokers/*'),
  },
  {
    rule: 'no secret lies in plain sight in a patch of the environment',
    broken: patches('tenants/*', { op: 'add', path: '/spec/x', value: { password: 'hunter2hunter2' } }),
    says: `patches["tenants/*"]["StatefulSet/redis"][0].value.password must come from a Secret where the environment is not disposable: it looks like one by its name, got a value that is not shown; read it from a variable: env: { NAME: { secret: …, key: … } }`,
    held: {
      ...patches('tenants/*', { op: 'add', path: '/spec/x', value: { password: 'hunter2hunter2' } }),
      disposable: true,
    },
  },
  {
    rule: 'patches of an environment have the form of all patches',
    broken: patches('platform', { op: 'add', path: 'spec', value: 1 }),
    says: 'patches.platform["StatefulSet/redis"][0].path must be a JSON pointer, got "spec"; begin it with /',
    held: patches('platform'),
  },
  {
    rule: 'a known prop',
    broken: { storageclass: 'fast' },
    says: 'storageclass must be a known prop, got "fast"; write storageClass',
    held: { storageClass: 'slow' },
  },
  {
    rule: 'defaults',
    broken: { defaults: { worker: { memory: { limit: '1G' } } } },
    says: 'defaults.worker.memory.limit must be a whole, positive number of Ki, Mi or Gi, got "1G"; write "1Gi"',
    held: { defaults: { worker: { memory: { limit: '1Gi' } } } },
  },
  {
    rule: 'defaults',
    broken: { defaults: { workers: { memory: '1Gi' } } },
    says: 'defaults.workers must be a known prop, got {"memory":"1Gi"}; write worker',
    held: { defaults: { helper: { memory: { request: '16Mi' } } } },
  },
  {
    rule: 'a strategy',
    broken: { secrets: 'literal' },
    says: 'secrets must be a record, got "literal"; write { strategy: "literal" }',
    held: { secrets: { strategy: 'literal' }, disposable: true },
  },
  {
    rule: 'a strategy',
    broken: { secrets: { strategy: 'sops' } },
    says: 'secrets.strategy must be one of "literal", "existing", "externalSecrets", "pulumi", got "sops"; write "existing": Secrets that you make, however you do',
    held: { secrets: { strategy: 'existing' } },
  },
  {
    rule: 'a word',
    broken: { pullPolicy: 'always' },
    says: 'pullPolicy must be one of "Always", "IfNotPresent", "Never", got "always"; write "Always"',
    held: { pullPolicy: 'Always' },
  },
  {
    rule: 'a shared broker',
    broken: { brokers: { main: 'standalone' } },
    says: 'brokers.main must be a record, got "standalone"; write { topology: "standalone" }',
    held: { brokers: { main: { topology: 'standalone' } } },
  },
  {
    rule: 'a shared broker',
    broken: { brokers: { main: { topology: 'rabbitmq' } } },
    says: 'brokers.main.topology must be one of "standalone", "replicated", "sentinel", "external", got "rabbitmq"; use "standalone", a Redis: Stalk runs Celery on Redis and on nothing else',
    held: { brokers: { main: { topology: 'standalone' } } },
  },
  {
    rule: 'a shared broker has a fixed image',
    broken: broker({ image: 'redis:latest' }),
    says: 'brokers.main.image must have a fixed tag: "latest" changes under a running tenant, got "redis:latest"; write the version that runs, like "acme/jobs:2.4.1"',
    held: broker({ image: 'redis:8.2.2' }),
  },
  {
    rule: 'a repository',
    broken: gitops({ repo: 'https://bot:hunter2@git.example.com/x' }),
    says: 'gitops.repo must be a URL without a password or a token, which would lie in Git, got "https://…@git.example.com/x"; give Argo CD and Flux a Secret of the repository',
    held: gitops({ repo: 'ssh://git@git.example.com/x' }),
  },
  {
    rule: 'a list',
    broken: { imagePullSecrets: 'regcred' },
    says: 'imagePullSecrets must be a list, got "regcred"; write ["regcred"]',
    held: { imagePullSecrets: ['regcred'], zones: [] },
  },
];

describe('a rule of the environment', () => {
  test.each(ROWS)('fails with the words of its author: $rule: $says', ({ broken, says }) => {
    const found = saysOf([], environmentWith(broken));

    expect(found).toEqual([says].flat());
  });

  test.each(ROWS)('holds at the border of: $rule ($held)', ({ held }) => {
    const found = saysOf([], environmentWith(held));

    expect(found).toEqual([]);
  });

  test('fails when two environments have one name', () => {
    const { problems } = check([], environment, ['dev', 'dev']);

    expect(report(problems)).toBe(
      '1 problem in dev:\n  environment "dev": name must be of one environment only, got "dev" again; rename one of the two',
    );
  });

  test('fails alone where nothing can be derived from the environment', () => {
    const where = environmentWith({ defaults: { worker: { memory: 'much' } } });

    const { tenants, problems } = check([tenant], where);

    expect(tenants).toEqual([]);
    expect(problems).toHaveLength(1);
  });
});

describe('the place of a value', () => {
  const big = { concurrency: 4, memory: '64Mi' };
  const tooSmall =
    'must be at least "256Mi" for concurrency 4, got "64Mi"; raise memory or lower concurrency';
  const lines = (...args: Parameters<typeof check>) => report(check(...args).problems).split('\n');

  test('is the tenant', () => {
    const globex = tenantWith({ name: 'globex', workers: { reports: { queues: ['reports'], ...big } } });

    expect(lines([globex], environment)).toEqual([
      '1 problem in dev:',
      `  tenant "globex": workers.reports.memory ${tooSmall}`,
    ]);
  });

  test('is the overlay that brought it', () => {
    const overlaid = tenantWith({
      workers: { default: { concurrency: 4 } },
      overlays: { dev: { workers: { default: { memory: '64Mi' } } } },
    });

    expect(lines([overlaid], environment)).toEqual([
      '1 problem in dev:',
      `  tenant "acme": overlays.dev.workers.default.memory ${tooSmall}`,
    ]);
  });

  test('is the tenant where a record comes from tenant and overlay', () => {
    const overlaid = tenantWith({
      broker: { shared: 'main', isolation: 'queue' },
      workers: { default: { queues: ['mail'] } },
      overlays: { dev: { workers: { default: { replicas: 2 } } } },
    });

    expect(saysOf([overlaid])).toEqual([
      'workers must consume "celery", the default queue, to which every task without a route goes, got the queues "mail"; add "celery" to the queues of a pool, or write consumedElsewhere: ["celery"] if a program outside Stalk consumes it',
    ]);
  });

  test("is the environment's defaults, with the tenants for which it is wrong", () => {
    const where = environmentWith({ defaults: { worker: { memory: { request: '64Mi', limit: '64Mi' } } } });
    const four = ['a', 'b'].map((name) => tenantWith({ name, workers: { default: { concurrency: 4 } } }));

    expect(lines(four, where)).toEqual([
      '1 problem in dev:',
      `  environment "dev": defaults.worker.memory ${tooSmall} (for tenant "a", "b")`,
    ]);
  });

  test.each([
    [{ defaults: { tenant: { celery: { worker_pool: 'solo' } } } }, {}, 'defaults.tenant.celery.worker_pool'],
    [{ defaults: { redis: { memory: { request: '1Gi' } } } }, {}, 'brokers.main.memory.limit'],
    [{ defaults: { redis: { memory: { limit: '1Mi' } } } }, {}, 'defaults.redis.memory.limit'],
    [
      { brokers: {}, defaults: { external: { databases: 1 } } },
      {
        broker: { topology: 'external', host: 'redis', cidrs: ['10.0.0.1/32'], username: 'a' },
        results: { database: 1 },
      },
      'results.database',
    ],
    [{ defaults: { shared: { database: 16 } } }, {}, 'defaults.shared.database'],
    [{ defaults: { results: { backend: 'django-db' } } }, {}, 'defaults.results.backend'],
    [{ defaults: { beat: { scheduler: 'database' } } }, { beat: {} }, 'defaults.beat.scheduler'],
    [
      { defaults: { sidecar: { memory: { limit: '1Mi' } } } },
      { sidecars: { proxy: { image: 'acme/proxy:1' } } },
      'defaults.sidecar.memory.limit',
    ],
    [
      { defaults: { sidecar: { memory: { limit: '1Mi' } } } },
      { workers: { default: { sidecars: { proxy: { image: 'acme/proxy:1' } } } } },
      'defaults.sidecar.memory.limit',
    ],
    [
      { defaults: { sidecar: { memory: { limit: '1Mi' } } } },
      { beat: { sidecars: { proxy: { image: 'acme/proxy:1' } } } },
      'defaults.sidecar.memory.limit',
    ],
  ])('follows the defaults of %j', (where, change, path) => {
    const [first] = saysOf([tenantWith(change)], environmentWith(where));

    expect(first?.split(' ')[0]).toBe(path);
  });
});

describe('the one error', () => {
  const dev: Environment = { ...environment, brokers: {} };
  const production: Environment = { ...environment, name: 'production', brokers: {} };
  const acme = tenantWith({ name: 'acme', rateLimit: 'slow' });
  const globex = tenantWith({ name: 'globex', app: { image: 'jobs' } });

  test('tells everything that is wrong with everybody at once', () => {
    const { problems } = check([acme, globex], dev);

    expect(report(problems)).toBe(
      [
        '3 problems in dev:',
        '  tenant "acme": rateLimit must be tasks for each s, m or h, got "slow"; write it like "10/m"',
        `  tenant "acme", "globex": broker must be given where the environment does not have exactly one shared broker, got nothing; write { topology: 'standalone' } for a Redis of its own`,
        '  tenant "globex": app.image must have a tag or a digest, got "jobs"; write the version that runs, like "acme/jobs:2.4.1"',
      ].join('\n'),
    );
  });

  test('tells once what is wrong in several environments', () => {
    const own = { broker: { topology: 'standalone' } };
    const everywhere = tenantWith(own, acme);
    const there = tenantWith({ ...own, overlays: { production: { app: { image: 'jobs' } } } });

    const problems = [dev, production].flatMap(
      (where) => check([everywhere, { ...there, name: 'there' }], where).problems,
    );

    expect(report(problems)).toBe(
      [
        '2 problems:',
        '  tenant "acme": rateLimit must be tasks for each s, m or h, got "slow"; write it like "10/m" (dev, production)',
        '  tenant "there": overlays.production.app.image must have a tag or a digest, got "jobs"; write the version that runs, like "acme/jobs:2.4.1" (production)',
      ].join('\n'),
    );
  });

  test('tells once what is wrong with several environments', () => {
    const problems = [dev, production].flatMap(
      (where) => check([], { ...where, storageClass: 'Fast' }).problems,
    );

    expect(report(problems)).toBe(
      [
        '1 problem in dev, production:',
        '  environment "dev", "production": storageClass must be the name of a Kubernetes object, got "Fast"; use lower case letters, digits, - and .',
      ].join('\n'),
    );
  });

  test('names five tenants and counts the others', () => {
    const many = Array.from({ length: 1000 }, (_, index) => tenantWith({ name: `t-${index}` }));

    expect(report(check(many, dev).problems)).toMatch(
      /tenant "t-0", "t-1", "t-2", "t-3", "t-4" and 995 more: broker/,
    );
  });

  test('keeps passwords out of the log', () => {
    const leaky = tenantWith({ env: { CELERY_BROKER_URL: 'redis://acme:hunter2@redis:6379/0' } });

    expect(saysOf([leaky])).toEqual([
      `env.CELERY_BROKER_URL must be left to Stalk, which sets it, got "redis://…@redis:6379/0"; write { from: 'broker.celeryUrl' } or leave it out`,
    ]);
  });
});
