// What pods mount and read: volumes, claims, ConfigMaps, Secrets.

import { breachUnless } from './law';
import type { Law } from './law';
import { called, ofKind, ownOfKind } from './leaf';
import type { LeafView } from './leaf';
import { ownWorkloads } from './workloads';
import type { WorkloadView } from './workloads';
import { inWords, show } from './words';

const mounts: Law = {
  name: 'every mount has a volume, every volume is mounted, and no path is mounted twice',
  check: (leaf) =>
    leaf.workloads.flatMap((workload) => {
      const { id, path, pod, containers, object } = workload;
      const set = ofKind(leaf, 'StatefulSet').find((o) => o === object);
      const templates = (set?.spec?.volumeClaimTemplates ?? []).map((t) => t.metadata?.name ?? '');
      const volumes = [...(pod.volumes ?? []).map(({ name }) => name ?? ''), ...templates];
      const mounted = new Set(containers.flatMap((c) => (c.volumeMounts ?? []).map((m) => m.name ?? '')));
      return [
        ...[...mounted].flatMap((name) =>
          breachUnless(
            volumes.includes(name),
            id,
            `${path}.volumes must hold the volume ${show(name)} that a container mounts, got ${inWords(volumes)}`,
          ),
        ),
        ...volumes.flatMap((name, i) => [
          ...breachUnless(
            mounted.has(name),
            id,
            `${path}.volumes: a container must mount ${show(name)}, got nobody; mount it or take it away`,
          ),
          ...breachUnless(
            volumes.indexOf(name) === i,
            id,
            `${path}.volumes[${i}].name must be another than ${show(name)}, which is taken`,
          ),
        ]),
        ...twice(workload),
      ];
    }),
};

const twice = ({ id, containers }: WorkloadView) =>
  containers.flatMap((c) => {
    const paths = (c.volumeMounts ?? []).map((m) => m.mountPath ?? '');
    return paths.flatMap((path, i) =>
      breachUnless(
        paths.indexOf(path) === i,
        id,
        `${c.path}.volumeMounts[${i}].mountPath must be another than ${show(path)}, which is taken`,
      ),
    );
  });

/** ConfigMaps or Secrets that a pod reads, with the keys that it needs of them. */
interface Read {
  readonly name: string;
  readonly keys: readonly string[];
}

const keysIn = (items: readonly { readonly key?: string }[] = []): string[] =>
  items.map(({ key = '' }) => key);

function configMapsOf({ pod, containers }: WorkloadView): Read[] {
  return [
    ...(pod.volumes ?? []).flatMap(({ configMap }) =>
      configMap === undefined || configMap.optional === true
        ? []
        : [{ name: configMap.name ?? '', keys: keysIn(configMap.items) }],
    ),
    ...containers.flatMap(({ env = [], envFrom = [] }) => [
      ...env.flatMap(({ valueFrom }) => keyRead(valueFrom?.configMapKeyRef)),
      ...envFrom.flatMap(({ configMapRef }) => wholeRead(configMapRef)),
    ]),
  ];
}

function secretsOf({ pod, containers }: WorkloadView): Read[] {
  return [
    ...(pod.volumes ?? []).flatMap(({ secret }) =>
      secret === undefined ? [] : [{ name: secret.secretName ?? '', keys: keysIn(secret.items) }],
    ),
    ...containers.flatMap(({ env = [], envFrom = [] }) => [
      ...env.flatMap(({ valueFrom }) => keyRead(valueFrom?.secretKeyRef)),
      ...envFrom.flatMap(({ secretRef }) => wholeRead(secretRef)),
    ]),
  ];
}

interface Ref {
  readonly name?: string;
  readonly key?: string;
  readonly optional?: boolean;
}

const keyRead = (ref: Ref | undefined): Read[] =>
  ref === undefined || ref.optional === true ? [] : [{ name: ref.name ?? '', keys: keysIn([ref]) }];

const wholeRead = (ref: Ref | undefined): Read[] =>
  ref === undefined || ref.optional === true ? [] : [{ name: ref.name ?? '', keys: [] }];

const configuration: Law = {
  name: 'every ConfigMap that a pod reads is rendered beside it, with every key, or known to be there',
  check: (leaf) =>
    ownWorkloads(leaf.workloads).flatMap((workload) =>
      configMapsOf(workload).flatMap(({ name, keys }) => {
        const map = called(leaf, 'ConfigMap', name);
        if (map === undefined)
          return breachUnless(
            leaf.existingConfigMaps.includes(name),
            workload.id,
            ` must read a ConfigMap of this folder or one that the tenant names, got ${show(name)}`,
          );
        return keys.flatMap((key) =>
          breachUnless(
            map.data?.[key] !== undefined,
            workload.id,
            ` must read a key of ${map.id}, got ${show(key)}, which it does not have`,
          ),
        );
      }),
    ),
};

/** What cert-manager writes. */
const OF_CERTIFICATES = ['ca.crt', 'tls.crt', 'tls.key'];

/** Keys of the Secrets that come up with the leaf; `true` where a store decides which. */
function secretKeys(leaf: LeafView): ReadonlyMap<string, readonly string[] | true> {
  return new Map([
    ...ofKind(leaf, 'Secret').map(
      ({ metadata, stringData = {}, data = {} }) =>
        [metadata.name, Object.keys({ ...data, ...stringData })] as const,
    ),
    ...ofKind(leaf, 'Certificate').map(({ spec }) => [spec?.secretName ?? '', OF_CERTIFICATES] as const),
    ...ofKind(leaf, 'ExternalSecret').map(
      ({ spec }) =>
        [
          spec?.target?.name ?? '',
          spec?.dataFrom === undefined ? (spec?.data ?? []).map((d) => d.secretKey ?? '') : true,
        ] as const,
    ),
  ]);
}

const secrets: Law = {
  name: 'every Secret that a pod reads comes up with it, or the pod says that somebody else owns one',
  check: (leaf) => {
    const known = secretKeys(leaf);
    return ownWorkloads(leaf.workloads).flatMap((workload) => {
      const { id, annotations } = workload;
      const needed = secretsOf(workload);
      const theirs = needed.filter(({ name }) => !known.has(name));
      const marked = annotations['stalk.dev/secret'] === 'existing';
      return [
        ...(marked ? [] : theirs).flatMap(({ name }) =>
          breachUnless(
            false,
            id,
            ` must read a Secret of this folder, got ${show(name)}; if somebody else makes it, annotate the pod with stalk.dev/secret: existing`,
          ),
        ),
        ...breachUnless(
          !marked || theirs.length > 0,
          id,
          `: the pods' annotation stalk.dev/secret must be left out: every Secret that they read comes from this folder`,
        ),
        ...needed.flatMap(({ name, keys }) => {
          const own = known.get(name);
          if (own === undefined || own === true) return [];
          return keys.flatMap((key) =>
            breachUnless(
              own.includes(key),
              id,
              ` must read a key of Secret/${name}, got ${show(key)}, which it does not have`,
            ),
          );
        }),
      ];
    });
  },
};

const claims: Law = {
  name: 'every claim that a pod mounts is rendered beside it or known to be there, and none is rendered for nobody',
  check: (leaf) => {
    const rendered = new Set(ofKind(leaf, 'PersistentVolumeClaim').map(({ metadata }) => metadata.name));
    const mounted = leaf.workloads.flatMap(({ id, own, pod }) =>
      (pod.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) =>
        claim === undefined ? [] : [{ id, own, claim: claim.claimName ?? '' }],
      ),
    );
    return [
      ...mounted.flatMap(({ id, own, claim }) =>
        breachUnless(
          !own || rendered.has(claim) || leaf.existingClaims.includes(claim),
          id,
          ` must mount a claim of this folder or one that the tenant names, got ${show(claim)}`,
        ),
      ),
      ...ownOfKind(leaf, 'PersistentVolumeClaim').flatMap(({ id, metadata }) =>
        breachUnless(
          mounted.some(({ claim }) => claim === metadata.name),
          id,
          ' must be mounted by a pod, got nobody',
        ),
      ),
    ];
  },
};

export const mountLaws: readonly Law[] = [mounts, configuration, secrets, claims];
