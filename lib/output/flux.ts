// Flux: the repository, and a Kustomization for each leaf that waits for the leaves it needs.

import type { IKustomization } from '@kubernetes-models/flux-cd/kustomize.toolkit.fluxcd.io/v1/Kustomization';
import type { IGitRepository } from '@kubernetes-models/flux-cd/source.toolkit.fluxcd.io/v1/GitRepository';
import type { ResolvedGitOps } from '../spec/resolve-gitops';
import type { Leaf } from '../platform';
import { kustomization } from './kustomization';
import { toYaml } from './yaml';

const SOURCE_FILE = 'gitrepository.yaml';

export function fluxFiles(
  environment: string,
  gitops: ResolvedGitOps,
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

const source = (environment: string, { repo, revision, flux }: ResolvedGitOps): IGitRepository => ({
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'GitRepository',
  metadata: metadata(`stalk-${environment}`, flux),
  spec: {
    interval: flux.interval,
    url: repo,
    ref: typeof revision === 'string' ? { branch: revision } : revision,
    ...(flux.secret !== undefined && { secretRef: { name: flux.secret } }),
  },
});

/** An empty map is left out. */
const metadata = (name: string, { namespace, labels, annotations }: ResolvedGitOps['flux']) => ({
  name,
  namespace,
  ...(Object.keys(labels).length > 0 && { labels }),
  ...(Object.keys(annotations).length > 0 && { annotations }),
});

const leafKustomization = (
  environment: string,
  { path, flux }: ResolvedGitOps,
  { folder, needs }: Leaf,
): IKustomization => ({
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: metadata(`stalk-${environment}-${nameOf(folder)}`, flux),
  spec: {
    interval: flux.reconcile,
    retryInterval: '1m',
    timeout: '10m',
    path: `./${path}/${folder}`,
    prune: true,
    wait: true,
    ...(flux.serviceAccount !== undefined && { serviceAccountName: flux.serviceAccount }),
    sourceRef: { kind: 'GitRepository', name: `stalk-${environment}` },
    ...(needs.length > 0 && {
      dependsOn: needs.map((need) => ({ name: `stalk-${environment}-${nameOf(need)}` })),
    }),
  },
});
