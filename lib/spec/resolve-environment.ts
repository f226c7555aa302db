// An environment with everything filled in.

import { defaults, defaultsLayer } from './defaults';
import type { Defaults } from './defaults';
import { environment } from './environment';
import type { Environment, Peer } from './environment';
import { merge } from './layers';
import { resolveExposure } from './resolve-expose';
import { resolveGitOps } from './resolve-gitops';
import { resolveMonitoring } from './resolve-monitoring';
import type { ResolvedEnvironment } from './resolved';
import { NEWEST } from './runtimes';

/** Where kubeadm, k3s and every managed cluster have it. */
const KUBE_DNS: Peer = {
  namespace: { 'kubernetes.io/metadata.name': 'kube-system' },
  pods: { 'k8s-app': 'kube-dns' },
};

export function resolveEnvironment({
  gitops,
  exposure,
  monitoring,
  ...asked
}: Environment): ResolvedEnvironment {
  const layered = merge(defaultsLayer, defaults, asked.defaults) as Defaults;
  return {
    ...environment.defaults,
    registry: '',
    runtime: NEWEST,
    ...asked,
    ...(gitops && { gitops: resolveGitOps(gitops) }),
    ...(exposure && { exposure: resolveExposure(exposure) }),
    ...(monitoring && { monitoring: resolveMonitoring(monitoring, layered) }),
    peers: { dns: KUBE_DNS, ...asked.peers },
    defaults: layered,
  };
}
