/** A cluster that exists in memory only: one tenant, one Redis, and Jobs whose pods go through the phases given. */
import type { Cluster, KubeObject } from '../../lib/cluster';
import type { Load } from '../../lib/loadtest/measurement';

export interface World {
  /** Of the Job's pod, one a question; the last stays. */
  readonly phases: readonly string[];
  readonly log: string;
  readonly ready: number;
  readonly used: Readonly<Record<string, string>>;
  readonly missing: readonly string[];
  readonly namespaces: readonly string[];
}

export const answered = (tasks: Load['phases'][number]['tasks']): string =>
  JSON.stringify({
    answers: 'results',
    queue: 'celery',
    phases: [{ name: 'burst', redis: [10, 11], tasks }],
  } satisfies Load);

const GOOD: World = {
  phases: ['Pending', 'Running', 'Succeeded'],
  log: `a line of the app's own\n${answered([['worker', 10, 10.1, 10.2]])}\n`,
  ready: 1,
  used: { pods: '4', 'requests.cpu': '700m', 'limits.memory': '1Gi' },
  missing: [],
  namespaces: ['typesafe'],
};

export interface Fake {
  readonly cluster: Cluster;
  /** What is there now: Jobs that were made and not deleted. */
  readonly jobs: () => readonly string[];
  /** Commands that ran in pods. */
  readonly commands: readonly string[];
}

const INFO =
  '# Server\nserver_time_usec:10500000\nused_memory:1\nused_memory_peak:1\nused_cpu_sys:1\nused_cpu_user:1\n';

export function fakeCluster(different: Partial<World> = {}): Fake {
  const world = { ...GOOD, ...different };
  const phases = [...world.phases];
  const made = new Map<string, KubeObject>();
  const commands: string[] = [];
  const answer = <T>(objects: readonly object[]): readonly T[] => objects as readonly T[];
  const pods = (labels: Readonly<Record<string, string>> | undefined): object[] => {
    if (labels?.['app.kubernetes.io/component'] === 'redis') return [{ metadata: { name: 'redis-0' } }];
    const phase = phases.length > 1 ? phases.shift() : phases[0];
    return [...made.keys()].map((job) => ({ metadata: { name: `${job}-x` }, status: { phase } }));
  };
  const cluster: Cluster = {
    context: 'test',
    server: 'https://test',
    version: () => Promise.resolve('v1.34.2'),
    missing: (rights) =>
      Promise.resolve(rights.filter(({ verb, resource }) => world.missing.includes(`${verb} ${resource}`))),
    read: <T>(ref: { readonly kind: string; readonly name: string }) => {
      if (ref.kind === 'Namespace' && !world.namespaces.includes(ref.name)) return Promise.resolve(undefined);
      const status = { readyReplicas: world.ready };
      return Promise.resolve({ metadata: { name: ref.name }, spec: { replicas: 1 }, status } as T);
    },
    list: <T>(...[{ kind }, , labels]: Parameters<Cluster['list']>) => {
      const hard = { pods: '10', 'requests.cpu': '1320m', 'limits.memory': '4608Mi' };
      const quota = { metadata: { name: 'tenant' }, spec: { hard }, status: { used: world.used } };
      return Promise.resolve(answer<T>(kind === 'ResourceQuota' ? [quota] : pods(labels)));
    },
    exec: (_, { argv }) => {
      const command = argv.join(' ');
      commands.push(command);
      const stdout = command.includes('replication') ? 'role:master\n' : INFO;
      // A look at Redis takes time; answers without would never let a timer fire
      return new Promise((done) => setTimeout(done, 1, { stdout, stderr: '', code: 0 }));
    },
    proxied: () => Promise.reject(new Error('nobody asks this here')),
    logs: () => Promise.resolve(world.log),
    usage: () => Promise.resolve(undefined),
    create: (object) => Promise.resolve(void made.set(object.metadata.name, object)),
    delete: ({ name }) => Promise.resolve(void made.delete(name)),
  };
  return { cluster, jobs: () => [...made.keys()], commands };
}
