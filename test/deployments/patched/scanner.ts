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
  },
  migrate: {
    command: ['/entrypoint-initializer.sh'],
    check: ['python3', 'manage.py', 'migrate', '--check'],
  },
  results: { backend: 'none' },
  messages: { serializer: 'pickle' },
  env: {
    APP_ALLOWED_HOSTS: 'scanner.example.com',
    APP_SITE_URL: 'https://scanner.example.com',
    APP_CELERY_BROKER_SCHEME: 'redis',
    APP_CELERY_BROKER_USER: 'scanner',
    APP_CELERY_BROKER_PASSWORD: { secret: 'redis-users', key: 'scanner' },
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
  patches: {
    'Deployment/web': [
      {
        op: 'add',
        path: '/spec/template/spec/containers/0/startupProbe/httpGet/httpHeaders',
        value: [
          { name: 'Host', value: 'scanner.example.com' },
          { name: 'X-Forwarded-Proto', value: 'https' },
        ],
      },
      {
        op: 'add',
        path: '/spec/template/spec/containers/0/readinessProbe/httpGet/httpHeaders',
        value: [
          { name: 'Host', value: 'scanner.example.com' },
          { name: 'X-Forwarded-Proto', value: 'https' },
        ],
      },
      // nginx in front of uwsgi: what serves static files and media
      {
        op: 'add',
        path: '/spec/template/spec/containers/-',
        value: {
          name: 'nginx',
          image: 'scanner/nginx:2.50.0',
          ports: [{ name: 'nginx', containerPort: 8080 }],
          resources: {
            requests: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '8Mi' },
            limits: { cpu: '1', memory: '256Mi', 'ephemeral-storage': '64Mi' },
          },
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            runAsUser: 1001,
          },
          volumeMounts: [
            { name: 'media', mountPath: '/usr/share/nginx/html/media' },
            { name: 'writable-run-scanner', mountPath: '/run/scanner' },
          ],
        },
      },
      // extra secrets, as the chart has them
      {
        op: 'add',
        path: '/spec/template/spec/containers/0/envFrom/-',
        value: { secretRef: { name: 'scanner-extrasecrets', optional: true } },
      },
    ],
    'Service/web': [{ op: 'replace', path: '/spec/ports/0/targetPort', value: 'nginx' }],
    'NetworkPolicy/to-web': [{ op: 'replace', path: '/spec/ingress/0/ports/0/port', value: 8080 }],
    // the app's own entrypoint (secret files, settings overrides, wait for the database)
    'Deployment/worker-default': [
      {
        op: 'add',
        path: '/spec/template/spec/containers/0/envFrom/-',
        value: { secretRef: { name: 'scanner-extrasecrets', optional: true } },
      },
    ],
    'Deployment/beat': [
      {
        op: 'add',
        path: '/spec/template/spec/containers/0/envFrom/-',
        value: { secretRef: { name: 'scanner-extrasecrets', optional: true } },
      },
    ],
  },
};
