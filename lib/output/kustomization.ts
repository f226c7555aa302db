// A kustomization with an explicit list: what lies beside it by accident is not applied.

import { toYaml } from './yaml';

export const kustomization = (resources: readonly string[]): string =>
  toYaml({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [...resources],
  });
