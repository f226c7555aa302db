// Dialect of Paperless-ngx: everything in its own variables.

import type { ResolvedPool } from '../../../spec';
import { scheduleFile } from '../paths';
import type { Dialect, VariableTexts } from './dialect';

export const paperlessDialect: Dialect = {
  shared: ({ tenant: { app, broker, workers, beat } }) => {
    const [first] = workers;
    return {
      ...(broker.prefix !== '' && { PAPERLESS_REDIS_PREFIX: broker.prefix }),
      ...(first && ofPool(first)),
      PAPERLESS_THREADS_PER_WORKER: String(app.threadsPerWorker),
      ...(beat?.scheduler === 'file' && { PAPERLESS_BEAT_SCHEDULE_FILENAME: scheduleFile(app) }),
      ...Object.fromEntries(
        Object.entries(app.crons).map(([name, cron]) => [`PAPERLESS_${name}_TASK_CRON`, cron]),
      ),
    };
  },
  each: (_, redisUrl) => ({ PAPERLESS_REDIS: redisUrl }),
  pool: ({ tenant }, pool) => (pool === tenant.workers[0] ? {} : ofPool(pool)),
};

const ofPool = ({ concurrency, hard }: ResolvedPool): VariableTexts => ({
  PAPERLESS_TASK_WORKERS: String(concurrency),
  PAPERLESS_WORKER_TIMEOUT: String(hard),
});
