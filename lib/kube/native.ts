// Native sidecars: init containers that run as long as their pod does, from Kubernetes 1.29 on.

import { isRecord } from './json';

const ALWAYS = { restartPolicy: 'Always' } as const;

/**
 * Init containers of these names, wherever a pod stands in an object, as native sidecars. The classes that render it know
 * Kubernetes 1.27, whose containers have no `restartPolicy`: they would leave it out.
 */
export function asNative<T>(object: T, names: readonly string[]): T {
  if (names.length === 0) return object;
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit);
    if (!isRecord(node)) return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [
        key,
        key === 'initContainers' && Array.isArray(value) ? value.map(native) : visit(value),
      ]),
    );
  };
  const native = (container: unknown): unknown =>
    isRecord(container) && names.includes(String(container['name']))
      ? { ...container, ...ALWAYS }
      : container;
  return visit(object) as T;
}
