// The tables of docs/costs.md: what rendered pods ask of a cluster, added up, and what a Redis holds.

import { dev } from '../../docs/examples/environment';
import { production as watched } from '../../docs/examples/observability/operator';
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

/** In the order of the columns: objects, pods, CPU and memory. */
type Amounts = readonly number[];

const inWords = ([
  objects = 0,
  pods = 0,
  cpu = 0,
  cpuMost = 0,
  memory = 0,
  memoryMost = 0,
]: Amounts): string[] => [
  ...[objects, pods].map(String),
  ...[cpu, cpuMost].map(cpuText),
  ...[memory, memoryMost].map((amount) => (amount === 0 ? '0' : memoryText(amount))),
];

function amounts(manifests: readonly Manifest[]): Amounts {
  const pods = manifests.flatMap(podsOf);
  const sum = (side: 'requests' | 'limits', what: 'cpu' | 'memory') =>
    pods.reduce((total, { spec, count }) => total + count * ofPod(spec, side, what), 0);
  return [
    manifests.length,
    pods.reduce((total, { count }) => total + count, 0),
    sum('requests', 'cpu'),
    sum('limits', 'cpu'),
    sum('requests', 'memory'),
    sum('limits', 'memory'),
  ];
}

function costs(folder: string, tenants: readonly Tenant[]): string[] {
  const manifests = leafManifests(leafOf(platformOf(environment, tenants), folder));
  const quota = manifests.find(({ kind }) => kind === 'ResourceQuota')?.['spec'].hard;
  return [
    ...inWords(amounts(manifests)),
    storage(manifests),
    quota.pods,
    quota['limits.cpu'],
    quota['limits.memory'],
  ];
}

/** What monitoring adds to each folder of the tree. */
export function monitoringTable(): string {
  const { monitoring, peers } = watched;
  const added = (folder: string, tenants: readonly Tenant[]): Amounts => {
    const [without = [], within = []] = [
      { ...environment, peers },
      { ...environment, peers, monitoring },
    ].map((one) => amounts(leafManifests(leafOf(platformOf(one as Environment, tenants), folder))));
    return within.map((amount, i) => amount - (without[i] ?? 0));
  };
  const once = added('platform', [examples.smallest]);
  const broker = added('brokers/main', [examples.smallest]);
  const tenant = added('tenants/smallest', [examples.smallest]);
  const of = (count: number): Amounts =>
    once.map((amount, i) => amount + (broker[i] ?? 0) + count * (tenant[i] ?? 0));
  const rows: readonly (readonly [string, Amounts])[] = [
    ['the environment, once', once],
    ...ROWS.map(([title, folder, tenants]): readonly [string, Amounts] => [title, added(folder, tenants)]),
    ['all of it, 6 tenants', of(6)],
    ['all of it, 200 tenants', of(200)],
  ];
  return table([['adds to', ...HEAD.slice(1, 7)], ...rows.map(([title, sum]) => [title, ...inWords(sum)])]);
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
