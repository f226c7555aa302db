// What happens to whole folders: a tenant or broker that comes, leaves, or lives in another namespace.

import { consequence, keyOf } from './consequence';
import { gathered } from './group';
import { FOLDER } from './model';
import type { Change, Consequence } from './model';

/** Folders of each side, as keyOf names them: a folder may be there and have no change. */
export interface Sides {
  readonly before: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;
}

/** A tenant or broker that comes or leaves; what Argo CD and Flux need comes and leaves with it. */
export function folderConsequences(
  changes: readonly Change[],
  { before, after }: Sides,
): readonly Consequence[] {
  const folders = gathered(changes.map((change) => [keyOf(change), change] as const));
  return [...folders].flatMap(([key, found]) => {
    const [first] = found;
    if (!first || (before.has(key) && after.has(key)) || first.folder.startsWith('gitops/')) return [];
    const { environment, folder } = first;
    const type = after.has(key) ? 'arrives' : 'leaves';
    const side = type === 'arrives' ? 'after' : 'before';
    const why = [{ what: folder, [side]: `${found.length} ${found.length === 1 ? 'object' : 'objects'}` }];
    return [consequence(type, { environment, folder, kind: FOLDER, name: folder }, why)];
  });
}

/** Objects that are the same but for their namespace are made anew there. */
export function namespaceMoves(changes: readonly Change[]): readonly Consequence[] {
  const removed = changes.filter(({ how }) => how === 'removed');
  const moves = changes
    .filter(({ how }) => how === 'added')
    .flatMap((change) => {
      const same = removed.find(
        (one) => keyOf(one) === keyOf(change) && one.kind === change.kind && one.name === change.name,
      );
      return same?.namespace === undefined || change.namespace === undefined
        ? []
        : [{ change, from: same.namespace, to: change.namespace }];
    });
  const routes = new Map(moves.map((move) => [[keyOf(move.change), move.from, move.to].join(' '), move]));
  return [...routes.values()].map(({ change, from, to }) =>
    consequence(
      'namespace',
      { environment: change.environment, folder: change.folder, kind: FOLDER, name: change.folder },
      [{ what: `namespace ${from} becomes ${to}` }],
      [
        'an object cannot change its namespace: everything is created again in the new one, with empty claims',
        `wait until the queues in ${from} are empty, save its data, and make its Secrets in ${to}`,
        `apply, move the data, then kubectl delete namespace ${from}`,
      ],
    ),
  );
}
