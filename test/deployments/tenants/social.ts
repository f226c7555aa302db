// A social network: fourteen queues in one pool, a second Redis for its streams, Flower under a path of its host.

import type { Tenant } from '../../../lib';

export const social: Tenant = {
  name: 'social',
  app: {
    dialect: 'django',
    image: 'social/app:0.7.5',
    module: 'socialcelery',
    djangoSettings: 'socialcelery.settings',
    volumes: {
      static: { path: '/app/static', size: '1Gi', access: 'ReadWriteMany', storageClass: 'shared-files' },
      images: { path: '/app/images', size: '20Gi', access: 'ReadWriteMany', storageClass: 'shared-files' },
    },
  },
  broker: { topology: 'standalone', memory: '512Mi' },
  cache: { persistence: true, eviction: 'noeviction', memory: '512Mi' },
  workers: {
    default: {
      queues: [
        'high_priority',
        'medium_priority',
        'low_priority',
        'streams',
        'images',
        'suggested_users',
        'email',
        'connectors',
        'lists',
        'inbox',
        'imports',
        'import_triggered',
        'broadcast',
        'misc',
      ],
    },
  },
  beat: { scheduler: 'database' },
  flower: {
    auth: { secret: 'social', key: 'flower-auth' },
    expose: { host: 'books.example.org', path: '/flower' },
  },
  web: {
    command: ['gunicorn', 'social.wsgi:application', '--bind', '0.0.0.0:8000'],
    port: 8000,
    replicas: 1,
    expose: { host: 'books.example.org' },
  },
  migrate: {
    command: ['python', 'manage.py', 'migrate'],
    check: ['python', 'manage.py', 'migrate', '--check'],
  },
  celery: { task_default_queue: 'low_priority' },
  env: {
    DOMAIN: 'books.example.org',
    SECRET_KEY: { secret: 'social', key: 'secret-key' },
    POSTGRES_HOST: 'postgres.example.com',
    POSTGRES_PASSWORD: { secret: 'social', key: 'postgres-password' },
    REDIS_BROKER_URL: { from: 'broker.url' },
    REDIS_ACTIVITY_URL: { from: 'cache.url' },
    FLOWER_PORT: '5555',
  },
  egress: [
    { to: { cidr: '10.20.0.0/16' }, ports: [5432] },
    { to: 'internet', ports: [443, 587] },
  ],
};
