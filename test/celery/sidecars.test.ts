// Sidecars and init containers: what each prop becomes, where they stand, and what their pods take.

import { judge, renderedLeaves } from '../../lib/laws';
import type { Environment, InitContainer, Tenant, WebSidecar } from '../../lib/spec';
import { allProbes, once, podOf, probeTimes, range, reaches, TIMES, variable } from '../support/props';
import { plain, platformOf, synth, tenantOf } from '../support/synth';
import type { Json, Synth } from '../support/synth';

const native: Environment = {
  ...plain,
  nativeSidecars: true,
  peers: { ingress: { namespace: { name: 'ingress' }, pods: { app: 'ingress' } } },
};

const app = {
  dialect: 'celery',
  image: 'acme/jobs:2.4.1',
  module: 'acme.tasks',
  writable: ['/run/acme'],
  volumes: { media: { path: '/app/media', claim: 'media' } },
} as const;

const withWeb = (sidecars: Readonly<Record<string, WebSidecar>>, more: Partial<Tenant> = {}): Tenant =>
  tenantOf({ app, ...more, web: { command: ['serve'], port: 8081, sidecars } });

const initOf = (name: string) => (o: Synth) =>
  podOf('Deployment', 'web')(o).initContainers.find((c: Json) => c.name === name);
const pathsOf = (container: Json) =>
  Object.fromEntries(container.volumeMounts.map((m: Json) => [m.mountPath, m.name]));
const namesOf = (containers: readonly Json[]) => containers.map(({ name }) => name);
const judged = (tenant: Tenant, environment: Environment) =>
  judge(renderedLeaves(platformOf(environment, [tenant]))).map(({ text }) => text);

describe('a sidecar', () => {
  const all: Required<Omit<WebSidecar, 'front'>> = {
    image: 'acme/proxy:1.0.0',
    command: ['proxy'],
    args: ['--quiet'],
    env: { TOKEN: { secret: 'proxy', key: 'token' }, MODE: 'fast' },
    envFrom: [{ secret: 'proxy-env' }],
    files: { '/etc/proxy': { configMap: 'proxy' }, '/etc/key': { secret: 'proxy', key: 'tls.key' } },
    port: 9090,
    health: '/ready',
    user: 65532,
    writable: ['/var/cache/proxy'],
    mounts: { media: '/media', '/run/acme': '/sockets' },
    cpu: { request: '150m', limit: '1500m' },
    memory: { request: '300Mi', limit: '700Mi' },
    disk: { request: '32Mi', limit: '2Gi' },
    probes: allProbes,
  };
  const it = initOf('proxy');

  reaches<typeof all>(
    {
      image: [(o) => it(o).image, 'acme/proxy:1.0.0', 'a/b:1'],
      command: [(o) => it(o).command, ['proxy'], undefined],
      args: [(o) => it(o).args, ['--quiet'], undefined],
      env: [(o) => [variable(it(o), 'MODE'), it(o).env?.length], ['fast', 2], [undefined, undefined]],
      envFrom: [(o) => it(o).envFrom, [{ secretRef: { name: 'proxy-env' } }], undefined],
      files: [
        (o) => [pathsOf(it(o))['/etc/proxy'], pathsOf(it(o))['/etc/key']],
        ['beside-proxy-files-0', 'beside-proxy-files-1'],
        [undefined, undefined],
      ],
      port: [(o) => it(o).ports, [{ name: 'proxy', containerPort: 9090, protocol: 'TCP' }], undefined],
      health: [(o) => it(o).readinessProbe?.httpGet.path, '/ready', undefined],
      user: [(o) => it(o).securityContext.runAsUser, 65532, undefined],
      writable: [(o) => pathsOf(it(o))['/var/cache/proxy'], 'beside-proxy-1', undefined],
      mounts: [
        (o) => [pathsOf(it(o))['/media'], pathsOf(it(o))['/sockets']],
        ['media', 'writable-run-acme'],
        [undefined, undefined],
      ],
      cpu: [(o) => range(it(o), 'cpu'), '150m/1500m', '50m/250m'],
      memory: [(o) => range(it(o), 'memory'), '300Mi/700Mi', '64Mi/128Mi'],
      disk: [(o) => range(it(o), 'ephemeral-storage'), '32Mi/2Gi', '64Mi/1Gi'],
      probes: [(o) => (it(o).startupProbe ? probeTimes(it(o)) : undefined), [TIMES, TIMES, TIMES], undefined],
    },
    once(() => synth(withWeb({ proxy: all }), native)),
    once(() => synth(withWeb({ proxy: { image: 'a/b:1' } }), native)),
  );

  test('is as hard as the app, has a /tmp of its own and none of the environment of the app', () => {
    const container = it(synth(withWeb({ proxy: { image: 'a/b:1' } }, { env: { MODE: 'x' } }), native));

    expect(container.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container).not.toHaveProperty('envFrom');
    expect(pathsOf(container)).toEqual({ '/tmp': 'beside-proxy-0' });
  });
});

describe('sidecars of a tenant', () => {
  const sidecars = { proxy: { image: 'acme/proxy:1.0.0' } };
  const tenant = tenantOf({
    sidecars,
    migrate: { command: ['migrate'], check: ['check'] },
    beat: {},
    web: { command: ['serve'], port: 8000, sidecars: { proxy: false } },
    processes: { nightly: { command: ['clear'], cron: '0 3 * * *' } },
  });

  test('stand in every pod of the app but where false is said, start first and end last', () => {
    const o = synth(tenant, native);
    const init = (kind: string, name: string) => podOf(kind, name)(o).initContainers[0];

    for (const [kind, name] of [
      ['Deployment', 'worker-default'],
      ['Deployment', 'beat'],
      ['Job', 'migrate'],
    ] as const)
      expect(init(kind, name)).toMatchObject({ name: 'proxy', restartPolicy: 'Always' });
    expect(
      o.byKind('CronJob', 'nightly').spec.jobTemplate.spec.template.spec.initContainers[0],
    ).toMatchObject({
      name: 'proxy',
      restartPolicy: 'Always',
    });
    expect(namesOf(podOf('Deployment', 'web')(o).initContainers)).not.toContain('proxy');
  });

  test('keep every law, native and plain', () => {
    const withoutJobs = tenantOf({ sidecars, beat: {} });

    expect(judged(tenant, native)).toEqual([]);
    expect(judged(withoutJobs, plain)).toEqual([]);
  });

  test('are plain containers behind the program where the environment has no native ones, and outlive it', () => {
    const pod = podOf('Deployment', 'worker-default')(synth(tenantOf({ sidecars }), plain));

    expect(namesOf(pod.containers)).toEqual(['worker-default', 'proxy']);
    expect(pod.containers[1].lifecycle.preStop.exec.command).toEqual(['sleep', '1825']);
    expect(JSON.stringify(pod)).not.toContain('"restartPolicy":"Always"');
  });

  test('count in the quota from the start of the pod on', () => {
    const cpu = (given: Partial<Tenant>) =>
      synth(tenantOf(given), native).byKind('ResourceQuota', 'tenant').spec.hard['limits.cpu'];

    expect([cpu({}), cpu({ sidecars: { proxy: { image: 'a/b:1', cpu: '2' } } })]).toEqual(['4', '12']);
  });

  test('may come from the environment’s defaults, and a tenant may refuse them', () => {
    const environment = { ...native, defaults: { tenant: { sidecars } } };

    const [taken, refused] = [tenantOf(), tenantOf({ sidecars: { proxy: false } })].map((one) =>
      namesOf(podOf('Deployment', 'worker-default')(synth(one, environment)).initContainers),
    );

    expect(taken).toContain('proxy');
    expect(refused).not.toContain('proxy');
  });
});

describe('a sidecar in front', () => {
  const o = once(() => synth(withWeb({ nginx: { image: 'acme/nginx:1', port: 8080, front: true } }), native));

  test('gets what the Service, the ingress and the probes ask for', () => {
    const [main] = podOf('Deployment', 'web')(o()).containers;

    expect(o().byKind('Service', 'web').spec.ports[0]).toMatchObject({ port: 8081, targetPort: 8080 });
    expect(o().byKind('NetworkPolicy', 'to-web').spec.ingress[0].ports[0].port).toBe(8080);
    expect([main.startupProbe.httpGet.port, main.readinessProbe.httpGet.port]).toEqual([8080, 8080]);
    expect(main.livenessProbe.tcpSocket.port).toBe('http');
  });

  test('is not asked through the program before that has started', () => {
    expect(initOf('nginx')(o()).startupProbe.tcpSocket).toEqual({ port: 'nginx' });
  });

  test('stands for a program that listens on a socket alone, where both have one port', () => {
    const pod = podOf(
      'Deployment',
      'web',
    )(synth(withWeb({ nginx: { image: 'acme/nginx:1', port: 8081, front: true } }), native));

    expect(pod.containers[0]).not.toHaveProperty('ports');
    expect(pod.containers[0].livenessProbe.tcpSocket.port).toBe(8081);
  });
});

describe('an init container', () => {
  const other: Required<InitContainer> = {
    command: ['cp'],
    image: 'acme/static:1.0.0',
    env: { OWN: 'yes' },
    user: 12345,
    mounts: { media: '/to' },
  };
  const rendered = once(() =>
    synth(
      tenantOf({
        app,
        env: { DATABASE_HOST: 'db' },
        initContainers: { 'wait-for-postgres': { command: ['wait'] } },
        web: { command: ['serve'], port: 8000, initContainers: { copy: other } },
      }),
      native,
    ),
  );

  test('runs in the app’s image with all that the app reads, before Stalk’s waits', () => {
    const wait = initOf('wait-for-postgres')(rendered());

    expect(wait).toMatchObject({ image: 'acme/jobs:2.4.1', command: ['wait'] });
    expect(wait.envFrom).toEqual([{ configMapRef: { name: 'app-config' } }]);
    expect(namesOf(podOf('Deployment', 'web')(rendered()).initContainers)).toEqual([
      'wait-for-postgres',
      'copy',
      'wait-for-redis',
    ]);
  });

  test('of another image has its own environment, user and folders alone', () => {
    const copy = initOf('copy')(rendered());

    expect(copy).toMatchObject({
      image: 'acme/static:1.0.0',
      command: ['cp'],
      securityContext: { runAsUser: 12345 },
    });
    expect(copy.env).toEqual([{ name: 'OWN', value: 'yes' }]);
    expect(copy).not.toHaveProperty('envFrom');
    expect(pathsOf(copy)).toEqual({ '/tmp': 'beside-copy-0', '/to': 'media' });
  });
});

describe('scaling', () => {
  const behavior = { up: { pods: 2, every: '30s' }, down: { stabilization: '10m', percent: 50 } } as const;
  const wanted = {
    scaleUp: { policies: [{ type: 'Pods', value: 2, periodSeconds: 30 }] },
    scaleDown: {
      stabilizationWindowSeconds: 600,
      policies: [{ type: 'Percent', value: 50, periodSeconds: 60 }],
    },
  };

  test('by CPU and memory has a rule for each, at a speed of its own', () => {
    const scaling = { min: 1, max: 4, utilization: 70, memory: 80, behavior };
    const { spec } = synth(tenantOf({ web: { command: ['serve'], port: 8000, scaling } })).byKind(
      'HorizontalPodAutoscaler',
      'web',
    );

    expect(spec.metrics.map((m: Json) => [m.resource.name, m.resource.target.averageUtilization])).toEqual([
      ['cpu', 70],
      ['memory', 80],
    ]);
    expect(spec.behavior).toEqual(wanted);
  });

  test('by queue length may have them beside it, and keeps every law', () => {
    const keda = {
      ...plain,
      peers: { keda: { namespace: { name: 'keda' }, pods: { app: 'keda-operator' } } },
    };
    const scaling = { min: 0, max: 4, queueLength: 5, memory: 80, behavior };
    const tenant = tenantOf({ workers: { default: { queues: ['celery'], scaling } } });
    const { spec } = synth(tenant, keda).byKind('ScaledObject', 'worker-default');

    expect(spec.triggers.at(-1)).toEqual({
      type: 'memory',
      metricType: 'Utilization',
      metadata: { value: '80' },
    });
    expect(spec.advanced.horizontalPodAutoscalerConfig.behavior).toEqual(wanted);
    expect(judged(tenant, keda)).toEqual([]);
  });
});
