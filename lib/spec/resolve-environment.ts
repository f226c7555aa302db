// An environment with everything filled in.

import { defaults } from './defaults';
import type { Defaults } from './defaults';
import type { Environment, Peer } from './environment';
import { merge } from './layers';
import { resolveGitOps } from './resolve-gitops';
import type { ResolvedEnvironment } from './resolved';
import { NEWEST } from './runtimes';

/** Where kubeadm, k3s and every managed cluster have it. */
const KUBE_DNS: Peer = {
  namespace: { 'kubernetes.io/metadata.name': 'kube-system' },
  pods: { 'k8s-app': 'kube-dns' },
};

export const resolveEnvironment = (environment: Environment): ResolvedEnvironment => ({
  name: environment.name,
  disposable: environment.disposable ?? false,
  storageClass: environment.storageClass,
  secrets: environment.secrets,
  brokers: environment.brokers ?? {},
  clusterDomain: environment.clusterDomain ?? 'cluster.local',
  zones: environment.zones ?? [],
  registry: environment.registry ?? '',
  imagePullSecrets: environment.imagePullSecrets ?? [],
  pullPolicy: environment.pullPolicy ?? 'IfNotPresent',
  ...(environment.gitops && { gitops: resolveGitOps(environment.gitops) }),
  peers: { dns: KUBE_DNS, ...environment.peers },
  runtime: environment.runtime ?? NEWEST,
  patches: environment.patches ?? {},
  defaults: merge(defaults, environment.defaults) as Defaults,
});
