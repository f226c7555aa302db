// What becomes of files: the tenant, its comments, what could not be said, and what is never written.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adopted, inventoryOf } from '../../lib/adopt';
import type { SourceText } from '../../lib/adopt';
import { compiled } from './compiled';

const fixture = (name: string): SourceText => ({
  name,
  text: readFileSync(join(__dirname, 'fixtures', name), 'utf8'),
});

const from = (...texts: readonly SourceText[]) =>
  adopted(
    inventoryOf(texts, () => undefined),
    { from: '@stalk/stalk', sources: texts.map(({ name }) => name) },
  );

const shop = from(fixture('shop.yaml'));
const board = from(fixture('compose.yml'));

test('what is written compiles, and the rules find nothing that they do not tell in it', () => {
  expect(compiled({ shop: shop.text, board: board.text })).toEqual({ shop: '', board: '' });
  expect(shop.text).not.toContain('The rules of Stalk refuse');
  expect(board.text).not.toContain('The rules of Stalk refuse');
});

describe('Kubernetes objects', () => {
  test('workers are pools with the queues, numbers and limits of their command lines', () => {
    expect(shop.tenant.workers).toMatchObject({
      default: {
        queues: ['celery', 'mail'],
        concurrency: 4,
        replicas: 3,
        timeLimit: { hard: '10m', soft: '9m' },
        args: ['-Ofair'],
        memory: { request: '512Mi', limit: '1Gi' },
      },
      reports: {
        queues: ['reports'],
        concurrency: 1,
        maxTasksPerChild: 10,
        scaling: { min: 0, max: 8, queueLength: 5 },
      },
    });
  });

  test('the Redis that the broker’s URL names is the broker, the other one the cache', () => {
    expect(shop.tenant.broker).toEqual({
      topology: 'standalone',
      cpu: { request: '100m', limit: '500m' },
      memory: { request: '256Mi', limit: '512Mi' },
      storage: '4Gi',
      storageClass: 'fast',
    });
    expect(shop.tenant.cache).toEqual({
      eviction: 'allkeys-lfu',
      memory: { request: '512Mi', limit: '732Mi' },
    });
    expect(shop.tenant.env).toMatchObject({
      REDIS_URL: { from: 'broker.url' },
      CACHE_URL: { from: 'cache.url' },
      DB_HOST: 'shop-postgres',
    });
  });

  test('beat, web, migration and what the clock starts have their commands, ports and ways in', () => {
    expect(shop.tenant.beat).toMatchObject({ scheduler: 'database' });
    expect(shop.tenant.web).toMatchObject({
      command: ['gunicorn', 'shop.wsgi:application', '--bind', '0.0.0.0:8000', '--workers', '3'],
      port: 8000,
      health: '/health/',
      replicas: 4,
      expose: { host: 'shop.example.org', tls: { issuer: 'letsencrypt' } },
    });
    expect(shop.tenant.migrate).toMatchObject({ command: ['python', 'manage.py', 'migrate', '--noinput'] });
    expect(shop.tenant.processes).toMatchObject({
      clearsessions: { command: ['python', 'manage.py', 'clearsessions'], cron: '0 3 * * *' },
    });
  });

  test('volumes, scratch folders, files and whole Secrets come along', () => {
    expect(shop.tenant.app).toMatchObject({
      user: 1000,
      writable: ['/run/shop'],
      volumes: { 'shop-media': { path: '/app/media', size: '20Gi', access: 'ReadWriteMany' } },
    });
    expect(shop.tenant.files).toEqual({ '/etc/shop/conf.yaml': { secret: 'shop-conf', key: 'conf.yaml' } });
    expect(JSON.stringify(shop.tenant)).toContain('{"secret":"shop-extra","optional":true}');
  });

  test('a database among the files is a destination, and said to be nobody that Stalk runs', () => {
    expect(shop.tenant.egress).toEqual([
      { to: { pods: { app: 'shop-postgres' }, namespace: 'shop' }, ports: [5432] },
    ]);
    expect(shop.text).toContain('StatefulSet/shop-postgres: PostgreSQL (postgres:16.4)');
  });

  test('what could not be said is told with its object, its reason and the nearest thing', () => {
    expect(shop.text.replaceAll(/\n\/\/ +/g, ' ')).toContain(
      '- StatefulSet/shop-redis: maxmemory-policy allkeys-lru. Why: an evicting broker deletes tasks that it accepted; Stalk sets noeviction. Nearest: a cache of its own: cache: {}.',
    );
  });
});

describe('Compose files', () => {
  test('services become pools, beat, web and a broker', () => {
    expect(board.tenant).toMatchObject({
      name: 'board',
      app: { dialect: 'celery', module: 'board.tasks', logLevel: 'info' },
      broker: { topology: 'standalone', memory: { request: '256Mi', limit: '366Mi' } },
      workers: { default: { queues: ['celery', 'exports'], concurrency: 4, replicas: 2, memory: '1Gi' } },
      beat: {},
      web: {
        command: ['uvicorn', 'board.api:app', '--host', '0.0.0.0', '--port', '8000'],
        port: 8000,
        health: '/healthz',
        cpu: '500m',
        memory: '256Mi',
      },
      results: { database: 1 },
      env: { REDIS_URL: { from: 'broker.url' }, STAGE: 'production' },
    });
  });

  test('an image that the file builds is a guess, and so is the size of a volume', () => {
    expect(board.text).toContain('// guess: the files build the image and name no version');
    expect(board.text).toContain("size: '1Gi', // guess: volume uploads has no size");
  });

  test('a folder of the machine and a variable that nobody sets could not be said', () => {
    expect(board.text).toContain('/srv/src: the folder ./src of this machine');
    expect(board.text).toContain('variable LICENSE. Why: it comes from BOARD_LICENSE');
  });

  test('a .env beside the file fills in its variables', () => {
    const inventory = inventoryOf([fixture('compose.yml')], (path) =>
      path === '.env' ? 'STAGE=staging\nBOARD_LICENSE="gold" # until May\n' : undefined,
    );

    const { tenant } = adopted(inventory, { from: '@stalk/stalk', sources: ['compose.yml'] });

    expect(tenant.env).toMatchObject({ STAGE: 'staging', LICENSE: 'gold' });
  });
});

describe('passwords that stand in files', () => {
  const literals = [
    'not-for-anybody-to-read',
    'tulip-garden-7',
    '4f9a17c2e8b04d6fa1b3',
    'Winter-Harbour-19',
    '7c1f0f3be0a94f3c',
  ];

  test.each(literals)('%s is written nowhere', (literal) => {
    for (const { text, summary } of [shop, board]) {
      expect(text).not.toContain(literal);
      expect(summary).not.toContain(literal);
    }
  });

  test('a Secret takes the place of each, and the summary says which key it needs', () => {
    expect(board.tenant.env).toMatchObject({
      DATABASE_URL: { secret: 'board-env', key: 'DATABASE_URL' },
      SIGNING_KEY: { secret: 'board-env', key: 'SIGNING_KEY' },
    });
    expect(board.summary).toContain('board-env, key DATABASE_URL');
  });

  test('a password in a command is told and left out', () => {
    const web = (command: readonly string[]) => ({
      name: 'web.yaml',
      text: JSON.stringify({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web' },
        spec: {
          template: {
            spec: {
              containers: [{ name: 'web', image: 'a/web:1.0.0', command, ports: [{ containerPort: 8000 }] }],
            },
          },
        },
      }),
    });

    const { text } = from(web(['gunicorn', 'a:app', '--password', 'Lantern-55-Moss']));

    expect(text).not.toContain('Lantern-55-Moss');
    expect(text).toContain('a password in its command');
  });
});

test('every object of the files is said, told or Stalk’s own', () => {
  const kinds = [
    'shop-redis',
    'shop-cache',
    'shop-postgres',
    'shop-worker',
    'shop-worker-reports',
    'shop-beat',
    'shop-web',
    'shop-migrate',
    'shop-clearsessions',
    'PodDisruptionBudget',
    'Ingress/shop',
    'ScaledObject',
    'shop-config',
    'shop-media',
  ];

  expect(kinds.filter((one) => !shop.text.includes(one))).toEqual([]);
});

describe('objects that no program uses', () => {
  const left = from({
    name: 'left.yaml',
    text: `
apiVersion: v1
kind: Pod
metadata: { name: mail, labels: { app: mail } }
spec:
  imagePullSecrets: [{ name: pull }]
  containers:
    - name: mail
      image: post/app:3.1.0
      command: [celery, -A, post, worker]
      envFrom: [{ configMapRef: { name: read } }]
      env: [{ name: KEY, valueFrom: { secretKeyRef: { name: keys, key: api } } }]
  volumes:
    - { name: a, secret: { secretName: mounted } }
    - { name: b, projected: { sources: [{ configMap: { name: projected } }] } }
---
{ apiVersion: v1, kind: ConfigMap, metadata: { name: read }, data: { A: b } }
---
{ apiVersion: v1, kind: ConfigMap, metadata: { name: projected } }
---
{ apiVersion: v1, kind: ConfigMap, metadata: { name: unread } }
---
{ apiVersion: v1, kind: Secret, metadata: { name: keys } }
---
{ apiVersion: v1, kind: Secret, metadata: { name: pull } }
---
{ apiVersion: v1, kind: Secret, metadata: { name: mounted } }
---
{ apiVersion: v1, kind: Secret, metadata: { name: unread } }
---
{ apiVersion: v1, kind: Service, metadata: { name: mail }, spec: { selector: { app: mail }, ports: [{ port: 80 }] } }
---
{ apiVersion: v1, kind: Service, metadata: { name: gone }, spec: { selector: { app: gone }, ports: [{ port: 80 }] } }
---
{ apiVersion: v1, kind: Service, metadata: { name: database }, spec: { type: ExternalName, externalName: db.example.com } }
`,
  });

  test('are told one by one, and those that one reads are not', () => {
    const told = [...left.text.replaceAll(/\n\/\/ +/g, ' ').matchAll(/- (\w+\/\w+): the \w+/g)];

    expect(told.map(([, object]) => object)).toEqual([
      'ConfigMap/unread',
      'Secret/unread',
      'Service/gone',
      'Service/database',
    ]);
    expect(left.text).toContain('a name for db.example.com');
  });

  test('a Pod by itself is a program as well', () => {
    expect(left.tenant.workers).toMatchObject({ default: { queues: ['celery'] } });
  });
});
