// Native sidecars: only where the environment has them, before all that waits, and plain ones in no Job.

import { isNativeSidecar } from './footprints';
import { breachUnless } from './law';
import type { Law } from './law';
import { isJob } from './workloads';
import { show } from './words';

const known: Law = {
  name: 'an init container is a native sidecar only where the environment has them, and no other container is one',
  check: ({ workloads, nativeSidecars }) =>
    workloads.flatMap(({ id, path, containers }) =>
      containers
        .filter(({ restartPolicy }) => restartPolicy !== undefined)
        .flatMap((container) => {
          const isInit = container.path.startsWith(`${path}.initContainers[`);
          return breachUnless(
            isInit && isNativeSidecar(container) && nativeSidecars,
            id,
            `${container.path}.restartPolicy must be left out${isInit ? ', or "Always" where nativeSidecars of the environment is true' : ''}, got ${show(container.restartPolicy)}`,
          );
        }),
    ),
};

const first: Law = {
  name: 'a native sidecar starts before every init container that ends',
  check: ({ workloads }) =>
    workloads
      .filter(({ own }) => own)
      .flatMap(({ id, path, pod }) => {
        const init = pod.initContainers ?? [];
        const ending = init.findIndex((container) => !isNativeSidecar(container));
        return init.flatMap((container, i) =>
          breachUnless(
            !isNativeSidecar(container) || ending < 0 || i < ending,
            id,
            `${path}.initContainers[${i}] must come before ${show(init[ending]?.name)}, which may need it, got ${show(container.name)} behind it`,
          ),
        );
      }),
};

const ends: Law = {
  name: 'a Job has one container that runs to its end: a second one would keep it from ending',
  check: ({ workloads }) =>
    workloads
      .filter((workload) => workload.own && isJob(workload))
      .flatMap(({ id, path, pod }) =>
        breachUnless(
          (pod.containers ?? []).length === 1,
          id,
          `${path}.containers must hold one, got ${(pod.containers ?? []).length}; with nativeSidecars of the environment the others are init containers that end with it`,
        ),
      ),
};

export const sidecarLaws: readonly Law[] = [known, first, ends];
