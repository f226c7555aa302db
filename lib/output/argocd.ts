// An ApplicationSet that makes one Application of each leaf folder, so that a new tenant needs no change here.

import type { IApplicationSet } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/ApplicationSet';
import type { ResolvedGitOps } from '../spec/resolve-gitops';
import { kustomization } from './kustomization';
import { toYaml } from './yaml';

const FILE = 'applicationset.yaml';

export const argoFiles = (environment: string, gitops: ResolvedGitOps): Record<string, string> => ({
  [FILE]: toYaml(applicationSet(environment, gitops)),
  'kustomization.yaml': kustomization([FILE]),
});

function applicationSet(environment: string, gitops: ResolvedGitOps): IApplicationSet {
  const { repo, path, argocd } = gitops;
  const revision = revisionOf(gitops);
  const directories = ['platform', 'brokers/*', 'tenants/*'].map((folder) => ({ path: `${path}/${folder}` }));
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: { name: `stalk-${environment}`, namespace: argocd.namespace, ...marks(argocd) },
    spec: {
      goTemplate: true,
      goTemplateOptions: ['missingkey=error'],
      generators: [{ git: { repoURL: repo, revision, directories } }],
      // a folder that vanishes by mistake must not take a tenant's data with it
      syncPolicy: { preserveResourcesOnDeletion: true, applicationsSync: 'create-update' },
      template: {
        metadata: {
          name: `${environment}-{{ .path.path | trimPrefix "${path}/" | replace "/" "-" }}`,
          ...marks(argocd),
        },
        spec: {
          project: argocd.project,
          source: { repoURL: repo, targetRevision: revision, path: '{{ .path.path }}' },
          destination: argocd.destination,
          syncPolicy: {
            ...(argocd.automated && { automated: argocd.automated }),
            syncOptions: syncOptions(argocd.syncOptions),
            retry: { limit: 5, backoff: { duration: '10s', factor: 2, maxDuration: '5m' } },
          },
        },
      },
    },
  };
}

/** Branches, tags and ranges are one kind of word to Argo CD. */
function revisionOf({ revision }: ResolvedGitOps): string {
  if (typeof revision === 'string') return revision;
  return 'tag' in revision ? revision.tag : revision.semver;
}

/** An empty map is left out. */
const marks = ({ labels, annotations }: Pick<ResolvedGitOps['argocd'], 'labels' | 'annotations'>) => ({
  ...(Object.keys(labels).length > 0 && { labels }),
  ...(Object.keys(annotations).length > 0 && { annotations }),
});

/** Server-side apply for lists that others own entries of; pruning last, so that a renamed object is there before. */
const SYNC_OPTIONS = ['ServerSideApply=true', 'PruneLast=true'];

const nameOf = (option: string): string => option.replace(/=.*/, '');

function syncOptions(own: readonly string[]): string[] {
  const names = new Set(own.map(nameOf));
  return [...SYNC_OPTIONS.filter((option) => !names.has(nameOf(option))), ...own];
}
