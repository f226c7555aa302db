// What every Redis has around its pods: users, scripts, passwords, policies, Services.

import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { k8s } from 'cdk8s-plus-27';
import { BACKUP_PODS, labels } from '../kube';
import type { Identity } from '../kube';
import type { RedisPlan, Server, ServerPolicy } from '../plan/redis/server';
import type { WantedSecret } from '../plan/secrets/wanted';
import type { ResolvedEnvironment, ResolvedServer } from '../spec';
import { local, networkPolicy, peer, podLabelsOf, tcp } from '../traits/network';
import { runtimeConfig } from '../traits/runtime';
import { REPLICA, SENTINEL, userNames } from './acl';
import type { RedisUser } from './acl';
import { passwords } from './passwords';
import { restorePolicy } from './restore';
import { rulesOf } from './rules';
import { scripts } from './runtime';
import { serverCertificate } from './tls';

export interface RedisProps {
  /** What it is for, and what its objects are called. */
  readonly name: 'redis' | 'cache';
  readonly redis: ResolvedServer;
  readonly plan: RedisPlan;
  readonly environment: ResolvedEnvironment;
  /** Those of its clients. */
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

/** Where the pods of a Redis find what they read. */
export interface Sources {
  readonly rules: string;
  readonly passwords: string;
  readonly scripts: string;
  /** The objects of these names, as far as Stalk renders them. */
  readonly objects: readonly ApiObject[];
}

const OF_SERVERS = { replica: REPLICA, sentinel: SENTINEL };

/** Those of its clients and of its servers. */
export const allUsers = ({ users, plan }: Pick<RedisProps, 'users' | 'plan'>): RedisUser[] => [
  ...users,
  ...plan.users.map((name) => OF_SERVERS[name]),
];

/** Passwords of all its users, as its pods read them. */
export const serverSecrets = (
  props: Pick<RedisProps, 'name' | 'owner' | 'tenant' | 'users' | 'plan' | 'of'>,
): WantedSecret => ({
  secret: `${props.name}-users`,
  labels: labels(serverIdentity(props, { component: props.name, name: props.name })),
  users: allUsers(props).flatMap(userNames),
  of: props.of,
  take: 'all',
});

/** Renders it, and tells where the pods find it. */
export function surroundings(scope: Construct, props: RedisProps): Sources {
  const { name, redis, plan } = props;
  const own = labels(serverIdentity(props, { component: name, name }));
  const names = { rules: `${name}-rules`, passwords: `${name}-users`, scripts: plan.scripts };
  const users = allUsers(props);
  const programs = runtimeConfig(scope, {
    ...props,
    name: names.scripts,
    version: redis.runtime,
    data: scripts(redis),
  });
  const rules = rulesOf(scope, { name: names.rules, labels: own, users });
  const secrets = passwords(scope, { ...serverSecrets(props), environment: props.environment });
  for (const one of plan.policies) policy(scope, props, one);
  restorePolicy(scope, props);
  const certificates = serverCertificate(scope, { ...props, labels: own });
  return { ...names, objects: [programs, rules, ...secrets, ...certificates] };
}

function policy(scope: Construct, props: RedisProps, { name, of, pods, port, from, to }: ServerPolicy): void {
  const { keda } = props.environment.peers;
  const peers = from.flatMap((who) => {
    if (who === 'clients') return props.clients;
    if (who === 'backups') return [local(BACKUP_PODS)];
    if (who === 'scaler') return keda ? [peer(keda)] : [];
    return [local(podLabelsOf(who))];
  });
  networkPolicy(scope, {
    name,
    labels: labels(serverIdentity(props, of)),
    pods: podLabelsOf(pods),
    ingress: peers.length > 0 ? [{ from: peers, ports: tcp(port) }] : [],
    ...(to.length > 0 && {
      egress: to.map((end) => ({ to: [local(podLabelsOf(end.pods))], ports: tcp(end.port) })),
    }),
  });
}

export const serverIdentity = (
  { owner, tenant }: Pick<RedisProps, 'owner' | 'tenant'>,
  { component, name }: Pick<Server, 'component' | 'name'>,
): Identity => ({ component, instance: name, owner, ...(tenant !== undefined && { tenant }) });
