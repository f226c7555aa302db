// How bounds and quotas stop fitting.

import type { Breaches } from '../breach';
import type { Json } from '../../support/synth';

export const resourcesBreaches: Breaches = {
  'every container has requests and limits of CPU, memory and disk, and asks for no more than it may take': [
    {
      when: 'an init container has no limit',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) =>
        delete byKind('StatefulSet', 'redis').spec.template.spec.initContainers[0].resources.limits.memory,
      says: [
        'StatefulSet/redis.spec.template.spec.initContainers[0].resources.limits.memory must be a quantity, got nothing',
      ],
    },
    {
      when: 'a request is over its limit',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'beat').spec.template.spec.containers[0].resources.requests.cpu = '9'),
      says: [
        `Deployment/beat.spec.template.spec.containers[0].resources.requests.cpu must be at most its limit of "250m", got "9"`,
      ],
    },
  ],
  'the quota covers twice all pods with their surge, the Jobs and all claims, and not four times as much': [
    {
      when: 'the quota has no room for a rollout',
      leaf: 'lab/brokers/main',
      spoil: ({ byKind }) => (byKind('ResourceQuota', 'tenant').spec.hard.pods = '1'),
      says: [
        `ResourceQuota/tenant.spec.hard["pods"] must be at least 4, the sum of all pods in a rollout, got "1"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take`,
      ],
    },
    {
      when: 'a pool gets a pod more than was counted',
      leaf: 'lab/brokers/main',
      spoil: ({ byKind }) =>
        (byKind('StatefulSet', 'redis').spec.template.spec.containers[0].resources.limits.memory = '1Gi'),
      says: [
        `ResourceQuota/tenant.spec.hard["limits.memory"] must be at least 2688Mi, the sum of all pods in a rollout, got "1152Mi"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take`,
      ],
    },
    {
      when: 'the quota has no room for the devices of a rollout',
      leaf: 'lab/tenants/placed',
      spoil: ({ byKind }) => (byKind('ResourceQuota', 'tenant').spec.hard['requests.nvidia.com/gpu'] = '3'),
      says: [
        `ResourceQuota/tenant.spec.hard["requests.nvidia.com/gpu"] must be at least 4, the sum of all pods in a rollout, got "3"; replace it in patches["ResourceQuota/tenant"], or lower what the pods take`,
      ],
    },
    {
      when: 'the quota bounds nothing',
      leaf: 'lab/brokers/main',
      spoil: ({ byKind }) => (byKind('ResourceQuota', 'tenant').spec.hard['requests.cpu'] = '5'),
      says: [
        `ResourceQuota/tenant.spec.hard["requests.cpu"] must be at most twice the 280m that all pods take, got "5", which bounds nothing; replace it in patches["ResourceQuota/tenant"]`,
      ],
    },
  ],
  'a container asks for exactly the devices that it may take, and an init container for none': [
    {
      when: 'a request of a device is not its limit',
      leaf: 'lab/tenants/placed',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'worker-gpu').spec.template.spec.containers[0].resources.requests[
          'nvidia.com/gpu'
        ] = '2'),
      says: [
        'Deployment/worker-gpu.spec.template.spec.containers[0].resources.requests["nvidia.com/gpu"] must be a whole number and its limit, "1", got "2"',
      ],
    },
    {
      when: 'an init container takes the device',
      leaf: 'lab/tenants/placed',
      spoil: ({ byKind }) => {
        const { resources } = byKind('Deployment', 'worker-gpu').spec.template.spec.initContainers[0];
        resources.requests['nvidia.com/gpu'] = '1';
        resources.limits['nvidia.com/gpu'] = '1';
      },
      says: [
        "Deployment/worker-gpu.spec.template.spec.initContainers[0].resources must ask for no nvidia.com/gpu: the pod's own container needs it",
      ],
    },
  ],
  'a folder in memory has a size, for which the memory of the pod is enough': [
    {
      when: 'a folder in memory is as large as the memory of its pod',
      leaf: 'lab/tenants/placed',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'worker-gpu').spec.template.spec.volumes.find(
          (v: Json) => v.name === 'shared-memory',
        ).emptyDir.sizeLimit = '4Gi'),
      says: [
        'Deployment/worker-gpu.spec.template.spec.volumes[6].emptyDir.sizeLimit must be under 4Gi, the memory of the pod, in which it counts, got "4Gi"',
      ],
    },
    {
      when: 'a folder in memory has no size',
      leaf: 'lab/tenants/placed',
      spoil: ({ byKind }) =>
        delete byKind('Deployment', 'worker-gpu').spec.template.spec.volumes.find(
          (v: Json) => v.name === 'shared-memory',
        ).emptyDir.sizeLimit,
      says: [
        'Deployment/worker-gpu.spec.template.spec.volumes[6].emptyDir.sizeLimit must be under 4Gi, the memory of the pod, in which it counts, got nothing',
      ],
    },
  ],
  'the quota has room for the claims of the leaf twice: one grows before its template does': [
    {
      when: 'a claim was not counted',
      leaf: 'lab/brokers/main',
      spoil: ({ byKind }) => (byKind('ResourceQuota', 'tenant').spec.hard.persistentvolumeclaims = '0'),
      says: [
        `ResourceQuota/tenant.spec.hard.persistentvolumeclaims must be 2, twice the number of claims, got "0"; replace it in patches["ResourceQuota/tenant"]`,
      ],
    },
    {
      when: 'a claim is larger than was counted',
      leaf: 'lab/brokers/main',
      spoil: ({ byKind }) =>
        (byKind('StatefulSet', 'redis').spec.volumeClaimTemplates[0].spec.resources.requests.storage = '3Gi'),
      says: [
        `ResourceQuota/tenant.spec.hard["requests.storage"] must be 6Gi, twice the sum of all claims, got "4Gi"; replace it in patches["ResourceQuota/tenant"]`,
      ],
    },
    {
      when: 'claims of unknown size meet a bound for all',
      leaf: 'lab/tenants/own-one',
      spoil: ({ byKind }) => (byKind('ResourceQuota', 'tenant').spec.hard['requests.storage'] = '5Gi'),
      says: [
        `ResourceQuota/tenant.spec.hard["requests.storage"] must be left out, as nobody knows the size of a claim of somebody else, got "5Gi"; replace it in patches["ResourceQuota/tenant"]`,
      ],
    },
  ],
  'the LimitRange lets the largest container in, and its own defaults': [
    {
      when: 'a container is larger than the range',
      leaf: 'lab/brokers/main',
      spoil: ({ byKind }) =>
        (byKind('StatefulSet', 'redis').spec.template.spec.containers[0].resources.limits.cpu = '2'),
      says: [
        `LimitRange/tenant.spec.limits[0].max.cpu must be at least 2, the limit of the largest container, got "500m"; replace it in patches["LimitRange/tenant"], or lower that limit`,
      ],
    },
    {
      when: 'a default is over its max',
      leaf: 'lab/brokers/main',
      spoil: ({ byKind }) => (byKind('LimitRange', 'tenant').spec.limits[0].default.memory = '9Gi'),
      says: [`LimitRange/tenant.spec.limits[0].default.memory must be at most its max of "256Mi", got "9Gi"`],
    },
    {
      when: 'a default request is over its limit',
      leaf: 'lab/brokers/main',
      spoil: ({ byKind }) => (byKind('LimitRange', 'tenant').spec.limits[0].defaultRequest.cpu = '400m'),
      says: [
        `LimitRange/tenant.spec.limits[0].defaultRequest.cpu must be at most its default of "200m", got "400m"`,
      ],
    },
  ],
};
