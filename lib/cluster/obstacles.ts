// Preconditions of verify and loadtest: the cluster answers, this user has the rights, the namespaces exist.

import type { Cluster, Right } from './cluster';

export interface Needs {
  readonly rights: readonly Right[];
  /** Each with the folder of `dist/<env>` that brings it. */
  readonly namespaces: readonly { readonly namespace: string; readonly of: string }[];
  /** The page that lists the rights. */
  readonly docs: string;
}

/** A WebSocket is opened by GET, and judged as `create` since Kubernetes 1.35: exec needs both. */
export const execRights = (namespace: string): readonly Right[] =>
  ['get', 'create'].map((verb) => ({ verb, group: '', resource: 'pods/exec', namespace }));

/** A line for each thing; throws when nothing answers at all. */
export async function clusterObstacles(cluster: Cluster, needs: Needs): Promise<readonly string[]> {
  await cluster.version();
  const looked = needs.namespaces.map(({ namespace }) => ({
    ...{ verb: 'get', group: '', resource: 'namespaces' },
    namespace,
  }));
  const missing = await cluster.missing([...looked, ...needs.rights]);
  if (missing.length > 0) return missingRights(cluster.context, missing, needs.docs);
  const found = await Promise.all(
    needs.namespaces.map(({ namespace }) =>
      cluster.read({ apiVersion: 'v1', kind: 'Namespace', name: namespace }),
    ),
  );
  return needs.namespaces
    .filter((_, i) => found[i] === undefined)
    .map(
      ({ namespace, of }) =>
        `context "${cluster.context}": namespace "${namespace}" must be there for ${of}, got none; apply ${of} first, or choose another cluster with --context`,
    );
}

/** One line for each namespace. */
function missingRights(context: string, rights: readonly Right[], docs: string): readonly string[] {
  const places = new Set(rights.map(({ namespace }) => namespace));
  return [...places].map((place) => {
    const here = rights.filter(({ namespace }) => namespace === place).map(rightName);
    return `context "${context}": this user must be allowed to ${here.join(', ')} in namespace "${place}", got no such right; ${docs} has them all`;
  });
}

const rightName = ({ verb, group, resource }: Right): string =>
  `${verb} ${resource}${group === '' ? '' : `.${group}`}`;
