// What an app's processes find in their environment and in their folders.

import { planOf } from '../../../lib/plan';
import type { Process } from '../../../lib/plan/process';
import type { Tenant } from '../../../lib/spec';
import { plain, platformOf, tenantOf } from '../../support/synth';

function planned(overrides: Partial<Tenant> = {}, environment = plain) {
  const [tenant] = platformOf(environment, [tenantOf(overrides)]).tenants;
  const plan = planOf(tenant!);
  return {
    plan,
    find: (name: string): Process => plan.processes.find((process) => process.name === name)!,
  };
}

const valueOf = ({ variables }: Pick<Process, 'variables'>, name: string): unknown =>
  variables.find((variable) => variable.name === name);

const web = { command: ['gunicorn', 'acme'], port: 8000 } as const;
const migrate = { command: ['migrate'] } as const;

describe('an app that builds the URL of Redis itself', () => {
  const asks: Partial<Tenant> = {
    broker: { topology: 'standalone' },
    cache: {},
    env: {
      USER: { from: 'broker.user' },
      PASSWORD: { from: 'broker.password' },
      CACHE_USER: { from: 'cache.user' },
      CACHE_PASSWORD: { from: 'cache.password' },
      CACHE_DATABASE: { from: 'cache.database' },
    },
  };

  test.each([
    ['worker-default', 'acme'],
    ['beat', 'acme'],
    ['web', 'acme-web'],
    ['migrate', 'acme-web'],
  ])('gets user and password of %s, which is %s', (name, user) => {
    const process = planned({ ...asks, web, migrate, beat: {} }).find(name);

    expect(valueOf(process, 'USER')).toEqual({ name: 'USER', value: user });
    expect(valueOf(process, 'PASSWORD')).toEqual({ name: 'PASSWORD', secret: 'redis-users', key: user });
  });

  test('gets user, password and database of the cache', () => {
    const { plan, find } = planned(asks);

    const { texts } = plan.configs.find(({ name }) => name === 'app-config')!;

    expect(texts).toMatchObject({ CACHE_USER: 'acme', CACHE_DATABASE: '0' });
    expect(valueOf(find('worker-default'), 'CACHE_PASSWORD')).toMatchObject({
      secret: 'cache-users',
      key: 'acme',
    });
  });

  test('gets the password of a shared broker from the tenant’s own Secret', () => {
    const env = { PASSWORD: { from: 'broker.password' }, PREFIX: { from: 'broker.prefix' } } as const;

    expect(valueOf(planned({ env }).find('worker-default'), 'PASSWORD')).toMatchObject({
      secret: 'redis-credentials',
      key: 'acme',
    });
  });

  test.each(['broker.password', 'cache.password'] as const)(
    'restarts in a rotation where it reads %s',
    (from) => {
      const cache = {};
      const broker = { topology: 'standalone' } as const;

      const process = planned({ broker, cache, web: { ...web, env: { PASSWORD: { from } } } });

      expect(process.find('web').credentialsVersion).toBe('1');
      expect(process.find('worker-default')).not.toHaveProperty('credentialsVersion');
    },
  );

  test('never has a password as text', () => {
    const texts = JSON.stringify(planned({ ...asks, web, migrate }).plan.configs);

    expect(texts).not.toContain('PASSWORD');
  });
});
