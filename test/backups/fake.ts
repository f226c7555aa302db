/** A cluster in memory with a broker that has backups: its CronJobs, pods and claims, and what its Jobs would say. */
import type { Cluster, KubeObject, ObjectRef, Pod } from '../../lib/cluster';
import type { CronJob } from '../../lib/backups/job';

export const NAMESPACE = 'broker-main';
export const NOW = new Date('2026-11-29T20:00:00Z');

/** As drill.sh says it. */
export const COUNTED = [
  '0 queue tenant:acme:tenant-acme 40 1764446400.5 -',
  '0 queue tenant:acme:tenant-acme.reports 3 - -',
  '0 unacked tenant:acme:unacked 4 1764446000 -',
  '0 eta tenant:acme:unacked 1 - 2026-11-30T08:00:00+00:00',
  '0 letters tenant:acme:dead-letters 2 - -',
  '0 results tenant:acme:celery-task-meta- 77 - -',
  '0 queue tenant-globex 5 1764446000 -',
  '0 queue tenant-globex\\x06\\x163 2 1764445000 -',
  '0 other left:behind: 7 - -',
].join('\n');

const FACTS = { ok: true, snapshot: '745c1db2', time: '2026-11-29T18:00:00Z', keys: 140, expired: 2 };

export const SNAPSHOTS = [
  { short_id: 'aaaa1111', time: '2026-11-29T12:00:00Z', tags: ['keys=90'] },
  { short_id: '745c1db2', time: '2026-11-29T18:00:00Z', tags: ['keys=142'] },
];

const container = (name: string, script: string, verb?: string) => ({
  name,
  command: ['sh', `/opt/redis/${script}`, ...(verb === undefined ? [] : [verb])],
  env: [{ name: 'RESTIC_REPOSITORY', value: 's3:https://s3.example.com/backups/live' }],
});

const cronJob = (name: string, first: object, second: object): CronJob => ({
  metadata: { name, namespace: NAMESPACE },
  spec: {
    schedule: '7 */6 * * *',
    jobTemplate: {
      metadata: { labels: { 'app.kubernetes.io/component': name } },
      spec: {
        template: {
          metadata: { labels: { 'app.kubernetes.io/component': name } },
          spec: { initContainers: [first], containers: [second] },
        },
      } as CronJob['spec']['jobTemplate']['spec'],
    },
  },
});

const CRON_JOBS: Readonly<Record<string, CronJob>> = {
  'redis-drill': cronJob(
    'redis-drill',
    container('fetch', 'restore.sh', 'fetch'),
    container('drill', 'drill.sh'),
  ),
  'redis-backup': cronJob('redis-backup', container('dump', 'dump.sh'), container('store', 'store.sh')),
};

export interface Here {
  /** What the living Redis holds, as drill.sh would say it; undefined: no Redis answers. */
  readonly living?: string;
  /** What a Job's container says instead of its work. */
  readonly failure?: string;
  /** Names of the Redis pods. */
  readonly redis?: readonly string[];
  /** Times that the init container of the new pod fails. */
  readonly failures?: number;
  /** Keys that the new Redis has loaded. */
  readonly loaded?: number;
  readonly sentinels?: readonly string[];
  /** What copy.sh says. */
  readonly copies?: { readonly stdout?: string; readonly stderr?: string; readonly code: number };
}

interface Fake {
  readonly cluster: Cluster;
  /** Objects made and deleted, and programs run in pods, in order. */
  readonly done: readonly string[];
  readonly made: readonly KubeObject[];
  /** What a program got besides its arguments. */
  readonly inputs: readonly string[];
}

interface Job extends KubeObject {
  readonly spec: CronJob['spec']['jobTemplate']['spec'];
}

export function fakeCluster(here: Here): Fake {
  const done: string[] = [];
  const made: KubeObject[] = [];
  const inputs: string[] = [];
  const jobs = new Map<string, Job>();
  const anew = new Set<string>();
  let failures = here.failures ?? 0;
  const names = here.redis ?? ['redis-0'];

  const redis = (name: string): Pod => {
    const restored = name !== 'redis-0' || !anew.has(name) || failures-- <= 0;
    const restore = restored
      ? { state: { terminated: { exitCode: 0 } } }
      : {
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 1, message: 'the store does not answer: no route' } },
        };
    return {
      metadata: {
        name,
        namespace: NAMESPACE,
        uid: `${name}${anew.has(name) ? '-anew' : ''}`,
        labels: { 'app.kubernetes.io/component': 'redis' },
      },
      spec: {
        containers: [{ name: 'redis' }],
        volumes: [{ name: 'redis-data', persistentVolumeClaim: { claimName: `redis-data-${name}` } }],
      },
      status: {
        phase: 'Running',
        podIP: '10.1.2.3',
        initContainerStatuses: anew.has(name) ? [{ name: 'restore', restartCount: 0, ...restore }] : [],
        containerStatuses: [{ name: 'redis', restartCount: 0, state: { running: {} } }],
      },
    };
  };
  const sentinel = (name: string): Pod => ({
    metadata: { name, namespace: NAMESPACE, labels: { 'app.kubernetes.io/component': 'sentinel' } },
    spec: { containers: [] },
    status: { phase: 'Running' },
  });
  const jobPod = (job: Job): Pod => {
    const { initContainers = [], containers } = job.spec.template.spec;
    const holds = containers.some(({ env = [] }) => env.some(({ name }) => name === 'HOLD'));
    const terminated =
      here.failure === undefined
        ? { exitCode: 0, message: '{"ok":true}' }
        : { exitCode: 1, message: `{"ok":false,"why":"${here.failure}"}\n` };
    const state = holds && here.failure === undefined ? { running: {} } : { terminated };
    return {
      metadata: { name: `${job.metadata.name}-x`, namespace: NAMESPACE },
      spec: { containers: [] },
      status: {
        phase: here.failure === undefined ? (holds ? 'Running' : 'Succeeded') : 'Failed',
        initContainerStatuses: initContainers.map(({ name }) => ({
          name,
          restartCount: 0,
          state: { terminated: { exitCode: 0 } },
        })),
        containerStatuses: containers.map(({ name }) => ({ name, restartCount: 0, state })),
      },
    };
  };

  const cluster: Cluster = {
    context: 'prod-eu',
    server: 'https://10.0.0.1:6443',
    version: () => Promise.resolve('v1.34.2'),
    missing: () => Promise.resolve([]),
    read: (({ kind, name }: ObjectRef) =>
      Promise.resolve(kind === 'CronJob' ? CRON_JOBS[name] : redis(name))) as Cluster['read'],
    list: ((_kind: unknown, _namespace: string, labels: Readonly<Record<string, string>> = {}) => {
      const job = jobs.get(String(labels['job-name']));
      if (labels['job-name'] !== undefined) return Promise.resolve(job ? [jobPod(job)] : []);
      return Promise.resolve([...names.map(redis), ...(here.sentinels ?? []).map(sentinel)]);
    }) as Cluster['list'],
    exec: ({ pod }, { argv, stdin }) => {
      const [, script = '', text = '', , ...args] = argv;
      if (stdin !== undefined) inputs.push(stdin);
      if (script !== '-c') {
        done.push(`run ${argv.join(' ')} in ${pod.replace(/-[0-9a-f]{6}-x$/, '')}`);
        return Promise.resolve({ stdout: '12 0 12\n', stderr: '', code: 0, ...here.copies });
      }
      if (text.includes('@@stalk'))
        return Promise.resolve(
          here.living === undefined
            ? { stdout: '', stderr: 'Could not connect to Redis', code: 1 }
            : { stdout: `${here.living}\n@@stalk\n`, stderr: '', code: 0 },
        );
      done.push(`run ${args.join(' ')} in ${pod}`);
      return Promise.resolve({ stdout: '17\n', stderr: '', code: 0 });
    },
    proxied: () => Promise.reject(new Error('nobody asks this here')),
    logs: ({ container }) => {
      if (container === 'fetch') return Promise.resolve(`${JSON.stringify(SNAPSHOTS)}\n`);
      if (container === 'drill') return Promise.resolve(`${COUNTED}\n${JSON.stringify(FACTS)}\n`);
      return Promise.resolve(
        `* Done loading RDB, keys loaded: ${here.loaded ?? 141}, keys expired: 1, empty`,
      );
    },
    usage: () => Promise.resolve(undefined),
    create: (object) => {
      made.push(object);
      done.push(`make ${object.kind} ${object.metadata.name.replace(/-[0-9a-f]{6}$/, '')}`);
      if (object.kind === 'Job') jobs.set(object.metadata.name, object as unknown as Job);
      return Promise.resolve();
    },
    delete: ({ kind, name }) => {
      done.push(`delete ${kind} ${name.replace(/-[0-9a-f]{6}$/, '')}`);
      if (kind === 'Pod') anew.add(name);
      return Promise.resolve();
    },
  };
  return { cluster, done, made, inputs };
}
