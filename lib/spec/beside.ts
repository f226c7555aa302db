// All sidecars and init containers of a tenant, with the path at which their author says each.

import { partsOf } from './parts';
import type { Beside, ResolvedTenant } from './resolved';
import type { Path } from './rules/finding';

type Kind = keyof Beside;
type One<K extends Kind> = Beside[K][number];

/** Those of the tenant once, and those of each workload. */
export const besideOf = <K extends Kind>(
  tenant: ResolvedTenant,
  kind: K,
): readonly (readonly [path: Path, one: One<K>])[] => [
  ...inOrder(tenant, kind).map((one) => [[kind, one.name], one] as const),
  ...partsOf(tenant).flatMap(([path, part]) =>
    inOrder(part, kind)
      .filter(({ isOwn }) => isOwn)
      .map((one) => [[...path, kind, one.name], one] as const),
  ),
];

const inOrder = <K extends Kind>(of: Beside, kind: K): readonly One<K>[] => of[kind];

/** Of one workload, at `path`. */
export const pathOfBeside = (path: Path, kind: Kind, { name, isOwn }: One<Kind>): Path =>
  isOwn ? [...path, kind, name] : [kind, name];
