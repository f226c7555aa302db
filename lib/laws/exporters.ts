// redis_exporter beside a Redis: what its user may do, and what it sees of the pod.

import { breachUnless, envOf } from './law';
import type { Breach, Law } from './law';
import { isRedis } from './redis-pods';
import type { PlacedContainer, WorkloadView } from './workloads';
import { ownWorkloads } from './workloads';
import { inWords, show } from './words';

/** What redis_exporter 1.45 to 1.69 ask at each scrape, and nothing that shows keys, messages or values of CONFIG. */
const RIGHTS = {
  redis: '+info +client|setname +latency|latest +slowlog|len +slowlog|get',
  sentinel: '+info +client|setname +sentinel|masters +sentinel|ckquorum +sentinel|sentinels +sentinel|slaves',
};

interface Watched extends WorkloadView {
  readonly exporter: PlacedContainer;
  /** Containers that make its user. */
  readonly makers: readonly PlacedContainer[];
}

const watched = (workloads: readonly WorkloadView[]): readonly Watched[] =>
  ownWorkloads(workloads)
    .filter(({ labels }) => isRedis({ labels }))
    .flatMap((workload) => {
      const exporter = workload.containers.find(({ name }) => name === 'exporter');
      const makers = workload.containers.filter((one) => envOf(one, 'EXPORTER_RULES') !== undefined);
      return exporter === undefined ? [] : [{ ...workload, exporter, makers }];
    });

const unlike = (some: string, others: string): string[] =>
  some.split(' ').filter((word) => !others.split(' ').includes(word));

const rights: Law = {
  name: 'the user of redis_exporter may ask how a Redis is, and nothing else',
  check: ({ workloads }) =>
    watched(workloads).flatMap(({ id, path, labels, makers }) => {
      const isSentinel = labels['app.kubernetes.io/component'] === 'sentinel';
      const wanted = `resetkeys resetchannels -@all ${RIGHTS[isSentinel ? 'sentinel' : 'redis']}`;
      return [
        ...breachUnless(
          makers.length === 1,
          id,
          `${path}.initContainers must hold one that gets EXPORTER_RULES, got ${makers.length}`,
        ),
        ...makers.flatMap((maker) => {
          const rules = envOf(maker, 'EXPORTER_RULES')?.value ?? '';
          const [more, less] = [unlike(rules, wanted), unlike(wanted, rules)];
          return breachUnless(
            rules === wanted,
            id,
            `${maker.path}.env: EXPORTER_RULES must be what redis_exporter asks, in the order of Stalk, got ${inWords(more)} more and ${inWords(less)} less`,
          );
        }),
      ];
    }),
};

/** Variables by which one finds what the other has made. */
const AGREED = ['REDIS_ADDR', 'REDIS_PASSWORD_FILE'];

/** Redis is in its pod; anything else would get a password that is not meant for it. */
const INSIDE = /^(redis:\/\/127\.0\.0\.1:\d+|unix:\/\/\/run\/exporter\/[\w.-]+)$/;

const address: Law = {
  name: 'redis_exporter asks the Redis of its pod, with the password that was made for it',
  check: ({ workloads }) =>
    watched(workloads).flatMap(({ id, exporter, makers }) => [
      ...breachUnless(
        INSIDE.test(envOf(exporter, 'REDIS_ADDR')?.value ?? ''),
        id,
        `${exporter.path}.env: REDIS_ADDR must be a port of 127.0.0.1 or a socket in /run/exporter, got ${show(envOf(exporter, 'REDIS_ADDR')?.value)}`,
      ),
      ...AGREED.flatMap((name) =>
        makers.flatMap((maker) => {
          const [wanted, got] = [maker, exporter].map((one) => envOf(one, name)?.value);
          return breachUnless(
            wanted === got,
            id,
            `${exporter.path}.env: ${name} must be that of ${maker.path}, ${show(wanted)}, got ${show(got)}`,
          );
        }),
      ),
    ]),
};

const NO_CONFIG = 'REDIS_EXPORTER_CONFIG_COMMAND';

const sight: Law = {
  name: 'redis_exporter sees of a Redis’ pod its own folder alone, which is in memory, and asks for no configuration',
  check: ({ workloads }) =>
    watched(workloads).flatMap(({ id, path, pod, exporter }) => [
      ...mounts(id, exporter),
      ...(pod.volumes ?? []).flatMap(({ name, emptyDir }, i) =>
        breachUnless(
          name !== 'exporter' || emptyDir?.medium === 'Memory',
          id,
          `${path}.volumes[${i}].emptyDir.medium must be "Memory", got ${show(emptyDir?.medium)}`,
        ),
      ),
      ...breachUnless(
        envOf(exporter, NO_CONFIG)?.value === '-',
        id,
        `${exporter.path}.env: ${NO_CONFIG} must be "-", got ${show(envOf(exporter, NO_CONFIG)?.value)}: CONFIG shows the password of replicas`,
      ),
    ]),
};

function mounts(id: string, { path, volumeMounts = [] }: PlacedContainer): Breach[] {
  const others = volumeMounts.filter(
    ({ name, readOnly }) => name !== 'tmp' && (name !== 'exporter' || readOnly !== true),
  );
  return breachUnless(
    others.length === 0,
    id,
    `${path}.volumeMounts must be tmp and exporter, the latter read-only, got ${inWords(others.map(({ name }) => show(name)))} besides`,
  );
}

export const exporterLaws: readonly Law[] = [rights, address, sight];
