// The tables of docs/costs.md: what rendered pods ask of a cluster, added up, and what a Redis holds.

import { dev } from '../../docs/examples/environment';
import * as examples from '../../docs/examples/costs';
import type { Environment, Tenant } from '../../lib';
import { bytes, cpuText, memoryText, millicores } from '../../lib/spec/units';
import type { Cpu, Memory } from '../../lib/spec/units';
import { leafManifests, leafOf, platformOf, synth } from '../support/synth';
import type { Json, Manifest } from '../support/synth';
import { table } from './rendered';

const environment: Environment = { ...dev, disposable: false, secrets: { strategy: 'existing' } };

const ROWS: readonly (readonly [title: string, folder: string, tenants: readonly Tenant[]])[] = [
  ['a shared broker, with 1 tenant', 'brokers/main', [examples.smallest]],
  ['`smallest`: a worker on the shared broker', 'tenants/smallest', [examples.smallest]],
  ['`typical`: web, beat, Flower, 3 workers', 'tenants/typical', [examples.typical]],
  ['`cached`: a worker and a cache', 'tenants/cached', [examples.cached]],
  ['`standalone`: a worker and its Redis', 'tenants/standalone', [examples.standalone]],
  ['`replicated`: a worker and 3 Redis pods', 'tenants/replicated', [examples.replicated]],
  ['`watched`: a worker, 3 Redis pods, 3 sentinels', 'tenants/watched', [examples.watched]],
];

const HEAD = [
  'rendered',
  'objects',
  'pods',
  'CPU: requests',
  'CPU: limits',
  'memory: requests',
  'memory: limits',
  'storage',
  'quota: pods',
  'quota: CPU limits',
  'quota: memory limits',
];

export function costsTable(): string {
  const rows = ROWS.map(([title, folder, tenants]) => [title, ...costs(folder, tenants)]);
  return table([HEAD, ...rows]);
}

/** Bytes in Redis, measured on Redis 7.0. */
const SMALL_TASK = 1_000;
const TASK_WITH_1_KIB = 3_600;

const SIZES: readonly Memory[] = ['256Mi', '512Mi', '1Gi', '2Gi', '8Gi'];

export function roomTable(): string {
  const rows = SIZES.map((size) => {
    const room = maxmemory(size);
    return [
      `\`${size}\``,
      `${Math.floor(room / 2 ** 20)} MiB`,
      tasks(room / SMALL_TASK),
      tasks(room / TASK_WITH_1_KIB),
    ];
  });
  return table([
    ['`memory` (limit)', '`maxmemory`', 'small tasks', 'tasks with an argument of 1 KiB'],
    ...rows,
  ]);
}

function maxmemory(size: Memory): number {
  const tenant: Tenant = { ...examples.standalone, broker: { topology: 'standalone', memory: size } };
  const conf = synth(tenant, environment).byKind('ConfigMap', 'redis-config').data['redis.conf'];
  return Number(/^maxmemory (\d+)$/m.exec(conf)?.[1]);
}

/** Two digits that count: the rest depends on names and arguments. */
const tasks = (count: number): string => Number(count.toPrecision(2)).toLocaleString('en-US');

function costs(folder: string, tenants: readonly Tenant[]): string[] {
  const manifests = leafManifests(leafOf(platformOf(environment, tenants), folder));
  const pods = manifests.flatMap(podsOf);
  const quota = manifests.find(({ kind }) => kind === 'ResourceQuota')?.['spec'].hard;
  const sum = (side: 'requests' | 'limits', what: 'cpu' | 'memory') =>
    pods.reduce((total, { spec, count }) => total + count * ofPod(spec, side, what), 0);
  return [
    String(manifests.length),
    String(pods.reduce((total, { count }) => total + count, 0)),
    cpuText(sum('requests', 'cpu')),
    cpuText(sum('limits', 'cpu')),
    memoryText(sum('requests', 'memory')),
    memoryText(sum('limits', 'memory')),
    storage(manifests),
    quota.pods,
    quota['limits.cpu'],
    quota['limits.memory'],
  ];
}

/** Pods that stay: a migration Job ends. */
function podsOf({ kind, spec }: Manifest & { readonly spec?: Json }): { spec: Json; count: number }[] {
  if (kind !== 'Deployment' && kind !== 'StatefulSet') return [];
  return [{ spec: spec.template.spec, count: spec.replicas }];
}

/** As the scheduler counts: init containers run before the others, so the larger of both. */
function ofPod(spec: Json, side: 'requests' | 'limits', what: 'cpu' | 'memory'): number {
  const one = (container: Json): number => {
    const amount = container.resources[side][what];
    return what === 'cpu' ? millicores(amount as Cpu) : bytes(amount as Memory);
  };
  const together = spec.containers.map(one).reduce((a: number, b: number) => a + b, 0);
  return Math.max(together, ...(spec.initContainers ?? []).map(one));
}

function storage(manifests: readonly Manifest[]): string {
  const sizes = manifests.flatMap(({ kind, spec }: Manifest & { readonly spec?: Json }): number[] => {
    if (kind === 'PersistentVolumeClaim') return [bytes(spec.resources.requests.storage)];
    if (kind !== 'StatefulSet') return [];
    return (spec.volumeClaimTemplates ?? []).map(
      (claim: Json) => spec.replicas * bytes(claim.spec.resources.requests.storage),
    );
  });
  return sizes.length === 0 ? 'none' : memoryText(sizes.reduce((a, b) => a + b, 0));
}
