// What a team's own tests get of a tenant.

import type { Tenant } from '../../lib';
import { objectsOf } from '../../lib';
import { environments } from '../reference/environments';

const acme: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  workers: { default: { queues: ['celery'] } },
  broker: { topology: 'standalone' },
  overlays: { production: { workers: { default: { replicas: 3 } } } },
  patches: { 'Deployment/worker-default': [{ op: 'add', path: '/spec/minReadySeconds', value: 10 }] },
};

const list = { environments, tenants: [acme] };

test('they are the objects of that environment, with its overlay and the patches', () => {
  const [dev, production] = (['dev', 'production'] as const).map((environment) =>
    objectsOf(list, environment, 'acme').find(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'worker-default',
    ),
  );

  expect(dev?.spec).toMatchObject({ replicas: 1, minReadySeconds: 10 });
  expect(production?.spec).toMatchObject({ replicas: 3, minReadySeconds: 10 });
});

test.each([
  ['prodution', 'acme', 'environment must be in the list, got "prodution"; did you mean "production"'],
  ['dev', 'hello', 'tenant must be in the list, got "hello"; there are acme'],
])('fails in %s for %s', (environment, tenant, said) => {
  expect(() => objectsOf(list, environment, tenant)).toThrow(new Error(said));
});

test('fails when the list breaks a rule', () => {
  const broken = { ...list, tenants: [{ ...acme, workers: {} }] };

  expect(() => objectsOf(broken, 'dev', 'acme')).toThrow(/tenant "acme": workers/);
});
