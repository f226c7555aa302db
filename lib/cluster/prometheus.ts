// The Prometheus that watches an environment, asked through the API server: which pod it is, and what it says.

import type { ResolvedEnvironment } from '../spec';
import type { Cluster, KubeObject, PodPort } from './cluster';
import { isForbidden } from './errors';
import { isReady, POD } from './pods';
import type { Pod } from './pods';

/** An alert that waits or fires. */
export interface PrometheusAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
  /** ISO 8601. */
  readonly activeAt: string;
}

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace' };
const NAME = 'kubernetes.io/metadata.name';

/** Where it listens unless its pod says otherwise. */
const PORT = 9090;

/** A ready pod of the environment's `peers.prometheus`. Throws a few words where there is none to ask. */
export async function prometheusOf(
  cluster: Cluster,
  { peers: { prometheus } }: Pick<ResolvedEnvironment, 'peers'>,
): Promise<PodPort> {
  if (prometheus === undefined) throw new Error('the environment names no peers.prometheus');
  const name = prometheus.namespace[NAME];
  const namespaces =
    name === undefined
      ? (await cluster.list<KubeObject>(NAMESPACE, undefined, prometheus.namespace)).map(
          ({ metadata }) => metadata.name,
        )
      : [name];
  for (const namespace of namespaces) {
    const pods = await cluster.list<Pod>(POD, namespace, prometheus.pods);
    const pod = pods.find(isReady);
    if (pod) return { namespace, pod: pod.metadata.name, port: portOf(pod) };
  }
  throw new Error(`no ready pod of peers.prometheus in ${namespaces.join(', ') || 'any namespace'}`);
}

/** The Operator names it `web` or `http-web`, the chart of the community leaves it without a name. */
const portOf = ({ spec }: Pod): number => {
  const ports = spec.containers.flatMap(({ ports: own = [] }) => own);
  const named = ports.find(({ name = '' }) => /^(http-)?web$/.test(name));
  return named?.containerPort ?? PORT;
};

/** Those that wait or fire for one environment. */
export async function alertsOf(
  cluster: Cluster,
  where: PodPort,
  environment: string,
): Promise<readonly PrometheusAlert[]> {
  const { alerts } = await askPrometheus<{ readonly alerts: readonly PrometheusAlert[] }>(
    cluster,
    where,
    '/api/v1/alerts',
  );
  return alerts.filter(({ labels }) => labels['environment'] === environment);
}

/** `data` of an answer of its API. */
export async function askPrometheus<T>(cluster: Cluster, where: PodPort, path: string): Promise<T> {
  const body = await cluster.proxied(where, path);
  try {
    return (JSON.parse(body) as { readonly data: T }).data;
  } catch {
    throw new Error(`${where.namespace} pod/${where.pod} gives no JSON on port ${where.port}`);
  }
}

/** In a few words. */
export const whyUnheard = (error: unknown): string =>
  isForbidden(error)
    ? 'this user may not get pods and pods/proxy in its namespace'
    : (error as Error).message.replace(/^context "[^"]*": /, '');
