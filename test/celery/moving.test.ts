// While a tenant moves, each program that runs the app's code knows the other side, as its own Redis user.

import type { Environment } from '../../lib/spec';
import { plain, synth, tenantOf } from '../support/synth';
import type { Json, Synth } from '../support/synth';

const two: Environment = {
  ...plain,
  brokers: { a: { topology: 'standalone' }, b: { topology: 'standalone' } },
};
const stays = tenantOf({
  name: 'acme',
  broker: { shared: 'b' },
  beat: { scheduler: 'redbeat' },
  web: { command: ['gunicorn', 'shop'], port: 8000 },
  flower: { auth: { secret: 'flower', key: 'login' } },
  migrate: { command: ['migrate'] },
});
const moves = { ...stays, broker: { shared: 'b', movingFrom: { shared: 'a' } } } as const;

const podOf = (objects: Synth, kind: string, name: string): Json =>
  objects.byKind(kind, name).spec.template.spec;
const variableOf = (container: Json): Json =>
  container.env?.find(({ name }: Json) => name === 'STALK_MOVING')?.valueFrom.configMapKeyRef;
const mountedAt = ({ volumes, containers }: Json, path: string): Json => {
  const mount = containers[0].volumeMounts.find(({ mountPath }: Json) => mountPath === path);
  return mount && volumes.find(({ name }: Json) => name === mount.name);
};

describe('a tenant that moves', () => {
  const objects = synth(moves, two);
  const told = (key: string): Json => JSON.parse(objects.byKind('ConfigMap', 'celery-moving').data[key]);

  it.each([
    ['Deployment', 'worker-default', 'told-to-new.json', 'acme'],
    ['Deployment', 'beat', 'told-to-new.json', 'acme'],
    ['Deployment', 'web', 'told-to-new-web.json', 'acme-web'],
    ['Deployment', 'worker-default-draining', 'told-to-old.json', 'acme'],
  ])('tells the other side to the %s %s', (kind, name, key, user) => {
    const pod = podOf(objects, kind, name);

    expect(variableOf(pod.containers[0])).toEqual({ name: 'celery-moving', key });
    expect(told(key)).toMatchObject({ user, side: name.endsWith('draining') ? 'old' : 'new' });
    expect(JSON.stringify(mountedAt(pod, '/etc/stalk/moving'))).toContain(`"key":"${user}"`);
  });

  it('brings over what the old broker has before beat and draining workers begin, and before nobody else', () => {
    const carries = (name: string) =>
      podOf(objects, 'Deployment', name).initContainers.map((one: Json) => one.name);

    expect(carries('beat')).toContain('carry');
    expect(carries('worker-default-draining')).toContain('carry');
    expect(carries('web')).not.toContain('carry');
    expect(carries('worker-default')).not.toContain('carry');
  });

  it('tells Flower nothing, and runs no migration again', () => {
    expect(variableOf(podOf(objects, 'Deployment', 'flower').containers[0])).toBeUndefined();
    expect(variableOf(podOf(objects, 'Job', 'migrate').containers[0])).toBeUndefined();
  });
});

const sealed: Environment = {
  ...plain,
  brokers: {
    a: { topology: 'standalone' },
    guarded: { topology: 'sentinel', replicas: 2, tls: { secret: 'g' } },
  },
};

test.each([
  ['new', 'told-to-old.json', 'guarded', 'a'],
  ['old', 'told-to-new.json', 'a', 'guarded'],
])('certificates of the %s side, which has sentinels, lie in a folder of their own', (_, key, to, from) => {
  const objects = synth({ ...stays, beat: {}, broker: { shared: to, movingFrom: { shared: from } } }, sealed);
  const { settings } = JSON.parse(objects.byKind('ConfigMap', 'celery-moving').data[key]);
  const ca = '/etc/stalk/moving-tls/ca.crt';

  expect(settings.broker_use_ssl.ssl_ca_certs).toBe(ca);
  expect(settings.redis_backend_use_ssl.ssl_ca_certs).toBe(ca);
  expect(settings.broker_transport_options.sentinel_kwargs.ssl_ca_certs).toBe(ca);
  expect(settings.result_backend_transport_options.sentinel_kwargs.ssl_ca_certs).toBe(ca);
});

test("what an app named itself on somebody else's Redis is read there, and nowhere else", () => {
  const movingFrom = {
    topology: 'external',
    host: 'redis.example.com',
    cidrs: ['10.9.0.7/32'],
    username: 'default',
    prefix: 'shop:',
    database: 3,
    results: { database: 4, prefix: '' },
    priorities: { steps: [0, 5], separator: ':' },
    redbeatPrefix: 'redbeat:',
  } as const;
  const objects = synth(
    { ...stays, broker: { shared: 'b', movingFrom } },
    { ...two, disposable: false, secrets: { strategy: 'existing' } },
  );
  const of = (name: string, key = 'settings.json') => JSON.parse(objects.byKind('ConfigMap', name).data[key]);

  for (const old of [of('celery-moving'), of('celery-moving', 'told-to-new.json').settings]) {
    expect([old.broker_url, old.result_backend]).toEqual([
      'redis://redis.example.com:6379/3',
      'redis://redis.example.com:6379/4',
    ]);
    expect(old.broker_transport_options).toMatchObject({
      global_keyprefix: 'shop:',
      priority_steps: [0, 5],
      sep: ':',
    });
    expect(old.result_backend_transport_options).toBeUndefined();
    expect(old.redbeat_key_prefix).toBe('redbeat:');
  }
  const now = of('celery-settings');
  expect(now.redbeat_key_prefix).toBe('tenant:acme:redbeat:');
  expect(now.result_backend_transport_options.global_keyprefix).toBe('tenant:acme:');
  expect(now.broker_transport_options).toMatchObject({ priority_steps: [0, 3, 6, 9], sep: '\u0006\u0016' });
});

test('a tenant that stays is told nothing', () => {
  const { all, find } = synth(stays, two);

  expect(find('ConfigMap', 'celery-moving')).toBeUndefined();
  expect(JSON.stringify(all.filter(({ kind }) => kind === 'Deployment'))).not.toContain('STALK_MOVING');
});
