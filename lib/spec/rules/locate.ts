// Which layer a value came from, so that the error names the place where its author typed it.

import type { Environment } from '../environment';
import type { Tenant } from '../tenant';
import type { Path } from './finding';
import { isRecord } from '../../kube/json';

/** Where a value stands: in the tenant (`overlays.dev.…` included) or in the environment. */
export interface Place {
  readonly owner: 'tenant' | 'environment';
  readonly path: Path;
}

/** A record may come from both; then it is the tenant's. */
export function locate(path: Path, tenant: Tenant, environment: Environment): Place {
  if (path[0] === 'patches') return { owner: 'tenant', path }; // an overlay's are never laid over them
  const overlay = tenant.overlays?.[environment.name];
  const overlaid: Place = { owner: 'tenant', path: ['overlays', environment.name, ...path] };
  const inTenant = reaches(tenant, path) === path.length;
  if (reaches(overlay, path) === path.length && !(inTenant && isRecord(valueAt(overlay, path))))
    return overlaid;
  if (inTenant) return { owner: 'tenant', path };
  const preset = presetsOf(path, tenant).find((one) => reaches(environment.defaults, one) === one.length);
  if (preset) return { owner: 'environment', path: ['defaults', ...preset] };
  return reaches(overlay, path) > reaches(tenant, path) ? overlaid : { owner: 'tenant', path };
}

/** The same for the path of a shared broker, which has the defaults of every Redis. */
export function locateInEnvironment(path: Path, environment: Environment): Path {
  const preset = [
    'defaults',
    environment.brokers?.[String(path[1])]?.topology === 'external' ? 'external' : 'redis',
  ];
  const moved = [...preset, ...path.slice(2)];
  const typed = path[0] !== 'brokers' || reaches(environment, path) === path.length;
  return typed || reaches(environment, moved) < moved.length ? path : moved;
}

const valueAt = (tree: unknown, path: Path): unknown =>
  path.reduce((node, key) => (node as Readonly<Record<string | number, unknown>>)[key], tree);

/** How many steps of the path lead to a value. */
function reaches(tree: unknown, path: Path): number {
  let node = tree;
  for (const [depth, key] of path.entries()) {
    node = (node as Readonly<Record<string | number, unknown>> | undefined)?.[key];
    if (node === undefined) return depth;
  }
  return path.length;
}

/** Parts of a tenant that have defaults under their own name. */
const SECTIONS = [
  'app',
  'pods',
  'cache',
  'beat',
  'web',
  'flower',
  'migrate',
  'results',
  'messages',
  'priorities',
  'connections',
];

/** Where the environment's defaults may keep the value of a tenant's path: the nearest first. */
const presetsOf = (path: Path, tenant: Tenant): readonly Path[] => [
  presetOf(path, tenant),
  ...presetOfSidecar(path),
];

/** `sidecars.proxy.memory` and `web.sidecars.proxy.memory` have one default, `sidecar.memory`. */
function presetOfSidecar(path: Path): readonly Path[] {
  const workload = { workers: 2, processes: 2, sidecars: 0 }[String(path[0])] ?? 1;
  const [kind, , ...rest] = path.slice(workload);
  return kind === 'sidecars' ? [['sidecar', ...rest]] : [];
}

function presetOf(path: Path, tenant: Tenant): Path {
  const [top, name, ...rest] = path;
  if (top === 'workers') return ['worker', ...rest];
  if (top === 'processes') return [processDefaults(tenant, String(name)), ...rest];
  if (top === 'app' && name === 'volumes') return ['volume', ...rest.slice(1)];
  if (top === 'broker') return [brokerDefaults(tenant), ...path.slice(1)];
  return SECTIONS.includes(String(top)) ? path : ['tenant', ...path];
}

function processDefaults({ processes }: Tenant, name: string): string {
  const asked = processes?.[name];
  if (asked?.cron !== undefined) return 'cron';
  return asked?.port === undefined ? 'process' : 'web';
}

function brokerDefaults({ broker }: Tenant): string {
  if (!isRecord(broker) || 'shared' in broker) return 'shared';
  return broker.topology === 'external' ? 'external' : 'redis';
}
