// A cluster by the context of a kubeconfig, through the official client. Takes 1 s to load: import it when it is needed.

import { Exec } from '@kubernetes/client-node';
import type { Cluster, KubeObject, Right, Usage } from './cluster';
import { notKubernetes } from './errors';
import { runInContainer } from './exec';
import { sender } from './http';
import type { Send } from './http';
import { kubeconfig } from './kubeconfig';
import type { Target } from './kubeconfig';
import { pathOf } from './paths';
import { quantityAsNumber } from './quantity';

export interface ConnectProps {
  /** @default - the kubeconfig's current context */
  readonly context?: string;
}

/** Reads the kubeconfig as kubectl does; sends nothing yet. */
export const connect = ({ context }: ConnectProps): Cluster => clusterOf(kubeconfig(context));

function clusterOf({ config, context, server }: Target): Cluster {
  const send = sender(config, context, server);
  const exec = new Exec(config);
  return {
    context,
    server,
    version: () => versionOf(send, { context, server }),
    missing: async (rights) => {
      const allowed = await Promise.all(rights.map((right) => may(send, right)));
      return rights.filter((_, i) => allowed[i] === false);
    },
    read: async <T>(ref: Parameters<Cluster['read']>[0]) => {
      const { status, body } = await send({ method: 'GET', path: pathOf(ref), fine: [NOT_THERE] });
      return status === NOT_THERE ? undefined : (JSON.parse(body) as T);
    },
    list: async <T>(...[kind, namespace, labels = {}]: Parameters<Cluster['list']>) => {
      const selector = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
      const query = selector.length > 0 ? `?labelSelector=${encodeURIComponent(selector.join(','))}` : '';
      const path = pathOf({ ...kind, ...(namespace !== undefined && { namespace }) });
      const { status, body } = await send({ method: 'GET', path: path + query, fine: [NOT_THERE] });
      return status === NOT_THERE ? [] : (JSON.parse(body) as { readonly items: readonly T[] }).items;
    },
    exec: (where, command) => runInContainer(exec, { context, server }, where, command),
    proxied: async ({ namespace, pod, port }, path) => {
      const name = `${pathOf({ apiVersion: 'v1', kind: 'Pod', namespace, name: pod })}:${port}`;
      return (await send({ method: 'GET', path: `${name}/proxy${path}`, seconds: PROXIED })).body;
    },
    logs: async ({ namespace, pod, container }, { tail, seconds, previous } = {}) => {
      const query = new URLSearchParams({
        container,
        ...(tail !== undefined && { tailLines: String(tail) }),
        ...(seconds !== undefined && { sinceSeconds: String(seconds) }),
        ...(previous === true && { previous: 'true' }),
      });
      const path = `${pathOf({ apiVersion: 'v1', kind: 'Pod', namespace, name: pod })}/log?${query.toString()}`;
      return (await send({ method: 'GET', path })).body;
    },
    usage: (namespace) => usageOf(send, namespace),
    create: async (object) => {
      const { apiVersion, kind, metadata } = object;
      const { namespace } = metadata;
      const path = pathOf({ apiVersion, kind, ...(namespace !== undefined && { namespace }) });
      await send({ method: 'POST', path, body: object });
    },
    delete: async (ref, { graceSeconds } = {}) => {
      const body = {
        propagationPolicy: 'Background',
        ...(graceSeconds !== undefined && { gracePeriodSeconds: graceSeconds }),
      };
      await send({ method: 'DELETE', path: pathOf(ref), body, fine: [NOT_THERE] });
    },
  };
}

const NOT_THERE = 404;

/** Seconds: a policy that drops what the API server sends would keep it waiting for half a minute. */
const PROXIED = 4;

/** Checks that an API server answered, and not a sign-in page or a wrong port. */
async function versionOf(send: Send, { context, server }: Omit<Target, 'config'>): Promise<string> {
  const { body } = await send({ method: 'GET', path: '/version' });
  try {
    return (JSON.parse(body) as { readonly gitVersion: string }).gitVersion;
  } catch {
    throw notKubernetes({ context, server }, body);
  }
}

async function may(send: Send, { verb, group, resource, namespace }: Right): Promise<boolean> {
  const [name, subresource] = resource.split('/');
  const { body } = await send({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb, group, resource: name, subresource, namespace } },
    },
  });
  return (JSON.parse(body) as { readonly status: { readonly allowed: boolean } }).status.allowed;
}

interface PodMetrics extends KubeObject {
  readonly containers: readonly {
    readonly name: string;
    readonly usage: { readonly cpu: string; readonly memory: string };
  }[];
}

async function usageOf(send: Send, namespace: string): Promise<readonly Usage[] | undefined> {
  const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`;
  const { status, body } = await send({ method: 'GET', path, fine: [NOT_THERE, NOT_READY] });
  if (status !== 200) return undefined;
  return (JSON.parse(body) as { readonly items: readonly PodMetrics[] }).items.flatMap((pod) =>
    pod.containers.map(({ name, usage }) => ({
      pod: pod.metadata.name,
      container: name,
      millicores: quantityAsNumber(usage.cpu) * 1000,
      bytes: quantityAsNumber(usage.memory),
    })),
  );
}

/** Status of an aggregated API whose server does not run. */
const NOT_READY = 503;
