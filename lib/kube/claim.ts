// The spec of a claim, for StatefulSets and for claims of their own.

import type { k8s } from 'cdk8s-plus-27';
import { quantity } from './pod';

export const claimSpec = (
  size: string,
  storageClass: string,
  access: 'ReadWriteOnce' | 'ReadWriteMany',
): k8s.PersistentVolumeClaimSpec => ({
  accessModes: [access],
  storageClassName: storageClass,
  resources: { requests: { storage: quantity(size) } },
});
