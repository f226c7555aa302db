// Redis servers as topologies put them together.

import type { ResolvedServer } from '../../../spec';
import type { PodGroup } from '../endpoint';
import { redisPort } from '../endpoint';
import { serverExporter } from '../exporter';
import { redisConf } from '../redis-conf';
import { FOLDERS } from '../server';
import type {
  Server,
  ServerFolder,
  ServerPolicy,
  ServerProgram,
  ServerService,
  ServerVariable,
} from '../server';
import { serverSecret } from '../tls';

/** Long enough to write the data of any size that fits a pod; Redis saves at SIGTERM. */
const GRACE = 120;

export interface RedisServerProps extends Pick<Server, 'name' | 'replicas' | 'serviceName'> {
  readonly component?: 'redis' | 'cache';
  readonly role?: 'primary' | 'replica';
  readonly after?: string;
  /** Host of the primary; only for read replicas. */
  readonly primary?: string;
  /** Lines of redis.conf that only this topology has. */
  readonly more?: readonly string[];
  /** Started by a script of the topology instead of Redis itself. */
  readonly start?: { readonly script: string; readonly variables: readonly ServerVariable[] };
}

export function redisServer(redis: ResolvedServer, props: RedisServerProps): Server {
  const { name, role, after, primary, more, start, component = 'redis' } = props;
  return {
    component,
    name,
    ...(role && { role }),
    ...(after !== undefined && { after }),
    replicas: props.replicas,
    serviceName: props.serviceName,
    image: redis.image,
    config: {
      file: 'redis.conf',
      text: redisConf({ redis, ...(primary !== undefined && { primary }), ...(more && { more }) }),
    },
    port: redisPort(redis),
    main: mainProgram(redis, start),
    ...(redis.exporter && {
      exporter: serverExporter(redis.exporter, redis.tls ? undefined : redisPort(redis)),
    }),
    before: [],
    userVariables: { build: [], watch: tlsVariables(redis) },
    kind: 'redis',
    probes: redis.probes,
    grace: GRACE,
    pods: redis.pods,
    ...(redis.tls && { certificate: serverSecret(redis.tls) }),
    evictedLast: component === 'redis',
    data:
      redis.storage === undefined
        ? { scratch: redis.resources.disk.limit }
        : { claim: redis.storage, storageClass: redis.storageClass },
  };
}

/** Before what is on a volume: Redis would begin empty beside data that it does not find. */
const LOOKED_AT = ['sh', `${FOLDERS.scripts}/data.sh`, 'start'] as const;

const mainProgram = (redis: ResolvedServer, start: RedisServerProps['start']): ServerProgram => ({
  name: 'redis',
  command: [
    ...(redis.storage === undefined ? [] : LOOKED_AT),
    ...(start
      ? ['sh', `${FOLDERS.scripts}/${start.script}`]
      : ['redis-server', `${FOLDERS.config}/redis.conf`]),
  ],
  resources: redis.resources,
  variables: [...(start ? start.variables : []), ...tlsVariables(redis)],
  folders: ['config', 'scripts', ...sealedFolders(redis), 'run', 'data'],
});

/** Certificates, and where its socket is when redis_exporter comes by it. */
export const sealedFolders = ({ tls, exporter }: ResolvedServer): readonly ServerFolder[] =>
  tls ? ['tls', ...(exporter ? (['exporter'] as const) : [])] : [];

/** What the scripts need to know of a Redis that speaks TLS. */
const tlsVariables = (redis: ResolvedServer): readonly ServerVariable[] =>
  redis.tls ? [{ name: 'REDIS_PORT', value: String(redisPort(redis)) }, ...tlsFolder(redis)] : [];

export const tlsFolder = ({ tls }: Pick<ResolvedServer, 'tls'>): readonly ServerVariable[] =>
  tls ? [{ name: 'REDIS_TLS', value: FOLDERS.tls }] : [];

/** Pods of one server alone. */
export const podsOfServer = ({ component, name }: Pick<Server, 'component' | 'name'>): PodGroup => ({
  component,
  instance: name,
});

type Named = Pick<Server, 'component' | 'name' | 'port'>;

/**
 * A primary has no substitute. A pod is ready when all its containers are, so a dead helper would take it from all of its
 * clients; and a Redis that loads, or cannot save, tells its clients so. Of replicas, one that is well is chosen. The role
 * keeps a broker that gets or loses sentinels from leading its clients to a copy, which refuses what they write.
 */
export const clusterService = (name: string, of: Named & Pick<Server, 'role'>): ServerService => ({
  name,
  of,
  pods: { ...podsOfServer(of), ...(of.role && { role: of.role }) },
  headless: false,
  unready: of.role === 'primary',
  port: of.port,
});

/** A replica asks for its primary while that one loads: pods are named before they are ready. */
export const headlessService = (of: Named, pods: PodGroup = podsOfServer(of)): ServerService => ({
  name: `${of.component}-headless`,
  of,
  pods,
  headless: true,
  unready: true,
  port: of.port,
});

/** Clients reach a Redis, the autoscaler a broker, and replicas each other. */
export function redisPolicy(server: Server, redis: ResolvedServer): ServerPolicy {
  const { component, port } = server;
  const pods: PodGroup = { component };
  const replicas = redis.replicas > 0 ? [pods] : [];
  return {
    name: component,
    of: server,
    pods,
    port,
    from: [
      'clients',
      ...(component === 'redis' ? (['scaler'] as const) : []),
      ...replicas,
      ...(redis.backup ? (['backups'] as const) : []),
    ],
    to: replicas.map((group) => ({ pods: group, port })),
  };
}
