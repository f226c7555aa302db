// What a tenant's plan says of each of its processes, by default and when its author asks for something else.

import { planOf } from '../../../lib/plan';
import { oneOff } from '../../../lib/plan/celery/one-off';
import type { Process } from '../../../lib/plan/process';
import type { Tenant } from '../../../lib/spec';
import { plain, platformOf, tenantOf } from '../../support/synth';

function planned(overrides: Partial<Tenant> = {}, environment = plain) {
  const [tenant] = platformOf(environment, [tenantOf(overrides)]).tenants;
  const plan = planOf(tenant!);
  const find = (name: string): Process => plan.processes.find((process) => process.name === name)!;
  return { tenant: tenant!, plan, find };
}

const valueOf = ({ variables }: Pick<Process, 'variables'>, name: string): unknown =>
  variables.find((variable) => variable.name === name);

const web = { command: ['gunicorn', 'acme'], port: 8000 } as const;
const migrate = { command: ['migrate'], check: ['migrate', '--check'] } as const;

test('a small tenant is one service of workers', () => {
  const { plan, find } = planned();

  expect(plan.processes.map(({ name }) => name)).toEqual(['worker-default']);
  expect(find('worker-default')).toMatchObject({
    component: 'worker',
    lifetime: { kind: 'service', replicas: 1, apart: 'preferred' },
    image: 'acme/jobs:2.4.1',
    user: 10001,
    grace: 1830,
    talksTo: ['broker'],
    waits: [{ name: 'wait-for-redis', for: 'broker' }],
    signal: { working: '/run/stalk/consuming' },
  });
});

test('processes stand in the order in which they start', () => {
  const { plan } = planned({ beat: {}, web, migrate, flower: { auth: { secret: 'flower', key: 'auth' } } });

  expect(plan.processes.map(({ name, lifetime }) => `${name} ${lifetime.kind}`)).toEqual([
    'migrate job',
    'worker-default service',
    'beat singleton',
    'web service',
    'flower singleton',
  ]);
});

test('workers, beat and web wait for migrations that can be asked; Flower and the migrations themselves do not', () => {
  const flower = { auth: { secret: 'flower', key: 'auth' } };
  const { plan } = planned({ beat: {}, web, migrate, flower });

  const waiting = plan.processes.filter(({ waits }) => waits.some((wait) => wait.for === 'migrations'));

  expect(waiting.map(({ name }) => name)).toEqual(['worker-default', 'beat', 'web']);
});

test('a pool that starts by and by waits for its turn first', () => {
  const { find } = planned({
    workers: { default: { queues: ['celery'], stagger: { min: '2s', max: '8s' } } },
  });

  expect(find('worker-default').waits.map((wait) => wait.for)).toEqual(['its turn', 'broker']);
});

test('web and migrations are the producer to Redis, and wait for it as that', () => {
  const { find } = planned({ web, migrate });

  const users = ['worker-default', 'web', 'migrate'].map((name) => {
    const process = find(name);
    return [process, process.waits.find((wait) => wait.for === 'broker')!].map((program) =>
      valueOf(program, 'STALK_USER'),
    );
  });

  expect(users).toEqual(
    ['acme', 'acme-web', 'acme-web'].map((value) => [
      { name: 'STALK_USER', value },
      { name: 'STALK_USER', value },
    ]),
  );
});

test('a URL with a password names the variable that holds it, which comes first', () => {
  const { find } = planned({ env: { URL: { from: 'broker.url' }, PREFIX: { from: 'broker.prefix' } } });

  const { variables, credentialsVersion } = find('worker-default');
  const names = variables.map(({ name }) => name);

  expect(valueOf({ variables }, 'URL')).toMatchObject({
    value: expect.stringContaining('//acme:$(STALK_REDIS_PASSWORD)@'),
  });
  expect(valueOf({ variables }, 'STALK_REDIS_PASSWORD')).toMatchObject({ key: 'acme' });
  expect(names.indexOf('STALK_REDIS_PASSWORD')).toBeLessThan(names.indexOf('URL'));
  expect(credentialsVersion).toBe('1');
});

test('a process that reads its password at each connection needs no restart in a rotation', () => {
  expect(planned().find('worker-default')).not.toHaveProperty('credentialsVersion');
});

test('a pool follows the backlog of its queues, tasks in flight among them', () => {
  const keda = { namespace: { name: 'keda' }, pods: { app: 'keda-operator' } };
  const scaling = { min: 0, max: 4, queueLength: 5 };
  const { find } = planned(
    { workers: { default: { queues: ['celery'], scaling } } },
    { ...plain, peers: { keda } },
  );

  const { lifetime } = find('worker-default');

  expect(lifetime).toMatchObject({ scaling: { min: 0, max: 4, tasksEach: 5, database: 0 } });
  expect(JSON.stringify(lifetime)).toContain('{"name":"inflight","list":"tenant:acme:unacked.acme.default"}');
});

test('claims are those that Stalk makes, and the schedule’s is beat’s alone', () => {
  const { plan } = planned({
    beat: { storage: '2Gi' },
    app: {
      dialect: 'celery',
      image: 'acme/jobs:1',
      module: 'acme',
      volumes: {
        files: { path: '/files', size: '3Gi', access: 'ReadWriteMany' },
        old: { path: '/old', claim: 'archive' },
      },
    },
  });

  expect(plan.claims.map(({ name, size, of }) => [name, size, of])).toEqual([
    ['files', '3Gi', undefined],
    ['beat-schedule', '2Gi', 'beat'],
  ]);
});

test.each([
  ['web', { web: { ...web, env: { SIDE: 'web' } } }, 'web'],
  ['the pool where there is no web', {}, 'pool'],
])('a program that runs once is like %s, and always the web user', (_like, overrides, side) => {
  const workers: Tenant['workers'] = { default: { queues: ['celery'], env: { SIDE: 'pool' } } };
  const { plan, tenant } = planned({ workers, ...overrides });

  const process = oneOff(plan, tenant.workers[0]!, {
    name: 'once',
    component: 'loadtest',
    lifetime: { kind: 'job', timeLimit: 1, retries: 0 },
    command: ['true'],
    grace: 1,
  });

  expect(valueOf(process, 'SIDE')).toMatchObject({ value: side });
  expect(valueOf(process, 'STALK_USER')).toMatchObject({ value: 'acme-web' });
  expect(process.waits.map((wait) => wait.for)).toEqual(['broker']);
});
