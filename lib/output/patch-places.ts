// Where a patch most likely meant to go: the nearest place of the object that it does not apply to.

import { isRecord } from '../kube/json';
import { nearest } from '../spec/nearest';
import type { Operation } from '../spec';

const LOOK = 'look at it in dist/';

/** What to write instead, for an operation that does not apply to this object. */
export function placeHint(object: unknown, operation: Operation): string {
  const places = [...('from' in operation ? [operation.from] : []), operation.path];
  const [hint = LOOK] = places.flatMap((place) => {
    const found = hintOf(object, place, operation.op === 'add' && place === operation.path);
    return found === undefined ? [] : [found];
  });
  return hint;
}

/** Of the first step that leads nowhere; the last one of `add` may be new. */
function hintOf(object: unknown, place: string, mayEndNew: boolean): string | undefined {
  const steps = place.split('/').slice(1).map(decoded);
  let node = object;
  for (const [depth, step] of steps.entries()) {
    const next = child(node, step);
    if (next === undefined) {
      const isNew = mayEndNew && depth === steps.length - 1 && (isRecord(node) || step === '-');
      return isNew ? undefined : hintAt(node, steps, depth);
    }
    node = next;
  }
  return undefined;
}

function hintAt(node: unknown, steps: readonly string[], depth: number): string | undefined {
  const step = String(steps[depth]);
  const near = Array.isArray(node)
    ? named(node, step)
    : nearest(step, isRecord(node) ? Object.keys(node) : []);
  return near && `did you mean ${pointer([...steps.slice(0, depth), near, ...steps.slice(depth + 1)])}`;
}

const child = (node: unknown, step: string): unknown => {
  if (Array.isArray(node)) return /^\d+$/.test(step) ? (node as readonly unknown[])[Number(step)] : undefined;
  return isRecord(node) && Object.hasOwn(node, step) ? node[step] : undefined;
};

/** Containers, volumes and variables are lists of named ones: `containers/web` is `containers/0`. */
function named(list: readonly unknown[], step: string): string | undefined {
  const index = list.findIndex((one: unknown) => isRecord(one) && one['name'] === step);
  return index < 0 ? undefined : String(index);
}

/** RFC 6901. */
const decoded = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');
const pointer = (steps: readonly string[]): string =>
  steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
