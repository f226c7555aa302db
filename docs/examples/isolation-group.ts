import type { Tenant } from '../../lib';

const app = { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' } as const;
const broker = { shared: 'main', isolation: 'queue', group: 'acme' } as const;
const web = { command: ['uvicorn', 'acme.web:app', '--host=0.0.0.0', '--port=8000'], port: 8000 } as const;

/** Runs the one pool: it consumes `tenant-001`, `tenant-001.reports`, `tenant-002` and `tenant-002.reports`. */
export const host: Tenant = {
  name: '001',
  app,
  broker,
  web,
  workers: { all: { serves: ['001', '002'], queues: ['celery', 'reports'] } },
};

/** Only produces; its tasks run in the pool above. */
export const guest: Tenant = { name: '002', app, broker, web };
