// Where the API server keeps a kind.

import type { ObjectKind, ObjectRef } from './cluster';

export function pathOf({ apiVersion, kind, namespace, name }: ObjectKind & Partial<ObjectRef>): string {
  return [
    apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`,
    ...(namespace === undefined ? [] : [`namespaces/${namespace}`]),
    pluralOf(kind),
    ...(name === undefined ? [] : [encodeURIComponent(name)]),
  ].join('/');
}

/** `NetworkPolicy` is `networkpolicies`, `PriorityClass` is `priorityclasses`: true of every kind that Stalk renders. */
export function pluralOf(kind: string): string {
  const one = kind.toLowerCase();
  if (one.endsWith('y')) return `${one.slice(0, -1)}ies`;
  return one.endsWith('s') ? `${one}es` : `${one}s`;
}

export const groupOf = ({ apiVersion }: ObjectKind): string =>
  apiVersion.includes('/') ? String(apiVersion.split('/')[0]) : '';
