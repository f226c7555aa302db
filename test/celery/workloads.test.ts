// Every prop of what runs for a tenant: where it ends up in the manifests, and what is there without it.

import type {
  Beat,
  Environment,
  Flower,
  GroupPool,
  HealthRequest,
  Migration,
  QueuePool,
  Web,
  Tenant,
} from '../../lib/spec';
import { option } from '../../lib/laws/law';
import {
  allPlaces,
  allProbes,
  mainOf,
  once,
  PLACES,
  placesIn,
  podOf,
  probeTimes,
  range,
  reaches,
  TIMES,
  variable,
} from '../support/props';
import { plain, referenceEnvironment, synth, tenantOf } from '../support/synth';
import type { Json, Synth } from '../support/synth';

const compute = {
  cpu: { request: '150m', limit: '1500m' },
  memory: { request: '300Mi', limit: '700Mi' },
  disk: { request: '32Mi', limit: '2Gi' },
  env: { OWN: 'yes' },
  devices: { 'nvidia.com/gpu': 2 },
  pods: {
    ...allPlaces,
    serviceAccount: { annotations: { 'example.com/role': 'mine' } },
    sharedMemory: '128Mi',
  },
  envFrom: [
    { secret: 'extra', optional: true },
    { configMap: 'flags', prefix: 'FLAG_' },
  ],
  files: { '/etc/acme/app.yaml': { configMap: 'acme', key: 'app.yaml' }, '/etc/keys': { secret: 'keys' } },
  sidecars: { proxy: { image: 'acme/proxy:1.0.0' } },
  initContainers: { prepare: { command: ['prepare'] } },
} as const;

/** All of their props: test/celery/sidecars.test.ts. */
const native = { ...plain, nativeSidecars: true };
const initOf = (kind: string, of: string) => (name: string) => (o: Synth) =>
  podOf(kind, of)(o).initContainers.find((c: Json) => c.name === name)?.name;

const { keda } = referenceEnvironment('production').peers ?? {};
const withKeda = { ...plain, peers: { ...(keda && { keda }) } };

const withIngress: Environment = {
  ...native,
  peers: { ingress: { namespace: { name: 'ingress' }, pods: { app: 'ingress' } } },
  exposure: { kind: 'ingress', class: 'nginx' },
};

const SLOW = [
  [0, 10, 5, 60],
  [0, 10, 5, 3],
  [0, 30, 5, 3],
];

/** Each mount of a file or folder of somebody else, with its volume. */
const foreignFiles = (pod: Json, { volumeMounts }: Json): Json =>
  volumeMounts.flatMap(({ name, ...mount }: Json) => {
    const { configMap, secret } = pod.volumes.find((v: Json) => v.name === name);
    return name.startsWith('files-') ? [{ ...mount, ...(configMap ? { configMap } : { secret }) }] : [];
  });

/** Where the props lie that all workloads share. */
const places = (kind: string, name: string, defaults: { cpu: string; memory: string }) => {
  const main = mainOf(kind, name);
  return {
    cpu: [(o: Synth) => range(main(o), 'cpu'), '150m/1500m', defaults.cpu],
    memory: [(o: Synth) => range(main(o), 'memory'), '300Mi/700Mi', defaults.memory],
    disk: [(o: Synth) => range(main(o), 'ephemeral-storage'), '32Mi/2Gi', '64Mi/1Gi'],
    env: [(o: Synth) => variable(main(o), 'OWN'), 'yes', undefined],
    devices: [(o: Synth) => range(main(o), 'nvidia.com/gpu'), '2/2', 'undefined/undefined'],
    pods: [
      (o: Synth) => ({
        ...placesIn(kind, name)(o),
        account: podOf(kind, name)(o).serviceAccountName,
        role: o.find('ServiceAccount', name)?.metadata.annotations['example.com/role'],
        memory: podOf(kind, name)(o).volumes.find((v: Json) => v.name === 'shared-memory')?.emptyDir,
        mounted: main(o).volumeMounts.find((m: Json) => m.name === 'shared-memory')?.mountPath,
      }),
      {
        ...PLACES,
        account: name,
        role: 'mine',
        memory: { medium: 'Memory', sizeLimit: '128Mi' },
        mounted: '/dev/shm',
      },
      { account: 'stalk', role: undefined, memory: undefined, mounted: undefined },
    ],
    envFrom: [
      (o: Synth) => main(o).envFrom,
      [
        { secretRef: { name: 'extra', optional: true } },
        { configMapRef: { name: 'flags' }, prefix: 'FLAG_' },
        { configMapRef: { name: 'app-config' } },
      ],
      [{ configMapRef: { name: 'app-config' } }],
    ],
    files: [
      (o: Synth) => foreignFiles(podOf(kind, name)(o), main(o)),
      [
        {
          mountPath: '/etc/acme/app.yaml',
          readOnly: true,
          subPath: 'app.yaml',
          configMap: { name: 'acme', items: [{ key: 'app.yaml', path: 'app.yaml' }] },
        },
        { mountPath: '/etc/keys', readOnly: true, secret: { secretName: 'keys', defaultMode: 0o440 } },
      ],
      [],
    ],
    sidecars: [initOf(kind, name)('proxy'), 'proxy', undefined],
    initContainers: [initOf(kind, name)('prepare'), 'prepare', undefined],
  } as const;
};

describe('a worker pool', () => {
  const all: Required<Omit<QueuePool, 'scaling' | 'serves' | 'longestTask'>> = {
    ...compute,
    app: { image: 'acme/other:1.0.0', module: 'other.celery' },
    probes: allProbes,
    queues: ['celery', 'mail'],
    queueOrder: 'as-listed',
    concurrency: 5,
    replicas: 4,
    pool: 'prefork',
    timeLimit: { hard: '10m', soft: '9m' },
    maxTasksPerChild: 77,
    args: ['-Ofair', '--max-memory-per-child=200000'],
    prefetch: 3,
    stagger: { min: '2s', max: '8s' },
    antiAffinity: 'required',
  };
  const own = { broker: { topology: 'standalone' } } as const;
  const NAME = 'worker-default';
  const main = mainOf('Deployment', NAME);
  const arg = (name: string) => (o: Synth) => option(main(o).command, name);

  reaches<typeof all>(
    {
      ...places('Deployment', NAME, { cpu: '250m/1', memory: '256Mi/512Mi' }),
      probes: [(o) => probeTimes(main(o)), [TIMES, TIMES, TIMES], SLOW],
      app: [
        (o) => [main(o).image, main(o).command[2]],
        ['acme/other:1.0.0', 'other.celery'],
        ['acme/jobs:2.4.1', 'acme.tasks'],
      ],
      queues: [arg('queues'), 'celery,mail', 'celery'],
      queueOrder: [(o) => variable(main(o), 'STALK_QUEUE_ORDER'), 'as-listed', undefined],
      concurrency: [arg('concurrency'), '5', '2'],
      replicas: [(o) => o.byKind('Deployment', NAME).spec.replicas, 4, 1],
      pool: [arg('pool'), 'prefork', 'prefork'],
      timeLimit: [
        (o) => [
          arg('time-limit')(o),
          arg('soft-time-limit')(o),
          podOf('Deployment', NAME)(o).terminationGracePeriodSeconds,
        ],
        ['600', '540', 630],
        ['1800', '1650', 1830],
      ],
      maxTasksPerChild: [arg('max-tasks-per-child'), '77', '1000'],
      args: [
        (o) => main(o).command.slice(-2),
        ['-Ofair', '--max-memory-per-child=200000'],
        ['--without-gossip', '--without-mingle'],
      ],
      prefetch: [arg('prefetch-multiplier'), '3', '1'],
      stagger: [
        (o) =>
          podOf(
            'Deployment',
            NAME,
          )(o)
            .initContainers.find((c: Json) => c.name === 'stagger')
            ?.command.at(-1),
        'import random, time; time.sleep(random.uniform(2, 8))',
        undefined,
      ],
      antiAffinity: [
        (o) => Object.keys(podOf('Deployment', NAME)(o).affinity.podAntiAffinity),
        ['requiredDuringSchedulingIgnoredDuringExecution'],
        ['preferredDuringSchedulingIgnoredDuringExecution'],
      ],
    },
    once(() => synth(tenantOf({ ...own, workers: { default: all } }), native)),
    once(() => synth(tenantOf({ ...own, workers: { default: { queues: ['celery'] } } }))),
  );

  test.each(['threads', 'gevent', 'solo'] as const)(
    'of kind %s ends, and waits for its liveness, as long as its longest task says',
    (pool) => {
      const o = synth(
        tenantOf({ workers: { default: { queues: ['celery'], pool, concurrency: 1, longestTask: '3h' } } }),
      );

      expect(podOf('Deployment', NAME)(o).terminationGracePeriodSeconds).toBe(3 * 3600 + 30);
      expect(main(o).env).toContainEqual({ name: 'STALK_LONGEST_TASK', value: '10800' });
      expect(main(o).livenessProbe.exec.command.at(-1)).toContain(
        pool === 'solo' ? '-mmin -185' : '-mmin -5',
      );
    },
  );

  test.each(['threads', 'gevent', 'solo'] as const)(
    'of kind %s has no limits that it could not keep',
    (pool) => {
      const o = synth(tenantOf({ workers: { default: { queues: ['celery'], pool, concurrency: 1 } } }));

      expect(arg('pool')(o)).toBe(pool);
      expect([arg('time-limit')(o), arg('max-tasks-per-child')(o)]).toEqual([undefined, undefined]);
    },
  );

  test('follows its CPU within bounds', () => {
    const scaling = { min: 2, max: 9, utilization: 65 };

    const { spec } = synth(tenantOf({ workers: { default: { queues: ['celery'], scaling } } })).byKind(
      'HorizontalPodAutoscaler',
      NAME,
    );

    expect([spec.minReplicas, spec.maxReplicas, spec.metrics[0].resource.target.averageUtilization]).toEqual([
      2, 9, 65,
    ]);
  });

  test('follows its queues within bounds', () => {
    const scaling = { min: 0, max: 9, queueLength: 12, cooldown: '1h' } as const;

    const { spec } = synth(
      tenantOf({ workers: { default: { queues: ['celery'], scaling } } }),
      withKeda,
    ).byKind('ScaledObject', NAME);

    expect([spec.minReplicaCount, spec.maxReplicaCount, spec.cooldownPeriod]).toEqual([0, 9, 3600]);
    expect(spec.advanced.scalingModifiers.target).toBe('12');
    expect(spec.triggers.map((t: Json) => t.metadata.listName)).toEqual([
      'tenant:acme:tenant-acme',
      'tenant:acme:tenant-acme\u0006\u00163',
      'tenant:acme:tenant-acme\u0006\u00166',
      'tenant:acme:tenant-acme\u0006\u00169',
      'tenant:acme:unacked.acme.default',
      'tenant:acme:unacked.acme.default.delayed',
    ]);
    expect(spec.advanced.scalingModifiers.formula).toBe(
      'queue0p0 + queue0p3 + queue0p6 + queue0p9 + inflight + min(delayed, 1.0)',
    );
  });

  test('that serves a group consumes the queues of each tenant', () => {
    const serves: GroupPool['serves'] = ['acme'];
    const broker = { shared: 'main', isolation: 'queue', group: 'crew' } as const;

    const o = synth(tenantOf({ broker, workers: { default: { serves, queues: ['celery', 'mail'] } } }));

    expect(arg('queues')(o)).toBe('tenant-acme,tenant-acme.mail');
    expect(variable(main(o), 'STALK_QUEUE_SERVES')).toBe('tenant-acme');
  });

  test('that reads pickle starts also where the image has no name for its group', () => {
    const pickle = synth(tenantOf({ messages: { serializer: 'pickle' } }));

    expect(variable(main(pickle), 'C_FORCE_ROOT')).toBe('true');
    expect(variable(main(synth(tenantOf())), 'C_FORCE_ROOT')).toBeUndefined();
  });

  test('named default keeps its name', () => {
    expect(synth(tenantOf()).byKind('Deployment', NAME).metadata.name).toBe(NAME);
  });
});

describe('beat', () => {
  const all: Required<Beat> = {
    ...compute,
    probes: allProbes,
    scheduler: 'file',
    schedule: {
      night: { task: 'acme.night', cron: '0 3 * * *', queue: 'celery', args: [1], kwargs: { deep: true } },
      often: { task: 'acme.often', every: '90s' },
    },
    storage: '3Gi',
    maxInterval: '5s',
  };
  const main = mainOf('Deployment', 'beat');
  const settings = (o: Synth) => JSON.parse(o.byKind('ConfigMap', 'celery-settings').data['settings.json']);

  reaches<typeof all>(
    {
      ...places('Deployment', 'beat', { cpu: '50m/250m', memory: '128Mi/256Mi' }),
      probes: [(o) => probeTimes(main(o)), [TIMES, TIMES, TIMES], SLOW],
      scheduler: [
        (o) => option(main(o).command, 'schedule'),
        '/data/celerybeat-schedule.db',
        '/data/celerybeat-schedule.db',
      ],
      schedule: [
        (o) => settings(o).beat_schedule,
        {
          night: {
            task: 'acme.night',
            schedule: '0 3 * * *',
            args: [1],
            kwargs: { deep: true },
            options: { queue: 'celery' },
          },
          often: { task: 'acme.often', schedule: 90 },
        },
        undefined,
      ],
      storage: [
        (o) => o.byKind('PersistentVolumeClaim', 'beat-schedule').spec.resources.requests.storage,
        '3Gi',
        '1Gi',
      ],
      maxInterval: [
        (o) => [option(main(o).command, 'max-interval'), settings(o).beat_max_loop_interval],
        ['5', 5],
        ['30', 30],
      ],
    },
    once(() => synth(tenantOf({ beat: all }), native)),
    once(() => synth(tenantOf({ beat: {} }))),
  );

  test.each([
    ['database', 'django_celery_beat.schedulers:DatabaseScheduler'],
    ['redbeat', 'redbeat.RedBeatScheduler'],
  ] as const)('with the scheduler %s has no volume', (scheduler, program) => {
    const app = { dialect: 'django', image: 'a/b:1', module: 'a', djangoSettings: 'a.settings' } as const;

    const o = synth(tenantOf({ app, beat: { scheduler } }));

    expect(option(main(o).command, 'scheduler')).toBe(program);
    expect(o.find('PersistentVolumeClaim', 'beat-schedule')).toBeUndefined();
  });

  test('keeps RedBeat’s keys to itself', () => {
    const found = settings(synth(tenantOf({ beat: { scheduler: 'redbeat' } })));

    expect(found.redbeat_key_prefix).toBe('tenant:acme:redbeat:');
  });

  test.each([
    [undefined, 150],
    ['5s', 25],
  ] as const)('gives RedBeat a lock that outlives its longest sleep: %s', (maxInterval, lock) => {
    const beat = { scheduler: 'redbeat', ...(maxInterval && { maxInterval }) } as const;

    const found = settings(synth(tenantOf({ beat })));

    expect(found.redbeat_lock_timeout).toBe(lock);
  });
});

/** Rules alone look at these: test/spec/connections.test.ts. */
type Counted = 'processes' | 'threads';

describe('web', () => {
  const command = ['gunicorn', 'acme'] as const;
  const all: Required<Omit<Web, 'scaling' | Counted>> = {
    ...compute,
    probes: allProbes,
    command,
    port: 8123,
    expose: { host: 'acme.example.org' },
    health: '/healthz',
    replicas: 4,
    grace: '50s',
  };
  const main = mainOf('Deployment', 'web');

  reaches<typeof all>(
    {
      ...places('Deployment', 'web', { cpu: '100m/1', memory: '256Mi/512Mi' }),
      probes: [(o) => probeTimes(main(o)), [TIMES, TIMES, TIMES], SLOW],
      command: [(o) => main(o).command, command, ['serve']],
      port: [
        (o) => [main(o).ports[0].containerPort, o.byKind('Service', 'web').spec.ports[0].port],
        [8123, 8123],
        [8080, 8080],
      ],
      expose: [(o) => o.find('Ingress', 'web')?.spec.rules[0].host, 'acme.example.org', undefined],
      health: [(o) => main(o).readinessProbe.httpGet.path, '/healthz', '/'],
      replicas: [(o) => o.byKind('Deployment', 'web').spec.replicas, 4, 2],
      grace: [(o) => podOf('Deployment', 'web')(o).terminationGracePeriodSeconds, 55, 35],
    },
    once(() => synth(tenantOf({ web: all }), withIngress)),
    once(() => synth(tenantOf({ web: { command: ['serve'], port: 8080 } }))),
  );

  describe('whose probe is a request of its own', () => {
    const health: Required<HealthRequest> = {
      path: '/healthz',
      host: 'acme.example.com',
      headers: { 'X-Real-Ip': '192.0.2.1' },
      port: 9000,
      scheme: 'https',
    };
    const served = (asked: Web['health']) =>
      synth(
        tenantOf({ web: { command: ['serve'], port: 8080, ...(asked !== undefined && { health: asked }) } }),
      );
    const httpGet = (o: Synth): Json => main(o).readinessProbe.httpGet;
    const header = (name: string) => (o: Synth) =>
      httpGet(o).httpHeaders?.find((one: Json) => one.name === name)?.value;

    reaches<typeof health>(
      {
        path: [(o) => httpGet(o).path, '/healthz', '/'],
        host: [
          (o) => ['Host', 'X-Forwarded-Proto'].map((name) => header(name)(o)),
          ['acme.example.com', 'https'],
          [undefined, undefined],
        ],
        headers: [header('X-Real-Ip'), '192.0.2.1', undefined],
        port: [(o) => httpGet(o).port, 9000, 'http'],
        scheme: [(o) => httpGet(o).scheme, 'HTTPS', undefined],
      },
      once(() => served(health)),
      once(() => served({})),
    );

    test('is the same at its start and later', () => {
      const { startupProbe, readinessProbe } = main(served(health));

      expect(startupProbe.httpGet).toEqual(readinessProbe.httpGet);
    });

    test('comes over HTTPS from any host, where any will do', () => {
      expect(httpGet(served({ host: '*' })).httpHeaders).toEqual([
        { name: 'X-Forwarded-Proto', value: 'https' },
      ]);
    });

    test('says otherwise how it came, where its headers do', () => {
      const headers = { 'x-forwarded-proto': 'http' };

      expect(httpGet(served({ host: 'acme.example.com', headers })).httpHeaders).toEqual([
        { name: 'Host', value: 'acme.example.com' },
        { name: 'x-forwarded-proto', value: 'http' },
      ]);
    });

    test('keeps its path where an overlay changes its host', () => {
      const { environment, ...tenant } = {
        environment: plain,
        ...tenantOf({ web: { command: ['serve'], port: 8080, health: '/healthz' } }),
      };
      const overlays = { [environment.name]: { web: { health: { host: 'staging.example.com' } } } };

      expect(httpGet(synth({ ...tenant, overlays }))).toMatchObject({
        path: '/healthz',
        httpHeaders: expect.arrayContaining([{ name: 'Host', value: 'staging.example.com' }]),
      });
    });
  });

  test('is alive while its port accepts, whatever its pages say', () => {
    const { livenessProbe } = main(synth(tenantOf({ web: { command: ['serve'], port: 8080 } })));

    expect(livenessProbe.tcpSocket).toEqual({ port: 'http' });
  });

  test('follows its CPU within bounds', () => {
    const scaling = { min: 2, max: 6, utilization: 50 };

    const o = synth(tenantOf({ web: { command: ['serve'], port: 8080, scaling } }));

    const { spec } = o.byKind('HorizontalPodAutoscaler', 'web');
    expect([spec.minReplicas, spec.maxReplicas, spec.metrics[0].resource.target.averageUtilization]).toEqual([
      2, 6, 50,
    ]);
    expect(o.byKind('Deployment', 'web').spec).not.toHaveProperty('replicas');
  });
});

describe('Flower', () => {
  const auth = { secret: 'flower-login', key: 'basic' } as const;
  const all: Required<Flower> = {
    ...compute,
    probes: allProbes,
    auth,
    port: 5999,
    expose: { host: 'acme.example.org', path: '/flower' },
    urlPrefix: 'flower',
  };
  const main = mainOf('Deployment', 'flower');
  const login = (o: Synth) =>
    main(o).env.find((v: Json) => v.name === 'FLOWER_BASIC_AUTH').valueFrom.secretKeyRef;

  reaches<typeof all>(
    {
      ...places('Deployment', 'flower', { cpu: '50m/250m', memory: '128Mi/256Mi' }),
      probes: [(o) => probeTimes(main(o)), [TIMES, TIMES, TIMES], SLOW],
      auth: [login, { name: 'flower-login', key: 'basic' }, { name: 'a', key: 'b' }],
      port: [
        (o) => [option(main(o).command, 'port'), main(o).ports[0].containerPort],
        ['5999', 5999],
        ['5555', 5555],
      ],
      expose: [(o) => o.find('Ingress', 'flower')?.spec.rules[0].http.paths[0].path, '/flower', undefined],
      urlPrefix: [
        (o) => [option(main(o).command, 'url_prefix'), main(o).readinessProbe.httpGet.path],
        ['flower', '/flower/healthcheck'],
        [undefined, '/healthcheck'],
      ],
    },
    once(() => synth(tenantOf({ flower: all }), withIngress)),
    once(() => synth(tenantOf({ flower: { auth: { secret: 'a', key: 'b' } } }))),
  );

  test('makes workers tell what they do', () => {
    const o = synth(tenantOf({ flower: { auth } }));

    expect(mainOf('Deployment', 'worker-default')(o).command).toContain('--task-events');
  });
});

describe('migrations', () => {
  const check = ['migrate', '--check'] as const;
  const all: Required<Omit<Migration, 'probes'>> = {
    ...compute,
    command: ['migrate'],
    check,
    timeLimit: '5m',
  };
  const job = (o: Synth) => o.byKind('Job', 'migrate').spec;
  const wait = (o: Synth) =>
    podOf(
      'Deployment',
      'worker-default',
    )(o).initContainers.find((c: Json) => c.name === 'wait-for-migrations')?.command;

  reaches<typeof all>(
    {
      ...places('Job', 'migrate', { cpu: '100m/1', memory: '256Mi/512Mi' }),
      command: [(o) => mainOf('Job', 'migrate')(o).command, ['migrate'], ['go']],
      check: [(o) => wait(o)?.slice(-2), check, undefined],
      timeLimit: [(o) => job(o).activeDeadlineSeconds, 300, 900],
    },
    once(() => synth(tenantOf({ migrate: all }), native)),
    once(() => synth(tenantOf({ migrate: { command: ['go'] } }))),
  );
});

test('a rollout may take as long as the migrations that its pods wait for, and the usual time', () => {
  const deadlineOf = (migrate: Tenant['migrate']) =>
    synth(tenantOf({ ...(migrate && { migrate }) })).byKind('Deployment', 'worker-default').spec
      .progressDeadlineSeconds;

  expect(deadlineOf({ command: ['go'], check: ['went'], timeLimit: '30m' })).toBe(30 * 60 + 600);
  expect([deadlineOf({ command: ['go'] }), deadlineOf(undefined)]).toEqual([undefined, undefined]);
});
