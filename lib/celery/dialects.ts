// How each dialect is told what Celery's own settings do not cover.

import type { ResolvedPool, ResolvedTenant } from '../spec';
import { SCHEDULE_FILE } from './paths';
import { brokerUrl, resultUrl } from './settings';

/** Plain variables, for the app's ConfigMap. */
export function dialectConfig(tenant: ResolvedTenant): Record<string, string> {
  switch (tenant.app.dialect) {
    case 'celery':
    case 'django':
      return celeryUrls(tenant);
    case 'paperless':
      return paperlessConfig(tenant);
  }
}

/** Variables of each pod; `redisUrl` holds user and password. */
export function dialectEnv({ app }: ResolvedTenant, redisUrl: string): Record<string, string> {
  switch (app.dialect) {
    case 'celery':
      return {};
    case 'django':
      return app.djangoSettings === undefined ? {} : { DJANGO_SETTINGS_MODULE: app.djangoSettings };
    case 'paperless':
      return { PAPERLESS_REDIS: redisUrl };
  }
}

/** What differs in one pool; the ConfigMap has the first pool's. */
export function poolEnv({ app, workers }: ResolvedTenant, pool: ResolvedPool): Record<string, string> {
  return app.dialect === 'paperless' && pool !== workers[0] ? paperlessPool(pool) : {};
}

/** The names that Celery itself and most apps read; the loader makes sure that they say what it says. */
function celeryUrls(tenant: ResolvedTenant): Record<string, string> {
  const results = resultUrl(tenant);
  return {
    CELERY_BROKER_URL: brokerUrl(tenant),
    ...(results !== undefined && { CELERY_RESULT_BACKEND: results }),
  };
}

function paperlessConfig({ app, broker, workers, beat }: ResolvedTenant): Record<string, string> {
  const [first] = workers;
  return {
    ...(broker.prefix !== '' && { PAPERLESS_REDIS_PREFIX: broker.prefix }),
    ...(first && paperlessPool(first)),
    PAPERLESS_THREADS_PER_WORKER: String(app.threadsPerWorker),
    ...(beat?.scheduler === 'file' && { PAPERLESS_BEAT_SCHEDULE_FILENAME: SCHEDULE_FILE }),
    ...Object.fromEntries(
      Object.entries(app.crons).map(([name, cron]) => [`PAPERLESS_${name}_TASK_CRON`, cron]),
    ),
  };
}

const paperlessPool = ({ concurrency, hard }: ResolvedPool): Record<string, string> => ({
  PAPERLESS_TASK_WORKERS: String(concurrency),
  PAPERLESS_WORKER_TIMEOUT: String(hard),
});
