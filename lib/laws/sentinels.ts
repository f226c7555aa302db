// Sentinels: how many of them agree, and whether all know each other and every Redis.

import { envOf, breachUnless } from './law';
import type { Breach, Law } from './law';
import { called, ownOfKind } from './leaf';
import type { LeafView } from './leaf';
import { ownWorkloads } from './workloads';
import type { WorkloadView } from './workloads';
import { show } from './words';

const sentinelsOf = (
  leaf: LeafView,
): readonly { readonly workload: WorkloadView; readonly count: number }[] =>
  ownOfKind(leaf, 'StatefulSet')
    .filter(({ metadata }) => metadata.labels['app.kubernetes.io/component'] === 'sentinel')
    .flatMap((set) =>
      ownWorkloads(leaf.workloads)
        .filter(({ object }) => object === set)
        .map((workload) => ({ workload, count: set.spec?.replicas ?? 0 })),
    );

const quorum: Law = {
  name: 'more than half of the sentinels agree before a primary is replaced',
  check: (leaf) =>
    sentinelsOf(leaf).flatMap(({ workload: { id, containers }, count }) => {
      const wanted = String(Math.floor(count / 2) + 1);
      const quorums = containers.flatMap((c) => envOf(c, 'QUORUM')?.value ?? []);
      return breachUnless(
        quorums.length === 1 && quorums[0] === wanted,
        id,
        `: QUORUM must be "${wanted}", more than half of ${count}, got ${show(quorums[0])}`,
      );
    }),
};

/** Each pod by its name, one after the other. */
const hostsOf = (text: string, set: string, count: number): boolean => {
  const hosts = text.split(' ');
  return hosts.length === count && hosts.every((host, i) => host.startsWith(`${set}-${i}.${set}-headless.`));
};

const known: Law = {
  name: 'who elects a primary knows every Redis and every sentinel',
  check: (leaf) =>
    sentinelsOf(leaf).flatMap(({ count }) => {
      const servers = called(leaf, 'StatefulSet', 'redis')?.spec?.replicas ?? 0;
      return ownWorkloads(leaf.workloads).flatMap((workload) => [
        ...tells(workload, 'REDIS_NODES', 'redis', servers),
        ...tells(workload, 'SENTINELS', 'sentinel', count),
      ]);
    }),
};

const tells = ({ id, containers }: WorkloadView, name: string, set: string, count: number): Breach[] =>
  containers.flatMap((container) => {
    const value = envOf(container, name)?.value;
    return breachUnless(
      value === undefined || hostsOf(value, set, count),
      id,
      `${container.path}: ${name} must name the ${count} pods of StatefulSet/${set}, got ${show(value)}`,
    );
  });

export const sentinelLaws: readonly Law[] = [quorum, known];
