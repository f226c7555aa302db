// Redis with sentinels: pods of which any may be the primary, and those who say which one is.
//
// No Service leads to the primary, as its pod changes: Celery asks the sentinels. `redis-headless` and
// `sentinel-headless` name each pod; `sentinel` is for people and for clients that take one address.

import { Construct } from 'constructs';
import type { k8s } from 'cdk8s-plus-27';
import { labels, selector } from '../kube';
import type { Labels } from '../kube';
import { local, networkPolicy, tcp } from '../traits/network';
import { REPLICA, SENTINEL } from './acl';
import { identityOf, surroundings } from './base';
import type { RedisProps } from './base';
import { redisPort } from '../plan/redis/endpoint';
import { redisHosts, SENTINEL_PORT, sentinelHosts } from '../plan/redis/topologies/sentinel/nodes';
import { sentinels } from './sentinels';
import { server } from './server';
import type { Server } from './server';
import { headless } from './services';

export class SentinelRedis extends Construct {
  readonly servers: readonly Server[];

  constructor(scope: Construct, id: string, asked: RedisProps) {
    super(scope, id);
    const props = { ...asked, users: [...asked.users, REPLICA, SENTINEL] };
    const identity = identityOf(props, 'redis', 'redis');
    const own = labels(identity);
    const pods = selector(identity);
    const serviceName = 'redis-headless';
    const elected = electorate(props);

    const sources = surroundings(this, 'redis', props);
    headless(this, { name: serviceName, labels: own, pods, port: redisPort(props.redis) });
    watched(this, own, redisPort(props.redis));
    const replicas = 1 + props.redis.replicas;
    const redis = server(this, { ...props, identity, replicas, serviceName, sources, elected });
    const electors = sentinels(this, { ...props, sources, elected });
    this.servers = [redis, electors];
  }
}

/** Who there is, for the scripts of both. */
function electorate({ redis, namespace, environment: { clusterDomain } }: RedisProps): k8s.EnvVar[] {
  const place = { redis, namespace, clusterDomain };
  const list = (hosts: readonly string[], port: number): string =>
    hosts.map((host) => `${host}:${port}`).join(' ');
  return [
    { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'REDIS_NODES', value: list(redisHosts(place), redisPort(redis)) },
    { name: 'SENTINELS', value: list(sentinelHosts(place), SENTINEL_PORT) },
  ];
}

/** Sentinels look at every Redis, and each Redis asks them for its role. */
function watched(scope: Construct, own: Labels, port: number): void {
  const peers = [local({ 'app.kubernetes.io/component': 'sentinel' })];
  networkPolicy(scope, {
    name: 'redis-sentinels',
    labels: own,
    pods: { 'app.kubernetes.io/component': 'redis' },
    ingress: [{ from: peers, ports: tcp(port) }],
    egress: [{ to: peers, ports: tcp(SENTINEL_PORT) }],
  });
}
