// Pods by what they are, of lists that hold all of a namespace.

import { POD } from '../cluster';
import type { Cluster, Pod } from '../cluster';

/** Those of a namespace that are neither done nor on their way out. */
export async function podsIn(cluster: Cluster, namespace: string): Promise<readonly Pod[]> {
  const pods = await cluster.list<Pod>(POD, namespace);
  // Items of a list need not say where they are
  return pods.filter(stays).map((pod) => ({ ...pod, metadata: { ...pod.metadata, namespace } }));
}

const stays = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined && status.phase !== 'Failed' && status.phase !== 'Succeeded';

export const ofComponent = (pods: readonly Pod[], component: string, instance?: string): readonly Pod[] =>
  pods.filter(
    ({ metadata: { labels = {} } }) =>
      labels['app.kubernetes.io/component'] === component &&
      (instance === undefined || labels['app.kubernetes.io/instance'] === instance),
  );
