// A support site on a Redis of a cloud, started through New Relic.

import type { Tenant } from '../../../lib';

export const supportSite: Tenant = {
  name: 'support-site',
  app: {
    dialect: 'django',
    image: 'support/site:2026.11.1',
    module: 'supportsite',
    djangoSettings: 'supportsite.settings',
    user: 10000,
    entrypoint: ['newrelic-admin', 'run-program'],
  },
  broker: {
    topology: 'external',
    host: 'support-prod.example.cache.amazonaws.com',
    cidrs: ['10.30.0.0/16'],
    username: 'default',
  },
  workers: {
    default: {
      queues: ['celery'],
      replicas: 3,
      maxTasksPerChild: 25,
      cpu: { request: '250m', limit: '1' },
      memory: { request: '384Mi', limit: '1Gi' },
    },
    fxa: {
      queues: ['fxa'],
      replicas: 3,
      maxTasksPerChild: 25,
      cpu: { request: '250m', limit: '1' },
      memory: { request: '384Mi', limit: '1Gi' },
    },
  },
  web: {
    command: ['/bin/bash', '-c', './bin/run-prod.sh'],
    port: 8000,
    health: '/readiness/',
    replicas: 25,
    cpu: { request: '250m', limit: '1' },
    memory: { request: '384Mi', limit: '1Gi' },
    probes: { liveness: { initialDelay: '5s', period: '5s', failures: 2 } },
    expose: { host: 'support.example.org' },
  },
  env: {
    ALLOWED_HOSTS: 'support.example.org',
    SECURE_SSL_REDIRECT: 'True',
    ENFORCE_HOST: 'support.example.org',
    BROKER_URL: { from: 'broker.url' },
    CACHE_URL: { secret: 'support-secrets-prod', key: 'cache-url' },
    REDIS_DEFAULT_URL: { secret: 'support-secrets-prod', key: 'redis-default-url' },
    REDIS_HELPFULVOTES_URL: { secret: 'support-secrets-prod', key: 'redis-helpfulvotes-url' },
    DATABASE_URL: { secret: 'support-secrets-prod', key: 'database-url' },
    SECRET_KEY: { secret: 'support-secrets-prod', key: 'secret-key' },
    NEW_RELIC_LICENSE_KEY: { secret: 'support-secrets-prod', key: 'new-relic-license-key' },
    NEW_RELIC_APP_NAME: 'support-prod-frankfurt',
    ES_URLS: { secret: 'support-secrets-prod', key: 'es-urls' },
  },
  egress: [
    { to: { cidr: '10.30.0.0/16' }, ports: [3306, 5432, 6379, 9200] },
    { to: 'internet', ports: [443, 25, 587] },
  ],
};
