import type { Tenant } from '../../../lib';

/** Times of the text; what liveness looks at is not: a broker that is away is no reason to restart. */
const probes = { liveness: { initialDelay: '30s', period: '10s' } } as const;

/** Paperless-ngx on the shared broker, database 0: docs/systems/paperless.md. */
export const tenantA: Tenant = {
  name: 'tenant-a',
  app: {
    dialect: 'paperless',
    image: 'paperless-ngx/paperless-ngx:3.0.0',
    module: 'paperless.celery',
    configMap: 'paperless-tenant-a-config',
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
  },
  broker: { shared: 'shared', isolation: 'prefix', prefix: 'tenant-a:', database: 0 },
  workers: {
    default: {
      queues: ['celery'],
      concurrency: 4,
      cpu: { request: '500m', limit: '2' },
      memory: { request: '1Gi', limit: '3Gi' },
      timeLimit: '1800s',
      maxTasksPerChild: 1,
      probes,
    },
  },
  beat: { scheduler: 'file', probes },
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
    memory: { request: '512Mi', limit: '1Gi' },
    probes,
  },
  migrate: {
    command: ['python', 'manage.py', 'migrate', '--noinput'],
    check: ['python', 'manage.py', 'migrate', '--check'],
  },
  results: { backend: 'django-db', extended: true, trackStarted: true },
  messages: { serializer: 'pickle', accept: ['application/json', 'application/x-python-serialize'] },
  connections: { max: 50, connectTimeout: '5s', timeout: '5s' },
  env: {
    PAPERLESS_NAMESPACE: 'tenant-a',
    PAPERLESS_DBENGINE: 'postgresql',
    PAPERLESS_DBHOST: 'postgres.example.com',
    PAPERLESS_DBNAME: 'tenant_a',
    PAPERLESS_DBUSER: 'tenant_a',
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
      workers: {
        default: { concurrency: 1, cpu: { request: '100m' }, memory: { request: '256Mi', limit: '1Gi' } },
      },
      web: { replicas: 1, memory: { request: '256Mi', limit: '768Mi' } },
    },
  },
};
