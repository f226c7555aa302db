// What a reviewer asks of Stalk's pods beyond the standard: read-only roots, no tokens, fixed images, probes.

import { envOf, breachUnless } from './law';
import type { Law } from './law';
import { ownOfKind } from './leaf';
import type { Probe, Texts } from './pods';
import { ownWorkloads, services } from './workloads';
import type { PlacedContainer } from './workloads';
import { inWords, show } from './words';

const readOnlyRoot: Law = {
  name: 'every root file system is read-only, or the pod says why not',
  check: ({ workloads }) =>
    ownWorkloads(workloads).flatMap(({ id, annotations, containers }) => {
      const reason = annotations['stalk.dev/writable-root'];
      if (reason !== undefined && reason.length > 0) return [];
      return containers.flatMap(({ path, securityContext }) =>
        breachUnless(
          securityContext?.readOnlyRootFilesystem === true,
          id,
          `${path}.securityContext.readOnlyRootFilesystem must be true, got ${show(securityContext?.readOnlyRootFilesystem)}; or annotate the pod with stalk.dev/writable-root and a reason`,
        ),
      );
    }),
};

const tokens: Law = {
  name: 'no pod gets a token that nobody asked for, or the addresses of Services',
  check: (leaf) => [
    ...ownWorkloads(leaf.workloads).flatMap(({ id, name, path, pod }) => {
      const { automountServiceAccountToken: token, enableServiceLinks: links } = pod;
      const asked = leaf.tokens.includes(name);
      return [
        ...breachUnless(
          token === asked,
          id,
          `${path}.automountServiceAccountToken must be ${asked}, got ${show(token)}`,
        ),
        ...breachUnless(
          !asked || pod.serviceAccountName !== 'stalk',
          id,
          `${path}.serviceAccountName must be another than "stalk": a token of it is good for nothing`,
        ),
        ...breachUnless(links === false, id, `${path}.enableServiceLinks must be false, got ${show(links)}`),
      ];
    }),
    ...ownOfKind(leaf, 'ServiceAccount').flatMap(({ id, automountServiceAccountToken: token }) =>
      breachUnless(token === false, id, `.automountServiceAccountToken must be false, got ${show(token)}`),
    ),
  ],
};

/** `name:tag`, where the tag says which, or a digest. */
const FIXED_IMAGE = /^[^\s@]+(:(?!latest$)[\w][\w.-]*|@sha256:[0-9a-f]{64})$/;

const images: Law = {
  name: 'every image has a fixed tag or a digest',
  check: ({ workloads }) =>
    ownWorkloads(workloads).flatMap(({ id, containers }) =>
      containers.flatMap(({ path, image }) =>
        breachUnless(
          FIXED_IMAGE.test(image ?? ''),
          id,
          `${path}.image must have a tag other than latest, or a digest, got ${show(image)}`,
        ),
      ),
    ),
};

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;
const LOOKS = ['exec', 'httpGet', 'tcpSocket', 'grpc'] as const;
const lookOf = (probe: Probe | undefined): string => JSON.stringify(LOOKS.map((kind) => probe?.[kind]));

/** Nobody sends work to a process without a port, so nobody waits for it; where its author says how to look, it lives by that. */
function wantedProbes(labels: Texts, main: PlacedContainer): readonly (typeof PROBES)[number][] {
  if (labels['app.kubernetes.io/component'] !== 'process' || main.ports !== undefined) return PROBES;
  const looked = PROBES.some((probe) => main[probe] !== undefined);
  return looked ? ['startupProbe', 'livenessProbe'] : [];
}

const probes: Law = {
  name: 'every service has a startup, a readiness and a liveness probe, the last of which looks at something else',
  check: ({ workloads }) =>
    services(ownWorkloads(workloads)).flatMap(({ id, labels, main }) => [
      ...wantedProbes(labels, main).flatMap((probe) =>
        breachUnless(main[probe] !== undefined, id, `${main.path}.${probe} must be given`),
      ),
      ...breachUnless(
        main.livenessProbe === undefined || lookOf(main.readinessProbe) !== lookOf(main.livenessProbe),
        id,
        `${main.path}.livenessProbe must look at something else than readinessProbe: a pod that cannot work for a while need not restart`,
      ),
    ]),
};

const PRODUCERS = new Set(['web', 'migrate']);

const producers: Law = {
  name: 'web and migration pods get the producer’s Redis user, and arguments hold no secret',
  check: ({ workloads, outside }) => {
    const users = new Set(
      ownWorkloads(workloads).flatMap(({ main }) => envOf(main, 'STALK_USER')?.value ?? []),
    );
    const isShared = outside.length > 0 && users.size === 1; // a Redis of somebody else may have one user for all
    return ownWorkloads(workloads).flatMap(({ id, path, pod, labels, main }) => {
      const user = envOf(main, 'STALK_USER')?.value;
      const keys = (pod.volumes ?? [])
        .filter(({ name }) => name === 'redis-password')
        .flatMap(({ secret }) => (secret?.items ?? []).map(({ key = '' }) => key));
      const producer = PRODUCERS.has(labels['app.kubernetes.io/component'] ?? '');
      return [
        ...breachUnless(
          user === undefined || keys.join() === user,
          id,
          `${path}.volumes must hold the password of ${show(user)}, got that of ${inWords(keys)}`,
        ),
        ...breachUnless(
          !producer || isShared || /-web$/.test(user ?? ''),
          id,
          `: STALK_USER must be the producer's user, got ${show(user)}`,
        ),
        ...breachUnless(
          !JSON.stringify([main.command ?? [], main.args ?? []]).includes('$('),
          id,
          `${main.path}.command must hold no variable: everybody sees arguments, got ${show(main.command)}`,
        ),
      ];
    });
  },
};

export const hardeningLaws: readonly Law[] = [readOnlyRoot, tokens, images, probes, producers];
