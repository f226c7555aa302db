// What verify needs before anything else: an answer, rights to look, and what it compares.

import { execRights, clusterObstacles as inTheWay } from '../cluster';
import type { Right } from '../cluster';
import { groupOf, pluralOf } from '../cluster/paths';
import { byKind } from './checks/objects';
import type { World } from './world';

/** Lines that say what is in the way; none when verify can run. Throws when nothing answers at all. */
export const obstacles = (world: World): Promise<readonly string[]> =>
  inTheWay(world.cluster, {
    rights: rightsFor(world),
    namespaces: world.leaves.map(({ namespace, folder }) => ({ namespace, of: folder })),
    docs: 'docs/verify.md',
  });

/** In each namespace: reading what was rendered, and looking into pods. docs/verify.md has them as a Role. */
export function rightsFor({ leaves, options }: Pick<World, 'leaves' | 'options'>): readonly Right[] {
  return [
    ...leaves.flatMap(({ namespace, ...leaf }) => [
      { verb: 'list', group: '', resource: 'pods', namespace },
      ...execRights(namespace),
      { verb: 'get', group: '', resource: 'pods/log', namespace },
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
