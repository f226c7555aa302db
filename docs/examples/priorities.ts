import type { Tenant } from '../../lib';

/** Lists `celery`, `celery:1` to `celery:9`; `high` is emptied before `celery`. */
export const tenant: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  priorities: { steps: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], separator: ':' },
  workers: { default: { queues: ['high', 'celery'], queueOrder: 'as-listed' } },
};
