// Passwords and private keys in the files of a pod.

import { breachUnless } from './law';
import type { Law } from './law';
import { ownWorkloads } from './workloads';

/** Volumes that Stalk makes of Secrets; those that somebody adds may have files of any mode. */
const OURS = new Set(['redis-password', 'passwords', 'tls', 'redis-tls']);

/** The kubelet's own, in decimal: everybody reads. */
const DEFAULT_MODE = 0o644;

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');

const modes: Law = {
  name: 'passwords and keys are files that only the pod’s own user and group may read',
  check: ({ workloads }) =>
    ownWorkloads(workloads).flatMap(({ id, path, pod }) =>
      (pod.volumes ?? []).flatMap(({ name = '', secret }, i) => {
        if (secret === undefined || !OURS.has(name)) return [];
        const files = [
          secret.defaultMode ?? DEFAULT_MODE,
          ...(secret.items ?? []).flatMap((one) => one.mode ?? []),
        ];
        const open = files.find((mode) => (mode & 0o337) !== 0);
        return breachUnless(
          open === undefined,
          id,
          `${path}.volumes[${i}].secret ("${name}") must have files of mode 0440, got ${octal(open ?? 0)}`,
        );
      }),
    ),
};

export const secretFileLaws: readonly Law[] = [modes];
