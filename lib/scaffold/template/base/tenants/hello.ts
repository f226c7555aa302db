import type { Tenant } from '@stalk/stalk';

/** A first tenant to look at and to replace: one worker pool on the environment's shared broker. */
export const hello: Tenant = {
  name: 'hello',
  app: { dialect: 'celery', image: 'hello/jobs:1.0.0', module: 'hello.tasks' },
  workers: { default: { queues: ['celery'] } },
};
