// A live namespace, through the API that `stalk verify` uses: it reads objects, and never a Secret.

import type { Cluster, KubeObject, ObjectKind } from '../../cluster';
import { AdoptError } from '../error';
import { listAt } from '../pick';
import type { Inventory } from '../facts';
import { kubernetesInventory } from './kubernetes';

/** Secrets are known by the names that pods ask for, so nobody needs the right to read them. */
const KINDS: readonly ObjectKind[] = [
  ...['Deployment', 'StatefulSet', 'DaemonSet'].map((kind) => ({ apiVersion: 'apps/v1', kind })),
  ...['Job', 'CronJob'].map((kind) => ({ apiVersion: 'batch/v1', kind })),
  ...['Pod', 'Service', 'ConfigMap', 'PersistentVolumeClaim', 'ServiceAccount'].map((kind) => ({
    apiVersion: 'v1',
    kind,
  })),
  ...['Ingress', 'NetworkPolicy'].map((kind) => ({ apiVersion: 'networking.k8s.io/v1', kind })),
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute' },
  { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
  { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject' },
  { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
  ...['Role', 'RoleBinding'].map((kind) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind })),
];

/** Made by Kubernetes in every namespace. */
const EVERYWHERE = new Set(['ConfigMap/kube-root-ca.crt', 'ServiceAccount/default']);

export async function liveInventory(cluster: Cluster, namespace: string): Promise<Inventory> {
  await cluster.version();
  const there = await cluster.read({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
  if (there === undefined)
    throw new AdoptError([
      `--namespace must be one of the cluster, got "${namespace}"; context "${cluster.context}" has none of that name`,
    ]);
  const lists = await Promise.all(
    KINDS.map(async (kind) => (await cluster.list(kind, namespace)).map((one) => ({ ...kind, ...one }))),
  );
  const own = lists.flat().filter(isOwn);
  return kubernetesInventory(own.map((body) => ({ file: `namespace ${namespace}`, body: { ...body } })));
}

/** What another object made is that object's. */
function isOwn(object: KubeObject & ObjectKind): boolean {
  const owners = listAt(object, 'metadata', 'ownerReferences');
  return owners.length === 0 && !EVERYWHERE.has(`${object.kind}/${object.metadata.name}`);
}
