// Redis servers: brokers never evict and always write down, and redis.conf fits the pod that it is for.

import { amount, breachUnless, matches } from './law';
import type { Breach, Law } from './law';
import type { Kinds } from './kinds';
import { called, ofKind, ownOfKind } from './leaf';
import type { LeafView } from './leaf';
import { ownWorkloads } from './workloads';
import type { WorkloadView } from './workloads';
import { inSize, show } from './words';

/** A server with the lines of its redis.conf by their first word. */
interface Server extends WorkloadView {
  readonly set: Kinds['StatefulSet'];
  readonly component: string | undefined;
  readonly conf: ReadonlyMap<string, string>;
  /** The ConfigMap that holds it. */
  readonly file: string;
}

/** A sentinel holds no data. */
export const redisSets = (leaf: LeafView): Kinds['StatefulSet'][] =>
  ownOfKind(leaf, 'StatefulSet').filter(
    ({ metadata }) => metadata.labels['app.kubernetes.io/component'] !== 'sentinel',
  );

const servers = (leaf: LeafView): Server[] =>
  redisSets(leaf).flatMap((set) => {
    const workload = ownWorkloads(leaf.workloads).find(({ object }) => object === set);
    const map = `${set.metadata.name}-config`;
    const text = called(leaf, 'ConfigMap', map)?.data?.['redis.conf'] ?? '';
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return workload === undefined
      ? []
      : [
          {
            ...workload,
            set,
            component: set.metadata.labels['app.kubernetes.io/component'],
            file: `ConfigMap/${map}`,
            conf: new Map(lines.map((l) => [l.split(' ')[0] ?? '', l.split(' ').slice(1).join(' ')])),
          },
        ];
  });

const says = (server: Server, holds: boolean, word: string, wanted: string): Breach[] =>
  breachUnless(
    holds,
    server.file,
    `.data["redis.conf"]: ${word} must be ${wanted}, got ${show(server.conf.get(word))}`,
  );

const noEviction: Law = {
  name: 'a broker never evicts',
  check: (leaf) =>
    servers(leaf)
      .filter(({ component }) => component === 'redis')
      .flatMap((s) =>
        says(s, s.conf.get('maxmemory-policy') === 'noeviction', 'maxmemory-policy', `"noeviction"`),
      ),
};

const memory: Law = {
  name: 'Redis may fill 70 % of its container',
  check: (leaf) =>
    servers(leaf).flatMap((s) => {
      const limit = amount(s.main.resources?.limits?.['memory']);
      const wanted = Math.floor((limit * 7) / 10);
      const set = Number(s.conf.get('maxmemory'));
      return says(
        s,
        Math.abs(set - wanted) <= 1,
        'maxmemory',
        `${wanted}, 70 % of the limit of ${inSize(limit)}`,
      );
    }),
};

const durable: Law = {
  name: 'Redis writes everything down where it has a volume; a broker always has one',
  check: (leaf) =>
    servers(leaf).flatMap((s) => {
      const claimed = s.set.spec?.volumeClaimTemplates !== undefined;
      const wanted = claimed ? 'yes' : 'no';
      return [
        ...breachUnless(
          claimed || s.component === 'cache',
          s.id,
          '.spec.volumeClaimTemplates must be given: a broker without a volume loses its messages with its pod',
        ),
        ...says(s, s.conf.get('appendonly') === wanted, 'appendonly', show(wanted)),
        ...(claimed ? written(s) : []),
      ];
    }),
};

const STOPS = 'stop-writes-on-bgsave-error';
const LOOKED_AT = 'sh /opt/redis/data.sh start';
const MENDER = 'users';
const inData = (mounts: readonly { readonly mountPath?: string }[] = []): boolean =>
  mounts.some(({ mountPath }) => mountPath === '/data');

/** The log within a second, and the whole data now and then: a log that is torn can be left out. */
const written = (s: Server): Breach[] => [
  ...says(s, s.conf.get('appendfsync') !== 'no', 'appendfsync', `"everysec" or "always"`),
  ...says(s, /^\d/.test(s.conf.get('save') ?? ''), 'save', 'seconds and changes, as in 900 1'),
  ...says(s, s.conf.get(STOPS) === 'no', STOPS, '"no": the log has what a failed snapshot lacks'),
  ...breachUnless(
    s.main.command?.slice(0, 3).join(' ') === LOOKED_AT,
    s.id,
    `${s.path}.containers[0].command must begin with ${LOOKED_AT}: Redis would write over data that it does not find`,
  ),
  ...breachUnless(
    (s.pod.containers ?? []).some(({ name, volumeMounts }) => name === MENDER && inData(volumeMounts)),
    s.id,
    `${s.path}.containers must hold one named "${MENDER}" that mounts /data: there data is mended while Redis cannot start`,
  ),
];

/** Seconds: 8 GB at the 70 MB/s of a slow disk. */
const TIME_TO_SAVE = 120;

const ending: Law = {
  name: 'Redis has time to save its data before it is killed',
  check: (leaf) =>
    servers(leaf)
      .filter(({ set }) => set.spec?.volumeClaimTemplates !== undefined)
      .flatMap(({ id, path, pod: { terminationGracePeriodSeconds: grace } }) =>
        breachUnless(
          (grace ?? 0) >= TIME_TO_SAVE,
          id,
          `${path}.terminationGracePeriodSeconds must be at least ${TIME_TO_SAVE}, got ${show(grace)}`,
        ),
      ),
};

const folders: Law = {
  name: 'every file that redis.conf names lies in a folder that is mounted',
  check: (leaf) =>
    servers(leaf).flatMap((s) => {
      const paths = (s.main.volumeMounts ?? []).map((m) => m.mountPath ?? '');
      const words = ['aclfile', 'include', 'dir', ...(s.conf.has('unixsocket') ? ['unixsocket'] : [])];
      return words.flatMap((word) => {
        const file = s.conf.get(word) ?? '';
        const mounted = paths.some((path) => file === path || file.startsWith(`${path}/`));
        return says(s, mounted, word, 'in a folder that the container mounts');
      });
    }),
};

const once: Law = {
  name: 'redis.conf says nothing twice: after an include, the last one counts',
  check: (leaf) =>
    ofKind(leaf, 'ConfigMap').flatMap(({ id, data }) => {
      const text = data?.['redis.conf'] ?? '';
      // Files to include may be many, each once
      const words = text.split('\n').flatMap((line) => /^(include .*|[a-z][a-z-]*)/.exec(line)?.[0] ?? []);
      return words
        .filter((word, i) => words.indexOf(word) !== i)
        .flatMap((word) =>
          breachUnless(false, id, `.data["redis.conf"]: ${word} must be there once, got two`),
        );
    }),
};

const replicas: Law = {
  name: 'a replica follows the primary by the name of its pod, and never becomes one',
  check: (leaf) =>
    servers(leaf)
      .filter(({ labels }) => labels['stalk.dev/role'] === 'replica')
      .flatMap((s) => {
        const found = s.conf.get('replicaof') ?? '';
        const host = `redis-0.redis-headless.${s.set.metadata.namespace}.svc.`;
        const port = s.conf.get('tls-port') ?? s.conf.get('port');
        const follows =
          called(leaf, 'StatefulSet', 'redis') !== undefined &&
          found.startsWith(host) &&
          found.endsWith(` ${port}`);
        return [
          ...says(s, follows, 'replicaof', `${host}… ${port}`),
          ...says(s, s.conf.get('replica-priority') === '0', 'replica-priority', '0: sentinels may find it'),
        ];
      }),
};

/** A pod is ready when all its containers are: a dead helper would take the only Redis from all of its clients. */
const found: Law = {
  name: 'a Redis that nothing can stand in for is found also when its pod is not ready',
  check: (leaf) =>
    ofKind(leaf, 'Service').flatMap(({ id, own, spec }) => {
      const primary = servers(leaf).some(
        ({ labels }) => labels['stalk.dev/role'] === 'primary' && matches(spec?.selector, labels),
      );
      const open = spec?.publishNotReadyAddresses;
      return breachUnless(
        !own || !primary || open === true,
        id,
        `.spec.publishNotReadyAddresses must be true, got ${show(open)}; a dead helper would leave it without an endpoint`,
      );
    }),
};

const priority: Law = {
  name: 'a broker is evicted last, unless its author gives it another class',
  check: (leaf) =>
    servers(leaf).flatMap(({ id, path, component, pod }) => {
      const usual = component === 'redis' ? 'stalk-broker' : undefined;
      const wanted = (component === undefined ? undefined : leaf.classes[component]) ?? usual;
      return breachUnless(
        pod.priorityClassName === wanted,
        id,
        `${path}.priorityClassName must be ${show(wanted)}, got ${show(pod.priorityClassName)}`,
      );
    }),
};

export const redisServerLaws: readonly Law[] = [
  noEviction,
  memory,
  durable,
  ending,
  folders,
  once,
  replicas,
  found,
  priority,
];
