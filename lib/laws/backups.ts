// Backups of a broker: who may read all of it, what opens the store, and whom their pods reach.

import { breachUnless, selects } from './law';
import type { Breach, Law } from './law';
import { ofKind, ownOfKind } from './leaf';
import type { LeafView } from './leaf';
import { aboutRole, roleLines } from './redis-rules';
import { ownWorkloads } from './workloads';
import type { PlacedContainer, WorkloadView } from './workloads';
import { inWords, show } from './words';

/** `SYNC` sends the data, `REPLCONF` asks for it once, `PING` and `INFO` say which Redis to ask. */
const DUMPS = 'resetkeys resetchannels -@all +sync +replconf +ping +info';

const rights: Law = {
  name: 'the user that dumps a broker writes nothing, and is none of anybody else',
  check: (leaf) =>
    roleLines(leaf)
      .filter(({ role, words }) => role === 'backup' || words.includes('+sync'))
      .flatMap((rule) => [
        ...aboutRole(
          rule,
          rule.role === 'backup' && rule.map === 'redis-rules',
          'must leave +sync to the role backup of redis-rules: it sends the data of all tenants',
        ),
        ...aboutRole(rule, rule.line === DUMPS, `must be ${show(DUMPS)}, got ${show(rule.line)}`),
      ]),
};

/** The Secret of the store, and the containers that run restic. */
const STORE = 'redis-backup';
const WITH_RESTIC = ['store', 'fetch', 'restore'];

const isOfBackups = ({ labels }: Pick<WorkloadView, 'labels'>): boolean =>
  labels['app.kubernetes.io/component'] === 'backup';

/** Names of a pod's volumes by what they bring. */
const volumesOf = ({ pod }: WorkloadView, isWanted: (secret: string, keys: readonly string[]) => boolean) =>
  (pod.volumes ?? []).flatMap(({ name = '', secret }) =>
    secret !== undefined &&
    isWanted(
      secret.secretName ?? '',
      (secret.items ?? []).map(({ key = '' }) => key),
    )
      ? [name]
      : [],
  );

const mountsOf = (container: PlacedContainer, volumes: readonly string[]) =>
  (container.volumeMounts ?? []).filter(({ name = '' }) => volumes.includes(name));

const keys: Law = {
  name: 'the keys of a store are mounted where restic runs alone, and the password of the dump where Redis is dumped',
  check: (leaf) =>
    ownWorkloads(leaf.workloads).flatMap((workload) => {
      const store = volumesOf(workload, (secret) => secret === STORE);
      const password = volumesOf(workload, (_, items) => items.includes('backup'));
      const others = volumesOf(
        workload,
        (secret, items) => secret === 'redis-users' && !items.includes('backup'),
      );
      return workload.containers.flatMap((one) => [
        ...misplaced(workload.id, one, { volumes: store, names: WITH_RESTIC, what: 'what opens the store' }),
        ...misplaced(workload.id, one, {
          volumes: password,
          names: ['dump'],
          what: 'the password of the dump',
        }),
        ...(isOfBackups(workload)
          ? misplaced(workload.id, one, { volumes: others, names: [], what: 'passwords of other users' })
          : []),
      ]);
    }),
};

interface Kept {
  readonly volumes: readonly string[];
  /** Containers that may mount them. */
  readonly names: readonly string[];
  readonly what: string;
}

const misplaced = (id: string, container: PlacedContainer, { volumes, names, what }: Kept): Breach[] =>
  mountsOf(container, volumes).flatMap(({ name, readOnly }) => [
    ...breachUnless(
      names.includes(container.name),
      id,
      `${container.path}.volumeMounts must not hold ${show(name)}, ${what}: ${names.length === 0 ? 'nobody here needs it' : `${inWords(names)} alone needs it`}`,
    ),
    ...breachUnless(
      readOnly === true,
      id,
      `${container.path}.volumeMounts must hold ${show(name)} read-only`,
    ),
  ]);

/** What a program takes from a file alone. */
const PASSWORDS =
  /^(RESTIC_PASSWORD|RESTIC_PASSWORD_COMMAND|AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|REDISCLI_AUTH)$/;

/** A script of Stalk's and one of its words. */
const SCRIPT = /^sh \/opt\/stalk\/[a-z-]+\.sh( [a-z]+)?$/;

const inFiles: Law = {
  name: 'no password of a backup is in a variable or an argument',
  check: (leaf) =>
    ownWorkloads(leaf.workloads)
      .filter(isOfBackups)
      .flatMap(({ id, containers }) =>
        containers.flatMap(({ path, command = [], args = [], env = [] }) => [
          ...breachUnless(
            SCRIPT.test([...command, ...args].join(' ')),
            id,
            `${path}.command must be a script of Stalk and one word, got ${show([...command, ...args].join(' '))}`,
          ),
          ...env.flatMap(({ name = '', value = '' }) =>
            breachUnless(
              !PASSWORDS.test(name) && !value.includes('@'),
              id,
              `${path}.env: ${name} must be read from a file by the script`,
            ),
          ),
        ]),
      ),
};

/** What dumps comes first, and only what it has checked is stored. */
const ORDER: Readonly<Record<string, readonly string[]>> = {
  'redis-backup': ['dump', 'store'],
  'redis-drill': ['fetch', 'drill'],
};

const order: Law = {
  name: 'a dump is whole before it is stored, one backup runs at a time, and what became of it can be read afterwards',
  check: (leaf) =>
    ownOfKind(leaf, 'CronJob')
      .filter(({ metadata }) => metadata.labels['app.kubernetes.io/component'] === 'backup')
      .flatMap(({ id, metadata, spec }) => {
        const { pod } = workloadOf(leaf, id);
        const wanted = ORDER[metadata.name] ?? [];
        const [first = [], then = []] = [pod.initContainers, pod.containers].map(namesOf);
        return [
          ...breachUnless(
            first.length === 1 && [...first, ...then].join() === wanted.join(),
            id,
            ` must run ${inWords(wanted)}, the first before the other, got ${inWords([...first, ...then])}`,
          ),
          ...breachUnless(
            spec?.concurrencyPolicy === 'Forbid',
            id,
            `.spec.concurrencyPolicy must be "Forbid", got ${show(spec?.concurrencyPolicy)}`,
          ),
          ...breachUnless(
            pod.restartPolicy === 'Never',
            id,
            `.spec.jobTemplate.spec.template.spec.restartPolicy must be "Never", or the pod that failed is gone, got ${show(pod.restartPolicy)}`,
          ),
        ];
      }),
};

const workloadOf = ({ workloads }: LeafView, id: string): Pick<WorkloadView, 'pod'> =>
  workloads.find((one) => one.id === id) ?? { pod: {} };

const namesOf = (containers: readonly { readonly name?: string }[] = []): string[] =>
  containers.map(({ name = '' }) => name);

const closed: Law = {
  name: 'nobody reaches the pods of backups, and they reach their Redis and their store alone',
  check: (leaf) =>
    ownWorkloads(leaf.workloads)
      .filter(isOfBackups)
      .flatMap((workload) =>
        policiesOf(leaf, workload).flatMap(({ id, metadata, spec }) => [
          ...breachUnless(
            (spec?.ingress ?? []).every(({ ports = [] }) => isNobodys(ports, workload)),
            id,
            `.spec.ingress must be empty, as it lets somebody into the pods of ${workload.id}`,
          ),
          ...breachUnless(
            metadata.name === 'dns' || metadata.name === STORE || (spec?.egress ?? []).length === 0,
            id,
            `.spec.egress must be empty for the pods of ${workload.id}, whose own policy is ${STORE}`,
          ),
          ...(metadata.name === STORE ? opened(id, spec?.egress ?? []) : []),
        ]),
      ),
};

/** Ports by names that no container has. */
const isNobodys = (
  ports: readonly { readonly port?: string | number }[],
  { containers }: WorkloadView,
): boolean =>
  ports.length > 0 &&
  ports.every(
    ({ port }) =>
      typeof port === 'string' && !containers.some((one) => one.ports?.some(({ name }) => name === port)),
  );

const policiesOf = (leaf: LeafView, { labels }: WorkloadView) =>
  ofKind(leaf, 'NetworkPolicy').filter(({ spec }) => selects(spec?.podSelector, labels));

/** One rule to Redis, at most one to the store, each with one port. */
function opened(
  id: string,
  rules: readonly { readonly ports?: readonly unknown[]; readonly to?: readonly unknown[] }[],
): Breach[] {
  return [
    ...breachUnless(
      rules.length > 0 && rules.length < 3,
      id,
      `.spec.egress must lead to Redis and to the store, got ${rules.length} rules`,
    ),
    ...rules.flatMap(({ ports = [], to = [] }, i) =>
      breachUnless(
        ports.length === 1 && to.length === 1,
        id,
        `.spec.egress[${i}] must be one destination at one port, got ${to.length} at ${ports.length}`,
      ),
    ),
  ];
}

export const backupLaws: readonly Law[] = [rights, keys, inFiles, order, closed];
