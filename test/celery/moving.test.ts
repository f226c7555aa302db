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

test('a tenant that stays is told nothing', () => {
  const { all, find } = synth(stays, two);

  expect(find('ConfigMap', 'celery-moving')).toBeUndefined();
  expect(JSON.stringify(all.filter(({ kind }) => kind === 'Deployment'))).not.toContain('STALK_MOVING');
});
