// What a claim asks for, whoever makes it.

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
