import type { Tenant } from '../../lib';

export const shop: Tenant = {
  name: 'shop',
  app: {
    dialect: 'django',
    image: 'shop/backend:1.8.0',
    module: 'shop',
    djangoSettings: 'shop.settings.production',
  },
  workers: {
    default: { queues: ['celery'] },
    // another image of the same tenant, with a Celery app of its own
    reports: { queues: ['reports'], app: { image: 'shop/reports:2.0.0', module: 'reports.celery' } },
  },
  web: {
    command: ['gunicorn', 'shop.wsgi'],
    port: 8000,
    health: { host: 'shop.example.com' },
    env: { IMAGES_URL: 'http://images:9000' },
  },
  processes: {
    // a server that web calls, in an image of its own
    images: {
      command: ['imaginary', '-p', '9000'],
      port: 9000,
      health: { path: '/health', host: '*' },
      app: { image: 'shop/imaginary:1.2.4' },
    },
    // a server: Deployment and Service websockets
    websockets: {
      command: ['daphne', '-b', '0.0.0.0', '-p', '8001', 'shop.asgi:application'],
      port: 8001,
      health: { path: '/ready', host: 'shop.example.com' },
    },
    // a program without a port, of which two would do harm
    listener: {
      command: ['python', 'manage.py', 'listen'],
      health: ['python', 'manage.py', 'listen', '--alive'],
      atMostOne: true,
    },
    // a program that reads a queue itself
    imports: { command: ['python', 'manage.py', 'imports'], redisUser: 'worker', replicas: 2 },
    // a program that the clock starts
    nightly: {
      command: ['python', 'manage.py', 'clearsessions'],
      cron: '0 3 * * *',
      timeLimit: '30m',
    },
  },
};
