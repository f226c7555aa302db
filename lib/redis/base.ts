// What every Redis has around its pods: users, scripts, passwords, a policy.

import type { Construct } from 'constructs';
import type { k8s } from 'cdk8s-plus-27';
import { labels } from '../kube';
import type { Identity, Labels } from '../kube';
import type { ResolvedEnvironment, ResolvedServer } from '../spec';
import { local, networkPolicy, peer, tcp } from '../traits/network';
import { runtimeConfig } from '../traits/runtime';
import { userNames } from './acl';
import type { RedisUser } from './acl';
import { redisPort } from './broker';
import { passwords } from './passwords';
import { rulesOf } from './rules';
import { scripts } from './runtime';
import type { Sources } from './server';
import { serverCertificate } from './tls';

export interface RedisProps {
  readonly redis: ResolvedServer;
  readonly environment: ResolvedEnvironment;
  readonly users: readonly RedisUser[];
  /** Tenant or shared broker that it belongs to. */
  readonly owner: string;
  /** The tenant, where it is one's own. */
  readonly tenant?: string;
  readonly namespace: string;
  /** Pods that may connect, besides its own replicas. */
  readonly clients: readonly k8s.NetworkPolicyPeer[];
  /** What the users belong to in the store of secrets: `brokers/shared`, `tenants/acme/redis`. */
  readonly of: string;
}

/** Renders it, and tells where the pods find it. `name` is `redis` or `cache`. */
export function surroundings(scope: Construct, name: 'redis' | 'cache', props: RedisProps): Sources {
  const own = labels(identityOf(props, name, name));
  const { redis } = props;
  const names = { rules: `${name}-rules`, passwords: `${name}-users`, scripts: scriptsOf(name, redis) };
  const programs = runtimeConfig(scope, {
    ...props,
    name: names.scripts,
    version: redis.runtime,
    data: scripts(redis),
  });
  const rules = rulesOf(scope, { name: names.rules, labels: own, users: props.users });
  const secrets = passwords(scope, {
    secret: names.passwords,
    labels: own,
    environment: props.environment,
    users: props.users.flatMap(userNames),
    of: props.of,
    take: 'all',
  });
  policy(scope, name, props, own);
  const certificates = serverCertificate(scope, { ...props, labels: own });
  return { ...names, objects: [programs, rules, ...secrets, ...certificates] };
}

/** One name for one content: a tree holds each once. */
const scriptsOf = (name: string, { topology }: ResolvedServer): string =>
  `${topology === 'sentinel' ? 'sentinel' : name}-scripts`;

function policy(scope: Construct, name: 'redis' | 'cache', props: RedisProps, own: Labels): void {
  const { keda } = props.environment.peers;
  const pods = { 'app.kubernetes.io/component': name };
  const replicas = props.redis.replicas > 0 ? [local(pods)] : [];
  const ports = tcp(redisPort(props.redis));
  const from = [...props.clients, ...(keda && name === 'redis' ? [peer(keda)] : []), ...replicas];
  networkPolicy(scope, {
    name,
    labels: own,
    pods,
    ingress: from.length > 0 ? [{ from, ports }] : [],
    ...(replicas.length > 0 && { egress: [{ to: replicas, ports }] }),
  });
}

export const identityOf = (
  { owner, tenant }: Pick<RedisProps, 'owner' | 'tenant'>,
  component: 'redis' | 'cache' | 'sentinel',
  instance: string,
): Identity => ({ component, instance, owner, ...(tenant !== undefined && { tenant }) });
