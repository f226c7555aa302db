// A map service: a shared folder, a ServiceAccount that somebody else makes, an entrypoint, one host.

import type { Tenant } from '../../../lib';

const asDjango = { serviceAccount: { name: 'django-app-service-account', token: true } } as const;

export const maps: Tenant = {
  name: 'maps',
  app: {
    dialect: 'django',
    image: 'maps/app:1.0.0',
    module: 'webproject',
    djangoSettings: 'webproject.settings',
    user: 1000,
    volumes: {
      'efs-claim': {
        path: '/webapp/myapp/temp',
        size: '10Gi',
        access: 'ReadWriteMany',
        storageClass: 'shared-files',
      },
    },
    writable: ['/webapp/myapp/migrations'],
  },
  broker: { topology: 'standalone' },
  workers: { default: { queues: ['celery'], pods: asDjango } },
  beat: { scheduler: 'database' },
  web: {
    command: [
      '/entrypoint.sh',
      'gunicorn',
      'webproject.wsgi:application',
      '--bind',
      '0.0.0.0:8000',
      '--workers',
      '12',
      '--threads',
      '2',
      '--timeout',
      '60',
    ],
    port: 8000,
    pods: asDjango,
    replicas: 1,
    expose: { host: 'maps.example.org' },
  },
  env: {
    DB_HOST: 'postgres.maps-data',
    DB_USER: { secret: 'postgres-secret', key: 'username' },
    DB_PASSWORD: { secret: 'postgres-secret', key: 'password' },
    DJANGO_SECRET_KEY: { secret: 'django-secret', key: 'DJANGO_SECRET_KEY' },
    TMPDIR: '/webapp/myapp/temp',
    DJANGO_ENV: 'production',
  },
  egress: [
    { to: { pods: { app: 'postgres' }, namespace: 'maps-data' }, ports: [5432] },
    { to: 'internet' },
    { to: { cidr: '10.96.0.1/32' }, ports: [443] },
  ],
};
