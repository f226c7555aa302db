// Other programs of the app: a server is as good as web, the others are what their author says of them.

import type { CronProcess, PlainProcess, Tenant } from '../../lib/spec';
import { plain, referenceEnvironment, synth, tenantOf } from '../support/synth';
import type { Json, Synth } from '../support/synth';
import {
  allPlaces,
  PLACES,
  placesIn,
  allProbes,
  mainOf,
  once,
  podOf,
  probeTimes,
  range,
  reaches,
  times,
  TIMES,
  variable,
} from '../support/props';

const compute = {
  cpu: { request: '150m', limit: '1500m' },
  memory: { request: '300Mi', limit: '700Mi' },
  disk: { request: '32Mi', limit: '2Gi' },
  env: { OWN: 'yes' },
  envFrom: [{ secret: 'extra' }],
  files: { '/etc/acme': { configMap: 'acme' } },
} as const;

const own = { broker: { topology: 'standalone' } } as const;
const { ingress } = referenceEnvironment('production').peers ?? {};
const withIngress = { ...plain, peers: { ...(ingress && { ingress }) } };

const withProcess = (process: NonNullable<Tenant['processes']>[string], more: Partial<Tenant> = {}): Synth =>
  synth(tenantOf({ ...own, ...more, processes: { other: process } }), withIngress);

const secretsOf = (pod: Json): Json =>
  pod.volumes.find(({ name }: Json) => name === 'redis-password').secret.items[0].key;

/** With the own names of both put in each other's place. */
const asWeb = (object: Json): Json =>
  JSON.parse(
    JSON.stringify(object)
      .replaceAll('"other"', '"web"')
      .replaceAll('"to-other"', '"to-web"')
      .replaceAll('"app.kubernetes.io/component":"process"', '"app.kubernetes.io/component":"web"'),
  );

describe('a second server', () => {
  const server = {
    command: ['gunicorn', 'acme.wsgi', '--workers', '3'],
    port: 8000,
    health: { path: '/healthz', host: 'acme.example.com' },
    scaling: { min: 2, max: 5, utilization: 70 },
    grace: '40s',
    probes: allProbes,
    ...compute,
  } as const;
  const app = { dialect: 'django', image: 'a/b:1', module: 'a', djangoSettings: 'a.settings' } as const;
  const o = synth(tenantOf({ ...own, app, web: server, processes: { other: server } }), withIngress);

  test.each(['Deployment', 'Service', 'PodDisruptionBudget', 'HorizontalPodAutoscaler'])(
    'has a %s that is exactly as that of web',
    (kind) => {
      expect(asWeb(o.byKind(kind, 'other'))).toEqual(o.byKind(kind, 'web'));
    },
  );

  test('is reached by the ingress, and only its own pods are', () => {
    const { spec } = o.byKind('NetworkPolicy', 'to-other');

    expect(spec.ingress).toEqual(o.byKind('NetworkPolicy', 'to-web').spec.ingress);
    expect(spec.podSelector.matchLabels).toEqual(o.byKind('Deployment', 'other').spec.selector.matchLabels);
  });

  test('takes the environment’s defaults of web', () => {
    const environment = { ...plain, defaults: { web: { replicas: 5 } } };

    const { spec } = synth(
      tenantOf({ processes: { other: { command: ['serve'], port: 8000 } } }),
      environment,
    ).byKind('Deployment', 'other');

    expect(spec.replicas).toBe(5);
  });
});

describe('programs of one app', () => {
  const PROGRAMS = {
    matchExpressions: [
      {
        key: 'app.kubernetes.io/component',
        operator: 'In',
        values: ['worker', 'beat', 'web', 'process', 'migrate'],
      },
    ],
  };
  const serving = { command: ['serve'], port: 9000 } as const;
  const called = (tenant: Partial<Tenant>): Synth => synth(tenantOf({ ...own, ...tenant }));
  const rules = (o: Synth): Json => o.find('NetworkPolicy', 'calls')?.spec.egress;

  test('reach web and each process with a port, and those let them in', () => {
    const o = called({
      web: { command: ['serve'], port: 8000 },
      processes: { images: serving, listener: { command: ['listen'] } },
    });

    expect(o.byKind('NetworkPolicy', 'calls').spec.podSelector).toEqual(PROGRAMS);
    expect(rules(o)).toEqual([
      {
        to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/component': 'web' } } }],
        ports: [{ port: 8000, protocol: 'TCP' }],
      },
      {
        to: [{ podSelector: o.byKind('Deployment', 'images').spec.selector }],
        ports: [{ port: 9000, protocol: 'TCP' }],
      },
    ]);
    for (const [server, port] of [
      ['web', 8000],
      ['images', 9000],
    ] as const)
      expect(o.byKind('NetworkPolicy', `to-${server}`).spec.ingress).toEqual([
        { from: [{ podSelector: PROGRAMS }], ports: [{ port, protocol: 'TCP' }] },
      ]);
    expect(o.find('NetworkPolicy', 'to-listener')).toBeUndefined();
  });

  test('come through a sidecar in front, as all others do', () => {
    const login = { image: 'login:1', port: 4180, front: true } as const;

    const o = called({ processes: { images: { ...serving, sidecars: { login } } } });

    expect(rules(o)[0].ports).toEqual([{ port: 4180, protocol: 'TCP' }]);
    expect(o.byKind('NetworkPolicy', 'to-images').spec.ingress[0].ports).toEqual(rules(o)[0].ports);
  });

  test('do not reach Flower, and a tenant without a server has no way at all', () => {
    const o = called({ flower: { auth: { secret: 'flower', key: 'login' } } });

    expect([rules(o), o.find('NetworkPolicy', 'to-flower')]).toEqual([undefined, undefined]);
  });
});

/** Of all workloads: test/celery/workloads.test.ts. */
type OfAll = 'sidecars' | 'initContainers';

describe('a program without a port', () => {
  const all: Required<
    Omit<
      PlainProcess,
      OfAll | 'scaling' | 'atMostOne' | 'port' | 'expose' | 'cron' | 'timeLimit' | 'processes' | 'threads'
    >
  > = {
    ...compute,
    devices: { 'example.com/card': 1 },
    pods: allPlaces,
    command: ['python', 'listen.py'],
    redisUser: 'worker',
    app: { image: 'acme/listener:1.0.0' },
    health: ['python', 'alive.py'],
    probes: { startup: allProbes.startup, liveness: allProbes.liveness },
    replicas: 3,
    grace: '2m',
  };
  const main = mainOf('Deployment', 'other');
  const pod = podOf('Deployment', 'other');

  reaches<typeof all>(
    {
      cpu: [(o) => range(main(o), 'cpu'), '150m/1500m', '100m/1'],
      memory: [(o) => range(main(o), 'memory'), '300Mi/700Mi', '256Mi/512Mi'],
      disk: [(o) => range(main(o), 'ephemeral-storage'), '32Mi/2Gi', '64Mi/1Gi'],
      devices: [(o) => range(main(o), 'example.com/card'), '1/1', 'undefined/undefined'],
      pods: [placesIn('Deployment', 'other'), PLACES, {}],
      env: [(o) => variable(main(o), 'OWN'), 'yes', undefined],
      envFrom: [
        (o) => main(o).envFrom[0],
        { secretRef: { name: 'extra' } },
        { configMapRef: { name: 'app-config' } },
      ],
      files: [
        (o) => main(o).volumeMounts.find((m: Json) => m.mountPath === '/etc/acme')?.name,
        'files-0',
        undefined,
      ],
      command: [(o) => main(o).command, ['python', 'listen.py'], ['listen']],
      redisUser: [
        (o) => [variable(main(o), 'STALK_USER'), secretsOf(pod(o))],
        ['acme', 'acme'],
        ['acme-web', 'acme-web'],
      ],
      app: [(o) => main(o).image, 'acme/listener:1.0.0', 'acme/jobs:2.4.1'],
      health: [
        (o) => [main(o).startupProbe?.exec.command, main(o).livenessProbe?.exec.command],
        [
          ['python', 'alive.py'],
          ['python', 'alive.py'],
        ],
        [undefined, undefined],
      ],
      probes: [
        (o) => [main(o).startupProbe, main(o).livenessProbe].map((probe) => probe && times(probe)),
        [TIMES, TIMES],
        [undefined, undefined],
      ],
      replicas: [(o) => o.byKind('Deployment', 'other').spec.replicas, 3, 1],
      grace: [(o) => pod(o).terminationGracePeriodSeconds, 120, 30],
    },
    once(() => withProcess(all)),
    once(() => withProcess({ command: ['listen'] })),
  );

  test('has no Service and no way in, and is ready when it has started', () => {
    const o = withProcess(all);

    expect([o.find('Service', 'other'), o.find('NetworkPolicy', 'to-other')]).toEqual([undefined, undefined]);
    expect([main(o).ports, main(o).readinessProbe]).toEqual([undefined, undefined]);
  });

  test('follows its CPU', () => {
    const o = withProcess({ command: ['listen'], scaling: { min: 1, max: 4, utilization: 60 } });

    expect(o.byKind('HorizontalPodAutoscaler', 'other').spec.maxReplicas).toBe(4);
    expect(o.byKind('Deployment', 'other').spec.replicas).toBeUndefined();
  });

  test('that must not run twice is replaced whole, and no budget holds its node', () => {
    const o = withProcess({ command: ['listen'], atMostOne: true });

    const { replicas, strategy } = o.byKind('Deployment', 'other').spec;
    expect([replicas, strategy]).toEqual([1, { type: 'Recreate' }]);
    expect(o.find('PodDisruptionBudget', 'other')).toBeUndefined();
  });

  test('that must not run twice may rest in one environment', () => {
    const processes = { other: { command: ['listen'], atMostOne: true } } as const;
    const overlays = { test: { processes: { other: { replicas: 0 } } } };

    const { spec } = synth(tenantOf({ processes, overlays })).byKind('Deployment', 'other');

    expect([spec.replicas, spec.strategy.type]).toEqual([0, 'Recreate']);
  });

  test('that serves and must not run twice has one pod, not the two of a server', () => {
    const { spec } = withProcess({ command: ['serve'], port: 8000, atMostOne: true }).byKind(
      'Deployment',
      'other',
    );

    expect([spec.replicas, spec.strategy.type]).toEqual([1, 'Recreate']);
  });
});

describe('a program that the clock starts', () => {
  const all: Required<
    Pick<
      CronProcess,
      'command' | 'cron' | 'timeLimit' | 'grace' | 'redisUser' | 'app' | 'cpu' | 'memory' | 'disk' | 'env'
    >
  > = {
    ...compute,
    command: ['python', 'manage.py', 'clearsessions'],
    cron: '30 4 * * mon',
    timeLimit: '2h',
    grace: '45s',
    redisUser: 'worker',
    app: { image: 'acme/nightly:1.0.0', module: 'nightly' },
  };
  const jobOf = (o: Synth): Json => o.byKind('CronJob', 'other').spec.jobTemplate.spec;
  const pod = (o: Synth): Json => jobOf(o).template.spec;
  const main = (o: Synth): Json => pod(o).containers[0];

  reaches<typeof all>(
    {
      cpu: [(o) => range(main(o), 'cpu'), '150m/1500m', '100m/1'],
      memory: [(o) => range(main(o), 'memory'), '300Mi/700Mi', '256Mi/512Mi'],
      disk: [(o) => range(main(o), 'ephemeral-storage'), '32Mi/2Gi', '64Mi/1Gi'],
      env: [(o) => variable(main(o), 'OWN'), 'yes', undefined],
      command: [(o) => main(o).command, ['python', 'manage.py', 'clearsessions'], ['clean']],
      redisUser: [(o) => secretsOf(pod(o)), 'acme', 'acme-web'],
      app: [(o) => main(o).image, 'acme/nightly:1.0.0', 'acme/jobs:2.4.1'],
      cron: [(o) => o.byKind('CronJob', 'other').spec.schedule, '30 4 * * mon', '0 3 * * *'],
      timeLimit: [(o) => jobOf(o).activeDeadlineSeconds, 7200, 3600],
      grace: [(o) => pod(o).terminationGracePeriodSeconds, 45, 30],
    },
    once(() => withProcess(all)),
    once(() => withProcess({ command: ['clean'], cron: '0 3 * * *' })),
  );

  const o = withProcess({ command: ['clean'], cron: '0 3 * * *' });

  test('starts in UTC, never beside a run that still goes, and late rather than not at all', () => {
    const { schedule, timeZone, concurrencyPolicy, startingDeadlineSeconds } = o.byKind(
      'CronJob',
      'other',
    ).spec;

    expect([schedule, timeZone, concurrencyPolicy]).toEqual(['0 3 * * *', 'Etc/UTC', 'Forbid']);
    expect(startingDeadlineSeconds).toBeUndefined();
  });

  test('is tried again as a migration is, and its last runs stay', () => {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = o.byKind('CronJob', 'other').spec;

    expect([jobOf(o).backoffLimit, pod(o).restartPolicy]).toEqual([3, 'Never']);
    expect([successfulJobsHistoryLimit, failedJobsHistoryLimit]).toEqual([3, 1]);
  });

  test('keeps its name, whatever its content is', () => {
    expect(o.byKind('CronJob', 'other').metadata.name).toBe('other');
  });

  test('can be patched, as any pod', () => {
    const patches = {
      'CronJob/other': [
        { op: 'add', path: '/spec/jobTemplate/spec/template/metadata/annotations/mine', value: 'yes' },
      ],
    } as const;

    const patched = synth(
      tenantOf({ ...own, processes: { other: { command: ['clean'], cron: '0 3 * * *' } }, patches }),
    );

    expect(jobOf(patched).template.metadata.annotations.mine).toBe('yes');
  });

  test('has room in the quota', () => {
    const pods = (tenant: Tenant): number =>
      Number(synth(tenant).byKind('ResourceQuota', 'tenant').spec.hard.pods);
    const processes = { other: { command: ['clean'], cron: '0 3 * * *' } } as const;

    expect(pods(tenantOf({ ...own, processes }))).toBe(pods(tenantOf(own)) + 2);
  });
});

describe('every process', () => {
  const kinds = [
    ['a server', { command: ['serve'], port: 8000 }],
    ['a program', { command: ['listen'] }],
    ['a program of the clock', { command: ['clean'], cron: '0 3 * * *' }],
  ] as const;
  const templateOf = (o: Synth): Json =>
    o.find('Deployment', 'other')?.spec.template ??
    o.byKind('CronJob', 'other').spec.jobTemplate.spec.template;

  test.each(kinds)('waits for its Redis and for the migrations: %s', (_, process) => {
    const migrate = { command: ['migrate'], check: ['migrate', '--check'] } as const;

    const { spec } = templateOf(withProcess(process, { migrate }));

    expect(spec.initContainers.map(({ name }: Json) => name)).toEqual([
      'wait-for-redis',
      'wait-for-migrations',
    ]);
  });

  test.each(kinds)('is started behind the entrypoint of the app: %s', (_, process) => {
    const app = { dialect: 'celery', image: 'a/b:1', module: 'a', entrypoint: ['/entry.sh'] } as const;

    const { spec } = templateOf(withProcess(process, { app }));

    expect(spec.containers[0].command).toEqual(['/entry.sh', ...process.command]);
  });

  test.each(kinds)('reads what the environment of the tenant and its own say: %s', (_, process) => {
    const env = { URL: { from: 'broker.url' } } as const;

    const { spec, metadata } = templateOf(withProcess({ ...process, env: compute.env }, { env }));

    expect(variable(spec.containers[0], 'OWN')).toBe('yes');
    expect(variable(spec.containers[0], 'URL')).toContain('redis://acme-web:$(STALK_REDIS_PASSWORD)@');
    expect(metadata.annotations['stalk.dev/credentials-version']).toBe('1');
  });

  test.each(kinds)('has whole Secrets as environment, and files: %s', (_, process) => {
    const foreign = { envFrom: [{ secret: 'extra' }], files: { '/etc/keys': { secret: 'keys' } } } as const;

    const { spec } = templateOf(withProcess({ ...process, ...foreign }));

    const [container] = spec.containers;
    expect(container.envFrom).toContainEqual({ secretRef: { name: 'extra' } });
    expect(container.volumeMounts.map(({ mountPath }: Json) => mountPath)).toContain('/etc/keys');
  });

  test.each(kinds)('comes from a Secret of its own in a cluster to throw away: %s', (_, process) => {
    const env = { TOKEN: { secret: 'tokens', key: 'api' } } as const;
    const away = { ...plain, disposable: true, secrets: { strategy: 'literal' } } as const;

    const o = synth(tenantOf({ ...own, processes: { other: { ...process, env } } }), away);

    expect(Object.keys(o.byKind('Secret', 'tokens').stringData)).toEqual(['api']);
  });
});

describe('an app of its own in part', () => {
  const app = {
    dialect: 'django',
    image: 'shop/web:1.0.0',
    module: 'shop',
    djangoSettings: 'shop.settings',
    entrypoint: ['/entry.sh'],
  } as const;
  const migrate = { command: ['migrate'], check: ['migrate', '--check'] } as const;
  const part = {
    image: 'shop/reports:2.0.0',
    module: 'reports.celery',
    workingDir: '/srv/reports',
    djangoSettings: 'reports.settings',
    entrypoint: [],
  } as const;
  const o = synth(
    tenantOf({
      ...own,
      app,
      migrate,
      workers: { default: { queues: ['celery'] }, reports: { queues: ['reports'], app: part } },
    }),
  );
  const pod = podOf('Deployment', 'worker-reports')(o);
  const [container] = pod.containers;
  const wait = (name: string): Json => pod.initContainers.find((one: Json) => one.name === name);

  test('is what a pool runs', () => {
    expect([container.image, container.workingDir]).toEqual(['shop/reports:2.0.0', '/srv/reports']);
    expect(container.command.slice(0, 4)).toEqual(['celery', '-A', 'reports.celery', 'worker']);
    expect(variable(container, 'DJANGO_SETTINGS_MODULE')).toBe('reports.settings');
  });

  test('is what one pool runs, and no other', () => {
    const { containers } = podOf('Deployment', 'worker-default')(o);

    expect([containers[0].image, containers[0].command.slice(0, 4)]).toEqual([
      'shop/web:1.0.0',
      ['/entry.sh', 'celery', '-A', 'shop'],
    ]);
  });

  test('waits with the app of the tenant, which has what the waits run', () => {
    expect(pod.initContainers.map(({ image }: Json) => image)).toEqual(['shop/web:1.0.0', 'shop/web:1.0.0']);
    expect(wait('wait-for-migrations').command).toEqual(expect.arrayContaining(['/entry.sh', 'migrate']));
    expect(variable(wait('wait-for-migrations'), 'DJANGO_SETTINGS_MODULE')).toBe('shop.settings');
  });

  test('leaves unsaid what is the tenant’s', () => {
    const two = synth(
      tenantOf({
        ...own,
        app,
        workers: { default: { queues: ['celery'], app: { module: 'other.celery' } } },
      }),
    );

    const [main] = podOf('Deployment', 'worker-default')(two).containers;
    expect([main.image, main.command.slice(0, 4)]).toEqual([
      'shop/web:1.0.0',
      ['/entry.sh', 'celery', '-A', 'other.celery'],
    ]);
    expect(variable(main, 'DJANGO_SETTINGS_MODULE')).toBe('shop.settings');
  });

  test('reads the settings that all of the tenant read', () => {
    expect(variable(container, 'CELERY_LOADER')).toBe('stalk_celery:Loader');
    expect(container.env.find(({ name }: Json) => name === 'STALK_CELERY').valueFrom).toEqual({
      configMapKeyRef: { name: 'celery-settings', key: 'settings.json' },
    });
  });
});

test('probes of a server time what web’s time', () => {
  const o = withProcess({ command: ['serve'], port: 8000, probes: allProbes });

  expect(probeTimes(mainOf('Deployment', 'other')(o))).toEqual([TIMES, TIMES, TIMES]);
});
