// Made tenants for the benchmark: like the reference ones in size, different in name.

import type { Environment, Tenant } from '../lib';

const broker = { topology: 'standalone', memory: '32Gi', maxClients: 10_000_000 } as const;

export const environment: Environment = {
  name: 'bench',
  disposable: true,
  storageClass: 'standard',
  secrets: { strategy: 'literal' },
  brokers: { main: broker, more: broker },
};

/** Half on the shared broker, half with a Redis of their own. */
export const madeTenants = (count: number): Tenant[] => Array.from({ length: count }, (_, i) => made(i));

function made(index: number): Tenant {
  const name = `made-${String(index).padStart(5, '0')}`;
  return {
    name,
    app: { dialect: 'celery', image: 'made/app:1.0.0', module: 'made.tasks' },
    broker: index % 2 === 0 ? { shared: index % 4 === 0 ? 'main' : 'more' } : { topology: 'standalone' },
    workers: { default: { queues: ['celery', 'reports'], concurrency: 4, replicas: 2 } },
    beat: { schedule: { hourly: { task: 'made.tasks.hourly', cron: '0 * * * *' } } },
    web: { command: ['uvicorn', 'made:app'], port: 8000 },
  };
}
