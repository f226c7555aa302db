import { platforms } from '../../lib';
import type { Operation, Tenant } from '../../lib';
import type { Json } from '../../lib/spec';
import { loadTestOf } from '../../lib/loadtest';
import { LOAD } from '../../lib/loadtest/runtime';
import { plain, platformOf, referenceEnvironment, tenantOf } from '../support/synth';

const ASKED = { tasks: 100, rate: 20, concurrent: 10, patience: 60 };

/** The plan for a tenant, as parsed JSON: what the API server gets. */
function planned(tenant: string | Tenant, environment = plain) {
  const platform =
    typeof tenant === 'string' ? platformOf(referenceEnvironment('dev')) : platformOf(environment, [tenant]);
  const name = typeof tenant === 'string' ? tenant : tenant.name;
  const resolved = platform.tenants.find((t) => t.name === name);
  if (!resolved) throw new Error(`no tenant ${name}`);
  const loadTest = loadTestOf(platform, resolved, ASKED, 'abc');
  const job = JSON.parse(JSON.stringify(loadTest.job));
  return { loadTest, job, pod: job.spec.template.spec, labels: job.spec.template.metadata.labels };
}

const variable = ({ env }: { env: { name: string; value?: string }[] }, name: string) =>
  env.find((v) => v.name === name);

describe('the Job of a load test', () => {
  it('runs the load with the app, the queue and what was asked for', () => {
    const { command } = planned('typesafe').pod.containers[0];

    expect(command.slice(0, 3)).toEqual(['python3', '-c', LOAD]);
    expect(command.slice(3).join(' ')).toBe(
      '--app app.agents.worker --queue celery --run abc --tasks 100 --rate 20 --concurrent 10 --patience 60',
    );
  });

  it('stands behind the entrypoint of the app, with what it waits for', () => {
    const tenant = tenantOf({
      app: { dialect: 'celery', image: 'a/b:1', module: 'a', entrypoint: ['poetry', 'run'] },
    });

    const { containers, initContainers } = planned(tenant).pod;

    for (const { command } of [...containers, ...initContainers])
      expect(command.slice(0, 3)).toEqual(['poetry', 'run', 'python3']);
  });

  it('is a web pod to the policies, and to no Service, budget or probe', () => {
    const { pod, labels } = planned('typesafe');

    expect(labels).toMatchObject({
      'stalk.dev/broker-client': 'true',
      'stalk.dev/tenant': 'typesafe',
      'app.kubernetes.io/component': 'loadtest',
      'app.kubernetes.io/instance': 'stalk-load-abc',
    });
    expect(Object.keys(pod.containers[0])).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/Probe|ports|lifecycle/)]),
    );
    expect(pod).not.toHaveProperty('affinity');
  });

  it('waits for Redis, and for nothing else', () => {
    expect(planned('tenant-a').pod.initContainers.map((c: { name: string }) => c.name)).toEqual([
      'wait-for-redis',
    ]);
  });

  it('stays hardened, ends by itself, and is never tried again', () => {
    const { pod, job } = planned('typesafe');

    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(pod.containers[0].securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod.restartPolicy).toBe('Never');
    expect(job.spec).toMatchObject({
      backoffLimit: 0,
      activeDeadlineSeconds: 300 + 5 + 180,
      ttlSecondsAfterFinished: 300,
    });
  });

  it('sets little aside, within the limits of the web pod', () => {
    const { resources } = planned('typesafe').pod.containers[0];

    expect(resources).toMatchObject({
      requests: { cpu: '100m', memory: '256Mi' },
      limits: { memory: '512Mi' },
    });
  });

  it('is the web user in a tenant without a web, whose worker it is made from', () => {
    const acme = tenantOf({ env: { BROKER: { from: 'broker.url' }, PREFIX: { from: 'broker.prefix' } } });

    const { pod } = planned(acme);

    expect(variable(pod.containers[0], 'STALK_USER')?.value).toBe('acme-web');
    expect(variable(pod.initContainers[0], 'STALK_USER')?.value).toBe('acme-web');
    expect(variable(pod.containers[0], 'BROKER')?.value).toContain('//acme-web:$(');
    expect(variable(pod.containers[0], 'STALK_REDIS_PASSWORD')).toMatchObject({
      valueFrom: { secretKeyRef: { key: 'acme-web' } },
    });
    expect(JSON.stringify(pod.volumes)).toContain('{"key":"acme-web","path":"password"}');
    expect(JSON.stringify(pod)).not.toContain('"acme"');
  });
});

describe('the Job of a load test beside patches of the Deployment that it is like', () => {
  const patched = (...operations: readonly Operation[]) =>
    planned(tenantOf({ patches: { 'Deployment/worker-*': operations } }));
  const add = (path: string, value: Json): Operation => ({
    op: 'add',
    path: `/spec/template/${path}`,
    value,
  });

  it('runs on the nodes that they ask for, with the variables that they add', () => {
    const { pod, labels } = patched(
      add('spec/nodeSelector', { pool: 'acme' }),
      add('spec/containers/0/env/-', { name: 'EXTRA', value: 'yes' }),
      add('metadata/labels/team', 'shop'),
    );

    expect(pod.nodeSelector).toEqual({ pool: 'acme' });
    expect(variable(pod.containers[0], 'EXTRA')?.value).toBe('yes');
    expect(labels.team).toBe('shop');
  });

  it('keeps its own command and end, and takes no probe and no second container', () => {
    const untouched = planned(tenantOf()).pod;

    const { pod } = patched(
      add('spec/containers/0/command', ['sleep', '1d']),
      add('spec/containers/-', { name: 'second', image: 'acme/second:1' }),
      { op: 'remove', path: '/spec/template/spec/containers/0/livenessProbe' },
      { op: 'replace', path: '/spec/template/spec/terminationGracePeriodSeconds', value: 3600 },
    );

    expect(pod).toEqual(untouched);
  });
});

/** A queue's, with the priorities that Celery has by itself. */
const listsOf = (queue: string): string[] => [
  queue,
  ...[3, 6, 9].map((step) => `${queue}\u0006\u0016${step}`),
];

const heldUnder = (unacked: string, pool: string) => ({
  messages: unacked,
  index: `${unacked}_index`,
  due: `${unacked}.${pool}`,
  delayed: `${unacked}.${pool}.delayed`,
});

describe('what a load test needs to know', () => {
  it('finds Redis in the namespace of the tenant', () => {
    expect(planned('typesafe').loadTest.redis).toEqual({
      namespace: 'typesafe',
      databases: [0, 1],
      lists: listsOf('celery'),
      held: heldUnder('unacked', 'typesafe.default'),
    });
  });

  it('finds a shared Redis in its own, and the queue under its name there', () => {
    expect(planned(tenantOf()).loadTest.redis).toEqual({
      namespace: 'broker-main',
      databases: [0],
      lists: listsOf('tenant:acme:tenant-acme'),
      held: heldUnder('tenant:acme:unacked', 'acme.default'),
    });
  });

  it('asks no Redis that somebody else runs', () => {
    const acme = tenantOf({
      broker: { topology: 'external', host: 'redis.example.com', cidrs: ['10.0.0.0/8'], username: 'acme' },
    });

    expect(planned(acme).loadTest).not.toHaveProperty('redis');
  });

  it('does not ask for ready workers where the autoscaler makes them', () => {
    const keda = { namespace: { name: 'keda' }, pods: { app: 'keda-operator' } };
    const scaled = (min: number) =>
      tenantOf({ workers: { default: { queues: ['celery'], scaling: { min, max: 2, queueLength: 5 } } } });
    const fromZero = (min: number) =>
      planned(scaled(min), { ...plain, peers: { keda } }).loadTest.workers.fromZero;

    expect([fromZero(0), fromZero(1)]).toEqual([true, false]);
  });

  it('fails while the tenant moves between two brokers', () => {
    const place = {
      ...plain,
      brokers: { main: { topology: 'standalone' }, large: { topology: 'standalone' } },
    } as const;
    const moving = tenantOf({ broker: { shared: 'large', movingFrom: { shared: 'main' } } });

    expect(() => planned(moving, place)).toThrow(
      'tenant "acme": must stay on one broker, got broker.movingFrom: half of its pods drain the old one, and figures of two brokers are none of either; end the move first, or test another tenant on large',
    );
  });

  it('fails when another tenant has the workers', () => {
    const broker = { shared: 'main', isolation: 'queue', group: 'crew' } as const;
    const members = [
      tenantOf({ broker, workers: { all: { queues: ['celery'], serves: ['acme', 'globex'] } } }),
      tenantOf({ name: 'globex', broker, workers: {} }),
    ];
    const [platform] = platforms({ environments: [plain], tenants: members });
    const globex = platform?.tenants.find(({ name }) => name === 'globex');

    expect(() => loadTestOf(platform!, globex!, ASKED, 'abc')).toThrow(
      'tenant "globex": must have workers of its own, got none; test the tenant of group crew whose pool serves it',
    );
  });
});
