// A kustomization with an explicit list: what lies beside it by accident is not applied.

import { toYaml } from './yaml';

/** What kustomize lays over all of the resources. */
export interface KustomizeOverlay {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export const kustomization = (resources: readonly string[], overlay?: KustomizeOverlay): string =>
  toYaml({
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    ...(overlay && {
      namespace: overlay.namespace,
      labels: [{ pairs: overlay.labels }],
      commonAnnotations: overlay.annotations,
    }),
    resources: [...resources],
  });
