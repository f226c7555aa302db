// An environment with everything filled in.

import { defaults } from './defaults';
import type { Defaults } from './defaults';
import type { Environment, Peer } from './environment';
import { merge } from './layers';
import { resolveGitOps } from './resolve-gitops';
import type { ResolvedEnvironment } from './resolved';
import { defaultsForm } from './rules/form-environment';
import { NEWEST } from './runtimes';

/** Where kubeadm, k3s and every managed cluster have it. */
const KUBE_DNS: Peer = {
  namespace: { 'kubernetes.io/metadata.name': 'kube-system' },
  pods: { 'k8s-app': 'kube-dns' },
};

/** What an environment need not say. */
const ABSENT = {
  disposable: false,
  brokers: {},
  clusterDomain: 'cluster.local',
  zones: [],
  registry: '',
  imagePullSecrets: [],
  pullPolicy: 'IfNotPresent',
  runtime: NEWEST,
  patches: {},
} as const;

export const resolveEnvironment = ({ gitops, ...environment }: Environment): ResolvedEnvironment => ({
  ...ABSENT,
  ...environment,
  ...(gitops && { gitops: resolveGitOps(gitops) }),
  peers: { dns: KUBE_DNS, ...environment.peers },
  defaults: merge(defaultsForm, defaults, environment.defaults) as Defaults,
});
