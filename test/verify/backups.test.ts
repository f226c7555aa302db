// What verify says of backups and drills, by each way in which one may have ended.

import type { Cluster, ObjectRef, Pod } from '../../lib/cluster';
import { platforms } from '../../lib';
import { backedUp, backups } from '../../lib/verify/checks/backups';
import type { RunsHere } from '../../lib/verify/checks/backups';
import { crons } from '../../lib/verify/checks/crons';
import type { CronJobHere } from '../../lib/verify/checks/crons';
import { rightsFor } from '../../lib/verify/rights';
import type { CheckOutcome, SectionOfChecks } from '../../lib/verify/section';
import { worldOf } from '../../lib/verify/world';
import type { World } from '../../lib/verify/world';
import { plain, tenantOf } from '../support/synth';

const RUN = {
  about: { id: 'backups.last', subject: 'broker-main CronJob/redis-backup', expected: 'all well' },
  schedule: '7 */6 * * *',
  runbook: 'docs/runbooks/BackupFailed.md',
};
const NOW = new Date('2026-11-29T20:00:00Z');

const cronJob = (status: CronJobHere['status'], suspend = false): CronJobHere => ({
  metadata: { name: 'redis-backup', creationTimestamp: '2026-11-01T10:00:00Z' },
  spec: { suspend },
  ...(status && { status }),
});

const pod = (name: string, created: string, message: string, failed?: 'dump' | 'store'): Pod => {
  const ended = (container: string) => ({
    name: container,
    restartCount: 0,
    state: {
      terminated: {
        exitCode: failed === container ? 1 : 0,
        ...((failed ?? 'store') === container && { message }),
      },
    },
  });
  return {
    metadata: { name, creationTimestamp: created },
    spec: { containers: [{ name: 'store' }] },
    status: {
      phase: failed === undefined ? 'Succeeded' : 'Failed',
      initContainerStatuses: [ended('dump')],
      containerStatuses: failed === 'dump' ? [] : [ended('store')],
    },
  };
};

const STORED =
  '{"ok":true,"snapshot":"745c1db2","time":"2026-11-29T18:09:00Z","bytes":40960,"added":5120,"keys":142,"redis":"7.0.15","seconds":3}\n';
const GOOD = pod('redis-backup-29-x', '2026-11-29T18:07:00Z', STORED);
const OLDER = pod('redis-backup-28-x', '2026-11-29T12:07:00Z', STORED.replace('745c1db2', 'aaaa1111'));
const FAILED = [
  pod('redis-backup-29-a', '2026-11-29T18:07:00Z', '{"ok":false,"why":"store: no route"}', 'store'),
  pod(
    'redis-backup-29-b',
    '2026-11-29T18:09:00Z',
    '{"ok":false,"why":"dump: no Redis to dump from"}',
    'dump',
  ),
];

const WENT_WELL = { lastScheduleTime: '2026-11-29T18:07:00Z', lastSuccessfulTime: '2026-11-29T18:09:01Z' };
const WENT_WRONG = { lastScheduleTime: '2026-11-29T18:07:00Z', lastSuccessfulTime: '2026-11-29T12:09:01Z' };
const STORED_TEXT =
  'the last that went well ended 2026-11-29T18:09:01Z: snapshot 745c1db2 of 2026-11-29T18:09:00Z, 40960 bytes, 142 keys, 3 s';
const BEFORE =
  'the last that went well ended 2026-11-29T12:09:01Z: snapshot aaaa1111 of 2026-11-29T18:09:00Z, 40960 bytes, 142 keys, 3 s';

interface Told {
  readonly verdict: 'ok' | 'failed';
  readonly found: string;
  readonly detail?: string;
}

describe('a backup', () => {
  test.each<[string, Partial<RunsHere>, Told]>([
    [
      'went well: its snapshot, size and keys are in the report',
      { cronJob: cronJob(WENT_WELL), pods: [OLDER, GOOD] },
      { verdict: 'ok', found: STORED_TEXT },
    ],
    [
      'went well, and its pod is gone',
      { cronJob: cronJob(WENT_WELL) },
      { verdict: 'ok', found: 'the last that went well ended 2026-11-29T18:09:01Z' },
    ],
    [
      'failed: what the pod that failed last has said',
      { cronJob: cronJob(WENT_WRONG), pods: [...FAILED, OLDER] },
      {
        verdict: 'failed',
        found: `the run of 2026-11-29T18:07:00Z failed: dump: no Redis to dump from; ${BEFORE}`,
        detail: RUN.runbook,
      },
    ],
    [
      'failed as the first one, and took too long',
      { cronJob: cronJob({ lastScheduleTime: '2026-11-29T18:07:00Z' }) },
      {
        verdict: 'failed',
        found:
          'the run of 2026-11-29T18:07:00Z failed: its pods are gone, so it took longer than an hour, or somebody deleted them; none went well yet',
        detail: RUN.runbook,
      },
    ],
    [
      'runs now',
      { cronJob: cronJob({ ...WENT_WRONG, active: [{}] }), pods: [OLDER] },
      { verdict: 'ok', found: `a run of 2026-11-29T18:07:00Z is going; ${BEFORE}` },
    ],
    [
      'was not started when it was due',
      { cronJob: cronJob(WENT_WELL), pods: [GOOD], now: new Date('2026-11-30T01:08:00Z') },
      {
        verdict: 'failed',
        found: `the run of 2026-11-30T00:07:00.000Z was not started; ${STORED_TEXT}`,
        detail: 'docs/runbooks/BackupTooOld.md',
      },
    ],
    [
      'may be late by an hour',
      { cronJob: cronJob(WENT_WELL), pods: [GOOD], now: new Date('2026-11-30T01:06:00Z') },
      { verdict: 'ok', found: STORED_TEXT },
    ],
    [
      'was never started',
      { cronJob: cronJob(undefined) },
      {
        verdict: 'failed',
        found: 'the run of 2026-11-01T12:07:00.000Z was not started; none went well yet',
        detail: 'docs/runbooks/BackupTooOld.md',
      },
    ],
    [
      'was not due yet',
      { cronJob: cronJob(undefined), now: new Date('2026-11-01T11:00:00Z') },
      { verdict: 'ok', found: 'it was not due yet' },
    ],
    [
      'was started by hand before it was due, and went well',
      {
        cronJob: cronJob({ lastSuccessfulTime: '2026-11-29T18:09:01Z' }),
        pods: [GOOD],
        now: new Date('2026-11-01T11:00:00Z'),
      },
      { verdict: 'ok', found: `it was not due yet; ${STORED_TEXT}` },
    ],
    [
      'was started by hand after a good one, and failed',
      {
        cronJob: cronJob({ ...WENT_WELL, lastSuccessfulTime: '2026-11-29T18:08:01Z' }),
        pods: [OLDER, ...FAILED],
      },
      {
        verdict: 'failed',
        found:
          'the run by hand of 2026-11-29T18:09:00Z failed: dump: no Redis to dump from; the last that went well ended 2026-11-29T18:08:01Z: snapshot aaaa1111 of 2026-11-29T18:09:00Z, 40960 bytes, 142 keys, 3 s',
        detail: RUN.runbook,
      },
    ],
    [
      'failed the first time, and went well the second',
      { cronJob: cronJob(WENT_WELL), pods: [FAILED[0], GOOD].flatMap((one) => one ?? []) },
      { verdict: 'ok', found: STORED_TEXT },
    ],
    [
      'is suspended',
      { cronJob: cronJob(WENT_WELL, true), pods: [GOOD] },
      {
        verdict: 'failed',
        found: `it is suspended; ${STORED_TEXT}`,
        detail: 'kubectl patch it with {"spec":{"suspend":false}}',
      },
    ],
    [
      'is not there',
      {},
      { verdict: 'failed', found: 'it is not there', detail: 'apply the rendered folder' },
    ],
  ])('%s', (_, here, told) => {
    expect(backedUp(RUN, { cronJob: undefined, pods: [], now: NOW, ...here })).toMatchObject(told);
  });
});

const to = { kind: 's3', endpoint: 'https://s3.example.com', bucket: 'backups' } as const;
const DRILLED =
  '{"ok":true,"snapshot":"745c1db2","time":"2026-11-29T18:00:00Z","keys":140,"expired":2,"messages":50,"unacked":4,"etas":1,"letters":2,"results":77,"redbeat":0,"seconds":3}';

function worldWith(drill: false | undefined): World {
  const backup = { to, ...(drill === false && { drill }) };
  const [platform] = platforms({
    environments: [plain],
    tenants: [tenantOf({ broker: { topology: 'standalone', backup } })],
  });
  const now = new Date().toISOString();
  const cluster = {
    read: ({ name }: ObjectRef) =>
      Promise.resolve({ ...cronJob({ lastScheduleTime: now, lastSuccessfulTime: now }), metadata: { name } }),
    list: (_: unknown, __: string, labels: Readonly<Record<string, string>>) =>
      Promise.resolve(
        labels['app.kubernetes.io/instance'] === 'redis-drill' ? [pod('drill', now, DRILLED)] : [],
      ),
  } as unknown as Cluster;
  return worldOf(cluster, platform!, ['acme'], { maxWait: 1, disruptive: false });
}

async function all(section: SectionOfChecks, world: World): Promise<readonly CheckOutcome[]> {
  const found: CheckOutcome[] = [];
  for await (const finding of section.run(world)) found.push(finding);
  return found;
}

describe('a broker with backups', () => {
  test('is asked for its last backup and its last drill, with what the drill has counted', async () => {
    const [last, drill] = await all(backups, worldWith(undefined));

    expect(last).toMatchObject({ id: 'backups.last', subject: 'acme CronJob/redis-backup', verdict: 'ok' });
    expect(drill).toMatchObject({ id: 'backups.drill', subject: 'acme CronJob/redis-drill', verdict: 'ok' });
    expect(drill?.found).toContain(
      ': snapshot 745c1db2 of 2026-11-29T18:00:00Z, 140 keys, 2 keys whose time is over, 50 messages, 4 in hand, 1 with a time, 77 results, 3 s',
    );
  });

  test('without drills says that nobody knows', async () => {
    expect((await all(backups, worldWith(false))).at(-1)).toMatchObject({
      id: 'backups.drill',
      verdict: 'skipped',
      found: 'drill is false: nobody knows whether a backup comes back',
    });
  });

  test('needs no right that verify does not ask for, and is looked at once', async () => {
    const world = worldWith(undefined);

    expect(await all(crons, world)).toEqual([]);
    for (const right of [
      { verb: 'get', group: 'batch', resource: 'cronjobs' },
      { verb: 'list', group: '', resource: 'pods' },
    ])
      expect(rightsFor(world)).toContainEqual({ ...right, namespace: 'acme' });
  });
});

test('a broker without backups is not asked', async () => {
  const [platform] = platforms({ environments: [plain], tenants: [tenantOf()] });

  expect(
    await all(backups, worldOf({} as Cluster, platform!, ['acme'], { maxWait: 1, disruptive: false })),
  ).toEqual([]);
});
