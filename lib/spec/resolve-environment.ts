// An environment with everything filled in.

import { defaults, defaultsLayer } from './defaults';
import type { Defaults } from './defaults';
import { environment } from './environment';
import type { Environment, Peer } from './environment';
import { merge } from './layers';
import { resolveExposure } from './resolve-expose';
import { resolveGitOps } from './resolve-gitops';
import type { ResolvedEnvironment } from './resolved';
import { NEWEST } from './runtimes';

/** Where kubeadm, k3s and every managed cluster have it. */
const KUBE_DNS: Peer = {
  namespace: { 'kubernetes.io/metadata.name': 'kube-system' },
  pods: { 'k8s-app': 'kube-dns' },
};

export const resolveEnvironment = ({ gitops, exposure, ...asked }: Environment): ResolvedEnvironment => ({
  ...environment.defaults,
  registry: '',
  runtime: NEWEST,
  ...asked,
  ...(gitops && { gitops: resolveGitOps(gitops) }),
  ...(exposure && { exposure: resolveExposure(exposure) }),
  peers: { dns: KUBE_DNS, ...asked.peers },
  defaults: merge(defaultsLayer, defaults, asked.defaults) as Defaults,
});
