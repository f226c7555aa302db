// Data that is lost with removed objects, and what guards it.

import { consequence, keyOf } from './consequence';
import type { Change, Consequence, SubjectRef } from './model';
import { isCopy, isOfSentinel } from './topology';

const KEEPS_DATA = new Set(['StatefulSet', 'PersistentVolumeClaim', 'Namespace']);

/** Sentinels have nothing to keep, and read replicas have what their primary has. */
const keepsData = (change: Change): boolean =>
  change.how === 'removed' && KEEPS_DATA.has(change.kind) && !isOfSentinel(change) && !isCopy(change);

const unguarded = ({ before }: Change): boolean =>
  !String(before?.metadata.annotations?.['argocd.argoproj.io/sync-options']).includes('Prune=confirm');

/** Nothing deletes a whole folder by itself but Flux, which spares what is guarded. */
export function folderLoss(subject: SubjectRef, changes: readonly Change[]): readonly Consequence[] {
  const held = changes.filter((change) => keyOf(change) === keyOf(subject) && keepsData(change));
  if (held.length === 0) return [];
  const bare = held.filter(unguarded).map(({ kind, name }) => `${kind} ${name}`);
  const what = `${subject.folder}: ${held.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`;
  return [
    consequence(
      'data-loss',
      subject,
      [{ what }],
      [
        bare.length === 0
          ? 'Argo CD, Flux and kubectl apply leave them in the cluster; deleted, their data is gone'
          : `Flux deletes what has no guard, with its data: ${bare.join(', ')}`,
      ],
    ),
  ];
}

export function dataLoss(change: Change): readonly Consequence[] {
  if (!keepsData(change)) return [];
  const bare = unguarded(change);
  const what = `${change.kind} is removed${bare ? ' without a guard' : ''}`;
  return [consequence('data-loss', change, [{ what }], lossSteps(change, bare))];
}

function lossSteps({ kind, name, namespace }: Change, bare: boolean): readonly string[] {
  const where = namespace === undefined ? name : `${namespace}/${name}`;
  return [
    bare
      ? 'Argo CD and Flux delete it at the next sync; kubectl apply leaves it'
      : 'Argo CD asks before it prunes it, Flux and kubectl apply leave it in the cluster',
    kind === 'StatefulSet'
      ? `${where}: wait until its queues are empty; its claims stay until somebody deletes them`
      : `save what is in ${where}, or let nobody confirm; deleted, its data is gone`,
  ];
}
