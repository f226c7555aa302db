import type { Tenant } from '../../lib';

const app = { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' } as const;
const workers = { default: { queues: ['celery'] } } as const;

/** The smallest: one worker of two processes, on the shared broker. */
export const smallest: Tenant = { name: 'smallest', app, workers };

/** A typical Django project: two pools, beat, two web pods and Flower, on the shared broker. */
export const typical: Tenant = {
  name: 'typical',
  app: { ...app, dialect: 'django', djangoSettings: 'acme.settings' },
  workers: { default: { queues: ['celery'], replicas: 2 }, reports: { queues: ['reports'], concurrency: 1 } },
  beat: { scheduler: 'database' },
  web: {
    command: ['gunicorn', 'acme.wsgi', '--bind=0.0.0.0:8000'],
    port: 8000,
    health: { host: 'acme.example.com' },
  },
  flower: { auth: { secret: 'acme', key: 'flower' } },
  migrate: {
    command: ['python3', 'manage.py', 'migrate'],
    check: ['python3', 'manage.py', 'migrate', '--check'],
  },
};

/** The smallest with a Redis of its own. */
export const standalone: Tenant = {
  name: 'standalone',
  app,
  workers,
  broker: { topology: 'standalone' },
};

/** The smallest with a primary and two read replicas. */
export const replicated: Tenant = {
  name: 'replicated',
  app,
  workers,
  broker: { topology: 'replicated', replicas: 2 },
};

/** The smallest with a primary, two replicas and three sentinels. */
export const watched: Tenant = {
  name: 'watched',
  app,
  workers,
  broker: { topology: 'sentinel', replicas: 2 },
};

/** The smallest with a cache beside the shared broker. */
export const cached: Tenant = { name: 'cached', app, workers, cache: {} };
