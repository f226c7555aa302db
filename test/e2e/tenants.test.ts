// Three reference tenants and their brokers in a cluster: they come up, work, and are kept apart.

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asked, kubectl, lines } from '../api/kubectl';
import { allReady, podsOf, restarted, secondsToReady } from './pods';
import { render } from './render';

const { KUBECONFIG, STALK_BENCH } = process.env;
if (!KUBECONFIG) console.warn('SKIPPED: set KUBECONFIG to a cluster that may be changed and has the images');

const PAPERLESS = 'from paperless.celery import app; import django; django.setup()';

/** How a program gets the Celery app of a tenant. */
const APPS: Readonly<Record<string, string>> = {
  typesafe: 'from app.agents.worker import app',
  'tenant-a': PAPERLESS,
  'tenant-b': PAPERLESS,
};
const TENANTS = Object.keys(APPS);
const WITH_BEAT = ['tenant-a', 'tenant-b'];

/** Namespaces that hold a Redis. */
const BROKERS = ['typesafe', 'broker-shared'];
const NAMESPACES = [...TENANTS, 'broker-shared'];
const ROOTS = [...NAMESPACES.map((name) => `namespace/${name}`), 'priorityclass/stalk-broker'];

/** Five minutes: two slow cores start all pods at once. */
const START = 300;

/**
 * Long enough for a beat that sends every 10 s, for the policies of new pods, and after a Redis came back for a worker
 * that waits longer with each try: it stays ready for three looks of its probe, so readiness does not tell.
 */
const PATIENCE = 120;

const took: Record<string, { ready?: number; task?: string; seconds?: number }> = {};

const python = (tenant: string, code: string): string =>
  asked('exec', '-n', tenant, 'deploy/web', '-c', 'web', '--', 'python3', '-c', code).trim();

/** Sends as the user of the web side, from its pod, and waits for the worker's answer; without one, tells its log. */
function probe(tenant: string): unknown {
  const code = `${APPS[tenant]}\nimport json; print(json.dumps(app.send_task("stalk.probe").get(timeout=${PATIENCE})))`;
  try {
    return JSON.parse(python(tenant, code));
  } catch (cause) {
    const { output } = kubectl(['logs', '-n', tenant, 'deploy/worker-default', '--tail=40', '--timestamps']);
    throw new Error(`${tenant} did not answer; its worker says:\n${output}`, { cause });
  }
}

const connects = (tenant: string, host: string, port: number): boolean =>
  python(
    tenant,
    `import socket
try: socket.create_connection(("${host}", ${port}), 3); print("open")
except OSError: print("closed")`,
  ) === 'open';

/** Asks the Redis of a namespace as its own admin. */
const redis = (namespace: string, command: string): string =>
  asked(
    ...['exec', '-n', namespace, 'redis-0', '-c', 'redis', '--', 'sh', '-c'],
    `REDISCLI_AUTH=$(cat /run/redis/admin) redis-cli --user admin ${command}`,
  ).trim();

const finished = (tenant: string, task: string): number =>
  Number(
    python(
      tenant,
      `${APPS[tenant]}
from django_celery_results.models import TaskResult
print(TaskResult.objects.filter(task_name="${task}", status="SUCCESS").count())`,
    ),
  );

function report(): void {
  const rows = NAMESPACES.map((namespace) => {
    const pods = podsOf(namespace);
    const { ready, task, seconds } = took[namespace] ?? {};
    return [namespace, pods.length, restarted(pods).length, ready, task, seconds].map((cell) =>
      String(cell ?? '-'),
    );
  });
  const heads = ['namespace', 'pods', 'restarts', 'ready after s', 'task', 'answered in s'];
  const widths = heads.map((head, i) =>
    Math.max(...[head, ...rows.map((row) => row[i])].map((cell) => String(cell).length)),
  );
  for (const row of [heads, ...rows]) {
    process.stderr.write(`${row.map((cell, i) => cell.padEnd(Number(widths[i]))).join('  ')}\n`);
  }
}

(KUBECONFIG ? describe : describe.skip)('the reference tenants in a cluster', () => {
  let made = false;

  beforeAll(async () => {
    const there = lines(asked('get', ...ROOTS, '--ignore-not-found', '-o', 'name'));
    // It would be changed now and deleted at the end, with the data in it
    if (there.length > 0) throw new Error(`the cluster must not have ${there.join(', ')}`);
    made = true;
    asked('apply', '--server-side', '-k', render(join(__dirname, '..', '..', 'build', 'e2e')));
    await allReady(NAMESPACES, START);
    for (const namespace of NAMESPACES) took[namespace] = { ready: secondsToReady(podsOf(namespace)) };
  });

  afterAll(() => {
    if (!made) return;
    report();
    // The bench goes as a whole
    if (!STALK_BENCH) asked('delete', ...ROOTS, '--ignore-not-found');
  });

  it.each(NAMESPACES)('starts every pod of %s at the first try', (namespace) => {
    const pods = podsOf(namespace);

    expect(pods).not.toEqual([]);
    expect(restarted(pods)).toEqual([]);
  });

  it.each(TENANTS)('executes a task that the web side of %s sends', (tenant) => {
    const sent = Date.now();

    const answer = probe(tenant);

    took[tenant] = { ...took[tenant], task: 'done', seconds: (Date.now() - sent) / 1000 };
    expect(answer).toEqual({
      pod: expect.stringMatching(/^worker-default-/),
      queue: 'celery',
      received: 0,
      started: expect.any(Number),
    });
  });

  it('serves the app of typesafe, which asks its agents', () => {
    const answer = python(
      'typesafe',
      'import urllib.request; print(urllib.request.urlopen("http://localhost:8000/ask/why").read().decode())',
    );

    expect(JSON.parse(answer)).toEqual({ answer: 'why? 42' });
  });

  it.each(WITH_BEAT)('executes what the beat of %s sends, again and again', async (tenant) => {
    const task = 'documents.tasks.look_around';
    const before = finished(tenant, task);

    const end = Date.now() + PATIENCE * 1000;
    while (finished(tenant, task) < before + 2 && Date.now() < end) await sleep(1000);

    expect(finished(tenant, task)).toBeGreaterThanOrEqual(before + 2);
  });

  it.each(BROKERS)('needs no right that the users of the Redis in %s do not have', (namespace) => {
    expect(redis(namespace, 'acl log')).toBe('');
    expect(redis(namespace, 'info clients')).toMatch(/^connected_clients:([5-9]|\d\d)/m);
  });

  it.each([
    ['tenant-a', 'redis.broker-shared', 6379, true],
    ['typesafe', 'redis.typesafe', 6379, true],
    ['tenant-a', 'redis.typesafe', 6379, false],
    ['typesafe', 'redis.broker-shared', 6379, false],
    ['tenant-a', 'redis-headless.typesafe', 6379, false],
    ['tenant-a', 'web.tenant-b', 8000, false],
    ['typesafe', 'kubernetes.default', 443, false],
  ])('lets %s connect to %s, port %i: %s', (tenant, host, port, open) => {
    expect(connects(tenant, host, port)).toBe(open);
  });

  it('keeps the keys of one tenant from the other on the broker that they share', () => {
    const read = (key: string): string =>
      python(
        'tenant-a',
        `import os, redis
try: print(redis.from_url(os.environ["PAPERLESS_REDIS"]).get("${key}"))
except redis.exceptions.NoPermissionError: print("refused")`,
      );

    expect(read('tenant-a:nothing')).toBe('None');
    expect(read('tenant-b:nothing')).toBe('refused');
    expect(redis('broker-shared', 'acl log')).toContain('tenant-a-web');
  });

  it.each([
    ['typesafe', ['typesafe']],
    ['broker-shared', WITH_BEAT],
  ])('works on with a new pod of the Redis in %s', async (namespace, served) => {
    asked('delete', 'pod', 'redis-0', '-n', namespace);
    await allReady([namespace, ...served], START);

    const answers = served.map(probe);

    expect(answers).toEqual(served.map(() => expect.objectContaining({ queue: 'celery' })));
  });

  it('restarted nothing in all that time', () => {
    expect(restarted(NAMESPACES.flatMap(podsOf))).toEqual([]);
  });
});
