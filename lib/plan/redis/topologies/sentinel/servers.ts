// Redis pods that ask for their role, and sentinels that decide it.
//
// No Service leads to the primary, as its pod changes: Celery asks the sentinels. `redis-headless` and
// `sentinel-headless` name each pod; `sentinel` is for people and for clients that take one address.

import type { ResolvedServer } from '../../../../spec';
import { redisPort } from '../../endpoint';
import type { PodGroup } from '../../endpoint';
import { serverExporter } from '../../exporter';
import { FOLDERS } from '../../server';
import type { RedisPlan, Server, ServerPolicy, ServerVariable } from '../../server';
import { serverSecret } from '../../tls';
import {
  clusterService,
  headlessService,
  podsOfServer,
  redisPolicy,
  redisServer,
  sealedFolders,
  tlsFolder,
} from '../servers';
import type { Site } from '../topology';
import { quorum, sentinelConf, underSentinels } from './conf';
import { redisHosts, sentinelHosts, sentinelPort } from './nodes';

/** A sentinel has nothing to save. */
const GRACE = 30;

/** Where nobody is elected, these would roll pods that never run them. */
export const OWN_SCRIPTS = ['ask.sh', 'sentinel.sh', 'start.sh'] as const;

const NAME = 'sentinel';
const REDIS: PodGroup = { component: 'redis' };

export function servers(site: Site<ResolvedServer>): RedisPlan {
  const { redis } = site;
  const nodes = electorate(site);
  const data = redisServer(redis, {
    name: 'redis',
    replicas: 1 + redis.replicas,
    serviceName: 'redis-headless',
    more: underSentinels,
    start: { script: 'start.sh', variables: nodes },
  });
  const electors = sentinels(redis, nodes);
  return {
    scripts: 'sentinel-scripts',
    users: ['replica', 'sentinel'],
    services: [headlessService(data), clusterService(NAME, electors), headlessService(electors)],
    policies: [redisPolicy(data, redis), watched(data, electors), between(electors, redis)],
    servers: [data, electors],
  };
}

const POD: ServerVariable = { name: 'POD', podName: true };

/** Who there is, for the scripts of both. */
function electorate(site: Site<ResolvedServer>): readonly ServerVariable[] {
  const list = (hosts: readonly string[], port: number): string =>
    hosts.map((host) => `${host}:${port}`).join(' ');
  return [
    POD,
    { name: 'REDIS_NODES', value: list(redisHosts(site), redisPort(site.redis)) },
    { name: 'SENTINELS', value: list(sentinelHosts(site), sentinelPort(site.redis)) },
  ];
}

/** Users as Redis has them, a configuration made at the start, no volume. */
function sentinels(redis: ResolvedServer, nodes: readonly ServerVariable[]): Server {
  const port = sentinelPort(redis);
  const own: readonly ServerVariable[] = [{ name: 'REDIS_PORT', value: String(port) }, ...tlsFolder(redis)];
  // those with certificates end one after the other for a renewed one, by their numbers
  const variables = [{ name: 'USERS_OF', value: NAME }, ...own, ...(redis.tls ? [POD] : [])];
  return {
    component: NAME,
    name: NAME,
    replicas: redis.sentinels,
    serviceName: `${NAME}-headless`,
    image: redis.image,
    config: { file: 'sentinel.conf', text: sentinelConf(redis) },
    port,
    main: {
      name: NAME, // it holds some 8 MB, whatever Redis holds: a helper's resources are enough
      command: ['redis-server', `${FOLDERS.run}/sentinel.conf`, '--sentinel'],
      variables: own,
      folders: ['scripts', ...sealedFolders(redis), 'run'],
    },
    ...(redis.exporter && { exporter: serverExporter(redis.exporter, redis.tls ? undefined : port) }),
    before: [
      {
        name: 'find-primary', // sentinels keep nothing over a restart: each asks who it is before it starts
        command: ['sh', `${FOLDERS.scripts}/sentinel.sh`],
        variables: [...nodes, { name: 'QUORUM', value: String(quorum(redis)) }, ...tlsFolder(redis)],
        folders: ['scripts', ...(redis.tls ? (['tls'] as const) : []), 'run', 'config', 'passwords'],
      },
    ],
    userVariables: { build: variables, watch: variables },
    kind: NAME,
    probes: redis.probes,
    grace: GRACE,
    pods: redis.pods,
    ...(redis.tls && { certificate: serverSecret(redis.tls) }),
    evictedLast: true,
  };
}

/** Sentinels look at every Redis, and each Redis asks them for its role. */
const watched = (data: Server, { port }: Server): ServerPolicy => ({
  name: 'redis-sentinels',
  of: data,
  pods: REDIS,
  port: data.port,
  from: [{ component: NAME }],
  to: [{ pods: { component: NAME }, port }],
});

function between(electors: Server, redis: ResolvedServer): ServerPolicy {
  const { port } = electors;
  const pods = podsOfServer(electors);
  return {
    name: NAME,
    of: electors,
    pods,
    port,
    from: ['clients', 'scaler', REDIS, pods],
    to: [
      { pods: REDIS, port: redisPort(redis) },
      { pods, port },
    ],
  };
}
