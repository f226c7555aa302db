import type { Tenant } from '../../lib';

export const acme: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/shop:2.4.1', module: 'shop.tasks' },
  workers: { default: { queues: ['celery'] } },
  web: { command: ['uvicorn', 'shop.api:app', '--host', '0.0.0.0'], port: 8000, health: '/health' },
  migrate: { command: ['alembic', 'upgrade', 'head'] },
  env: { DATABASE_URL: { secret: 'shop-secrets', key: 'database-url' } },
};
