// Certificates of Redis and its clients as Kubernetes objects: who makes them, and the volume with their files.

import { PlainObject } from '../kube';
import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { k8s } from 'cdk8s-plus-27';
import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import type { Labels } from '../kube';
import type { RedisPlan } from '../plan/redis/server';
import { CERTIFICATES, clientSecret, serverSecret } from '../plan/redis/tls';
import type { TlsMode } from '../plan/redis/tls';
import type { ResolvedEnvironment, ResolvedServer, Tls } from '../spec';

/** Each file by its name: a Secret that lacks one keeps its pods from starting, and the event names the key. */
export const tlsVolume = (name: string, secretName: string, mode: TlsMode): k8s.Volume => ({
  name,
  secret: { secretName, items: CERTIFICATES[mode].map((key) => ({ key, path: key })), defaultMode: 0o440 },
});

interface ServerNames {
  readonly redis: ResolvedServer;
  readonly plan: RedisPlan;
  readonly namespace: string;
  readonly environment: ResolvedEnvironment;
}

/** What clients may call it; single pods by a wildcard, so that more replicas need no new certificate. */
function dnsNames({ plan: { services }, namespace, environment }: ServerNames): string[] {
  const inside = [`${namespace}.svc`, `${namespace}.svc.${environment.clusterDomain}`];
  const named = (headless: boolean) => services.filter((one) => one.headless === headless);
  return [
    ...named(false).flatMap(({ name }) => [
      name,
      ...[namespace, ...inside].map((domain) => `${name}.${domain}`),
    ]),
    ...named(true).flatMap(({ name }) => inside.map((domain) => `*.${name}.${domain}`)),
  ];
}

export interface ServerCertificateProps extends ServerNames {
  readonly labels: Labels;
}

/** Redis' own, in its namespace; nothing where somebody else puts it there. */
export function serverCertificate(scope: Construct, props: ServerCertificateProps): ApiObject[] {
  const { tls } = props.redis;
  if (tls === undefined || 'secret' in tls) return [];
  return [
    certificate(scope, {
      name: serverSecret(tls),
      labels: props.labels,
      issuer: tls.issuer,
      // a replica is a client of its primary
      spec: { dnsNames: dnsNames(props), usages: ['server auth', 'client auth'] },
    }),
  ];
}

export interface ClientCertificateProps {
  readonly tls: Tls;
  readonly labels: Labels;
  /** Tenant or program that it is made out to. */
  readonly name: string;
}

/** A client's, in its namespace. It cannot pass for Redis: it has no host name and is no server's. */
export function clientCertificate(scope: Construct, props: ClientCertificateProps): ApiObject[] {
  const { tls, labels, name } = props;
  if ('secret' in tls) return [];
  return [
    certificate(scope, {
      name: clientSecret(tls),
      labels,
      issuer: tls.issuer,
      spec: { commonName: name, usages: ['client auth'] },
    }),
  ];
}

interface CertificateProps {
  readonly name: string;
  readonly labels: Labels;
  readonly issuer: string;
  readonly spec: Pick<NonNullable<ICertificate['spec']>, 'commonName' | 'dnsNames' | 'usages'>;
}

function certificate(scope: Construct, { name, labels, issuer, spec }: CertificateProps): ApiObject {
  const object: ICertificate = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: { name, labels },
    spec: {
      secretName: name,
      issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: issuer },
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      ...spec,
    },
  };
  return new PlainObject(scope, `certificate-${name}`, { ...object });
}
