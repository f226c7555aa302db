// What containers have beside CPU, memory and disk: devices of their node, and folders in memory.

import { isDevice, ofPod } from './footprints';
import { amount, breachUnless } from './law';
import type { Law } from './law';
import { ownWorkloads } from './workloads';
import { inSize, show } from './words';

const devices: Law = {
  name: 'a container asks for exactly the devices that it may take, and an init container for none',
  check: ({ workloads }) =>
    ownWorkloads(workloads).flatMap(({ id, containers }) =>
      containers.flatMap(({ path, resources = {} }) => {
        const [requests, limits] = [resources.requests ?? {}, resources.limits ?? {}];
        const names = [...new Set([...Object.keys(requests), ...Object.keys(limits)])].filter(isDevice);
        return names.flatMap((name) => [
          ...breachUnless(
            amount(requests[name]) === amount(limits[name]) && Number.isInteger(amount(limits[name])),
            id,
            `${path}.resources.requests["${name}"] must be a whole number and its limit, ${show(limits[name])}, got ${show(requests[name])}`,
          ),
          ...breachUnless(
            !path.includes('.initContainers['),
            id,
            `${path}.resources must ask for no ${name}: the pod's own container needs it`,
          ),
        ]);
      }),
    ),
};

const inMemory: Law = {
  name: 'a folder in memory has a size, for which the memory of the pod is enough',
  check: ({ workloads }) =>
    workloads.flatMap((workload) =>
      (workload.pod.volumes ?? []).flatMap(({ emptyDir }, i) => {
        if (emptyDir?.medium !== 'Memory') return [];
        const most = ofPod(workload, 'limits', 'memory');
        return breachUnless(
          amount(emptyDir.sizeLimit) < most,
          workload.id,
          `${workload.path}.volumes[${i}].emptyDir.sizeLimit must be under ${inSize(most)}, the memory of the pod, in which it counts, got ${show(emptyDir.sizeLimit)}`,
        );
      }),
    ),
};

export const deviceLaws: readonly Law[] = [devices, inMemory];
