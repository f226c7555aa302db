// An app that somebody runs by hand on a Redis of its own becomes a tenant, under load; tasks are counted.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HAS_CLUSTER, START, applied, until } from '../e2e/cluster';
import { asked, kubectl } from '../e2e/kubectl';
import { load, producer, settled, total } from '../e2e/load';
import type { Count } from '../e2e/load';
import { allReady } from '../e2e/pods';
import type { WantedSecret } from '../../lib/plan/secrets/wanted';
import { REDELIVERED } from './changes';
import { NAME, leftOnOldSide, synced, treeOf } from './synced';

if (!HAS_CLUSTER) console.warn('a take-over is NOT proven here: KUBECONFIG names no cluster');

const BY_HAND = 'by-hand';

const STREAM = { rate: 6, count: 4000, task: { seconds: 0.5 } } as const;

const EXISTING = { strategy: 'existing' } as const;

/** A user has one password at each Redis. */
const secretOf = ({ secret, users, foreign }: WantedSecret, namespace: string): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: secret, namespace },
  stringData: Object.fromEntries(
    users.map((user) => [
      user,
      foreign ? 'not-a-secret-of-the-old-redis' : `not-a-secret-of-the-new-redis_${user}`,
    ]),
  ),
});

const own = { topology: 'standalone', cpu: '50m', memory: '128Mi', storage: '1Gi' } as const;

interface TakeOver {
  /** Namespace of what runs today, a Redis and workers. */
  readonly from: string;
  readonly deployment: string;
  readonly to: string;
  /** Besides those that Stalk wants. */
  readonly secrets?: readonly object[];
  /** What `movingFrom` says besides. */
  readonly more?: object;
}

/** As docs/move.md has it, while both sides send. */
async function takenOver({ from, deployment, to, secrets = [], more }: TakeOver): Promise<Count> {
  const pods = ['-n', from, '-l', 'app=redis', '-o', 'jsonpath={.items[0].status.podIP}'];
  const old = {
    topology: 'external',
    host: `redis.${from}.svc.cluster.local`,
    cidrs: [`${await asked('get', 'pods', ...pods)}/32`],
    username: 'default',
    ...more,
  } as const;
  const during = treeOf({ ...own, movingFrom: old }, EXISTING, to);
  const after = treeOf(own, EXISTING, to);
  const early = await load(to, STREAM, from);

  await synced(during.platform);
  await applied({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: to } });
  for (const secret of secrets) await applied(secret);
  for (const wanted of [...during.wanted, ...after.wanted]) await applied(secretOf(wanted, to));
  await synced(during.tenant);
  await asked('scale', '-n', from, `deploy/${deployment}`, '--replicas=0');
  await producer(to);
  const late = await load(to, { ...STREAM, count: 60 });
  early.stop();
  await until('the old Redis is empty', async () => (await leftOnOldSide(to)) === 0, 240);
  const count = total([await settled(early, REDELIVERED), await settled(late, REDELIVERED)]);
  await synced(after.tenant, during.tenant);
  console.info(JSON.stringify(count));
  return count;
}

(HAS_CLUSTER ? describe : describe.skip)('an app that was deployed by hand', () => {
  beforeAll(async () => {
    await asked('apply', '-f', join(__dirname, '../e2e/postgres.yaml'));
    await asked('apply', '-f', join(__dirname, 'by-hand.yaml'));
    await allReady(['postgres', BY_HAND], START);
  });

  afterAll(async () => {
    await asked('delete', 'namespace', NAME, 'postgres', BY_HAND, '--ignore-not-found');
    await asked('delete', 'priorityclass', 'stalk-broker', '--ignore-not-found');
  });

  it('becomes a tenant while it works', async () => {
    const count = await takenOver({ from: BY_HAND, deployment: 'worker', to: NAME });

    expect(count).toMatchObject({ lost: [], twice: 0 });
  });
});

/** As a deployment guide has it, word for word: no password, results in database 1, three workers of four processes. */
const GUIDE = readFileSync(join(__dirname, 'guide.yaml'), 'utf8');

/** What cannot run in a small cluster that pulls nothing. */
const CHANGES: readonly (readonly [string, string])[] = [
  // The official image starts the server by itself, and answers other hosts without a password
  [
    'image: redis:7-alpine',
    "image: redis:7.2.11-alpine\n        command: [redis-server, --protected-mode, 'no']",
  ],
  ['image: typesafe-backend:latest', 'image: typesafe-backend:1.0.0'],
  // A limit alone is a request too; a node of two processors has these pods beside those of the tenant
  ['cpu: "500m"\n---', 'cpu: "500m"\n          requests: { cpu: 50m }\n---'],
  [
    'requests:\n            memory: "512Mi"\n            cpu: "500m"',
    'requests:\n            memory: "256Mi"\n            cpu: "50m"',
  ],
];

const guide = (): string =>
  CHANGES.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the guide has no ${from}`);
    return text.replace(from, to);
  }, GUIDE);

const TEXTS = join(__dirname, '../../../shared/reference');
if (!existsSync(TEXTS))
  console.warn('guide.yaml is NOT compared with its text: put the texts into ../shared/reference');

(existsSync(TEXTS) ? test : test.skip)('the YAML of the guide is that of its text', () => {
  const texts = readdirSync(TEXTS).map((file) => readFileSync(join(TEXTS, file), 'utf8'));

  for (const part of GUIDE.split('---\n')) expect(texts.some((text) => text.includes(part))).toBe(true);
});

const TYPESAFE = 'typesafe';
const TODAY = 'typesafe-today';

/** Sends as the guide's API does, which it has no manifest of. */
const API = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'producer', namespace: TODAY },
  spec: {
    backoffLimit: 0,
    template: {
      metadata: { labels: { 'app.kubernetes.io/component': 'producer' } },
      spec: {
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'producer',
            image: 'typesafe-backend:1.0.0',
            workingDir: '/app',
            command: ['sleep', '3600'],
            env: [
              { name: 'CELERY_BROKER_URL', value: 'redis://redis:6379/0' },
              { name: 'CELERY_RESULT_BACKEND', value: 'redis://redis:6379/1' },
            ],
          },
        ],
      },
    },
  },
};

const KEYS = [
  'groq-api-key',
  'gemini-api-key',
  'supabase-url',
  'supabase-key',
  'backend-api-key',
  'flower-basic-auth',
];
const theirSecret = (namespace: string): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'typesafe-secrets', namespace },
  stringData: Object.fromEntries(KEYS.map((key) => [key, 'not-a:secret'])),
});

(HAS_CLUSTER ? describe : describe.skip)('an app that was deployed by a guide', () => {
  beforeAll(async () => {
    await asked('apply', '-f', join(__dirname, '../e2e/postgres.yaml'));
    await applied({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: TODAY } });
    await applied(theirSecret(TODAY));
    const { code, errors } = await kubectl(['apply', '-n', TODAY, '-f', '-'], guide());
    if (code !== 0) throw new Error(errors);
    await applied(API);
    await allReady(['postgres', TODAY], START);
  });

  afterAll(async () => {
    await asked('delete', 'namespace', TYPESAFE, 'postgres', TODAY, '--ignore-not-found');
    await asked('delete', 'priorityclass', 'stalk-broker', '--ignore-not-found');
  });

  it('becomes a tenant while it works', async () => {
    const count = await takenOver({
      ...{ from: TODAY, deployment: 'celery-worker', to: TYPESAFE },
      ...{ secrets: [theirSecret(TYPESAFE)], more: { results: { database: 1 } } },
    });

    expect(count).toMatchObject({ lost: [], twice: 0 });
  });
});
