// Flux: the repository, and a Kustomization for each leaf that waits for the leaves it needs.

import type { IKustomization } from '@kubernetes-models/flux-cd/kustomize.toolkit.fluxcd.io/v1/Kustomization';
import type { IGitRepository } from '@kubernetes-models/flux-cd/source.toolkit.fluxcd.io/v1/GitRepository';
import type { GitOps } from '../spec';
import type { Leaf } from '../platform';
import { kustomization } from './kustomization';
import { toYaml } from './yaml';

const NAMESPACE = 'flux-system';
const SOURCE_FILE = 'gitrepository.yaml';

export function fluxFiles(
  environment: string,
  gitops: GitOps,
  leaves: readonly Leaf[],
): Record<string, string> {
  const names = leaves.map(({ folder }) => `${nameOf(folder)}.yaml`);
  return {
    [SOURCE_FILE]: toYaml(source(environment, gitops)),
    ...Object.fromEntries(
      leaves.map((leaf) => [
        `${nameOf(leaf.folder)}.yaml`,
        toYaml(leafKustomization(environment, gitops, leaf)),
      ]),
    ),
    'kustomization.yaml': kustomization([SOURCE_FILE, ...names]),
  };
}

/** `tenants/acme` is `tenants-acme`. */
const nameOf = (folder: string): string => folder.replaceAll('/', '-');

const source = (environment: string, { repo, revision }: GitOps): IGitRepository => ({
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'GitRepository',
  metadata: { name: `stalk-${environment}`, namespace: NAMESPACE },
  spec: { interval: '1m', url: repo, ref: { branch: revision } },
});

const leafKustomization = (
  environment: string,
  { path }: GitOps,
  { folder, needs }: Leaf,
): IKustomization => ({
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { name: `stalk-${environment}-${nameOf(folder)}`, namespace: NAMESPACE },
  spec: {
    interval: '10m',
    retryInterval: '1m',
    timeout: '10m',
    path: `./${path}/${folder}`,
    prune: true,
    wait: true,
    sourceRef: { kind: 'GitRepository', name: `stalk-${environment}` },
    ...(needs.length > 0 && {
      dependsOn: needs.map((need) => ({ name: `stalk-${environment}-${nameOf(need)}` })),
    }),
  },
});
