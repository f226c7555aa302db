// GitOps options with everything filled in.

import type { ArgoCd, Automated, Flux, GitOps } from './gitops';

export interface ResolvedGitOps extends GitOps {
  readonly argocd: Required<Omit<ArgoCd, 'automated'>> & { readonly automated: false | Required<Automated> };
  readonly flux: Required<Omit<Flux, 'secret' | 'serviceAccount'>> & Pick<Flux, 'secret' | 'serviceAccount'>;
}

const ARGOCD: ResolvedGitOps['argocd'] = {
  namespace: 'argocd',
  project: 'default',
  destination: { server: 'https://kubernetes.default.svc' },
  labels: {},
  annotations: {},
  syncOptions: [],
  automated: { prune: true, selfHeal: true },
};

const FLUX: ResolvedGitOps['flux'] = {
  namespace: 'flux-system',
  labels: {},
  annotations: {},
  interval: '1m',
  reconcile: '10m', // drift is rare, and each look costs the API server a dry run of all objects
};

export const resolveGitOps = (asked: GitOps): ResolvedGitOps => ({
  ...asked,
  argocd: {
    ...ARGOCD,
    ...asked.argocd,
    automated: asked.argocd?.automated !== false && {
      prune: asked.argocd?.automated?.prune ?? true,
      selfHeal: asked.argocd?.automated?.selfHeal ?? true,
    },
  },
  flux: { ...FLUX, ...asked.flux },
});
