// What verify makes of the answers of a cluster, with answers as they came from a real one.

import type { Pod } from '../../lib/cluster';
import { connected, effective } from '../../lib/verify/checks/apps';
import { ClusterError, configOf, connectedClients, infoOf } from '../../lib/cluster';
import { guarded } from '../../lib/verify/section';
import { connectionsCheck, memoryOf } from '../../lib/verify/checks/capacity';
import { survived, workOf } from '../../lib/verify/checks/killed';
import { closed, staysClosed, listeners } from '../../lib/verify/checks/isolation';
import { clean, roomOn, saved } from '../../lib/verify/checks/persistence';
import { nodesOf, ready, strands } from '../../lib/verify/checks/pods';
import { noDeadLetters, probed, structured } from '../../lib/verify/checks/queues';
import { comparedConfig } from '../../lib/verify/checks/redis';
import { inTime } from '../../lib/verify/checks/times';
import { workersAnswer, scheduleIsKept, onPrimary } from '../../lib/verify/checks/workers';
import { differences, differencesInWords } from '../../lib/verify/compare';
import { directives } from '../../lib/verify/world';
import { platforms } from '../../lib';
import { environments } from '../reference/environments';
import { tenants } from '../reference/tenants';

const about = { id: 'a.check', subject: 'acme', expected: 'all well' };
const [dev] = platforms({ environments, tenants });
const resolved = (name: string) => dev!.tenants.find((tenant) => tenant.name === name)!;

const pod = (
  name: string,
  changes: { readonly ready?: boolean; readonly port?: number; readonly restarts?: number } = {},
): Pod => ({
  metadata: { name, namespace: 'acme', labels: { 'app.kubernetes.io/component': name.split('-')[0]! } },
  spec: {
    nodeName: 'n1',
    containers: [
      { name: 'main', ...(changes.port !== undefined && { ports: [{ containerPort: changes.port }] }) },
    ],
  },
  status: {
    phase: 'Running',
    podIP: '10.244.1.5',
    conditions: [{ type: 'Ready', status: changes.ready === false ? 'False' : 'True' }],
    containerStatuses: [
      {
        name: 'main',
        restartCount: changes.restarts ?? 0,
        lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
      },
    ],
  },
});

describe('an object', () => {
  test('is as rendered with what the API server adds, and quantities in another spelling', () => {
    const wanted = { spec: { replicas: 1, cpu: '1000m', memory: '1Gi', ports: [{ port: 80 }], empty: {} } };
    const got = {
      spec: { replicas: 1, cpu: '1', memory: '1024Mi', ports: [{ port: 80, protocol: 'TCP' }], more: 1 },
    };

    expect(differences(wanted, got)).toEqual([]);
  });

  test('fails when a value, a list or a part of it differs, by its path', () => {
    const found = differences({ a: { b: [1, 2] }, c: 'x', d: { e: 1 } }, { a: { b: [1] }, c: 'y' });

    expect(differencesInWords(found)).toBe('a.b is [1], not [1,2]; c is y, not x; d is nothing, not {"e":1}');
  });
});

describe('a file in an object', () => {
  const settings = (value: object): object => ({ data: { 'settings.json': JSON.stringify(value, null, 2) } });

  test('fails by the setting that is changed, missing or added', () => {
    const found = differences(settings({ a: { b: 1 }, c: 2 }), settings({ a: { b: 3 }, d: 4 }));

    expect(differencesInWords(found)).toBe(
      'data.settings.json.a.b is 3, not 1; data.settings.json.c is nothing, not 2; data.settings.json.d is 4, not nothing',
    );
  });

  test('fails by the first line that differs', () => {
    const conf = (...lines: readonly string[]): object => ({ data: { 'redis.conf': lines.join('\n') } });

    const found = [conf('a', 'c', ''), conf('a', 'b', '', 'd'), conf('a')].map((got) =>
      differencesInWords(differences(conf('a', 'b', ''), got)),
    );

    expect(found).toEqual([
      'data.redis.conf line 2 is c, not b',
      'data.redis.conf line 4 is d, not nothing',
      'data.redis.conf line 2 is nothing, not b',
    ]);
  });

  test('is as rendered when it is the same, line by line', () => {
    expect(differences(settings({ a: 1, b: [] }), settings({ a: 1, b: [] }))).toEqual([]);
  });
});

describe('the configuration of a Redis', () => {
  const wanted = directives('# said\nmaxmemory 100\nmaxmemory-policy noeviction\nsave ""\ninclude /run/x\n');

  test('is compared with what CONFIG GET answers', () => {
    const got = configOf('maxmemory\n100\nmaxmemory-policy\nnoeviction\nsave\n\nport\n6379');

    expect(comparedConfig(about, wanted, got)).toMatchObject({
      verdict: 'ok',
      found: 'all 4 directives as rendered',
    });
  });

  test('fails when somebody set another policy', () => {
    const got = configOf('maxmemory\n100\nmaxmemory-policy\nallkeys-lru');

    expect(comparedConfig(about, wanted, got)).toMatchObject({
      verdict: 'failed',
      found: 'maxmemory-policy is allkeys-lru, not noeviction',
    });
  });
});

describe('connectivity', () => {
  test('holds when every URL answers PONG', () => {
    const answer = { broker_url: { said: 'PONG', ms: 48, address: 'redis:6379/0' } };

    expect(connected(about, answer)).toMatchObject({
      verdict: 'ok',
      found: 'broker_url redis:6379/0: PONG in 48 ms',
    });
  });

  test('fails when the password is wrong', () => {
    const said = 'it does not take our user and password (yet)';

    const { verdict, found } = connected(about, { broker_url: { said, ms: 5, address: 'redis:6379/0' } });

    expect([verdict, found]).toEqual(['failed', `broker_url redis:6379/0: ${said} in 5 ms`]);
  });

  test('fails when the app has no Redis URL at all', () => {
    expect(connected(about, {})).toMatchObject({ verdict: 'failed', found: 'no Redis URL in its settings' });
  });

  test('fails when a setting is another in the pod', () => {
    const finding = effective(about, [{ name: 'task_acks_late', wanted: 'true', got: 'false' }]);

    expect(finding).toMatchObject({ verdict: 'failed', found: 'task_acks_late is false, not true' });
  });
});

describe('a probe', () => {
  const here = { tenant: resolved('typesafe') };

  test('holds when a worker of the pool executed it', () => {
    const finding = probed(here, 'celery', { pod: 'worker-default-66-x6', seconds: 0.413 }, 120);

    expect(finding).toMatchObject({ verdict: 'ok', found: 'executed by worker-default-66-x6 in 0.41 s' });
  });

  test('holds by the count of the workers where the app keeps no results', () => {
    expect(probed(here, 'celery', { pod: '', seconds: 1 }, 120)).toMatchObject({ verdict: 'ok' });
  });

  test.each([
    ['nobody answers', { error: 'TimeoutError: The operation timed out.' }],
    ['Redis is full', { error: "OutOfMemoryError: command not allowed when used memory > 'maxmemory'." }],
    ['a stranger executed it', { pod: 'else-1', seconds: 1 }],
    ['nothing was said of it', undefined],
  ])('fails when %s', (_when, answer) => {
    expect(probed(here, 'celery', answer, 120).verdict).toBe('failed');
  });
});

describe('the structure of a queue', () => {
  const here = { tenant: resolved('typesafe') };
  const one = (waiting: Record<string, number>, bound = true, astray = 0) =>
    structured(here, { queues: { celery: { waiting, bound, astray } }, unacked: 2 })[0];

  test('tells the depth of each priority and what is in flight', () => {
    expect(one({ 0: 3, 3: 0, 6: 4 })).toMatchObject({
      verdict: 'ok',
      found: 'bound, 7 waiting (3 of priority 0, 4 of priority 6), 2 of the tenant in flight',
    });
  });

  test('fails when the queue is not bound', () => {
    expect(one({ 0: 0 }, false)).toMatchObject({
      verdict: 'failed',
      found: expect.stringMatching(/^not bound/),
    });
  });

  test('fails when a producer has other priorities than the workers', () => {
    expect(one({ 0: 1 }, true, 5)).toMatchObject({
      verdict: 'failed',
      found:
        'bound, 1 waiting (1 of priority 0), 5 in lists of other priorities, which nobody takes, 2 of the tenant in flight',
    });
  });

  test('fails when 500 wait, and holds at 499', () => {
    expect([one({ 0: 499 })?.verdict, one({ 0: 500 })?.verdict]).toEqual(['ok', 'failed']);
  });
});

describe('dead letters', () => {
  const here = { tenant: resolved('typesafe') };
  const none = { count: 0, dropped: 0, oldest: [] };

  test('are none where all is well', () => {
    expect(noDeadLetters(here, none).verdict).toBe('ok');
  });

  test('fail, with the oldest of them and the command that sends them again or drops them', () => {
    const oldest = ['4f1c  shop.thumbnail  2026-11-29T10:00:00+00:00  begun again 5 times'];

    expect(noDeadLetters(here, { ...none, count: 1, oldest })).toMatchObject({
      verdict: 'failed',
      found: `1 dead letters; ${oldest.join()}`,
      detail: expect.stringContaining(
        'kubectl exec -n typesafe deploy/worker-default -- python3 /opt/stalk/stalk_celery.py dead-letters send|drop',
      ),
    });
  });

  test('that had no room fail when the others are dropped', () => {
    expect(noDeadLetters(here, { ...none, dropped: 3 })).toMatchObject({
      verdict: 'failed',
      found: expect.stringContaining('3 more had no room'),
    });
  });
});

describe('isolation', () => {
  test('holds when every attempt was refused', () => {
    expect(staysClosed(about, { 'read a key': 'refused', publish: 'refused' }).verdict).toBe('ok');
  });

  test('fails when one attempt was allowed, and says which', () => {
    expect(staysClosed(about, { 'read a key': 'refused', publish: 'allowed: 0' })).toMatchObject({
      verdict: 'failed',
      found: 'publish: allowed: 0',
    });
  });

  test('fails when nothing was tried', () => {
    expect(staysClosed(about, {}).verdict).toBe('failed');
  });

  test('tries one pod of each kind that listens', () => {
    const pods = [
      pod('web-1', { port: 8000 }),
      pod('web-2', { port: 8000 }),
      pod('worker-1'),
      pod('redis-0', { port: 6379 }),
    ];

    expect(listeners(pods).map(({ name, port }) => `${name} ${port}`)).toEqual([
      'acme/web-1 8000',
      'acme/redis-0 6379',
    ]);
  });

  test.each([
    ['ok', 'closed (timed out)'],
    ['failed', 'open'],
    ['failed', undefined],
  ])('is %s when a connection is %s', (verdict, answer) => {
    const foreign = [{ name: 'acme/web-1', host: '10.0.0.1', port: 8000 }];

    expect(closed(about, foreign, answer === undefined ? {} : { '10.0.0.1 8000': answer }).verdict).toBe(
      verdict,
    );
  });
});

describe('memory and connections', () => {
  const { broker } = resolved('typesafe');
  const redis = broker.redis.topology === 'external' ? undefined : broker.redis;
  const server = { redis: redis!, clients: [resolved('typesafe')], use: 'broker' } as const;
  const info = (used: number) =>
    infoOf(`# Memory\r\nused_memory:${used}\r\nmaxmemory:1000\r\nused_memory_peak:900\r\n`);

  test.each([
    [799, 'ok'],
    [800, 'failed'],
  ])('of %i bytes of 1000 are %s', (used, verdict) => {
    expect(memoryOf({ subject: 'acme', server }, info(used)).verdict).toBe(verdict);
  });

  test('of a cache may be full', () => {
    expect(memoryOf({ subject: 'acme', server: { ...server, use: 'cache' } }, info(1000)).verdict).toBe('ok');
  });

  test('are counted by user, against what was computed', () => {
    const list =
      'id=3 addr=10.244.1.5:48990 age=5 user=typesafe cmd=brpop\nid=4 addr=127.0.0.1:1 user=admin cmd=client|list\n';
    const users = connectedClients(list).map((client) => client.get('user') ?? '');

    const found = connectionsCheck(
      { subject: 'acme', server },
      infoOf('connected_clients:2\nrejected_connections:0'),
      users,
    );

    expect(found.map(({ id, verdict, found: text }) => [id, verdict, text])).toEqual([
      ['capacity.connections', 'ok', '2 connected, 0 refused since its start'],
      ['capacity.computed', 'ok', '1 connected'],
      ['capacity.strangers', 'ok', '1 (admin)'],
    ]);
  });

  test('leave out the web side of an app that caches on the broker', () => {
    const users = Array.from({ length: 200 }, () => 'paless-web');

    const found = connectionsCheck(
      { subject: 'paless', server: { ...server, clients: [resolved('paless')] } },
      infoOf('connected_clients:200\nrejected_connections:0'),
      users,
    );

    expect(found.map(({ verdict, found: text }) => [verdict, text])).toContainEqual(['ok', '0 connected']);
  });

  test('fail when connections were refused, when clients leak and when strangers come', () => {
    const users = [
      ...Array.from({ length: 200 }, () => 'typesafe'),
      ...Array.from({ length: 9 }, () => 'mallory'),
    ];

    const found = connectionsCheck(
      { subject: 'acme', server },
      infoOf('connected_clients:209\nrejected_connections:3'),
      users,
    );

    expect(found.map(({ verdict }) => verdict)).toEqual(['failed', 'failed', 'failed']);
  });
});

describe('persistence', () => {
  const good =
    'aof_enabled:1\r\naof_last_write_status:ok\r\naof_last_bgrewrite_status:ok\r\nrdb_last_bgsave_status:ok\r\nrdb_changes_since_last_save:76\r\n';

  test('holds when the AOF is on and the last write and save were', () => {
    expect(saved(about, infoOf(good)).verdict).toBe('ok');
  });

  test.each([
    ['the AOF is off', 'aof_enabled:1', 'aof_enabled:0'],
    ['the disk is full', 'aof_last_write_status:ok', 'aof_last_write_status:err'],
    ['a save failed', 'rdb_last_bgsave_status:ok', 'rdb_last_bgsave_status:err'],
  ])('fails when %s', (_when, from, to) => {
    expect(saved(about, infoOf(good.replace(from, to))).verdict).toBe('failed');
  });

  const start = `1:C 21 Nov 2026 18:11:08.620 # oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo
1:C 21 Nov 2026 18:11:08.620 # Redis version=7.0.15, bits=64, commit=00000000, modified=0, pid=1, just started
1:C 21 Nov 2026 18:11:08.620 # Configuration loaded
1:M 21 Nov 2026 18:11:08.621 # Server initialized
1:M 21 Nov 2026 18:11:08.621 # WARNING Memory overcommit must be enabled! see vm.overcommit_memory
1:M 21 Nov 2026 18:11:08.625 * Ready to accept connections
1:M 21 Nov 2026 18:11:27.425 # Diskless rdb transfer, done reading from pipe, 1 replicas still up.
`;

  test('has a clean log after a start', () => {
    expect(clean(about, start)).toMatchObject({ verdict: 'ok', found: 'none in 7 lines' });
  });

  test('has a clean log where a replica was there before its primary', () => {
    const unable = '1:S 21 Nov 2026 21:48:01.377 # Unable to connect to MASTER: No such file or directory\n';
    const synced = '1:S 21 Nov 2026 21:48:03.500 * MASTER <-> REPLICA sync: Finished with success\n';

    const chosen = '1:M 21 Nov 2026 22:56:35.088 * MASTER MODE enabled (user request)\n';

    expect(clean(about, `${unable}${synced}`).verdict).toBe('ok');
    expect(clean(about, `${unable}${chosen}`).verdict).toBe('ok');
    expect(clean(about, `${synced}${unable}`).verdict).toBe('failed');
  });

  test('has a clean log where a replica lost its primary and found the next one', () => {
    const lost = '1:S 21 Nov 2026 21:48:01.377 # Connection with master lost.\n';
    const synced = '1:S 21 Nov 2026 21:48:03.500 * MASTER <-> REPLICA sync: Finished with success\n';

    expect([clean(about, `${lost}${synced}`).verdict, clean(about, lost).verdict]).toEqual(['ok', 'failed']);
  });

  test('has a clean log where a primary lost a replica that came back', () => {
    const lost = '1:M 21 Nov 2026 21:48:01.377 # Connection with replica 10.0.0.7:6379 lost.\n';
    const back = '1:M 21 Nov 2026 21:48:03.500 * Synchronization with replica 10.0.0.7:6379 succeeded\n';

    expect([clean(about, `${lost}${back}`).verdict, clean(about, lost).verdict]).toEqual(['ok', 'failed']);
  });

  test.each([
    '1:M 21 Nov 2026 22:56:35.088 # Setting secondary replication ID to d263352c, valid up to offset: 1.',
    '1:S 21 Nov 2026 22:58:46.337 # CONFIG REWRITE failed: Read-only file system',
  ])('has a clean log where sentinels chose a primary: %s', (line) => {
    expect(clean(about, line).verdict).toBe('ok');
  });

  test.each([
    '1:M 21 Nov 2026 18:20:00.000 # MISCONF Redis is configured to save RDB snapshots',
    '1:M 21 Nov 2026 18:20:00.000 # Error writing to the AOF file: No space left on device',
    '1:M 21 Nov 2026 18:20:00.000 * Background saving error',
  ])('fails with the log line %s', (line) => {
    const found = clean(about, `${start}${line}\n`);

    expect(found.verdict).toBe('failed');
    expect(found.detail?.split('\n')[0]).toBe(line);
  });

  test.each([
    ["1:M 1 Nov 2026 18:20:00.000 # Can't handle RDB format version 12", 'Another version of Redis'],
    ['1:M 1 Nov 2026 18:20:00.000 # Error writing: No space left on device', 'The volume of Redis is full'],
  ])('tells the way out of the log line %s', (line, page) => {
    expect(clean(about, line).detail).toContain(page);
  });

  test.each([
    [800, 200, 'ok', '80 % of 1000Ki'],
    [2_097_152, 0, 'failed', '100 % of 2Gi'],
  ])('with %d KiB in use and %d left is %s', (used, left, verdict, found) => {
    const text = `Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sdb ${used + left} ${used} ${left} 80% /data\n`;

    expect(roomOn(about, text)).toMatchObject({ verdict, found });
  });

  test('fails where nobody tells the use of the volume', () => {
    expect(roomOn(about, '').verdict).toBe('failed');
  });
});

describe('workers and beat', () => {
  test('hold when every ready worker answers, and no other', () => {
    expect(workersAnswer('acme', ['default@a', 'default@b'], ['default@a', 'default@b']).verdict).toBe('ok');
  });

  test.each([
    ['one is silent', ['default@a', 'default@b'], ['default@a'], /silent: default@b/],
    [
      'a stranger answers',
      ['default@a'],
      ['default@a', 'celery@laptop'],
      /not of a ready pod: celery@laptop/,
    ],
    ['there is none', [], [], /0 of 0/],
  ])('fail when %s', (_when, names, got, text) => {
    expect(workersAnswer('acme', names, got)).toMatchObject({
      verdict: 'failed',
      found: expect.stringMatching(text),
    });
  });

  test('fail when the schedule lacks an entry', () => {
    const scheduled = { subject: 'acme', scheduler: 'file', rendered: 2 };

    expect(scheduleIsKept(scheduled, { kept: 1, runs: 9, lacks: ['nightly'] })).toMatchObject({
      verdict: 'failed',
      found: '1 entries, sent 9 times; it lacks nightly',
    });
    expect(scheduleIsKept(scheduled, { kept: 2, runs: 9, lacks: [] }).verdict).toBe('ok');
  });
});

describe('times of the app', () => {
  const eta = (seconds: number) =>
    `longestDelay must be at least '${seconds}s' for task shop.later, which is sent with an eta in ${seconds} s, got '5s'; raise it`;
  const limit =
    "workers.default.timeLimit must be at least '100s' for task shop.slow, got '2s'; raise timeLimit";

  test('are fine when no pod has noticed any', () => {
    expect(inTime(about, ['', ''])).toMatchObject({ verdict: 'ok', found: 'none' });
  });

  test('fail with each line once, however many pods and delays there are', () => {
    expect(inTime(about, [`${eta(30)}\n${limit}\n`, '', `${eta(28)}\n${limit}\n`])).toMatchObject({
      verdict: 'failed',
      found: `${eta(28)}\n${limit}`,
      detail: expect.stringContaining('docs/operating.md'),
    });
  });
});

describe('the primary', () => {
  const worker = { name: 'acme/worker-1', address: '10.0.0.1', always: true };
  const web = { name: 'acme/web-1', address: '10.0.0.2', always: false };
  const primary = { pod: 'redis-0', role: 'master', clients: ['10.0.0.1'] };
  const replica = { pod: 'redis-replica-0', role: 'slave', clients: [] as string[] };

  test('is addressed when every client is there', () => {
    expect(onPrimary(about, [primary, replica], [worker, web])).toMatchObject({
      verdict: 'ok',
      found: 'redis-0 of 2 is primary',
    });
  });

  test.each([
    [
      'a client is on a replica',
      [primary, { ...replica, clients: ['10.0.0.2'] }],
      /web-1 is connected to redis-replica-0/,
    ],
    [
      'a worker is connected to nothing',
      [{ ...primary, clients: [] }, replica],
      /not connected: acme\/worker-1/,
    ],
    ['there are two primaries', [primary, { ...primary, pod: 'redis-1' }], /redis-0, redis-1 of 2/],
    ['there is none', [replica], /none of 1/],
  ])('fails when %s', (_when, roles, text) => {
    expect(onPrimary(about, roles, [worker, web])).toMatchObject({
      verdict: 'failed',
      found: expect.stringMatching(text),
    });
  });
});

describe('pods', () => {
  test('are told with their restarts', () => {
    expect(ready('acme', 1, [pod('web-1', { restarts: 2 })])).toMatchObject({
      verdict: 'ok',
      found: '1 ready; restarts: web-1/main 2 (the last: OOMKilled, exit code 137)',
    });
  });

  test('are told with the containers that keep them from being ready', () => {
    const statuses = [
      { name: 'redis', restartCount: 0, ready: false, state: { running: {} } },
      { name: 'users', restartCount: 9, ready: false, state: { waiting: { reason: 'CrashLoopBackOff' } } },
    ];
    const one = pod('redis-0', { ready: false });

    expect(
      ready('acme', 1, [{ ...one, status: { ...one.status, containerStatuses: statuses } }]).found,
    ).toContain('not ready: redis-0 (redis: its readiness probe fails, users: CrashLoopBackOff)');
  });

  test('are told with the init container or the sidecar that they wait for', () => {
    const main = {
      name: 'web',
      restartCount: 0,
      ready: false,
      state: { waiting: { reason: 'PodInitializing' } },
    };
    const proxy = { name: 'proxy', restartCount: 4, ready: false, state: { waiting: { reason: 'Error' } } };
    const wait = { ...main, name: 'wait-for-redis', state: { running: {} } };
    const toldOf = (init: object): string => {
      const one = pod('web-1', { ready: false });
      const status = { ...one.status, containerStatuses: [main], initContainerStatuses: [init] };
      return ready('acme', 1, [{ ...one, status } as Pod]).found;
    };

    expect(toldOf(proxy)).toContain('not ready: web-1 (proxy: Error); restarts: web-1/proxy 4');
    expect(toldOf(wait)).toContain('web-1 (wait-for-redis: it has not ended or is not ready)');
  });

  test.each([
    ['fewer are there', 2, [pod('web-1')]],
    ['one is not ready', 1, [pod('web-1', { ready: false })]],
    ['the workload is gone', undefined, []],
  ])('fail when %s', (_when, wanted, pods) => {
    expect(ready('acme', wanted, pods).verdict).toBe('failed');
  });

  test('are told with what holds them to a node', () => {
    const volume = {
      metadata: { name: 'pvc-1' },
      spec: {
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', values: ['n1'] }] }],
          },
        },
      },
    };

    const text = strands(pod('beat-1'), [
      { claim: 'data', places: nodesOf(volume) },
      { claim: 'schedule', places: nodesOf(volume) },
    ]);

    expect(text).toBe('beat-1 cannot leave n1, where its claims data, schedule are: if that dies, it waits');
    expect(strands(pod('beat-1'), [{ claim: 'files', places: [] }])).toBe('beat-1 can move from n1');
  });
});

describe('the task of a disruption', () => {
  test.each([
    [1650, 15],
    [5, 4],
  ])('ends before a soft limit of %i s: after %i s', (soft, seconds) => {
    expect(workOf({ soft })).toBe(seconds);
  });

  const held = { id: 'a-task', pod: 'worker-a', process: 9, started: 100.2 };

  test('shows something when another run has finished it', () => {
    const found = survived(about, held, { pod: 'worker-b', seconds: 7.4, started: 104 });

    expect(found).toMatchObject({
      verdict: 'ok',
      found: 'process 9 of worker-a was killed, worker-b finished its task after 7 s',
    });
  });

  test('shows nothing when it had ended before the kill', () => {
    expect(survived(about, held, { pod: 'worker-a', seconds: 0.1, started: 100.23 }).verdict).toBe('skipped');
  });
});

describe('a question', () => {
  const asks = async (error: Error): Promise<string[]> => {
    const verdicts: string[] = [];
    for await (const { verdict } of guarded(about, () => Promise.reject(error))) verdicts.push(verdict);
    return verdicts;
  };

  test('fails its check when nobody answers', async () => {
    expect(await asks(new ClusterError('no answer'))).toEqual(['failed']);
  });

  test('is skipped when this user may not ask it', async () => {
    expect(await asks(new ClusterError('pods is forbidden', 403))).toEqual(['skipped']);
  });
});
