// Which nodes pods may run on, and with which priority and runtime.

import type { k8s } from 'cdk8s-plus-27';
import type { Placement } from '../kube';
import type { ResolvedServerPods } from '../spec';

/** What an author says of pods, beside what keeps them apart. */
export function placement(asked: ResolvedServerPods, apart: Placement = {}): Placement {
  const { nodeSelector, tolerations, priorityClass, runtimeClass } = asked;
  const affinity = { ...nodeAffinity(asked.nodeAffinity), ...apart.affinity };
  return {
    ...apart,
    ...(Object.keys(affinity).length > 0 && { affinity }),
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector: { ...nodeSelector } }),
    ...(tolerations.length > 0 && { tolerations: tolerations.map(toleration) }),
    ...(priorityClass !== undefined && { priorityClassName: priorityClass }),
    ...(runtimeClass !== undefined && { runtimeClassName: runtimeClass }),
  };
}

const toleration = ({
  key,
  value,
  effect,
  seconds,
}: ResolvedServerPods['tolerations'][number]): k8s.Toleration => ({
  key,
  operator: value === undefined ? 'Exists' : 'Equal',
  ...(value !== undefined && { value }),
  ...(effect && { effect }),
  ...(seconds !== undefined && { tolerationSeconds: seconds }),
});

type Values = ResolvedServerPods['nodeAffinity']['required'];

const expressions = (values: Values, operator: 'In' | 'NotIn'): k8s.NodeSelectorRequirement[] =>
  Object.entries(values).map(([key, some]) => ({ key, operator, values: [...some] }));

/** The terms of what is required are alternatives: all that must hold stands in one. */
function nodeAffinity({
  required,
  preferred,
  excluded,
}: ResolvedServerPods['nodeAffinity']): Pick<k8s.Affinity, 'nodeAffinity'> {
  const must = [...expressions(required, 'In'), ...expressions(excluded, 'NotIn')];
  const should = expressions(preferred, 'In');
  if (must.length + should.length === 0) return {};
  return {
    nodeAffinity: {
      ...(must.length > 0 && {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: must }] },
      }),
      ...(should.length > 0 && {
        preferredDuringSchedulingIgnoredDuringExecution: should.map((one) => ({
          weight: 100,
          preference: { matchExpressions: [one] },
        })),
      }),
    },
  };
}
