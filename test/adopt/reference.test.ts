// The reference systems as manifests of their teams would say them: the adopted tenants have their facts.

import { adopted, inventoryOf } from '../../lib/adopt';
import type { Tenant } from '../../lib/spec';
import { tenants } from '../reference/tenants';

type Part = Readonly<Record<string, unknown>>;

interface Row {
  readonly name: string;
  readonly kind?: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly replicas?: number;
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly request?: Part;
  readonly limit?: Part;
  readonly storage?: string;
}

/** A workload, with a Service where it has a port. */
function objectsOf({ name, kind = 'Deployment', port, replicas, storage, ...row }: Row): readonly Part[] {
  const labels = { app: name };
  const container = {
    name,
    image: row.image,
    command: row.command,
    env: Object.entries(row.env ?? {}).map(([key, value]) => ({ name: key, value })),
    resources: { requests: row.request, limits: row.limit },
    ...(port !== undefined && { ports: [{ containerPort: port }] }),
    ...(storage !== undefined && { volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
  };
  const claim = { metadata: { name: 'data' }, spec: { resources: { requests: { storage } } } };
  return [
    {
      apiVersion: 'apps/v1',
      kind,
      metadata: { name },
      spec: {
        replicas,
        template: { metadata: { labels }, spec: { containers: [container] } },
        ...(storage !== undefined && { volumeClaimTemplates: [claim] }),
      },
    },
    ...(port === undefined
      ? []
      : [
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name },
            spec: { selector: labels, ports: [{ port }] },
          },
        ]),
  ];
}

const redis = (limit: Part, more: Partial<Row> = {}): Row => ({
  name: 'redis',
  kind: 'StatefulSet',
  image: 'redis:7-alpine',
  port: 6379,
  limit,
  ...more,
});

const URL = { CELERY_BROKER_URL: 'redis://redis:6379/0' };

const jewelry = {
  image: 'jewelry-shop/backend:1.8.0',
  env: { ...URL, DJANGO_SETTINGS_MODULE: 'config.settings.production' },
};
const EIGHT = 'celery,backups,pricing,reports,notifications,accounting,monitoring,webhooks';
const paperless = {
  image: 'paperless-ngx/paperless-ngx:3.0.0',
  env: {
    PAPERLESS_REDIS: 'redis://redis:6379',
    PAPERLESS_TASK_WORKERS: '2',
    PAPERLESS_WORKER_TIMEOUT: '1800',
  },
};
const typesafe = {
  image: 'typesafe-backend:1.0.0',
  env: { ...URL, CELERY_RESULT_BACKEND: 'redis://redis:6379/1' },
};

const SYSTEMS: Readonly<Record<string, readonly Row[]>> = {
  paless: [
    redis({ cpu: '500m', memory: '256Mi' }, { request: { cpu: '100m', memory: '128Mi' }, storage: '2Gi' }),
    {
      ...paperless,
      name: 'worker',
      command: ['celery', '--app', 'paperless', 'worker', '--concurrency', '2', '--max-tasks-per-child', '1'],
      replicas: 2,
      request: { cpu: '500m', memory: '1Gi' },
      limit: { cpu: '2', memory: '2Gi' },
    },
    { ...paperless, name: 'scheduler', command: ['celery', '--app', 'paperless', 'beat'] },
    {
      ...paperless,
      name: 'web',
      command: [
        'granian',
        '--interface=asginl',
        '--ws',
        '--host=0.0.0.0',
        '--port=8000',
        'paperless.asgi:application',
      ],
      port: 8000,
      replicas: 3,
    },
  ],
  typesafe: [
    redis({ cpu: '500m', memory: '512Mi' }),
    {
      ...typesafe,
      name: 'celery-worker',
      command: [
        'celery',
        '-A',
        'app.agents.worker',
        'worker',
        '--loglevel=info',
        '--concurrency=4',
        '--soft-time-limit=55',
        '--time-limit=60',
        '--max-tasks-per-child=1000',
      ],
      replicas: 3,
      request: { cpu: '500m', memory: '512Mi' },
      limit: { cpu: '1000m', memory: '1Gi' },
    },
  ],
  redline: [
    redis({ memory: '732Mi' }, { request: { memory: '512Mi' } }),
    {
      name: 'redline',
      image: 'redline-webgui:1.0.0',
      env: URL,
      request: { memory: '256Mi' },
      limit: { memory: '512Mi' },
      command: [
        'sh',
        '-c',
        'exec celery -A redline worker --loglevel=info --concurrency=2 -Q redline_tasks --time-limit=1800',
      ],
    },
  ],
  'jewelry-shop': [
    redis({ memory: '512Mi' }, { storage: '8Gi' }),
    redis({ memory: '512Mi' }, { name: 'redis-replica', replicas: 2, storage: '8Gi' }),
    {
      ...jewelry,
      name: 'celery-worker',
      command: ['celery', '-A', 'config', 'worker', '-Q', EIGHT, '--concurrency=2'],
      replicas: 3,
      request: { cpu: '400m', memory: '512Mi' },
      limit: { cpu: '800m', memory: '768Mi' },
    },
    {
      ...jewelry,
      name: 'celery-beat',
      command: [
        'celery',
        '-A',
        'config',
        'beat',
        '--scheduler',
        'django_celery_beat.schedulers:DatabaseScheduler',
      ],
      request: { cpu: '250m', memory: '256Mi' },
      limit: { cpu: '500m', memory: '512Mi' },
    },
    {
      ...jewelry,
      name: 'web',
      command: ['gunicorn', '--bind=0.0.0.0:8000', 'config.wsgi:application'],
      port: 8000,
      replicas: 2,
    },
  ],
};

const wide = (value: unknown): unknown =>
  typeof value === 'string' ? { request: value, limit: value } : value;

/** What a system is, whoever wrote it down. */
const factsOf = ({ app, broker, workers, beat, web, results }: Tenant) => ({
  app: { image: app.image, dialect: app.dialect, module: app.module },
  broker:
    broker && 'topology' in broker && broker.topology !== 'cluster' && broker.topology !== 'external'
      ? {
          topology: broker.topology,
          memory: wide(broker.memory),
          ...('replicas' in broker && { replicas: broker.replicas }),
        }
      : broker,
  workers: Object.values(workers ?? {}).map((pool) => ({
    queues: pool.queues,
    concurrency: pool.concurrency,
    replicas: pool.replicas ?? 1,
    memory: wide(pool.memory),
  })),
  beat: beat && { scheduler: beat.scheduler ?? 'file' },
  web: web && { command: web.command, port: web.port },
  results: results?.database ?? 0,
});

test.each(Object.keys(SYSTEMS))('%s is adopted with the facts of its reference tenant', (name) => {
  const objects = (SYSTEMS[name] ?? []).flatMap(objectsOf);
  const texts = objects.map((object, index) => ({ name: `${index}.yaml`, text: JSON.stringify(object) }));
  const asked = tenants.find((tenant) => tenant.name === name) as Tenant;

  const { tenant } = adopted(
    inventoryOf(texts, () => undefined),
    { name, from: '@stalk/stalk', sources: ['k8s'] },
  );

  const [found, wanted] = [factsOf(tenant), factsOf(asked)];
  const inBoth = Object.keys(wanted).filter((key) => found[key as keyof typeof found] !== undefined);
  expect(inBoth).toEqual(expect.arrayContaining(['app', 'broker', 'workers']));
  for (const key of inBoth)
    expect({ [key]: found[key as keyof typeof found] }).toEqual({
      [key]: wanted[key as keyof typeof wanted],
    });
});
