// The changes that no consequence tells of, in groups: the same fields of the same kind of object.

import { gathered } from './group';
import type { Change, Diff } from './model';

export interface OtherChanges {
  readonly how: Change['how'];
  /** `ResourceQuota/tenant` */
  readonly object: string;
  readonly paths: readonly string[];
  readonly changes: readonly Change[];
}

export function otherChanges({ changes, consequences }: Diff): readonly OtherChanges[] {
  const told = new Set(
    consequences.map(({ subject }) =>
      [subject.environment, subject.folder, subject.kind, subject.name].join(' '),
    ),
  );
  const why = new Set(
    consequences.flatMap((one) => one.why.map(({ what }) => what.split(' ').slice(0, 2).join(' '))),
  );
  const others = changes.filter(
    ({ environment, folder, kind, name, how }) =>
      !told.has([environment, folder, kind, name].join(' ')) &&
      !(how !== 'changed' && told.has([environment, folder, 'Folder', folder].join(' '))) &&
      !(kind === 'Job') &&
      !why.has(`${kind} ${name}`),
  );
  const groups = gathered(others.map((change) => [keyOf(change), change] as const));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { how, fields } = first;
    return [{ how, object: objectOf(first), paths: fields.map(({ path }) => path), changes: group }];
  });
}

/** Flux has a Kustomization for each folder: those that come and leave with their folders are one thing. */
const objectOf = ({ how, folder, kind, name }: Change): string =>
  how !== 'changed' && folder.startsWith('gitops/') ? kind : `${kind}/${name}`;

const keyOf = (change: Change): string =>
  [change.how, objectOf(change), ...change.fields.map(({ path }) => path)].join(' ');
