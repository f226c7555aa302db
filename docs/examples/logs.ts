import type { Tenant } from '../../lib';

export const acme: Tenant = {
  name: 'acme',
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  logs: 'json',
  workers: { default: { queues: ['celery'] } },
  beat: { schedule: { nightly: { task: 'acme.clean', cron: '0 3 * * *' } } },
  web: {
    command: ['gunicorn', 'acme.wsgi', '--bind=0.0.0.0:8000', '--access-logfile=-'],
    port: 8000,
    env: { GUNICORN_CMD_ARGS: '--log-config-json=/opt/stalk/stalk_logs.json' },
  },
};
