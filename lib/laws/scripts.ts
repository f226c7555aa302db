// Scripts of Stalk: each that a container starts is mounted, and so are the folders that it works in.

import { envOf, breachUnless } from './law';
import type { Law } from './law';
import { called } from './leaf';
import type { LeafView } from './leaf';
import { commandOf } from './paths';
import { ownWorkloads } from './workloads';
import type { PlacedContainer, WorkloadView } from './workloads';
import { inWords, show } from './words';

/** `/opt/redis/users.sh`. */
const SCRIPT = /^(\/[\w./-]+)\/([\w.-]+\.(?:sh|py))$/;

/** `: "${USERS_RUN:=/run/redis}"`: a variable, and the path that it has where nobody sets it. */
const DEFAULT_PATH = /\$\{(\w+):=(\/[\w./-]+)\}/g;

/** `. "${0%/*}/ask.sh"`, `awk -f "${0%/*}/users-plan.awk"`. */
const BESIDE = /"\$\{0%\/\*\}\/([\w.-]+)"/g;

/** `import stalk_patches`, `from stalk_wait import ping`: a module beside it. */
const IMPORTED = /^ *(?:import|from) (stalk_\w+)/gm;

/** The kubelet mounts it into every container: what a container says at its end. */
const MESSAGE = '/dev/termination-log';

/** Files beside a script that it cannot run without, also those that they need. */
function besides(files: Readonly<Record<string, string>>, name: string, seen = new Set<string>()): string[] {
  if (seen.has(name)) return [];
  seen.add(name);
  const text = files[name];
  if (text === undefined) return [name];
  const sourced = [...text.matchAll(BESIDE)].map(([, other = '']) => other);
  const imported = [...text.matchAll(IMPORTED)].map(([, module = '']) => `${module}.py`);
  return [...sourced, ...imported].flatMap((other) => besides(files, other, seen));
}

/** What a container starts, also to be probed. */
const startedBy = ({ command = [], args = [], ...container }: PlacedContainer): string[] => {
  const probes = [container.startupProbe, container.readinessProbe, container.livenessProbe];
  const words = [...command, ...args, ...probes.flatMap(commandOf)];
  return [...new Set(words.filter((word) => SCRIPT.test(word)))];
};

/** Text of the files that a container finds in a folder, where a ConfigMap of this leaf is mounted there. */
function filesIn(leaf: LeafView, { pod }: WorkloadView, container: PlacedContainer, folder: string) {
  const mount = container.volumeMounts?.find(({ mountPath }) => mountPath === folder);
  const volume = pod.volumes?.find(({ name }) => name === mount?.name);
  return called(leaf, 'ConfigMap', volume?.configMap?.name)?.data;
}

/** What is missing for a script to run in a container. */
function missingFor(
  leaf: LeafView,
  workload: WorkloadView,
  container: PlacedContainer,
  script: string,
): string[] {
  const [, folder = '', name = ''] = SCRIPT.exec(script) ?? [];
  const files = filesIn(leaf, workload, container, folder);
  const text = files?.[name];
  if (text === undefined) return [script];
  const mounted = (container.volumeMounts ?? []).map(({ mountPath = '' }) => mountPath);
  const paths = [...text.matchAll(DEFAULT_PATH)].flatMap(([, variable = '', path = '']) =>
    envOf(container, variable) === undefined ? [path] : [],
  );
  const absent = besides(files ?? {}, name).map((other) => `${folder}/${other}`);
  const away = paths.filter(
    (path) => path !== MESSAGE && !mounted.some((m) => path === m || path.startsWith(`${m}/`)),
  );
  return [...absent, ...away];
}

const complete: Law = {
  name: 'every script that a container starts is there, with the folders that it works in',
  check: (leaf) =>
    ownWorkloads(leaf.workloads).flatMap((workload) =>
      workload.containers.flatMap((container) =>
        startedBy(container).flatMap((script) => {
          const missing = missingFor(leaf, workload, container, script);
          return breachUnless(
            missing.length === 0,
            workload.id,
            `${container.path}.volumeMounts must hold what ${show(script)} works with, got no ${inWords(missing)}`,
          );
        }),
      ),
    ),
};

export const scriptLaws: readonly Law[] = [complete];
