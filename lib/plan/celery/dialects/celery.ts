// Dialect of an app that takes Celery's own settings: the loader brings them all.

import { brokerUrl, resultUrl } from '../addresses';
import type { Dialect } from './dialect';

/** The names that Celery itself and most apps read; the loader makes sure that they say what it says. */
export const celeryDialect: Dialect = {
  shared: (app) => {
    const results = resultUrl(app);
    return {
      CELERY_BROKER_URL: brokerUrl(app),
      ...(results !== undefined && { CELERY_RESULT_BACKEND: results }),
    };
  },
  each: () => ({}),
  pool: () => ({}),
};
