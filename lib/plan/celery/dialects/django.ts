// Dialect of a Django project: that of Celery, and the settings module.

import { celery } from './celery';
import type { Dialect } from './dialect';

export const django: Dialect = {
  ...celery,
  each: ({ tenant }) => {
    const { djangoSettings } = tenant.app;
    return djangoSettings === undefined ? {} : { DJANGO_SETTINGS_MODULE: djangoSettings };
  },
};
