// What each dialect tells an app by variables.

import { planOf } from '../../../lib/plan';
import type { Tenant } from '../../../lib/spec';
import { plain, platformOf, tenantOf } from '../../support/synth';

function variablesOf(app: Tenant['app'], overrides: Partial<Tenant> = {}) {
  const [tenant] = platformOf(plain, [tenantOf({ app, ...overrides })]).tenants;
  const { configs, processes } = planOf(tenant!);
  const own = (name: string): Record<string, unknown> =>
    Object.fromEntries(
      processes
        .find((process) => process.name === name)!
        .variables.map((variable) => [variable.name, 'value' in variable ? variable.value : undefined]),
    );
  return { shared: configs.find(({ name }) => name === 'app-config')!.texts, own };
}

const base = { image: 'acme/jobs:1', module: 'acme' } as const;
const BROKER = 'redis://redis.broker-main.svc.cluster.local:6379/0';

test('celery has the names that Celery reads', () => {
  const { shared } = variablesOf({ dialect: 'celery', ...base });

  expect(shared).toEqual({ CELERY_BROKER_URL: BROKER, CELERY_RESULT_BACKEND: BROKER });
});

test('django has its settings module besides', () => {
  const { shared, own } = variablesOf({ dialect: 'django', djangoSettings: 'shop.settings', ...base });

  expect(shared).toEqual({ CELERY_BROKER_URL: BROKER, CELERY_RESULT_BACKEND: BROKER });
  expect(own('worker-default')['DJANGO_SETTINGS_MODULE']).toBe('shop.settings');
});

test('paperless has a URL with its password, and variables of a pool where they differ from the first pool’s', () => {
  const workers: Tenant['workers'] = {
    default: { queues: ['celery'], concurrency: 2 },
    second: { queues: ['second'], concurrency: 7 },
  };

  const { shared, own } = variablesOf({ dialect: 'paperless', ...base }, { workers });

  expect(shared['PAPERLESS_TASK_WORKERS']).toBe('2');
  expect(own('worker-default')).not.toHaveProperty('PAPERLESS_TASK_WORKERS');
  expect(own('worker-second')['PAPERLESS_TASK_WORKERS']).toBe('7');
  expect(own('worker-default')['PAPERLESS_REDIS']).toContain('//acme:$(STALK_REDIS_PASSWORD)@');
});
