// The changes without a consequence, in groups: the same fields of the same kind of object.

import { jobName } from './consequences';
import { gathered } from './group';
import { FOLDER } from './model';
import type { Change, Diff, SubjectRef } from './model';

export interface OtherChanges {
  readonly how: Change['how'];
  /** `ResourceQuota/tenant` */
  readonly object: string;
  readonly paths: readonly string[];
  readonly changes: readonly Change[];
}

export function otherChanges({ changes, consequences }: Diff): readonly OtherChanges[] {
  const explained = new Set(consequences.map(({ subject }) => subjectOf(subject)));
  // Reasons begin with the ConfigMap that they come from: it has been told
  const why = new Set(
    consequences.flatMap((one) => one.why.map(({ what }) => what.split(' ').slice(0, 2).join(' '))),
  );
  const others = changes.filter(
    (change) =>
      !explained.has(subjectOf(change)) &&
      !(
        change.how !== 'changed' && explained.has(subjectOf({ ...change, kind: FOLDER, name: change.folder }))
      ) &&
      !why.has(`${change.kind} ${change.name}`),
  );
  const groups = gathered(others.map((change) => [keyOf(change), change] as const));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { how, fields } = first;
    return [{ how, object: objectOf(first), paths: fields.map(({ path }) => path), changes: group }];
  });
}

/** A Job that runs again is one that left and one that came. */
const subjectOf = ({ environment, folder, kind, name }: SubjectRef): string =>
  [environment, folder, kind, kind === 'Job' ? jobName(name) : name].join(' ');

/** Flux has a Kustomization for each folder: those that come and leave with their folders are one thing. */
const objectOf = ({ how, folder, kind, name }: Change): string =>
  how !== 'changed' && folder.startsWith('gitops/') ? kind : `${kind}/${name}`;

const keyOf = (change: Change): string =>
  [change.how, objectOf(change), ...change.fields.map(({ path }) => path)].join(' ');
