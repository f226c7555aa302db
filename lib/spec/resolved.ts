// A tenant with every default filled in and every derived number worked out: what the constructs take.

import type { ProbeDefaults, Resources } from './compute';
import type { Defaults } from './defaults';
import type { Environment, IngressPeer, Peer, SharedBroker } from './environment';
import type { ResolvedBackup } from './resolved-backup';
import type { ResolvedExpose, ResolvedExposure } from './resolved-expose';
import type { FlowerAuth } from './flower-login';
import type { Secrets } from './strategies';
import type { Users } from './isolation';
import type { ResolvedGitOps } from './resolve-gitops';
import type { ResolvedExporter, ResolvedMonitoring, ResolvedObjectives } from './resolved-monitoring';
import type { Connections, Messages, Priorities, Results } from './messages';
import type { TenantProcess } from './processes';
import type { ResolvedApp } from './resolved-app';
import type { ResolvedServerPods } from './resolved-pods';
import type { RedisServer } from './redis';
import type { Beside } from './resolved-sidecars';
import type { QueueScaling, UsageScaling } from './scaling';
import type { Tls, TlsSecret } from './tls';
import type { ResolvedHealth, Runs } from './runs';
import type { Runtime } from './runtimes';
import type { Memory } from './units';
import type { Patches } from './values';
import type { WorkerPool } from './worker';
import type { Beat } from './workloads';

export type * from './resolved-backup';
export type * from './resolved-expose';
export type * from './resolved-monitoring';
export type { ResolvedApp, ResolvedVolume, WrittenFolder } from './resolved-app';
export type { Placed, ResolvedAccount, ResolvedPods, ResolvedServerPods } from './resolved-pods';
export type { Beside, ResolvedInitContainer, ResolvedSidecar } from './resolved-sidecars';

export interface ResolvedEnvironment {
  readonly name: string;
  readonly disposable: boolean;
  readonly storageClass: string;
  readonly secrets: Secrets;
  readonly brokers: Readonly<Record<string, SharedBroker>>;
  readonly clusterDomain: string;
  readonly zones: readonly string[];
  readonly registry: string;
  readonly assignedUsers: boolean;
  readonly imagePullSecrets: readonly string[];
  readonly pullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  readonly nativeSidecars: boolean;
  readonly gitops?: ResolvedGitOps;
  readonly peers: {
    readonly dns: Peer;
    readonly keda?: Peer;
    readonly ingress?: IngressPeer;
    readonly prometheus?: Peer;
  };
  readonly exposure?: ResolvedExposure;
  /** Absent, nothing is watched. */
  readonly monitoring?: ResolvedMonitoring;
  readonly runtime: Runtime;
  readonly defaults: Defaults;
  readonly patches: NonNullable<Environment['patches']>;
}

/** Patches that stand in one place; those of another place come after them, none in place of them. */
export interface PatchLayer {
  readonly owner: 'tenant' | 'environment';
  readonly environment: string;
  /** Where their author typed them, from the tenant or the environment downwards. */
  readonly path: readonly string[];
  readonly patches: Patches;
}

/** A Redis that Stalk runs. */
export interface ResolvedServer {
  readonly topology: 'standalone' | 'replicated' | 'sentinel';
  readonly image: string;
  readonly runtime: Runtime;
  readonly resources: Resources;
  readonly probes: ProbeDefaults;
  /** Bytes: 70 % of the container's memory limit. */
  readonly maxmemory: number;
  readonly eviction: NonNullable<RedisServer['eviction']>;
  readonly maxClients: number;
  readonly databases: number;
  /** Size of the claim; absent, the data is in memory only. */
  readonly storage?: Memory;
  readonly storageClass: string;
  /** Read replicas; 0 in `standalone`. */
  readonly replicas: number;
  readonly sentinels: number;
  readonly pods: ResolvedServerPods;
  readonly tls?: Tls;
  /** Absent, nothing is backed up. */
  readonly backup?: ResolvedBackup;
  /** What runs beside each server; absent, the environment has no monitoring. */
  readonly exporter?: ResolvedExporter;
}

/** A Redis that somebody else runs. */
export interface ResolvedExternal {
  readonly topology: 'external';
  readonly host: string;
  readonly port: number;
  readonly cidrs: readonly string[];
  readonly maxClients: number;
  readonly databases: number;
  /** Each tenant has ACL users of its own, one for each role; absent, all come as one user. */
  readonly acl?: true;
  readonly tls?: true | TlsSecret;
}

/** Where a tenant's messages go. */
export interface ResolvedBroker {
  /** `shared`: in a namespace of its own; `dedicated`: in the tenant's. */
  readonly kind: 'shared' | 'dedicated';
  readonly name: string;
  readonly namespace: string;
  readonly redis: ResolvedServer | ResolvedExternal;
  readonly isolation: 'none' | 'queue' | 'prefix' | 'hybrid';
  /** What every key begins with; may be empty. */
  readonly prefix: string;
  /** Default queue, and first part of the others; absent where queues keep their names. */
  readonly queueBase?: string;
  readonly database: number;
  readonly group?: string;
  readonly users: Users;
  readonly alsoCache: boolean;
  /** The tenant moves away from it. */
  readonly isLeft?: true;
  /** What begins keys there as the app named them itself, before Stalk. */
  readonly keys?: { readonly results?: string; readonly redbeat?: string };
  /** Secret in the tenant's namespace that holds the passwords, by user. */
  readonly secret: 'redis-users' | 'redis-credentials' | `redis-credentials-${string}`;
}

export interface ResolvedCache {
  readonly redis: ResolvedServer | ResolvedExternal;
  readonly database: number;
  readonly user: string;
  /** Secret in the tenant's namespace that holds the password, under the name of the user. */
  readonly secret: 'cache-users' | 'cache-credentials';
}

interface Probed extends Runs {
  readonly probes: ProbeDefaults;
}

export interface ResolvedPool extends Probed {
  readonly name: string;
  /** The tenant's, with what the pool has of its own. */
  readonly app: ResolvedApp;
  /** As Redis knows them, in the order of the author. */
  readonly queues: readonly string[];
  /** First parts of the queues of the tenants that it serves; empty for a pool of one tenant. */
  readonly serves: readonly string[];
  readonly queueOrder: NonNullable<WorkerPool['queueOrder']>;
  readonly concurrency: number;
  readonly replicas: number;
  readonly scaling?: (QueueScaling & { readonly cooldownSeconds: number }) | UsageScaling;
  readonly pool: NonNullable<WorkerPool['pool']>;
  /** Whether a task is ended at its limit. */
  readonly limited: boolean;
  /** Seconds: the hard limit, or the longest task where nothing ends one. */
  readonly hard: number;
  /** Seconds. */
  readonly soft: number;
  /** Seconds between SIGTERM and SIGKILL: the longest task and half a minute. */
  readonly grace: number;
  readonly maxTasksPerChild: number;
  readonly args: readonly string[];
  readonly prefetch: number;
  /** Seconds. */
  readonly stagger?: { readonly min: number; readonly max: number };
  readonly antiAffinity: 'preferred' | 'required';
}

export interface ResolvedBeat extends Probed {
  readonly scheduler: NonNullable<Beat['scheduler']>;
  readonly schedule: NonNullable<Beat['schedule']>;
  readonly storage: Memory;
  /** Seconds. */
  readonly maxInterval: number;
}

interface Started {
  /** `web`, or as the author calls it. */
  readonly name: string;
  readonly command: readonly string[];
  /** The tenant's, with what the process has of its own. */
  readonly app: ResolvedApp;
  readonly redisUser: NonNullable<TenantProcess['redisUser']>;
  /** Seconds. */
  readonly grace: number;
}

interface Stays {
  readonly atMostOne: boolean;
  readonly replicas: number;
  readonly scaling?: UsageScaling;
}

/** `web`, or another server of the app. */
export interface ResolvedWeb extends Probed, Started, Stays {
  readonly expose?: ResolvedExpose;
  readonly processes: number;
  readonly threads: number;
  readonly port: number;
  readonly health: ResolvedHealth;
}

/** A program that serves nothing; without `health` nobody looks at it. */
export interface ResolvedPlain extends Probed, Started, Stays {
  readonly health?: readonly string[];
}

/** A program that the clock starts. */
export interface ResolvedCron extends Runs, Started {
  readonly cron: string;
  /** Seconds. */
  readonly timeLimit: number;
}

export type ResolvedProcess = ResolvedWeb | ResolvedPlain | ResolvedCron;

export interface ResolvedFlower extends Probed {
  readonly expose?: ResolvedExpose;
  readonly auth: FlowerAuth;
  readonly port: number;
  readonly urlPrefix: string;
}

export interface ResolvedMigration extends Runs {
  readonly command: readonly string[];
  readonly check?: readonly string[];
  /** Seconds. */
  readonly timeLimit: number;
}

/** What a tenant says or its table defaults to, and nothing is made of: a new prop of that kind is one line of the table. */
type Said = Omit<Defaults['tenant'], 'longestDelay' | keyof Beside>;

/** `sidecars` and `initContainers` are the tenant's own: each workload has what stands in its pods. */
export interface ResolvedTenant extends Said, Beside {
  readonly name: string;
  readonly namespace: string;
  readonly environment: ResolvedEnvironment;
  readonly app: ResolvedApp;
  readonly broker: ResolvedBroker;
  /** The same tenant on the broker that it leaves; absent, it stays where it is. */
  readonly moving?: ResolvedTenant;
  readonly cache?: ResolvedCache;
  readonly workers: readonly ResolvedPool[];
  readonly beat?: ResolvedBeat;
  readonly web?: ResolvedWeb;
  /** Those of the author, without web. */
  readonly processes: readonly ResolvedProcess[];
  readonly flower?: ResolvedFlower;
  readonly migrate?: ResolvedMigration;
  readonly results: Required<Pick<Results, 'backend' | 'serializer' | 'extended' | 'trackStarted'>> & {
    /** Absent, as messages are. */
    readonly accept?: readonly string[];
    readonly database: number;
    /** Seconds. */
    readonly expires: number;
  };
  readonly messages: Required<Messages>;
  readonly priorities: Required<Priorities>;
  readonly objectives: ResolvedObjectives;
  readonly connections: Pick<Connections, 'max'> & {
    readonly pool: number;
    /** Seconds. */
    readonly connectTimeout: number;
    /** Seconds. */
    readonly timeout: number;
    /** The same for clients of the app's own, only where it was asked for: one of them may listen for longer. */
    readonly urlTimeout?: number;
  };
  /** Seconds. */
  readonly longestDelay: number;
  /** Seconds, of the pool where it is most: visibility.ts. */
  readonly visibilityTimeout: number;
  readonly rateLimit?: string;
  readonly runtime: Runtime;
  /** In the order in which they are applied: the environment's, the tenant's, its overlay's. */
  readonly patches: readonly PatchLayer[];
}
