// Staying up while nodes drain and zones fail: budgets, spread, distance.

import { kubeObject } from '../kube';
import type { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import type { Labels } from '../kube';

export interface BudgetProps {
  readonly name: string;
  readonly labels: Labels;
  readonly pods: Labels;
}

/** One pod at a time may be taken; never none, or a drain waits for ever. */
export const budget = (scope: Construct, { name, labels, pods }: BudgetProps): k8s.KubePodDisruptionBudget =>
  kubeObject(scope, `budget-${name}`, k8s.KubePodDisruptionBudget, {
    metadata: { name, labels },
    spec: { maxUnavailable: k8s.IntOrString.fromNumber(1), selector: { matchLabels: pods } },
  });

type Placement = Pick<k8s.PodSpec, 'affinity' | 'topologySpreadConstraints'>;

/** On different nodes, and over zones where the environment has several. */
export const apart = (
  pods: Labels,
  zones: readonly string[],
  strength: 'preferred' | 'required' = 'preferred',
): Placement => ({
  affinity: { podAntiAffinity: antiAffinity(pods, strength) },
  ...(zones.length > 1 && {
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable: 'ScheduleAnyway', // a lost zone must not keep pods from starting in the others
        labelSelector: { matchLabels: pods },
      },
    ],
  }),
});

function antiAffinity(pods: Labels, strength: 'preferred' | 'required'): k8s.PodAntiAffinity {
  const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: pods } };
  return strength === 'required'
    ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
    : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] };
}
