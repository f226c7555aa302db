// Autoscalers: what they scale is there and theirs, and they have what they need for it.

import { breachUnless } from './law';
import type { Law } from './law';
import type { Base, Kinds, Trigger } from './kinds';
import { called, ofKind, ownOfKind } from './leaf';
import type { LeafView } from './leaf';
import type { WorkloadView } from './workloads';
import { saidBy } from './tls';
import { show } from './words';

type Scaler = Kinds['ScaledObject'] | Kinds['HorizontalPodAutoscaler'];

const scalersOf = (leaf: LeafView): Scaler[] => [...ofKind(leaf, 'HorizontalPodAutoscaler', 'ScaledObject')];

const targetOf = (scaler: Scaler, leaf: LeafView): Base | undefined =>
  called(leaf, 'Deployment', scaler.spec?.scaleTargetRef?.name);

export const workloadOf = (scaler: Scaler, leaf: LeafView): WorkloadView | undefined => {
  const target = targetOf(scaler, leaf);
  return target && leaf.workloads.find(({ object }) => object === target);
};

const targets: Law = {
  name: 'a scaled Deployment is there and has no replicas of its own; any other has',
  check: (leaf) => [
    ...scalersOf(leaf)
      .filter(({ own }) => own)
      .flatMap((s) =>
        breachUnless(
          targetOf(s, leaf) !== undefined,
          s.id,
          `.spec.scaleTargetRef.name must name a Deployment of this folder, got ${show(s.spec?.scaleTargetRef?.name)}`,
        ),
      ),
    ...ownOfKind(leaf, 'Deployment').flatMap((d) => {
      const scaler = scalersOf(leaf).find((s) => targetOf(s, leaf) === d);
      const given = d.spec?.replicas;
      return breachUnless(
        (scaler === undefined) === (given !== undefined),
        d.id,
        scaler === undefined
          ? '.spec.replicas must be given: nothing scales it'
          : `.spec.replicas must be left out, as ${scaler.id} sets it, got ${show(given)}`,
      );
    }),
  ],
};

/** CPU and memory of the pods: KEDA asks the cluster itself, beside the formula. */
export const isOfUsage = ({ type }: Pick<Trigger, 'type'>): boolean => type === 'cpu' || type === 'memory';

const cooldown: Law = {
  name: 'the last pod is not taken before its longest task is done',
  check: (leaf) =>
    ownOfKind(leaf, 'ScaledObject').flatMap((scaled) => {
      const grace = workloadOf(scaled, leaf)?.pod.terminationGracePeriodSeconds;
      const waits = scaled.spec?.cooldownPeriod;
      return breachUnless(
        Number(waits) >= Number(grace),
        scaled.id,
        `.spec.cooldownPeriod must be at least the grace of its pods, ${show(grace)} s, got ${show(waits)}`,
      );
    }),
};

const credentials: Law = {
  name: 'a ScaledObject has credentials whose user and password are there',
  check: (leaf) => [
    ...ownOfKind(leaf, 'ScaledObject').flatMap(({ id, spec }) =>
      (spec?.triggers ?? []).flatMap(({ type, authenticationRef: ref }, i) =>
        breachUnless(
          isOfUsage({ ...(type !== undefined && { type }) }) ||
            called(leaf, 'TriggerAuthentication', ref?.name) !== undefined,
          id,
          `.spec.triggers[${i}].authenticationRef.name must name a TriggerAuthentication of this folder, got ${show(ref?.name)}`,
        ),
      ),
    ),
    ...ownOfKind(leaf, 'TriggerAuthentication').flatMap(({ id, spec }) => {
      const [password] = spec?.secretTargetRef ?? [];
      const name = saidBy(leaf, spec?.configMapTargetRef?.[0]);
      return breachUnless(
        name !== undefined && name === password?.key,
        id,
        `.spec.secretTargetRef[0].key must be that of its user, ${show(name)}, got ${show(password?.key)}`,
      );
    }),
  ],
};

export const scalingLaws: readonly Law[] = [targets, cooldown, credentials];
