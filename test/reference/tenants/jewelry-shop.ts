import type { Tenant } from '../../../lib';

const liveness = { initialDelay: '180s', period: '30s', timeout: '10s', failures: 3 } as const;

/** Django with eight queues, beat in the database and read replicas of Redis: docs/systems/jewelry-shop.md. */
export const jewelryShop: Tenant = {
  name: 'jewelry-shop',
  app: {
    dialect: 'django',
    image: 'jewelry-shop/backend:1.8.0',
    module: 'config',
    djangoSettings: 'config.settings.production',
    configMap: 'app-config',
  },
  broker: { topology: 'replicated', replicas: 2, memory: '512Mi', storage: '8Gi', database: 0 },
  workers: {
    default: {
      queues: [
        'celery',
        'backups',
        'pricing',
        'reports',
        'notifications',
        'accounting',
        'monitoring',
        'webhooks',
      ],
      concurrency: 2,
      replicas: 3,
      cpu: { request: '400m', limit: '800m' },
      memory: { request: '512Mi', limit: '768Mi' },
      stagger: { min: '5s', max: '25s' },
      antiAffinity: 'preferred',
      probes: { liveness },
    },
  },
  beat: {
    scheduler: 'database',
    cpu: { request: '250m', limit: '500m' },
    memory: { request: '256Mi', limit: '512Mi' },
    probes: { liveness },
    schedule: {
      'daily-full-backup': { task: 'apps.backups.tasks.full_backup', queue: 'backups', cron: '0 2 * * *' },
      'weekly-tenant-backups': {
        task: 'apps.backups.tasks.tenant_backups',
        queue: 'backups',
        cron: '0 3 * * sun',
      },
      'fetch-gold-rates': { task: 'apps.pricing.tasks.fetch_gold_rates', queue: 'pricing', every: '5m' },
      'update-inventory-prices': {
        task: 'apps.pricing.tasks.update_inventory_prices',
        queue: 'pricing',
        cron: '0 1 * * *',
      },
      'run-scheduled-reports': {
        task: 'apps.reports.tasks.run_scheduled_reports',
        queue: 'reports',
        every: '15m',
      },
      'process-campaigns': {
        task: 'apps.notifications.tasks.process_campaigns',
        queue: 'notifications',
        every: '5m',
      },
      'alert-digests': {
        task: 'apps.notifications.tasks.alert_digests',
        queue: 'notifications',
        cron: '0 8 * * *',
      },
      'verify-storage-integrity': {
        task: 'apps.monitoring.tasks.verify_storage_integrity',
        queue: 'monitoring',
        cron: '0 * * * *',
      },
    },
  },
  web: {
    command: ['gunicorn', '--bind=0.0.0.0:8000', 'config.wsgi:application'],
    port: 8000,
    health: { path: '/health/', host: 'shop.example.com' },
  },
  migrate: {
    command: ['python', 'manage.py', 'migrate', '--noinput'],
    check: ['python', 'manage.py', 'migrate', '--check'],
  },
  env: {
    REDIS_HOST: { from: 'broker.host' },
    SENTRY_DSN: '',
    DATABASE_URL: { secret: 'app-secrets', key: 'database-url' },
    SECRET_KEY: { secret: 'app-secrets', key: 'secret-key' },
  },
  egress: [
    { to: { cidr: '10.20.0.0/16' }, ports: [5432] },
    { to: 'internet', ports: [443, 587] },
  ],
  overlays: {
    dev: {
      broker: { replicas: 1, memory: '128Mi', storage: '1Gi' },
      workers: { default: { replicas: 1, cpu: { request: '100m' }, memory: { request: '256Mi' } } },
      beat: { cpu: { request: '50m' }, memory: { request: '128Mi', limit: '256Mi' } },
      web: { replicas: 1 },
    },
  },
};
