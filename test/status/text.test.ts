// How a look reads in a terminal: aligned, within its width, with colours only beside words.

import { statusText } from '../../lib/status';
import type { Shown, Status } from '../../lib/status';
import type { TenantStatus } from '../../lib/status/status';

const wide: Shown = { colour: false, runbooks: 'https://docs.example.com/runbooks' };

const tenant = (name: string, different: Partial<TenantStatus> = {}): TenantStatus => ({
  ...{ name, broker: 'main', state: 'ok', troubles: [] },
  pools: [{ name: 'worker-default', ready: 2, wanted: 2, away: [], deaf: false, atRest: false }],
  queues: [{ name: `tenant-${name}`, waiting: 0 }],
  inHand: { messages: 0, visibilityTimeout: 7230 },
  deadLetters: 0,
  ...different,
});

const acme = tenant('acme', {
  state: 'critical',
  troubles: [
    {
      state: 'critical',
      alert: 'QueueWaitsTooLong',
      text: 'queue tenant-acme: the next task waits for 12m04s, more than 10m00s',
    },
    { state: 'warning', text: '2 dead letters' },
  ],
  queues: [
    { name: 'tenant-acme', waiting: 1204, oldest: 724 },
    { name: 'tenant-acme.emails', waiting: 0 },
  ],
  inHand: { messages: 8, oldest: 31.4, visibilityTimeout: 3900 },
  beat: { ready: 1, wanted: 1, lastTick: 4 },
});

const status = (different: Partial<Status> = {}): Status => ({
  environment: 'production',
  cluster: 'prod-eu at 10.0.0.1:6443',
  at: '2026-11-29T18:10:05.000Z',
  alerts: { unknown: 'monitoring is off' },
  brokers: [
    {
      ...{ name: 'main', kind: 'shared', state: 'ok', troubles: [], primaries: ['redis-0'] },
      pods: { ready: 3, wanted: 3 },
      memory: { used: 41943040, max: 375809638 },
      connections: { used: 38, max: 10000 },
    },
  ],
  tenants: [acme, tenant('globex')],
  ...different,
});

test('a look is two tables, and what is wrong stands below its row', () => {
  expect(statusText(status(), wide).join('\n')).toBe(
    `
production on prod-eu at 10.0.0.1:6443 at 18:10:05 UTC
2 tenants, 1 broker; 1 not ok; alerts unknown: monitoring is off

BROKER  STATE  KIND    PRIMARY  PODS                   MEMORY  CONNECTIONS
main    ok     shared  redis-0   3/3  40 MiB of 358 MiB, 11 %  38 of 10000

TENANT                      STATE     WORKERS  WAITING  OLDEST  IN HAND           FOR    BEAT
acme                        critical      2/2     1204  12m04s        8  31s of 1h05m  4s ago
    queue tenant-acme: the next task waits for 12m04s, more than 10m00s [QueueWaitsTooLong]
    2 dead letters
  worker-default                          2/2
  queue tenant-acme                               1204  12m04s
  queue tenant-acme.emails                           0       -
globex                      ok            2/2        0       -        0             -       -
  worker-default                          2/2
  queue tenant-globex                                0       -

What to do about [Name]: https://docs.example.com/runbooks/Name.md`.trim(),
  );
});

test.each([120, 80, 64, 40])('no line is wider than a terminal of %d columns', (columns) => {
  const lines = statusText(status(), { ...wide, columns });

  expect(lines.filter((line) => line.length > columns)).toEqual([]);
  expect(lines.join('\n')).toContain('WAITING');
});

test('a narrow terminal shortens names before it leaves columns out', () => {
  const lines = statusText(status(), { ...wide, columns: 90 });

  expect(lines).toContain('  queue tenant-acme.em…                           0       -');
  expect(lines.join('\n')).toContain('BEAT');
});

test('colours are only in a terminal that has them, and only beside the word', () => {
  const plain = statusText(status(), { ...wide, columns: 80 });
  const coloured = statusText(status(), { ...wide, columns: 80, colour: true });

  expect(plain.join('')).not.toContain('\x1b');
  expect(coloured.join('')).toContain('\x1b[31mcritical\x1b[0m');
  // eslint-disable-next-line no-control-regex -- what a terminal takes for colours
  expect(coloured.map((line) => line.replace(/\x1b\[\d+m/g, ''))).toEqual(plain);
});

test('of many tenants, those that are well have one row each', () => {
  const others = Array.from({ length: 20 }, (_, i) => tenant(`tenant-${i + 10}`));
  const lines = statusText(status({ tenants: [acme, ...others] }), wide);

  expect(lines.filter((line) => line.startsWith('  worker-default'))).toHaveLength(1);
  expect(lines.filter((line) => line.startsWith('tenant-'))).toHaveLength(20);
});

test('the legend says why an age or a tick is not known', () => {
  const lines = statusText(
    status({
      tenants: [tenant('acme', { queues: [{ name: 'celery', waiting: 3 }], beat: { ready: 1, wanted: 1 } })],
    }),
    wide,
  ).slice(-2);

  expect(lines).toEqual([
    'OLDEST is unknown where messages do not say when they were sent: those of producers without the loader, and all while monitoring is off',
    'BEAT ticks, by its readiness; name up to 20 tenants to see when',
  ]);
});

test('alerts that fire are counted', () => {
  const firing = [{ name: 'TasksFail', severity: 'critical', summary: 's', since: '2026-11-29T18:00:00Z' }];

  expect(statusText(status({ alerts: { firing } }), wide)[1]).toContain('; 1 alert firing');
});
