// ServiceAccounts of a tenant's processes, by which a cloud or the API server knows them.

import { kubeObject } from '../kube';
import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import type { Labels } from '../kube';
import type { TenantPlan } from '../plan';

/** None mounts a token by itself: the pods that need one say so. */
export const serviceAccounts = (scope: Construct, { accounts }: TenantPlan, labels: Labels): ApiObject[] =>
  accounts.map(({ name, annotations }) =>
    kubeObject(scope, `account-${name}`, k8s.KubeServiceAccount, {
      metadata: {
        name,
        labels,
        ...(Object.keys(annotations).length > 0 && { annotations: { ...annotations } }),
      },
      automountServiceAccountToken: false,
    }),
  );
