import type { Tenant } from '../../../lib';

/** FastAPI that runs agents in the background: docs/systems/typesafe.md. */
export const typesafe: Tenant = {
  name: 'typesafe',
  app: { dialect: 'celery', image: 'typesafe-backend:1.0.0', module: 'app.agents.worker', logLevel: 'info' },
  broker: { topology: 'standalone', cpu: '500m', memory: '512Mi', database: 0 },
  workers: {
    default: {
      queues: ['celery'],
      concurrency: 4,
      replicas: 3,
      cpu: { request: '500m', limit: '1000m' },
      memory: { request: '512Mi', limit: '1Gi' },
      timeLimit: { hard: '60s', soft: '55s' },
      maxTasksPerChild: 1000,
      probes: { liveness: { initialDelay: '30s', period: '60s' } },
    },
  },
  web: {
    command: ['uvicorn', 'app.main:app', '--host', '0.0.0.0', '--port', '8000'],
    port: 8000,
    health: '/health',
  },
  flower: {
    auth: { secret: 'typesafe-secrets', key: 'flower-basic-auth' },
    port: 5555,
    urlPrefix: 'flower',
  },
  results: { database: 1, expires: '3600s' },
  rateLimit: '100/m',
  env: {
    ENVIRONMENT: 'production',
    GROQ_API_KEY: { secret: 'typesafe-secrets', key: 'groq-api-key' },
    GEMINI_API_KEY: { secret: 'typesafe-secrets', key: 'gemini-api-key' },
    SUPABASE_URL: { secret: 'typesafe-secrets', key: 'supabase-url' },
    SUPABASE_KEY: { secret: 'typesafe-secrets', key: 'supabase-key' },
    BACKEND_API_KEY: { secret: 'typesafe-secrets', key: 'backend-api-key' },
    REDIS_URL: { from: 'broker.url' },
  },
  egress: [{ to: 'internet', ports: [443] }],
  overlays: {
    dev: {
      broker: { cpu: '250m', memory: '128Mi', storage: '1Gi' },
      workers: {
        default: {
          concurrency: 2,
          replicas: 1,
          cpu: { request: '100m' },
          memory: { request: '256Mi', limit: '512Mi' },
        },
      },
      web: { replicas: 1 },
      flower: false,
      env: { ENVIRONMENT: 'development' },
    },
    staging: { env: { ENVIRONMENT: 'staging' } },
  },
};
