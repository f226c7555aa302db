// Hosts and paths at which a tenant is reached from outside, as an Ingress or a route says them.

import { isRecord } from '../kube/json';
import type { Manifest } from '../output/manifest';
import { consequence } from './consequence';
import type { Change, Consequence } from './model';

const KINDS = new Set(['Ingress', 'HTTPRoute']);

/** Who asks for a place that goes finds nobody, or somebody else. */
export function reached(change: Change): readonly Consequence[] {
  if (!KINDS.has(change.kind)) return [];
  const [before, after] = [placesIn(change.before), placesIn(change.after)];
  if (before === after) return [];
  const sides = { ...(before !== '' && { before }), ...(after !== '' && { after }) };
  return [consequence('reached', change, [{ what: 'at', ...sides }])];
}

const placesIn = (manifest: Manifest | undefined): string =>
  [...ofIngress(manifest?.spec), ...ofRoute(manifest?.spec)].join(', ');

const ofIngress = (spec: unknown): readonly string[] =>
  listIn(spec, 'rules').flatMap((rule) =>
    listIn(valueIn(rule, 'http'), 'paths').map((one) => place(valueIn(rule, 'host'), valueIn(one, 'path'))),
  );

const ofRoute = (spec: unknown): readonly string[] =>
  listIn(spec, 'hostnames').flatMap((host) =>
    listIn(spec, 'rules').flatMap((rule) =>
      listIn(rule, 'matches').map((match) => place(host, valueIn(valueIn(match, 'path'), 'value'))),
    ),
  );

const place = (host: unknown, path: unknown): string => `${textOf(host, '*')}${textOf(path, '/')}`;

const textOf = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);

/** A patched manifest may have any shape. */
const valueIn = (node: unknown, key: string): unknown => (isRecord(node) ? node[key] : undefined);

function listIn(node: unknown, key: string): readonly unknown[] {
  const value = valueIn(node, key);
  return Array.isArray(value) ? value : [];
}
