// A scanner of findings: nginx in front of uWSGI, a whole Secret as environment, pickled messages.

import type { Tenant } from '../../../lib';

export const scanner: Tenant = {
  name: 'scanner',
  app: {
    dialect: 'django',
    image: 'scanner/django:2.50.0',
    module: 'scanner',
    djangoSettings: 'scanner.settings.settings',
    user: 1001,
    writable: ['/run/scanner'],
    volumes: {
      media: { path: '/app/media', size: '5Gi', access: 'ReadWriteMany', storageClass: 'shared-files' },
    },
  },
  broker: { topology: 'standalone', memory: '512Mi' },
  workers: {
    default: {
      queues: ['celery'],
      pool: 'solo',
      cpu: { request: '100m', limit: '2' },
      memory: { request: '128Mi', limit: '512Mi' },
    },
  },
  beat: { cpu: { request: '100m', limit: '2' }, memory: { request: '128Mi', limit: '256Mi' } },
  web: {
    command: ['/entrypoint-uwsgi.sh'],
    port: 8081,
    health: '/login?force_login_form&next=/',
    cpu: { request: '100m', limit: '2' },
    memory: { request: '256Mi', limit: '512Mi' },
    replicas: 1,
    expose: { host: 'scanner.example.com' },
    sidecars: {
      nginx: {
        image: 'scanner/nginx:2.50.0',
        port: 8080,
        front: true,
        cpu: { request: '100m', limit: '1' },
        memory: { request: '128Mi', limit: '256Mi' },
        disk: { request: '8Mi', limit: '64Mi' },
        mounts: { media: '/usr/share/nginx/html/media', '/run/scanner': '/run/scanner' },
      },
    },
  },
  migrate: {
    command: ['/entrypoint-initializer.sh'],
    check: ['python3', 'manage.py', 'migrate', '--check'],
  },
  results: { backend: 'none' },
  messages: { serializer: 'pickle' },
  envFrom: [{ secret: 'scanner-extrasecrets', optional: true }],
  env: {
    APP_ALLOWED_HOSTS: 'scanner.example.com',
    APP_SITE_URL: 'https://scanner.example.com',
    APP_CELERY_BROKER_SCHEME: 'redis',
    APP_CELERY_BROKER_USER: { from: 'broker.user' },
    APP_CELERY_BROKER_PASSWORD: { from: 'broker.password' },
    APP_CELERY_BROKER_HOST: { from: 'broker.host' },
    APP_CELERY_BROKER_PORT: { from: 'broker.port' },
    APP_CELERY_BROKER_PATH: '/0',
    APP_DATABASE_HOST: 'postgres.example.com',
    APP_DATABASE_PASSWORD: { secret: 'scanner-postgresql-specific', key: 'postgresql-password' },
    APP_SECRET_KEY: { secret: 'scanner', key: 'APP_SECRET_KEY' },
    APP_CREDENTIAL_AES_256_KEY: { secret: 'scanner', key: 'APP_CREDENTIAL_AES_256_KEY' },
    APP_UWSGI_ENDPOINT: '0.0.0.0:8081',
  },
  egress: [
    { to: { cidr: '10.20.0.0/16' }, ports: [5432] },
    { to: 'internet', ports: [443] },
  ],
};
