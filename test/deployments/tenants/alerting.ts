// An alerting engine: Django behind uWSGI, one pool for nine queues.

import type { Tenant } from '../../../lib';

export const alerting: Tenant = {
  name: 'alerting',
  app: {
    dialect: 'django',
    image: 'alerting/engine:1.16.5',
    module: 'engine',
    djangoSettings: 'settings.helm',
    user: 1000,
    pythonPath: ['/etc/app'],
    writable: ['/etc/app/static'],
  },
  broker: { topology: 'standalone', memory: '512Mi', alsoCache: true },
  workers: {
    default: {
      queues: [
        'default',
        'critical',
        'long',
        'slack',
        'telegram',
        'webhook',
        'celery',
        'dashboards',
        'retry',
      ],
      concurrency: 1,
      maxTasksPerChild: 100,
    },
  },
  longestDelay: '24h',
  results: { backend: 'none' },
  beat: {},
  web: {
    command: ['uwsgi', '--ini', 'uwsgi.ini'],
    port: 8080,
    health: '/ready/',
    replicas: 1,
    expose: { host: 'alerting.example.com' },
  },
  migrate: {
    command: ['python', 'manage.py', 'migrate'],
    check: ['python', 'manage.py', 'migrate', '--check'],
  },
  env: {
    BASE_URL: 'https://alerting.example.com',
    BROKER_TYPE: 'redis',
    REDIS_URI: { from: 'broker.url' },
    DATABASE_TYPE: 'postgresql',
    DATABASE_HOST: 'postgres.example.com',
    DATABASE_NAME: 'alerting',
    DATABASE_USER: 'alerting',
    DATABASE_PASSWORD: { secret: 'alerting-postgresql', key: 'postgres-password' },
    SECRET_KEY: { secret: 'alerting', key: 'SECRET_KEY' },
    MIRAGE_SECRET_KEY: { secret: 'alerting', key: 'MIRAGE_SECRET_KEY' },
    MIRAGE_CIPHER_IV: { secret: 'alerting', key: 'MIRAGE_CIPHER_IV' },
    UWSGI_LISTEN: '1024',
    DASHBOARDS_API_URL: 'http://dashboards.dashboards',
  },
  egress: [
    { to: { cidr: '10.20.0.0/16' }, ports: [5432] },
    { to: 'internet', ports: [443, 587] },
    { to: { pods: { 'app.kubernetes.io/name': 'dashboards' }, namespace: 'dashboards' }, ports: [3000] },
  ],
};
