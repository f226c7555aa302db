// Files that a container of Stalk names: each of them lies in a folder that it mounts.

import { isRecord } from '../kube/json';
import { breachUnless } from './law';
import type { Law } from './law';
import type { Probe } from './pods';
import { ownWorkloads } from './workloads';
import type { PlacedContainer } from './workloads';
import { inWords } from './words';

/** Folders that no image brings: programs, settings and passwords of Stalk, what Redis and beat write, scratch. */
const OURS =
  /(?<![\w./-])\/(?:(?:opt|etc|run)\/(?:stalk|redis|redis-tls|exporter)|data|tmp)(?:\/[\w.-]+)*(?![\w-])/g;

/** The folder of the files that probes read: containers without probes have no use for it. */
const IN_SERVICES = 'STALK_RUN';

/** Every text in which a container names files. */
const textsOf = ({ command = [], args = [], env = [], ...container }: PlacedContainer): string[] => [
  ...command,
  ...args,
  ...env.flatMap(({ name, value }) => (name === IN_SERVICES ? [] : (value ?? []))),
  ...[container.startupProbe, container.readinessProbe, container.livenessProbe].flatMap(commandOf),
];

export function commandOf(probe: Probe | undefined): string[] {
  const { command } = isRecord(probe?.exec) ? probe.exec : {};
  return Array.isArray(command) ? command.filter((word) => typeof word === 'string') : [];
}

const named: Law = {
  name: 'every file of Stalk that a container names lies in a folder that it mounts',
  check: ({ workloads }) =>
    ownWorkloads(workloads).flatMap(({ id, containers }) =>
      containers.flatMap((container) => {
        const folders = (container.volumeMounts ?? []).map(({ mountPath = '' }) => mountPath);
        const files = new Set(textsOf(container).flatMap((text) => text.match(OURS) ?? []));
        const lost = [...files].filter(
          (file) => !folders.some((folder) => file === folder || file.startsWith(`${folder}/`)),
        );
        return breachUnless(
          lost.length === 0,
          id,
          `${container.path}.volumeMounts must hold the folders of ${inWords(lost)}, got ${inWords(folders)}`,
        );
      }),
    ),
};

export const pathLaws: readonly Law[] = [named];
