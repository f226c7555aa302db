// Charts of a community: two pools that follow the CPU, a web that does too.

import type { Tenant } from '../../../lib';

export const communityCharts: Tenant = {
  name: 'community-charts',
  app: {
    dialect: 'celery',
    image: 'charts/app:1.0.0',
    module: 'app:celery_app',
    pythonPath: ['/opt/app-root/src'],
  },
  broker: { topology: 'standalone', memory: { request: '2Gi', limit: '4Gi' } },
  workers: {
    callback: {
      queues: ['celery'],
      concurrency: 1,
      timeLimit: '45m',
      scaling: { min: 1, max: 30, utilization: 60 },
      cpu: { request: '100m', limit: '300m' },
      memory: { request: '256Mi', limit: '512Mi' },
    },
    query: {
      queues: ['data'],
      concurrency: 4,
      timeLimit: '45m',
      scaling: { min: 1, max: 20, utilization: 60 },
      cpu: { request: '100m', limit: '300m' },
      memory: { request: '512Mi', limit: '1Gi' },
    },
  },
  web: {
    command: ['gunicorn', '--bind', ':8080', 'app:server', '--workers', '1', '--threads', '2'],
    port: 8080,
    scaling: { min: 1, max: 4, utilization: 80 },
    cpu: { request: '50m', limit: '300m' },
    memory: { request: '150Mi', limit: '256Mi' },
  },
  migrate: { command: ['python3', 'cache_manager/db_init.py'] },
  results: { extended: true, trackStarted: true },
  env: {
    REDIS_SERVICE_HOST: { from: 'broker.host' },
    REDIS_SERVICE_PORT: { from: 'broker.port' },
    REDIS_PASSWORD: { secret: 'redis-users', key: 'communityCharts' },
    STORE_PASSWORD: { secret: 'store-config', key: 'STORE_PASSWORD' },
    POSTGRES_PASSWORD: { secret: 'community-charts-postgres', key: 'POSTGRES_PASSWORD' },
  },
  egress: [{ to: { cidr: '10.20.0.0/16' }, ports: [5432] }],
};
