// Which nodes pods may run on, in the words of the contract.

import { isRecord } from '../../kube/json';
import type { JsonRecord } from '../../kube/json';
import { childOf, listAt, numberAt, recordAt, textAt, withoutHoles, wordsAt } from '../pick';
import { secondsOfText } from '../read/quantities';

/** What could be said, and what could not. */
export interface Nodes {
  readonly value?: JsonRecord;
  readonly left: readonly string[];
}

/** How long a pod stays on a node that is lost: each kind of pod has a time of Stalk's own. */
const OF_DEAD_NODES = /^node\.kubernetes\.io\/(not-ready|unreachable)$/;

export const leavesDeadNodes = (spec: JsonRecord): boolean =>
  listAt(spec, 'tolerations').some((one) => OF_DEAD_NODES.test(String(textAt(one, 'key'))));

export function tolerationsOf(spec: JsonRecord): {
  readonly value: readonly JsonRecord[];
  readonly left: readonly string[];
} {
  const all = listAt(spec, 'tolerations')
    .filter(isRecord)
    .filter((one) => !OF_DEAD_NODES.test(String(textAt(one, 'key'))));
  const named = all.filter((one) => textAt(one, 'key') !== undefined);
  return {
    value: named.map((one) =>
      withoutHoles({
        key: textAt(one, 'key'),
        value: textAt(one, 'value'),
        effect: textAt(one, 'effect'),
        for: secondsOfText(numberAt(one, 'tolerationSeconds')),
      }),
    ),
    left: all.length === named.length ? [] : ['a toleration of every taint'],
  };
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

/** Terms of several alternatives, and operators beside In and NotIn, have no words. */
export function nodeAffinityOf(spec: JsonRecord): Nodes {
  const affinity = childOf(spec, 'affinity', 'nodeAffinity');
  if (!isRecord(affinity) || Object.keys(affinity).length === 0) return { left: [] };
  const terms = listAt(affinity, REQUIRED, 'nodeSelectorTerms');
  const wanted = listAt(affinity, PREFERRED).map((one) => recordAt(one, 'preference'));
  const expressions = (term: unknown): readonly unknown[] => listAt(term, 'matchExpressions');
  const all = [...terms, ...wanted].flatMap(expressions);
  const isPlain =
    terms.length <= 1 && all.every((one) => /^(In|NotIn)$/.test(String(textAt(one, 'operator'))));
  if (!isPlain || all.length === 0) return { left: ['nodeAffinity of several alternatives or operators'] };
  const value = withoutHoles({
    required: valuesOf(terms.flatMap(expressions), 'In'),
    preferred: valuesOf(wanted.flatMap(expressions), 'In'),
    excluded: valuesOf(terms.flatMap(expressions), 'NotIn'),
  });
  return {
    value,
    left:
      valuesOf(wanted.flatMap(expressions), 'NotIn') === undefined
        ? []
        : ['nodes to avoid, if others are free'],
  };
}

function valuesOf(expressions: readonly unknown[], operator: string): JsonRecord | undefined {
  const found = expressions
    .filter((one) => textAt(one, 'operator') === operator)
    .map((one): [string, readonly string[]] => [String(textAt(one, 'key')), wordsAt(one, 'values')]);
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}
