// Where a tenant lives and which overlays it has: what only the list of all environments can judge.

import type { Environment } from '../environment';
import { at } from '../layers';
import { nearest } from '../nearest';
import type { Tenant } from '../tenant';
import { quoted, show, unless } from './finding';
import type { Finding } from './finding';
import { isRecord } from '../../kube/json';
import { has } from './shapes';

/** `names`: of all environments; without it, unknown names are not looked for. */
export const placeOf = (
  tenant: Tenant,
  asked: Tenant,
  environment: Environment,
  names?: readonly string[],
): readonly Finding[] => [
  ...homes(tenant, names),
  ...overlays(tenant, names),
  ...sameEverywhere(tenant, environment),
  ...removals(tenant, environment),
  ...strangers(tenant, asked, environment),
  ...replicasBesideScaling(tenant, asked, environment),
];

function homes({ environments }: Tenant, names?: readonly string[]): readonly Finding[] {
  if (environments === undefined) return [];
  if (environments.length === 0)
    return [
      { path: ['environments'], wanted: 'list at least one', got: '[]', fix: 'leave it out to live in all' },
    ];
  return environments.flatMap((name, index) =>
    names === undefined || names.includes(name)
      ? []
      : [
          {
            path: ['environments', index],
            wanted: 'name an environment',
            got: show(name),
            fix: knownNames(names, name),
          },
        ],
  );
}

const knownNames = (names: readonly string[], typed: string): string => {
  const near = nearest(typed, names);
  return near === undefined ? `there are ${quoted(names)}` : `did you mean ${show(near)}`;
};

function overlays({ environments, overlays = {} }: Tenant, names?: readonly string[]): readonly Finding[] {
  return Object.keys(overlays).flatMap((name) => {
    const path = ['overlays', name];
    if (names !== undefined && !names.includes(name))
      return [{ path, wanted: 'be named as an environment', got: show(name), fix: knownNames(names, name) }];
    if (environments !== undefined && !environments.includes(name))
      return [
        {
          path,
          wanted: 'be for an environment in which the tenant lives',
          got: show(name),
          fix: `add "${name}" to environments or remove the overlay`,
        },
      ];
    return [];
  });
}

/** Name and homes of a tenant; overlays have none of their own. */
const sameEverywhere = (tenant: Tenant, { name }: Environment): readonly Finding[] =>
  ['name', 'environments', 'overlays'].flatMap((key) => {
    const value = at(tenant.overlays?.[name], key);
    return unless(value === undefined, () => ({
      path: ['overlays', name, key],
      wanted: 'not be in an overlay',
      got: show(value),
      fix: 'write it in the tenant itself',
    }));
  });

/** A `false` that takes nothing away is a misspelt name. */
function removals(tenant: Tenant, { name }: Environment): readonly Finding[] {
  const overlay = tenant.overlays?.[name];
  const places = [
    overlay,
    overlay?.workers,
    overlay?.processes,
    overlay?.app?.volumes,
    overlay?.beat ? overlay.beat.schedule : {},
  ];
  const prefixes = ['', 'workers', 'processes', 'app.volumes', 'beat.schedule'];
  return prefixes.flatMap((prefix, index) => {
    const names = Object.entries(places[index] ?? {}).filter(([, value]) => value === false);
    const under = prefix === '' ? tenant : at(tenant, prefix);
    return names
      .filter(([key]) => !isRecord(under) || under[key] === undefined)
      .map(([key]) => ({
        path: ['overlays', name, ...prefix.split('.').filter(Boolean), key],
        wanted: 'name what the tenant has, to remove it',
        got: 'false',
        fix: isRecord(under) && prefix !== '' ? knownNames(Object.keys(under), key) : 'remove this line',
      }));
  });
}

/** Records by name in a tenant, and the props of which each entry has one. */
const NAMED = {
  workers: ['queues', 'serves'],
  processes: ['command'],
  'app.volumes': ['path'],
  'beat.schedule': ['task'],
} as const;

/** Part of a pool under a name that no pool has: a slip, as a new pool would be whole. */
function strangers(tenant: Tenant, asked: Tenant, { name }: Environment): readonly Finding[] {
  return Object.entries(NAMED).flatMap(([prefix, needed]) => {
    const names = Object.keys(recordAt(tenant, prefix));
    return Object.entries(recordAt(tenant.overlays?.[name], prefix))
      .filter(([key, part]) => isRecord(part) && !names.includes(key))
      .filter(([key]) => needed.every((prop) => !has(prop)(recordAt(asked, prefix)[key])))
      .map(([key, part]) => ({
        path: ['overlays', name, ...prefix.split('.'), key],
        wanted: 'name what the tenant has, to change it, or be whole',
        got: show(part),
        fix: names.length > 0 ? knownNames(names, key) : `write ${needed.join(' or ')} as well`,
      }));
  });
}

const recordAt = (tree: unknown, path: string): Readonly<Record<string, unknown>> => {
  const found = at(tree, path);
  return isRecord(found) ? found : {};
};

/** The autoscaler decides over replicas; only an overlay that brings it may lie over a number of them. */
function replicasBesideScaling(
  tenant: Tenant,
  { workers = {}, processes = {}, web }: Tenant,
  environment: Environment,
): readonly Finding[] {
  const overlay = tenant.overlays?.[environment.name];
  const named = [
    ...Object.entries(workers).map(([name, pool]) => [`workers.${name}`, pool] as const),
    ...Object.entries(processes).map(([name, process]) => [`processes.${name}`, process] as const),
  ];
  return [...named, ...(web ? [['web', web] as const] : [])].flatMap(([path, { scaling, replicas }]) => {
    if (scaling === undefined || replicas === undefined) return [];
    const brought = at(tenant, `${path}.scaling`) === undefined;
    return unless(brought && at(overlay, `${path}.replicas`) === undefined, () => ({
      path: [...path.split('.'), 'replicas'],
      wanted: 'not stand beside scaling, which decides over the pods',
      got: show(replicas),
      fix: 'remove replicas, or write scaling: false in the overlay',
    }));
  });
}
