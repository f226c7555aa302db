import type { Tenant } from '../../../lib';

/** Paperless-ngx with a Redis of its own: docs/systems/paless.md. */
export const paless: Tenant = {
  name: 'paless',
  app: {
    dialect: 'paperless',
    image: 'paperless-ngx/paperless-ngx:3.0.0',
    module: 'paperless',
    configMap: 'paperless-config',
    user: 1000,
    pythonPath: ['/usr/src/paperless/src'],
    writable: ['/usr/src/paperless/consume'],
    volumes: {
      data: {
        path: '/usr/src/paperless/data',
        size: '10Gi',
        access: 'ReadWriteMany',
        storageClass: 'shared-files',
      },
      media: {
        path: '/usr/src/paperless/media',
        size: '50Gi',
        access: 'ReadWriteMany',
        storageClass: 'shared-files',
      },
    },
    threadsPerWorker: 1,
    crons: {
      EMAIL: '*/10 * * * *',
      TRAIN: '5 */1 * * *',
      INDEX: '0 0 * * *',
      SANITY: '30 0 * * sun',
      EMPTY_TRASH: '0 1 * * *',
      WORKFLOW_SCHEDULED: '5 */1 * * *',
      LLM_INDEX: '10 2 * * *',
    },
  },
  broker: {
    topology: 'standalone',
    cpu: { request: '100m', limit: '500m' },
    memory: { request: '128Mi', limit: '256Mi' },
    storage: '2Gi',
  },
  workers: {
    default: {
      queues: ['celery'],
      concurrency: 2,
      replicas: 2,
      cpu: { request: '500m', limit: '2' },
      memory: { request: '1Gi', limit: '2Gi' },
      timeLimit: '1800s',
      maxTasksPerChild: 1,
    },
  },
  beat: { scheduler: 'file' },
  web: {
    command: [
      'granian',
      '--interface=asginl',
      '--ws',
      '--host=0.0.0.0',
      '--port=8000',
      'paperless.asgi:application',
    ],
    port: 8000,
    health: '/accounts/login/',
    replicas: 3,
    memory: { request: '512Mi', limit: '1Gi' },
  },
  migrate: {
    command: ['python', 'manage.py', 'migrate', '--noinput'],
    check: ['python', 'manage.py', 'migrate', '--check'],
  },
  results: { backend: 'django-db', extended: true, trackStarted: true },
  messages: { serializer: 'pickle' },
  connections: { pool: 10 },
  env: {
    PAPERLESS_DBENGINE: 'postgresql',
    PAPERLESS_DBHOST: 'postgres.example.com',
    PAPERLESS_DBNAME: 'paless',
    PAPERLESS_DBUSER: 'paless',
    PAPERLESS_DBPASS: { secret: 'paperless-secrets', key: 'db-password' },
    PAPERLESS_SECRET_KEY: { secret: 'paperless-secrets', key: 'secret-key' },
    // web writes an upload here, a worker in another pod reads it: it cannot stay in /tmp
    PAPERLESS_SCRATCH_DIR: '/usr/src/paperless/data/scratch',
  },
  egress: [
    { to: { cidr: '10.20.0.0/16' }, ports: [5432] },
    { to: 'internet', ports: [443, 993] },
  ],
  overlays: {
    dev: {
      app: {
        volumes: {
          data: { size: '1Gi', access: 'ReadWriteOnce', storageClass: 'local-path' },
          media: { size: '1Gi', access: 'ReadWriteOnce', storageClass: 'local-path' },
        },
      },
      broker: { storage: '1Gi' },
      workers: {
        default: {
          concurrency: 1,
          replicas: 1,
          cpu: { request: '100m' },
          memory: { request: '256Mi', limit: '1Gi' },
        },
      },
      web: { replicas: 1, memory: { request: '256Mi', limit: '768Mi' } },
    },
  },
};
