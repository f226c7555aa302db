// A namespace that is closed and has no rights: what every chart begins with.

import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import { labels, SERVICE_ACCOUNT, kubeObject } from '../kube';
import type { Identity, Labels } from '../kube';
import type { ResolvedEnvironment } from '../spec';
import { denyByDefault } from '../traits/network';

/** The version of the standard that these pods were made for: a cluster's upgrade does not change the rules. */
const POD_SECURITY_VERSION = 'v1.27';

export interface ClosedNamespaceProps {
  readonly name: string;
  readonly identity: Identity;
  readonly environment: ResolvedEnvironment;
  /** Whom the namespace belongs to, for those who let its pods in. */
  readonly guest?: Labels;
}

export class ClosedNamespace extends Construct {
  readonly namespace: ApiObject;

  constructor(scope: Construct, id: string, { name, identity, environment, guest }: ClosedNamespaceProps) {
    super(scope, id);
    const own = labels(identity);
    this.namespace = kubeObject(this, name, k8s.KubeNamespace, {
      metadata: { name, labels: { ...own, ...guest, ...POD_SECURITY } },
    });
    kubeObject(this, SERVICE_ACCOUNT, k8s.KubeServiceAccount, {
      metadata: { name: SERVICE_ACCOUNT, labels: own },
      automountServiceAccountToken: false,
    });
    denyByDefault(this, own, environment.peers.dns);
  }
}

const POD_SECURITY = Object.fromEntries(
  ['enforce', 'audit', 'warn'].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, 'restricted'],
    [`pod-security.kubernetes.io/${mode}-version`, POD_SECURITY_VERSION],
  ]),
);
