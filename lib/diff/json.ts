// A comparison for programs; docs/upgrades.md documents the shape, and `version` changes with it.

import type { Change, Diff } from './model';
import { changeCounts } from './words';

const VERSION = 1;

export const diffJson = ({ before, after, changes, consequences, notes }: Diff): string =>
  JSON.stringify(
    {
      version: VERSION,
      before,
      after,
      summary: changeCounts(changes),
      consequences,
      changes: changes.map(public_),
      notes,
    },
    null,
    2,
  );

/** Without the objects themselves: they may hold what `fields` hides. */
function public_({ how, environment, folder, kind, namespace, name, from, fields }: Change): object {
  return { how, environment, folder, kind, namespace, name, from, fields };
}
