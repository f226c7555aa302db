import type { Tenant } from '../../../lib';

const probes = { readiness: { period: '5s' }, liveness: { period: '5s' } } as const;

/** Flask with a Redis for its queue and one for its cache and rate limits: docs/systems/redline.md. */
export const redline: Tenant = {
  name: 'redline',
  app: {
    dialect: 'celery',
    image: 'redline-webgui:1.0.0',
    module: 'redline',
    logLevel: 'info',
    writable: ['/var/log/redline'],
    volumes: {
      data: { path: '/app/data', size: '20Gi', access: 'ReadWriteMany', storageClass: 'shared-files' },
    },
  },
  // 70 % of 732Mi is the maxmemory of 512 MB that the text wants at least; of 366Mi the 256 MB of dev
  broker: { topology: 'standalone', memory: { request: '512Mi', limit: '732Mi' }, database: 0, probes },
  cache: {
    memory: { request: '512Mi', limit: '732Mi' },
    eviction: 'allkeys-lru',
    persistence: true,
    storage: '3Gi',
    probes,
  },
  workers: {
    default: {
      queues: ['redline_tasks'],
      concurrency: 2,
      // 4 processes for a core at the limit, 8 for a core at the request
      cpu: { request: '250m', limit: '500m' },
      memory: { request: '256Mi', limit: '512Mi' },
      timeLimit: '30m',
      maxTasksPerChild: 1000,
    },
  },
  web: { command: ['gunicorn', '--bind=0.0.0.0:8080', 'web_app:app'], port: 8080, health: '/health' },
  // nobody consumes Celery's own default queue here
  celery: { task_default_queue: 'redline_tasks' },
  env: {
    REDIS_URL: { from: 'cache.url' },
    CELERY_CONCURRENCY: '2',
    CELERY_LOGLEVEL: 'info',
  },
  overlays: {
    dev: {
      app: { volumes: { data: { size: '1Gi', access: 'ReadWriteOnce', storageClass: 'local-path' } } },
      broker: { memory: { request: '256Mi', limit: '366Mi' }, storage: '2Gi' },
      cache: { memory: { request: '256Mi', limit: '366Mi' }, storage: '2Gi' },
      workers: { default: { cpu: { request: '100m' } } },
      web: { replicas: 1 },
    },
    production: { workers: { default: { scaling: { min: 1, max: 6, queueLength: 4 } } } },
  },
};
