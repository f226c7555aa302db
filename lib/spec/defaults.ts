// Every default, once. An environment may lay its own over these (`Environment.defaults`).

import type { CeleryApp, NewVolume } from './app';
import type { Connections, Messages, Results } from './messages';
import type { BrokerUse, Cache, External, Sentinel, Standalone } from './redis';
import type { Tenant } from './tenant';
import type { Cpu, Memory } from './units';
import type { ProbeTiming } from './compute';
import type { GroupPool } from './worker';
import type { Beat, Flower, HealthRequest, Migration, Web } from './workloads';

/** Request and limit of each resource. */
export interface Resources {
  readonly cpu: { readonly request: Cpu; readonly limit: Cpu };
  readonly memory: { readonly request: Memory; readonly limit: Memory };
  readonly disk: { readonly request: Memory; readonly limit: Memory };
}

export interface ProbeDefaults {
  readonly startup: Required<ProbeTiming>;
  readonly readiness: Required<ProbeTiming>;
  readonly liveness: Required<ProbeTiming>;
}

type Given<T, K extends keyof T> = Required<Pick<T, K>>;
type Runs = Resources & { readonly probes: ProbeDefaults };

/** The shape of the record below. */
export interface Defaults {
  readonly tenant: Given<
    Tenant,
    | 'consumedElsewhere'
    | 'delivery'
    | 'longestDelay'
    | 'celery'
    | 'env'
    | 'notSecret'
    | 'egress'
    | 'credentialsVersion'
  >;
  readonly app: Given<
    CeleryApp,
    'entrypoint' | 'user' | 'writable' | 'volumes' | 'pythonPath' | 'logLevel' | 'configMap'
  >;
  readonly volume: Given<NewVolume, 'access'>;
  readonly shared: Given<BrokerUse, 'isolation' | 'database'>;
  readonly redis: Runs &
    Given<Standalone, 'image' | 'eviction' | 'maxClients' | 'storage' | 'databases' | 'prefix' | 'database'>;
  readonly sentinel: Given<Sentinel, 'sentinels'> & Given<Connections, 'timeout'>;
  readonly external: Given<External, 'port' | 'maxClients' | 'databases' | 'prefix' | 'database'>;
  readonly cache: Runs & Given<Cache, 'image' | 'eviction' | 'maxClients' | 'persistence' | 'storage'>;
  readonly worker: Runs &
    Given<
      GroupPool,
      | 'queues'
      | 'concurrency'
      | 'replicas'
      | 'pool'
      | 'timeLimit'
      | 'maxTasksPerChild'
      | 'prefetch'
      | 'antiAffinity'
    >;
  readonly beat: Runs & Given<Beat, 'scheduler' | 'schedule' | 'storage' | 'maxInterval'>;
  readonly web: Runs & Given<Web, 'health' | 'replicas' | 'grace'>;
  readonly flower: Runs & Given<Flower, 'port' | 'urlPrefix'>;
  readonly migrate: Resources & Given<Migration, 'timeLimit'>;
  readonly results: Given<Results, 'backend' | 'expires' | 'extended' | 'trackStarted'>;
  readonly messages: Given<Messages, 'serializer'>;
  readonly connections: Given<Connections, 'pool' | 'connectTimeout' | 'timeout'>;
  readonly helper: Resources;
}

const range = <Quantity>(request: Quantity, limit: Quantity) => ({ request, limit });

/** Room for logs and scratch files; 1Gi ends a pod that fills its node's disk. */
const DISK = range<Memory>('64Mi', '1Gi');

/** 60 tries of 10 s: an image that takes ten minutes to come up is broken. */
const STARTUP: Required<ProbeTiming> = { initialDelay: '0s', period: '10s', timeout: '5s', failures: 60 };
const PROBE: Required<ProbeTiming> = { initialDelay: '0s', period: '10s', timeout: '5s', failures: 3 };
/** Redis' probe waits 3 s for an answer, and asks a replica twice. */
const ANSWER: Required<ProbeTiming> = { ...PROBE, timeout: '7s' };
/**
 * Three minutes without an answer: the probe is a shell and a client, which a busy node starts late. After 30 s it
 * killed a Redis that worked, and with it everybody's connections; readiness has told by then that it hangs.
 */
const HANGS: Required<ProbeTiming> = { ...ANSWER, period: '30s', failures: 6 };
/** Liveness looks at a file's age, which changes slowly. */
const SLOW: Required<ProbeTiming> = { ...PROBE, period: '30s' };

/** Of a request that says more than its path. */
export const HEALTH = { path: '/', headers: {}, scheme: 'http' } as const satisfies HealthRequest;

export const defaults: Defaults = {
  tenant: {
    consumedElsewhere: [],
    delivery: 'at-least-once', // losing a task is worse than running it again
    longestDelay: '1h', // what kombu's own visibility timeout allows, so that an app that worked goes on working
    celery: {},
    env: {},
    notSecret: [],
    egress: [],
    credentialsVersion: '1',
  },
  app: {
    entrypoint: [],
    user: 10001,
    writable: [],
    volumes: {},
    pythonPath: [],
    logLevel: 'info',
    configMap: 'app-config',
  },
  volume: { access: 'ReadWriteOnce' },
  shared: { isolation: 'hybrid', database: 0 },
  redis: {
    cpu: range<Cpu>('100m', '500m'),
    memory: range<Memory>('128Mi', '256Mi'), // about 50,000 small tasks waiting, at 1 KB each
    disk: DISK,
    image: 'redis:7.2.11-alpine', // the last BSD-licensed line, with the fixes of Lua's sandbox (CVE-2025-49844)
    eviction: 'noeviction',
    maxClients: 10_000, // Redis' own
    storage: '2Gi', // an AOF before its rewrite is several times the data
    databases: 16, // Redis' own
    prefix: '',
    database: 0,
    probes: { startup: { ...STARTUP, timeout: '7s' }, readiness: ANSWER, liveness: HANGS },
  },
  sentinel: {
    sentinels: 3,
    timeout: '4s', // under the 5 s after which a hung primary is replaced: what it takes when it wakes up was sent again
  },
  external: { port: 6379, maxClients: 10_000, databases: 16, prefix: '', database: 0 },
  cache: {
    cpu: range<Cpu>('50m', '500m'),
    memory: range<Memory>('128Mi', '256Mi'),
    disk: DISK,
    image: 'redis:7.2.11-alpine',
    eviction: 'allkeys-lru',
    maxClients: 10_000,
    persistence: false,
    storage: '1Gi',
    probes: { startup: { ...STARTUP, timeout: '7s' }, readiness: ANSWER, liveness: HANGS },
  },
  worker: {
    cpu: range<Cpu>('250m', '1'),
    memory: range<Memory>('256Mi', '512Mi'), // 89 MB for two empty processes, and the app on top
    disk: DISK,
    probes: { startup: STARTUP, readiness: PROBE, liveness: SLOW },
    queues: ['celery'],
    concurrency: 2,
    replicas: 1,
    pool: 'prefork', // the only one with hard time limits
    timeLimit: '30m',
    maxTasksPerChild: 1000, // bounds a leak without a restart that anybody notices
    prefetch: 1, // long tasks behind long tasks is what prefetching costs
    antiAffinity: 'preferred',
  },
  beat: {
    cpu: range<Cpu>('50m', '250m'),
    memory: range<Memory>('128Mi', '256Mi'),
    disk: DISK,
    probes: { startup: STARTUP, readiness: PROBE, liveness: SLOW },
    scheduler: 'file',
    schedule: {},
    storage: '1Gi', // what most storage classes give at least
    maxInterval: '30s', // ten looks in the 300 s after which liveness gives up
  },
  web: {
    cpu: range<Cpu>('100m', '1'),
    memory: range<Memory>('256Mi', '512Mi'),
    disk: DISK,
    probes: { startup: STARTUP, readiness: PROBE, liveness: SLOW },
    health: HEALTH.path,
    replicas: 2, // one may drain
    grace: '30s',
  },
  flower: {
    cpu: range<Cpu>('50m', '250m'),
    memory: range<Memory>('128Mi', '256Mi'),
    disk: DISK,
    probes: { startup: STARTUP, readiness: PROBE, liveness: SLOW },
    port: 5555,
    urlPrefix: '',
  },
  migrate: {
    cpu: range<Cpu>('100m', '1'),
    memory: range<Memory>('256Mi', '512Mi'),
    disk: DISK,
    timeLimit: '15m',
  },
  results: { backend: 'redis', expires: '24h', extended: false, trackStarted: false },
  messages: { serializer: 'json' },
  // at most six such waits between two touches: three minutes of the five that liveness gives
  connections: { pool: 10, connectTimeout: '5s', timeout: '30s' },
  helper: {
    // init containers and the sidecar that applies users: a shell, redis-cli or a small Python
    cpu: range<Cpu>('10m', '200m'),
    memory: range<Memory>('32Mi', '128Mi'),
    disk: range<Memory>('8Mi', '64Mi'),
  },
};
