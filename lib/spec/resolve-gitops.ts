// GitOps options with everything filled in.

import { argocd, automated, flux } from './gitops';
import type { ArgoCd, Automated, Flux, GitOps } from './gitops';
import { filled } from './layers';

export interface ResolvedGitOps extends GitOps {
  readonly argocd: Required<Omit<ArgoCd, 'automated'>> & { readonly automated: false | Required<Automated> };
  readonly flux: Required<Omit<Flux, 'secret' | 'serviceAccount'>> & Pick<Flux, 'secret' | 'serviceAccount'>;
}

export const resolveGitOps = (asked: GitOps): ResolvedGitOps => ({
  ...asked,
  argocd: {
    ...filled(argocd.defaults, asked.argocd ?? {}),
    automated: asked.argocd?.automated !== false && filled(automated.defaults, asked.argocd?.automated ?? {}),
  },
  flux: filled(flux.defaults, asked.flux ?? {}),
});
