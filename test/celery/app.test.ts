// Every prop of an app and of how it talks to Redis: where it ends up in the manifests, and what is there without it.

import type {
  CeleryApp,
  Connections,
  DjangoApp,
  Messages,
  PaperlessApp,
  Priorities,
  Results,
  Tenant,
} from '../../lib/spec';
import { option } from '../../lib/laws/law';
import { settingsOf } from '../support/settings';
import { mainOf, once, podOf, reaches, variable } from '../support/props';
import { synth, tenantOf } from '../support/synth';
import type { Json, Synth } from '../support/synth';

const worker = mainOf('Deployment', 'worker-default');
const workerPod = podOf('Deployment', 'worker-default');
const settings = (o: Synth): Json => settingsOf(o.all);
const config =
  (name = 'app-config') =>
  (o: Synth) =>
    o.byKind('ConfigMap', name).data;
const mountedIn = (container: Json, path: string) =>
  container.volumeMounts.find((m: Json) => m.mountPath === path)?.name;
const mounted = (o: Synth, path: string) => mountedIn(worker(o), path);

describe('an app', () => {
  const image = 'acme/jobs:2.4.1';
  const all: Required<Omit<CeleryApp, 'dialect'>> = {
    image: 'acme/other@sha256:0b2b4e1d4f5b4fd9f3a5c9a4b7e8d6f0a1b2c3d4e5f60718293a4b5c6d7e8f90',
    module: 'acme.app:celery',
    entrypoint: ['poetry', 'run'],
    user: 1234,
    writable: ['/var/cache/acme'],
    writableRoot: 'compiles templates beside its code',
    volumes: { files: { path: '/files', size: '3Gi', access: 'ReadWriteMany', storageClass: 'nfs' } },
    workingDir: '/srv/work',
    pythonPath: ['/srv/acme', '/srv/lib'],
    logLevel: 'debug',
    configMap: 'acme-config',
  };

  reaches<typeof all>(
    {
      image: [(o) => worker(o).image, all.image, image],
      module: [
        (o) => worker(o).command[worker(o).command.indexOf('-A') + 1],
        'acme.app:celery',
        'acme.tasks',
      ],
      entrypoint: [
        (o) => worker(o).command.slice(0, 3),
        ['poetry', 'run', 'celery'],
        ['celery', '-A', 'acme.tasks'],
      ],
      user: [(o) => workerPod(o).securityContext.runAsUser, 1234, 10001],
      workingDir: [
        (o) => [worker(o), ...workerPod(o).initContainers].map((one: Json) => one.workingDir),
        ['/srv/work', '/srv/work'],
        [undefined, undefined],
      ],
      writable: [(o) => mounted(o, '/var/cache/acme'), 'writable-var-cache-acme', undefined],
      writableRoot: [
        (o) => [
          worker(o).securityContext.readOnlyRootFilesystem,
          o.byKind('Deployment', 'worker-default').spec.template.metadata.annotations[
            'stalk.dev/writable-root'
          ],
        ],
        [false, 'compiles templates beside its code'],
        [true, undefined],
      ],
      volumes: [
        (o) => [mounted(o, '/files'), o.find('PersistentVolumeClaim', 'files')?.spec],
        [
          'files',
          {
            accessModes: ['ReadWriteMany'],
            storageClassName: 'nfs',
            resources: { requests: { storage: '3Gi' } },
          },
        ],
        [undefined, undefined],
      ],
      pythonPath: [(o) => variable(worker(o), 'PYTHONPATH'), '/opt/stalk:/srv/acme:/srv/lib', '/opt/stalk'],
      logLevel: [(o) => option(worker(o).command, 'loglevel'), 'debug', 'info'],
      configMap: [(o) => worker(o).envFrom[0].configMapRef.name, 'acme-config', 'app-config'],
    },
    once(() => synth(tenantOf({ app: { dialect: 'celery', ...all } }))),
    once(() => synth(tenantOf({ app: { dialect: 'celery', image, module: 'acme.tasks' } }))),
  );

  describe('with an entrypoint', () => {
    const entrypoint = ['newrelic-admin', 'run-program'] as const;
    const command = ['serve'] as const;
    const o = once(() =>
      synth(
        tenantOf({
          app: { dialect: 'celery', image, module: 'acme.tasks', entrypoint },
          workers: { default: { queues: ['celery'], stagger: { min: '1s', max: '2s' } } },
          beat: {},
          web: { command, port: 8080 },
          flower: { auth: { secret: 'flower', key: 'login' } },
          migrate: { command: ['migrate'], check: ['migrate', '--check'] },
          env: { NEW_RELIC_APP_NAME: 'acme', NEW_RELIC_LICENSE_KEY: { secret: 'newrelic', key: 'license' } },
        }),
      ),
    );
    const containers = (): Json[] =>
      o()
        .all.filter(({ kind }: Json) => ['Deployment', 'Job'].includes(kind))
        .flatMap(
          ({
            spec: {
              template: { spec },
            },
          }: Json) => [...(spec.initContainers ?? []), ...spec.containers],
        );
    const ofTheApp = () => containers().filter(({ image: own }) => own === image);

    test('starts every program behind it, init containers and migrations too', () => {
      const names = [...new Set(ofTheApp().map(({ name }) => name as string))].sort();

      expect(names).toEqual(
        [
          'beat',
          'flower',
          'migrate',
          'stagger',
          'wait-for-migrations',
          'wait-for-redis',
          'web',
          'worker-default',
        ].sort(),
      );
      for (const { name, command: words } of ofTheApp())
        expect([name, ...words.slice(0, 2)]).toEqual([name, ...entrypoint]);
    });

    test('gives it in init containers what it reads: variables, Secrets, folders', () => {
      const {
        initContainers,
        containers: [main],
      } = podOf('Deployment', 'worker-default')(o());

      for (const { env, envFrom, volumeMounts } of initContainers)
        expect({ env, envFrom, volumeMounts }).toEqual({
          env: main.env,
          envFrom: main.envFrom,
          volumeMounts: main.volumeMounts,
        });
    });

    test('looks at its workers without it', () => {
      const { readinessProbe } = worker(o());

      expect(readinessProbe.exec.command).toEqual(['test', '-f', '/run/stalk/consuming']);
    });
  });

  test('of which one workload has settings of its own, and a home, once each in its environment', () => {
    const o = synth(
      tenantOf({
        app: { dialect: 'django', image, module: 'shop', djangoSettings: 'shop.settings' },
        web: {
          command: ['serve'],
          port: 8080,
          health: { host: '*' },
          env: {
            DJANGO_SETTINGS_MODULE: 'shop.settings.web',
            HOME: '/srv',
            TOKEN: { secret: 'b', key: 'c' },
          },
        },
        env: { TOKEN: { secret: 'a', key: 'c' }, PYTHONUNBUFFERED: '0' },
      }),
    );
    const main = mainOf('Deployment', 'web')(o);
    const names = main.env.map(({ name }: Json) => name as string);

    expect(['DJANGO_SETTINGS_MODULE', 'HOME'].map((name) => variable(main, name))).toEqual([
      'shop.settings.web',
      '/srv',
    ]);
    expect(variable(worker(o), 'DJANGO_SETTINGS_MODULE')).toBe('shop.settings');
    expect(main.env.find(({ name }: Json) => name === 'TOKEN').valueFrom.secretKeyRef.name).toBe('b');
    expect(names).toEqual([...new Set(names)]);
    expect([names.includes('PYTHONUNBUFFERED'), config()(o).PYTHONUNBUFFERED]).toEqual([false, '0']);
  });

  test('that has /data for itself leaves it that, and beat writes its schedule elsewhere', () => {
    const volumes = { data: { path: '/data', claim: 'archive' } };

    const o = synth(tenantOf({ app: { dialect: 'celery', image, module: 'acme', volumes }, beat: {} }));

    const beat = mainOf('Deployment', 'beat')(o);
    expect(option(beat.command, 'schedule')).toBe('/var/lib/stalk/celerybeat-schedule.db');
    expect([mountedIn(beat, '/data'), mountedIn(beat, '/var/lib/stalk')]).toEqual(['data', 'beat-schedule']);
  });

  test('whose PATH says which Python it is has that in its init containers', () => {
    const env = { PATH: '/srv/.venv/bin:/usr/bin:/bin' };
    const wait = (o: Synth): Json => podOf('Deployment', 'worker-default')(o).initContainers[0];

    const [own, shared] = [
      synth(tenantOf({ workers: { default: { queues: ['celery'], env } } })),
      synth(tenantOf({ env })),
    ];

    expect(variable(wait(own), 'PATH')).toBe(env.PATH);
    expect(config()(shared).PATH).toBe(env.PATH);
    expect(wait(shared).envFrom).toEqual(worker(shared).envFrom);
  });

  test('takes a volume that somebody else made, and the environment’s class for one of its own', () => {
    const volumes = {
      old: { path: '/old', claim: 'archive' },
      fresh: { path: '/new', size: '1Gi' },
    } as const;

    const o = synth(tenantOf({ app: { dialect: 'celery', image, module: 'acme', volumes } }));

    expect(mounted(o, '/old')).toBe('old');
    expect(workerPod(o).volumes.find((v: Json) => v.name === 'old').persistentVolumeClaim.claimName).toBe(
      'archive',
    );
    expect(o.find('PersistentVolumeClaim', 'archive')).toBeUndefined();
    expect(o.byKind('PersistentVolumeClaim', 'fresh').spec).toMatchObject({
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'standard',
    });
  });

  test('of Django is told its settings module', () => {
    const all: Required<Pick<DjangoApp, 'dialect' | 'djangoSettings' | 'image' | 'module'>> = {
      dialect: 'django',
      image,
      module: 'shop',
      djangoSettings: 'shop.settings.production',
    };

    expect(variable(worker(synth(tenantOf({ app: all }))), 'DJANGO_SETTINGS_MODULE')).toBe(
      'shop.settings.production',
    );
  });

  test('of Paperless is told everything by its own variables', () => {
    const all: Required<Pick<PaperlessApp, 'dialect' | 'image' | 'module' | 'threadsPerWorker' | 'crons'>> = {
      dialect: 'paperless',
      image,
      module: 'paperless',
      threadsPerWorker: 3,
      crons: { EMAIL: '*/10 * * * *', LLM_INDEX: 'disable' },
    };

    const o = synth(
      tenantOf({ app: all, beat: {}, workers: { default: { queues: ['celery'], concurrency: 5 } } }),
    );

    expect(config()(o)).toEqual({
      PAPERLESS_REDIS_PREFIX: 'tenant:acme:',
      PAPERLESS_TASK_WORKERS: '5',
      PAPERLESS_WORKER_TIMEOUT: '1800',
      PAPERLESS_THREADS_PER_WORKER: '3',
      PAPERLESS_BEAT_SCHEDULE_FILENAME: '/data/celerybeat-schedule.db',
      PAPERLESS_EMAIL_TASK_CRON: '*/10 * * * *',
      PAPERLESS_LLM_INDEX_TASK_CRON: 'disable',
    });
    expect(variable(worker(o), 'PAPERLESS_REDIS')).toMatch(
      /^redis:\/\/acme:\$\(STALK_REDIS_PASSWORD\)@redis\.broker-main\.svc\.cluster\.local:6379\/0/,
    );
  });
});

describe('results', () => {
  const all: Required<Results> = {
    backend: 'redis',
    serializer: 'pickle',
    database: 3,
    expires: '2h',
    extended: true,
    trackStarted: true,
  };

  reaches<typeof all>(
    {
      backend: [
        (o) => config()(o).CELERY_RESULT_BACKEND,
        'redis://redis.broker-main.svc.cluster.local:6379/3',
        'redis://redis.broker-main.svc.cluster.local:6379/0',
      ],
      serializer: [
        (o) => [
          settings(o).result_serializer,
          settings(o).result_accept_content,
          settings(o).task_serializer,
        ],
        ['pickle', ['json', 'pickle'], 'json'],
        ['json', undefined, 'json'],
      ],
      database: [(o) => new URL(settings(o).result_backend).pathname, '/3', '/0'],
      expires: [(o) => settings(o).result_expires, 7200, 86400],
      extended: [(o) => settings(o).result_extended, true, false],
      trackStarted: [(o) => settings(o).task_track_started, true, false],
    },
    once(() => synth(tenantOf({ results: all }))),
    once(() => synth(tenantOf())),
  );

  test('are ignored where there is no backend', () => {
    const found = settings(synth(tenantOf({ results: { backend: 'none' } })));

    expect(found.task_ignore_result).toBe(true);
    expect(found).not.toHaveProperty('result_backend');
  });
});

describe('messages', () => {
  const all: Required<Messages> = { serializer: 'pickle', accept: ['pickle', 'application/json'] };

  reaches<typeof all>(
    {
      serializer: [
        (o) => [settings(o).task_serializer, settings(o).result_serializer],
        ['pickle', 'pickle'],
        ['json', 'json'],
      ],
      accept: [(o) => settings(o).accept_content, ['pickle', 'application/json'], ['json']],
    },
    once(() => synth(tenantOf({ messages: all }))),
    once(() => synth(tenantOf())),
  );
});

describe('priorities', () => {
  const all: Required<Priorities> = { steps: [0, 4, 8], separator: ':' };
  const transport = (o: Synth) => settings(o).broker_transport_options;

  reaches<typeof all>(
    {
      steps: [(o) => transport(o).priority_steps, [0, 4, 8], [0, 3, 6, 9]],
      separator: [(o) => transport(o).sep, ':', '\u0006\u0016'],
    },
    once(() => synth(tenantOf({ priorities: all }))),
    once(() => synth(tenantOf())),
  );
});

describe('connections', () => {
  const all: Required<Connections> = { pool: 7, max: 40, connectTimeout: '4s', timeout: '6s' };
  const transport = (o: Synth) => settings(o).broker_transport_options;

  reaches<typeof all>(
    {
      pool: [(o) => settings(o).broker_pool_limit, 7, 10],
      max: [
        (o) => [transport(o).max_connections, settings(o).redis_max_connections],
        [40, 40],
        [undefined, undefined],
      ],
      connectTimeout: [
        (o) => [settings(o).broker_connection_timeout, transport(o).socket_connect_timeout],
        [4, 4],
        [5, 5],
      ],
      timeout: [(o) => [transport(o).socket_timeout, settings(o).redis_socket_timeout], [6, 6], [30, 30]],
    },
    once(() => synth(tenantOf({ connections: all }))),
    once(() => synth(tenantOf())),
  );
});

describe('a tenant', () => {
  type Rest = Required<
    Pick<
      Tenant,
      | 'delivery'
      | 'deliveryLimit'
      | 'longestDelay'
      | 'rateLimit'
      | 'celery'
      | 'env'
      | 'envFrom'
      | 'files'
      | 'events'
      | 'egress'
      | 'credentialsVersion'
      | 'name'
    >
  >;
  const all: Rest = {
    name: 'globex',
    delivery: 'at-most-once',
    deliveryLimit: 2,
    longestDelay: '3h',
    rateLimit: '10/m',
    celery: { worker_enable_remote_control: false },
    events: true,
    envFrom: [{ secret: 'whole' }],
    files: { '/etc/acme': { configMap: 'acme' } },
    env: {
      LEVEL: '3',
      EMPTY: '',
      TOKEN: { secret: 'tokens', key: 'api' },
      URL: { from: 'broker.url' },
      PREFIX: { from: 'broker.prefix' },
    },
    egress: [{ to: { cidr: '10.1.0.0/16', except: ['10.1.9.0/24'] }, ports: [5432] }, { to: 'internet' }],
    credentialsVersion: '7',
  };

  reaches<Rest>(
    {
      name: [(o) => o.all.find((m) => m.kind === 'Namespace')?.metadata.name, 'globex', 'acme'],
      delivery: [
        (o) => [settings(o).task_acks_late, settings(o).task_reject_on_worker_lost],
        [false, false],
        [true, true],
      ],
      deliveryLimit: [(o) => variable(worker(o), 'STALK_DELIVERY_LIMIT'), '2', '5'],
      longestDelay: [
        (o) => settings(o).broker_transport_options.visibility_timeout,
        10800 + 3630 + 12, // and two messages that wait for the rate limit
        3600 + 3630,
      ],
      rateLimit: [(o) => settings(o).task_default_rate_limit, '10/m', undefined],
      celery: [(o) => settings(o).worker_enable_remote_control, false, undefined],
      env: [
        (o) => [
          config()(o).LEVEL,
          config()(o).EMPTY,
          worker(o).env.find((v: Json) => v.name === 'TOKEN')?.valueFrom.secretKeyRef,
          variable(worker(o), 'URL'),
        ],
        [
          '3',
          '',
          { name: 'tokens', key: 'api' },
          'redis://globex:$(STALK_REDIS_PASSWORD)@redis.broker-main.svc.cluster.local:6379/0',
        ],
        [undefined, undefined, undefined, undefined],
      ],
      events: [
        (o) => [
          settings(o).worker_send_task_events,
          settings(o).task_send_sent_event,
          worker(o).command.includes('--task-events'),
        ],
        [true, true, true],
        [undefined, undefined, false],
      ],
      envFrom: [
        (o) => worker(o).envFrom,
        [{ secretRef: { name: 'whole' } }, { configMapRef: { name: 'app-config' } }],
        [{ configMapRef: { name: 'app-config' } }],
      ],
      files: [(o) => mounted(o, '/etc/acme'), 'files-0', undefined],
      egress: [
        (o) => o.find('NetworkPolicy', 'egress')?.spec.egress,
        [
          {
            to: [{ ipBlock: { cidr: '10.1.0.0/16', except: ['10.1.9.0/24'] } }],
            ports: [{ port: 5432, protocol: 'TCP' }],
          },
          {
            to: [
              {
                ipBlock: {
                  cidr: '0.0.0.0/0',
                  except: [
                    '10.0.0.0/8',
                    '172.16.0.0/12',
                    '192.168.0.0/16',
                    '169.254.0.0/16',
                    '100.64.0.0/10',
                  ],
                },
              },
            ],
          },
        ],
        undefined,
      ],
      credentialsVersion: [
        (o) =>
          o.byKind('Deployment', 'worker-default').spec.template.metadata.annotations[
            'stalk.dev/credentials-version'
          ],
        '7',
        undefined,
      ],
    },
    once(() => synth(tenantOf(all))),
    once(() => synth(tenantOf())),
  );

  test.each([
    ['broker.celeryUrl', 'redis://redis:6379/2'],
    ['broker.host', 'redis'],
    ['broker.port', '6379'],
    ['broker.database', '2'],
    ['broker.prefix', 'own:'],
    ['results.celeryUrl', 'redis://redis:6379/2'],
    ['cache.host', 'cache'],
    ['cache.port', '6379'],
  ] as const)('reads %s as %s', (from, value) => {
    const broker = { topology: 'standalone', database: 2, prefix: 'own:' } as const;

    const o = synth(tenantOf({ broker, cache: {}, env: { FACT: { from } } }));

    expect(config()(o).FACT).toBe(value);
  });

  test('reads the URL of its cache with user and password', () => {
    const o = synth(tenantOf({ cache: {}, env: { CACHE: { from: 'cache.url' } } }));

    expect(variable(worker(o), 'CACHE')).toBe('redis://acme:$(STALK_CACHE_PASSWORD)@cache:6379/0');
    expect(worker(o).env.find((v: Json) => v.name === 'STALK_CACHE_PASSWORD').valueFrom.secretKeyRef).toEqual(
      {
        name: 'cache-users',
        key: 'acme',
      },
    );
  });
});
