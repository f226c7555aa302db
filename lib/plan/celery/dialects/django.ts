// Dialect of a Django project: that of Celery, and the settings module.

import { celeryDialect } from './celery';
import type { Dialect } from './dialect';

export const djangoDialect: Dialect = {
  ...celeryDialect,
  each: ({ tenant }) => {
    const { djangoSettings } = tenant.app;
    return djangoSettings === undefined ? {} : { DJANGO_SETTINGS_MODULE: djangoSettings };
  },
};
