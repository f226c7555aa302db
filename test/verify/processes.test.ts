// What verify says of processes: those that the clock starts, and those with an app of their own in part.

import type { Cluster, ContainerRef, KubeObject, ObjectRef } from '../../lib/cluster';
import { platforms } from '../../lib';
import type { Tenant } from '../../lib';
import { apps } from '../../lib/verify/checks/apps';
import { crons, ran } from '../../lib/verify/checks/crons';
import type { CronJobHere } from '../../lib/verify/checks/crons';
import { rightsFor } from '../../lib/verify/rights';
import type { CheckOutcome, SectionOfChecks } from '../../lib/verify/section';
import { worldOf } from '../../lib/verify/world';
import type { World } from '../../lib/verify/world';
import { plain, tenantOf } from '../support/synth';

const NAME = { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'nightly' } } as const;
const cronJob = (rest: Omit<CronJobHere, keyof KubeObject>): CronJobHere => ({ ...NAME, ...rest });

describe('a process that the clock starts', () => {
  test.each<[string, CronJobHere | undefined, string, string]>([
    ['is not there', undefined, 'failed', 'it is not there'],
    ['is suspended', cronJob({ spec: { suspend: true } }), 'failed', 'it is suspended'],
    ['was not due yet', cronJob({ spec: {}, status: {} }), 'ok', 'it was not due yet'],
    [
      'runs now',
      cronJob({ spec: {}, status: { lastScheduleTime: '2026-01-02T03:00:00Z', active: [{}] } }),
      'ok',
      'a run of 2026-01-02T03:00:00Z is going',
    ],
    [
      'went well the last time',
      cronJob({
        spec: {},
        status: { lastScheduleTime: '2026-01-02T03:00:00Z', lastSuccessfulTime: '2026-01-02T03:04:00Z' },
      }),
      'ok',
      'its last run began 2026-01-02T03:00:00Z; the last that went well ended 2026-01-02T03:04:00Z',
    ],
    [
      'failed the last time',
      cronJob({
        spec: {},
        status: { lastScheduleTime: '2026-01-02T03:00:00Z', lastSuccessfulTime: '2026-01-01T03:04:00Z' },
      }),
      'failed',
      'its last run began 2026-01-02T03:00:00Z; the last that went well ended 2026-01-01T03:04:00Z',
    ],
    [
      'never went well',
      cronJob({ spec: {}, status: { lastScheduleTime: '2026-01-02T03:00:00Z' } }),
      'failed',
      'its last run began 2026-01-02T03:00:00Z; the last that went well ended never',
    ],
  ])('%s', (_, found, verdict, text) => {
    expect(ran('acme CronJob/nightly', found)).toMatchObject({ verdict, found: text });
  });
});

const many: Tenant = tenantOf({
  broker: { topology: 'standalone' },
  workers: {
    default: { queues: ['celery'] },
    reports: { queues: ['reports'], app: { image: 'acme/reports:1', module: 'reports' } },
  },
  processes: {
    listener: { command: ['listen'] },
    resting: { command: ['rest'], atMostOne: true, replicas: 0 },
    sockets: { command: ['node', 'server.js'], port: 8000, app: { image: 'acme/sockets:1' } },
    nightly: { command: ['clean'], cron: '0 3 * * *' },
  },
});

/** Every workload has one ready pod; each is asked once. */
function worldWith(asked: (container: ContainerRef, module: string) => void): World {
  const [platform] = platforms({ environments: [plain], tenants: [many] });
  const refuses = (): never => {
    throw new Error('nobody asks this here');
  };
  const list = (_: unknown, namespace: string, selector: Readonly<Record<string, string>>) => {
    const name = String(selector['app.kubernetes.io/instance']);
    if (name === 'resting') return Promise.resolve([]);
    const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
    return Promise.resolve([
      { ...NAME, kind: 'Pod', metadata: { name, namespace }, spec: { containers: [{ name }] }, status },
    ]);
  };
  const cluster: Cluster = {
    context: 'here',
    server: 'http://here',
    version: refuses,
    missing: refuses,
    read: (({ name }: ObjectRef) =>
      Promise.resolve(name === 'nightly' ? cronJob({ spec: {} }) : undefined)) as Cluster['read'],
    list: list as unknown as Cluster['list'],
    exec: (container, { stdin = '' }) => {
      asked(container, (JSON.parse(stdin) as { module: string }).module);
      return Promise.resolve({
        stdout: '@@stalk{"connect":{"broker":{"said":"PONG","ms":1,"address":"redis"}},"settings":[]}',
        stderr: '',
        code: 0,
      });
    },
    proxied: refuses,
    logs: refuses,
    usage: refuses,
    create: refuses,
    delete: refuses,
  };
  return worldOf(cluster, platform!, ['acme'], { maxWait: 1, disruptive: false });
}

async function all(section: SectionOfChecks, world: World): Promise<readonly CheckOutcome[]> {
  const found: CheckOutcome[] = [];
  for await (const finding of section.run(world)) found.push(finding);
  return found;
}

test('each pod is asked about the app that it runs, and an image of a process’ own is left alone', async () => {
  const modules = new Map<string, string>();

  const found = await all(
    apps,
    worldWith(({ pod }, module) => modules.set(pod, module)),
  );

  expect(Object.fromEntries(modules)).toEqual({
    'worker-default': 'acme.tasks',
    'worker-reports': 'reports',
    listener: 'acme.tasks',
  });
  expect(found.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
  expect(found.filter(({ verdict }) => verdict === 'skipped')).toEqual([
    expect.objectContaining({ subject: 'acme Deployment/resting', found: 'scaled to 0' }),
    expect.objectContaining({
      subject: 'acme Deployment/sockets',
      found: 'it has an image of its own, which need not hold a Celery app',
    }),
  ]);
});

test('what the clock starts is looked at, and reading it is a right that is asked for', async () => {
  const world = worldWith(() => undefined);

  expect(await all(crons, world)).toEqual([
    expect.objectContaining({ subject: 'acme CronJob/nightly', verdict: 'ok' }),
  ]);
  expect(rightsFor(world)).toContainEqual({
    verb: 'get',
    group: 'batch',
    resource: 'cronjobs',
    namespace: 'acme',
  });
});
