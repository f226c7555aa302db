// An ApplicationSet that makes one Application of each leaf folder, so that a new tenant needs no change here.

import type { IApplicationSet } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/ApplicationSet';
import type { GitOps } from '../spec';
import { kustomization } from './kustomization';
import { toYaml } from './yaml';

const FILE = 'applicationset.yaml';

export const argoFiles = (environment: string, gitops: GitOps): Record<string, string> => ({
  [FILE]: toYaml(applicationSet(environment, gitops)),
  'kustomization.yaml': kustomization([FILE]),
});

function applicationSet(environment: string, { repo, revision, path }: GitOps): IApplicationSet {
  const name = `stalk-${environment}`;
  const directories = ['platform', 'brokers/*', 'tenants/*'].map((folder) => ({ path: `${path}/${folder}` }));
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: { name, namespace: 'argocd' },
    spec: {
      goTemplate: true,
      goTemplateOptions: ['missingkey=error'],
      generators: [{ git: { repoURL: repo, revision, directories } }],
      // a folder that vanishes by mistake must not take a tenant's data with it
      syncPolicy: { preserveResourcesOnDeletion: true, applicationsSync: 'create-update' },
      template: {
        metadata: { name: `${environment}-{{ .path.path | trimPrefix "${path}/" | replace "/" "-" }}` },
        spec: {
          project: 'default',
          source: { repoURL: repo, targetRevision: revision, path: '{{ .path.path }}' },
          destination: { server: 'https://kubernetes.default.svc' },
          syncPolicy: {
            automated: { prune: true, selfHeal: true },
            syncOptions: ['ServerSideApply=true', 'PruneLast=true'],
            retry: { limit: 5, backoff: { duration: '10s', factor: 2, maxDuration: '5m' } },
          },
        },
      },
    },
  };
}
