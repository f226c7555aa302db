import type { Tenant } from '../../lib';

export const shop: Tenant = {
  name: 'shop',
  app: {
    dialect: 'django',
    image: 'shop/app:3.2.0',
    module: 'shop',
    djangoSettings: 'shop.settings.production',
    entrypoint: ['/entrypoint.sh'],
  },
  broker: { topology: 'standalone', memory: '512Mi', alsoCache: true },
  sidecars: {
    'cloud-sql': {
      image: 'gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.14.0',
      args: ['--port=5432', 'example:europe-west1:shop'],
    },
  },
  pods: {
    serviceAccount: {
      annotations: { 'iam.gke.io/gcp-service-account': 'shop@example.iam.gserviceaccount.com' },
    },
  },
  workers: {
    default: { queues: ['celery'], scaling: { min: 1, max: 6, utilization: 70 } },
    reports: {
      queues: ['reports'],
      concurrency: 1,
      timeLimit: '2h',
      args: ['--max-memory-per-child=400000'],
    },
  },
  beat: { scheduler: 'database' },
  web: {
    command: ['gunicorn', 'shop.wsgi', '--bind=0.0.0.0:8000', '--workers=2'],
    port: 8000,
    health: '/healthz',
    expose: { host: 'shop.example.org' },
  },
  processes: {
    websockets: {
      command: ['daphne', '-b', '0.0.0.0', '-p', '8001', 'shop.asgi:application'],
      port: 8001,
      health: '/healthz',
      expose: { host: 'shop.example.org', path: '/ws' },
    },
    clearsessions: { command: ['python', 'manage.py', 'clearsessions'], cron: '0 3 * * *' },
  },
  migrate: {
    command: ['python', 'manage.py', 'migrate', '--noinput'],
    check: ['python', 'manage.py', 'migrate', '--check'],
  },
  envFrom: [{ secret: 'shop' }],
  env: {
    DATABASE_HOST: '127.0.0.1',
    CACHE_URL: { from: 'broker.url' },
  },
  egress: [{ to: 'internet', ports: [443, 3307] }],
  logs: 'json',
};
