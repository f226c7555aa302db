// Beat: one at a time, with a schedule of its own that survives a kill.

import { breachUnless } from './law';
import type { Breach, Law } from './law';
import { called, ofKind } from './leaf';
import type { LeafView } from './leaf';
import { settingsOf } from './settings';
import { ownWorkloads, services } from './workloads';
import type { WorkloadView } from './workloads';
import { inWords, show } from './words';

const beatsOf = ({ workloads }: LeafView): WorkloadView[] =>
  services(ownWorkloads(workloads)).filter(({ labels }) => labels['app.kubernetes.io/component'] === 'beat');

const oneBeat: Law = {
  name: 'there is at most one beat, never two at a time',
  check: (leaf) => {
    const beats = beatsOf(leaf);
    const ids = beats.map(({ id }) => id);
    return [
      ...breachUnless(beats.length <= 1, ids[0] ?? '', ` must be the only beat, got ${inWords(ids)}`),
      ...beats.flatMap((beat) => [...alone(beat, leaf), ...schedule(beat, leaf)]),
    ];
  },
};

function alone({ id, object }: WorkloadView, leaf: LeafView): Breach[] {
  const spec = ofKind(leaf, 'Deployment', 'StatefulSet').find((o) => o === object)?.spec;
  const scalers = [...ofKind(leaf, 'HorizontalPodAutoscaler'), ...ofKind(leaf, 'ScaledObject')].filter(
    (s) => s.spec?.scaleTargetRef?.name === object.metadata.name,
  );
  return [
    ...breachUnless(spec?.replicas === 1, id, `.spec.replicas must be 1, got ${show(spec?.replicas)}`),
    ...breachUnless(
      spec?.strategy?.type === 'Recreate',
      id,
      `.spec.strategy.type must be "Recreate", got ${show(spec?.strategy?.type)}; a rollout would run two`,
    ),
    ...breachUnless(
      scalers.length === 0,
      id,
      ` must be scaled by nothing, got ${inWords(scalers.map((s) => s.id))}`,
    ),
  ];
}

function schedule({ id, main }: WorkloadView, leaf: LeafView): Breach[] {
  if (main.command?.some((word) => word.startsWith('--schedule=')) !== true) return [];
  const modes = called(leaf, 'PersistentVolumeClaim', 'beat-schedule')?.spec?.accessModes;
  return breachUnless(
    modes?.join() === 'ReadWriteOnce',
    id,
    ` must keep its schedule on a claim beat-schedule of its own: accessModes must be ["ReadWriteOnce"], got ${show(modes)}`,
  );
}

/** Beat writes its schedule at its end, which a kill takes from it. */
const noted: Law = {
  name: 'a beat that is killed sends nothing again',
  check: (leaf) => {
    const every = settingsOf(leaf)?.beatSyncEvery;
    return beatsOf(leaf).flatMap(({ id }) =>
      breachUnless(
        every === 1,
        id,
        ` must write down what it has sent at once: beat_sync_every must be 1, got ${show(every)}`,
      ),
    );
  },
};

export const beatLaws: readonly Law[] = [oneBeat, noted];
