// What is asked of the cluster before anything else: that it answers, and that this user may look.

import type { Cluster, Right } from '../cluster';
import { missingRights } from '../cluster';
import { groupOf, pluralOf } from '../cluster/paths';
import { byKind } from './checks/objects';
import type { World } from './world';

/** Lines that say what is in the way; none when verify can run. Throws when nothing answers at all. */
export async function obstacles(world: World): Promise<readonly string[]> {
  const { cluster, platform } = world;
  await cluster.version();
  const missing = missingRights(cluster.context, await cluster.missing(rightsFor(world)));
  if (missing.length > 0) return missing;
  const absent = await absentNamespaces(cluster, world);
  return absent.map(
    ({ namespace, of }) =>
      `context "${cluster.context}": namespace "${namespace}" must be there for ${of}, got none; apply ${of} of environment ${platform.environment.name} first, or choose another context`,
  );
}

async function absentNamespaces(cluster: Cluster, { leaves }: World) {
  const wanted = leaves.map(({ namespace, folder }) => ({ namespace, of: folder }));
  const found = await Promise.all(
    wanted.map(({ namespace }) => cluster.read({ apiVersion: 'v1', kind: 'Namespace', name: namespace })),
  );
  return wanted.filter((_, i) => found[i] === undefined);
}

/** In each namespace: reading what was rendered, and looking into pods. docs/verify.md has them as a Role. */
export function rightsFor({ leaves, options }: Pick<World, 'leaves' | 'options'>): readonly Right[] {
  return [
    { verb: 'get', group: '', resource: 'namespaces' },
    ...leaves.flatMap(({ namespace, ...leaf }) => [
      ...IN_PODS.map((right) => ({ ...right, group: '', namespace })),
      ...(options.disruptive ? [{ verb: 'delete', group: '', resource: 'pods', namespace }] : []),
      ...[...byKind({ namespace, ...leaf })]
        .filter(([kind]) => kind !== 'Namespace')
        .map(([kind, [first]]) => ({
          verb: 'get',
          group: groupOf({ apiVersion: String(first?.apiVersion), kind }),
          resource: pluralOf(kind),
          namespace,
        })),
    ]),
  ];
}

/** A WebSocket is opened by GET, and judged as `create` since Kubernetes 1.35: exec needs both. */
const IN_PODS = [
  { verb: 'list', resource: 'pods' },
  { verb: 'get', resource: 'pods/exec' },
  { verb: 'create', resource: 'pods/exec' },
  { verb: 'get', resource: 'pods/log' },
] as const;
