/** A cluster that exists in memory only: pods, what Deployments ask for, and what each Redis would answer. */
import type { Cluster, KubeObject, Pod } from '../../lib/cluster';
import { QUEUE } from '../../lib/status/runtime';
import { look, watchedOf } from '../../lib/status';
import type { Status } from '../../lib/status';
import type { Environment, Tenant } from '../../lib';
import { platformOf } from '../support/synth';

export interface FakePod {
  readonly namespace: string;
  readonly name: string;
  readonly component: string;
  /** `worker-default`; as the component where that is enough. */
  readonly instance?: string;
  /** Besides those that Stalk gives. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Absent, it is. */
  readonly ready?: boolean;
  /** Why its container waits. */
  readonly waits?: string;
}

export interface Here {
  readonly pods: readonly FakePod[];
  /** By `namespace/deployment`. */
  readonly wanted?: Readonly<Record<string, number>>;
  /** Lines by the first key of a queue, or of what workers hold: see lib/status/runtime. */
  readonly lines?: Readonly<Record<string, string>>;
  /** INFO by `namespace/pod`; a primary that is well without one. */
  readonly infos?: Readonly<Record<string, string>>;
  /** Seconds since the last tick, by namespace. */
  readonly ticks?: Readonly<Record<string, number>>;
  /** Namespaces that this user may not look into. */
  readonly closed?: readonly string[];
  /** What Prometheus answers. */
  readonly prometheus?: () => string;
}

export const NOW = '2026-11-29T18:10:05.000Z';

export const INFO = 'role:master\nused_memory:41943040\nmaxmemory:83886080\nconnected_clients:38';

/** What one look at it gives, and every command that ran in a pod. */
export async function seenIn(
  environment: Environment,
  tenants: readonly Tenant[],
  here: Here,
): Promise<{ readonly status: Status; readonly commands: readonly string[] }> {
  const platform = platformOf(environment, tenants);
  const commands: string[] = [];
  const cluster = fake(here, commands);
  const status = await look(cluster, watchedOf(platform, platform.tenants), () => new Date(NOW));
  return { status, commands };
}

const refuses = (): never => {
  throw new Error('nobody asks this here');
};

function fake(here: Here, commands: string[]): Cluster {
  const list = (
    { kind }: { readonly kind: string },
    namespace: string,
    labels: Readonly<Record<string, string>> = {},
  ): Promise<readonly KubeObject[]> => {
    if (here.closed?.includes(namespace)) return Promise.reject(new Error(`${namespace} is closed`));
    const found = here.pods.filter((pod) => pod.namespace === namespace).map(podOf);
    return Promise.resolve(
      kind === 'Pod'
        ? found.filter(({ metadata }) =>
            Object.entries(labels).every(([name, value]) => metadata.labels?.[name] === value),
          )
        : deploymentsIn(here, namespace),
    );
  };
  return {
    context: 'prod-eu',
    server: 'https://10.0.0.1:6443',
    version: () => Promise.resolve('v1.34.2'),
    missing: refuses,
    read: refuses,
    list: list as unknown as Cluster['list'],
    exec: ({ namespace, pod, container }, { argv, stdin = '' }) => {
      commands.push(`${namespace}/${pod}/${container}`);
      const stdout = argv.join(' ').includes('ticking')
        ? `${here.ticks?.[namespace] ?? 3}\n`
        : redisSays(here, `${namespace}/${pod}`, stdin);
      return Promise.resolve({ stdout, stderr: '', code: 0 });
    },
    proxied: () => Promise.resolve(here.prometheus?.() ?? refuses()),
    logs: refuses,
    usage: refuses,
    create: refuses,
    delete: refuses,
  };
}

const podOf = ({ namespace, name, component, instance = component, ...pod }: FakePod): Pod => ({
  metadata: {
    ...{ name, namespace },
    labels: {
      'app.kubernetes.io/component': component,
      'app.kubernetes.io/instance': instance,
      ...pod.labels,
    },
  },
  spec: { containers: [{ name: instance }] },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: pod.ready === false ? 'False' : 'True' }],
    containerStatuses: [
      {
        name: instance,
        ...{ restartCount: 0, ready: pod.ready !== false },
        state: pod.waits === undefined ? { running: {} } : { waiting: { reason: pod.waits } },
      },
    ],
  },
});

const deploymentsIn = ({ wanted = {} }: Here, namespace: string): readonly KubeObject[] =>
  Object.entries(wanted).flatMap(([path, replicas]) => {
    const [place, name = ''] = path.split('/');
    return place === namespace ? [{ metadata: { name }, spec: { replicas } }] : [];
  });

/** As runtime/broker.sh and the scripts that it hands on. */
function redisSays({ infos = {}, lines = {} }: Here, pod: string, stdin: string): string {
  const info = infos[pod] ?? INFO;
  if (!info.includes('role:master')) return `${info}\n@@stalk\n`;
  const answers = stdin.split('\n').map((line) => {
    const [verb, sha, , key = ''] = line.split(' ');
    if (verb !== 'EVALSHA') return 'OK';
    return lines[key] ?? (sha === QUEUE.sha ? '0 1764439805.000000 ' : '0//0');
  });
  return `${info}\n@@stalk\n${answers.join('\n')}\n`;
}
