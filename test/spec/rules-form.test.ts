import { environmentWith, saysOf, tenantWith } from './helpers';
import type { Row } from './helpers';

const pool = (change: object) => ({ workers: { default: change } });
const app = (change: object) => ({ app: change });
const beat = (change: object) => ({ beat: change });
const entry = (change: object) => beat({ schedule: { nightly: { task: 'acme.tasks.nightly', ...change } } });
const web = (change: object) => ({ web: { command: ['serve'], port: 8000, ...change } });
const flower = (change: object) => ({ flower: { auth: { secret: 'flower', key: 'auth' }, ...change } });
const dedicated = (change: object) => ({ broker: { topology: 'standalone', ...change } });
const external = (change: object) => ({
  broker: {
    topology: 'external',
    host: 'redis.example.com',
    cidrs: ['10.1.2.3/32'],
    username: 'acme',
    ...change,
  },
});
const patch = (change: object) => ({ patches: { 'Deployment/worker-default': [change] } });

const processes = (all: object) => ({ processes: all });

const ROWS: readonly Row[] = [
  ...['worker-mail', 'beat', 'web', 'flower', 'migrate', 'redis', 'redis-replica', 'cache', 'broker'].map(
    (name) => ({
      rule: 'names of processes',
      broken: processes({ [name]: { command: ['run'] } }),
      says: `processes.${name} must be another name: workloads and Redis of a tenant are called worker-…, beat, web, flower, migrate, redis…, got "${name}"; choose another name`,
      held: processes({ [`my-${name}`]: { command: ['run'] } }),
    }),
  ),
  {
    rule: 'names of processes',
    broken: processes({ Web_Sockets: { command: ['run'] } }),
    says: 'processes.Web_Sockets must be a DNS label of at most 40 characters, got "Web_Sockets"; write "web-sockets"',
    held: processes({ websockets: { command: ['run'] } }),
  },
  {
    rule: 'a command',
    broken: processes({ other: { command: [] } }),
    says: 'processes.other.command must list at least one, got []; write the words of a command',
    held: processes({ other: { command: ['run'] } }),
  },
  {
    rule: 'a Redis user',
    broken: processes({ other: { command: ['run'], redisUser: 'admin' } }),
    says: 'processes.other.redisUser must be one of "producer", "worker", got "admin"; choose one of them',
    held: processes({ other: { command: ['run'], redisUser: 'worker' } }),
  },
  ...['@daily', '0 3 * * 7', '0 3 * * ? *', '0 0 30 2 *'].map((cron) => ({
    rule: 'a cron line',
    broken: processes({ other: { command: ['run'], cron } }),
    says: `processes.other.cron must be five fields, of a date that comes, got "${cron}"; write minute, hour, day of month, month and day of week (0 is Sunday) with numbers, names, *, -, / and ,`,
    held: processes({ other: { command: ['run'], cron: '0 3 1 * mon' } }),
  })),
  {
    rule: 'a host',
    broken: external({ host: 'amqp://guest:guest@rabbit:5672//' }),
    says: 'broker.host must be a Redis: Stalk runs Celery on Redis and on nothing else, got "amqp://…@rabbit:5672//"; use { topology: "standalone" } in place of RabbitMQ: queues and routes stay as they are, exchanges of other types do not',
    held: external({ host: 'jobs.abc123.ng.0001.use1.cache.amazonaws.com' }),
  },
  {
    rule: 'a host',
    broken: external({ host: 'sqs://' }),
    says: 'broker.host must be a Redis: Stalk runs Celery on Redis and on nothing else, got "sqs://"; use { topology: "standalone" } in place of SQS, or an ElastiCache with cluster mode disabled as host',
    held: external({ host: 'jobs.abc123.ng.0001.use1.cache.amazonaws.com' }),
  },
  {
    rule: 'a host',
    broken: external({ host: 'kafka://kafka:9092' }),
    says: 'broker.host must be a Redis: Stalk runs Celery on Redis and on nothing else, got "kafka://kafka:9092"; use { topology: "standalone" } for Celery, and let the app itself speak to Kafka',
    held: external({ host: 'jobs.abc123.ng.0001.use1.cache.amazonaws.com' }),
  },
  {
    rule: 'a host',
    broken: external({ host: 'sentinel://sentinel:26379' }),
    says: 'broker.host must be a Redis: sentinels that somebody else runs are asked by nobody here, got "sentinel://sentinel:26379"; name one address that always leads to the primary, such as a proxy or the endpoint of the service; or use topology "sentinel", whose sentinels Stalk runs',
    held: external({ host: 'jobs.abc123.ng.0001.use1.cache.amazonaws.com' }),
  },
  {
    rule: 'a host',
    broken: external({ host: 'rediss://default:s3cr3t@eu1-x.upstash.io:6379/2' }),
    says: 'broker.host must be a host name or an address, not a URL, got "rediss://…@eu1-x.upstash.io:6379/2"; write host: "eu1-x.upstash.io", port: 6379, database: 2, username: "default", tls: true; the password comes from the Secret redis-credentials',
    held: external({ host: 'jobs.abc123.ng.0001.use1.cache.amazonaws.com' }),
  },
  {
    rule: 'a host',
    broken: external({ host: 'https://eu1-x.upstash.io' }),
    says: 'broker.host must be a host name or an address, not the URL of an API, got "https://eu1-x.upstash.io"; write the endpoint of its Redis port: host, port, and tls: true beside them',
    held: external({ host: 'jobs.abc123.ng.0001.use1.cache.amazonaws.com' }),
  },
  {
    rule: 'a host',
    broken: external({ host: 'clustercfg.jobs.abc123.use1.cache.amazonaws.com' }),
    says: 'broker.host must be one Redis, and this endpoint is of a cluster, got "clustercfg.jobs.abc123.use1.cache.amazonaws.com"; make one with cluster mode disabled, or several "standalone" brokers for more room: Celery cannot follow slots',
    held: external({ host: 'jobs.abc123.ng.0001.use1.cache.amazonaws.com' }),
  },
  {
    rule: 'a host',
    broken: external({ host: 'jobs-ro.abc123.ng.0001.use1.cache.amazonaws.com' }),
    says: 'broker.host must take writes, and this endpoint is of read replicas, got "jobs-ro.abc123.ng.0001.use1.cache.amazonaws.com"; write the primary endpoint',
    held: external({ host: 'jobs.abc123.ng.0001.use1.cache.amazonaws.com' }),
  },
  {
    rule: 'a host',
    broken: external({ host: 'localhost' }),
    says: 'broker.host must be reached from pods: there, this is the pod itself, got "localhost"; write the host\'s name or address in the network, or use topology "standalone"',
    held: external({ host: 'jobs.abc123.ng.0001.use1.cache.amazonaws.com' }),
  },
  {
    rule: 'a broker',
    broken: { broker: 'rediss://:s3cr3t@jobs.redis.cache.windows.net:6380/0' },
    says: 'broker must be a record, got "rediss://…@jobs.redis.cache.windows.net:6380/0"; write { topology: "external", host: "jobs.redis.cache.windows.net", port: 6380, tls: true, cidrs: [ … ] }; the password comes from a Secret',
    held: external({ tls: true }),
  },
  {
    rule: 'a broker',
    broken: { broker: 'sentinel://sentinel:26379/0' },
    says: 'broker must be a record, got "sentinel://sentinel:26379/0"; name one address that always leads to the primary, such as a proxy or the endpoint of the service; or use topology "sentinel", whose sentinels Stalk runs',
    held: external({ tls: true }),
  },
  {
    rule: 'a broker',
    broken: { broker: 'sqs://key:secret@' },
    says: 'broker must be a record, got "sqs://…@"; use { topology: "standalone" } in place of SQS, or an ElastiCache with cluster mode disabled as host',
    held: external({ tls: true }),
  },
  {
    rule: 'a memory',
    broken: pool({ memory: '1.5Gi' }),
    says: 'workers.default.memory must be a whole, positive number of Ki, Mi or Gi, got "1.5Gi"; write "1536Mi"',
    held: pool({ memory: '1536Mi' }),
  },
  {
    rule: 'a memory',
    broken: pool({ memory: '-1Gi' }),
    says: 'workers.default.memory must be a whole, positive number of Ki, Mi or Gi, got "-1Gi"; write it like "512Mi"',
    held: pool({ memory: '1048576Ki' }),
  },
  {
    rule: 'a memory',
    broken: pool({ memory: { request: '512MB', limit: '1Gi' } }),
    says: 'workers.default.memory.request must be a whole, positive number of Ki, Mi or Gi, got "512MB"; write "512Mi"',
    held: pool({ memory: { request: '512Mi', limit: '1Gi' } }),
  },
  {
    rule: 'a CPU',
    broken: pool({ cpu: '0.0005' }),
    says: 'workers.default.cpu must be cores or thousandths of a core, more than none, got "0.0005"; write it like "400m" or "2"',
    held: pool({ cpu: '0.001' }),
  },
  {
    rule: 'a CPU',
    broken: pool({ cpu: '0.0' }),
    says: 'workers.default.cpu must be cores or thousandths of a core, more than none, got "0.0"; write it like "400m" or "2"',
    held: pool({ cpu: '1' }),
  },
  {
    rule: 'a duration',
    broken: pool({ timeLimit: '1.5h' }),
    says: 'workers.default.timeLimit must be a whole number of s, m or h, at least 2s, got "1.5h"; write "90m"',
    held: pool({ timeLimit: '90m' }),
  },
  {
    rule: 'a duration',
    broken: pool({ timeLimit: '1s' }),
    says: 'workers.default.timeLimit must be a whole number of s, m or h, at least 2s, got "1s"; write it like "45s", "30m" or "2h"',
    held: pool({ timeLimit: '2s' }),
  },
  {
    rule: 'a duration',
    broken: { longestDelay: '25h' },
    says: 'longestDelay must be at most 24h, as a worker holds a delayed message all that time, got "25h"; send it from beat, or from a task that looks for what is due',
    held: { longestDelay: '24h' },
  },
  {
    rule: 'a duration',
    broken: beat({ maxInterval: '31s' }),
    says: 'beat.maxInterval must be a whole number of s, m or h, from 5s to 30s, got "31s"; write it like "45s", "30m" or "2h"',
    held: beat({ maxInterval: '30s' }),
  },
  {
    rule: 'a duration',
    broken: beat({ maxInterval: '4s' }),
    says: 'beat.maxInterval must be a whole number of s, m or h, from 5s to 30s, got "4s"; write it like "45s", "30m" or "2h"',
    held: beat({ maxInterval: '5s' }),
  },
  {
    rule: 'a duration',
    broken: entry({ every: '0s' }),
    says: 'beat.schedule.nightly.every must be a whole number of s, m or h, at least 1s, got "0s"; write it like "45s", "30m" or "2h"',
    held: entry({ every: '1s' }),
  },
  {
    rule: 'a duration',
    broken: { results: { expires: '0s' } },
    says: 'results.expires must be a whole number of s, m or h, at least 1s, got "0s"; write it like "45s", "30m" or "2h"',
    held: { results: { expires: '1s' } },
  },
  {
    rule: 'a duration',
    broken: { connections: { connectTimeout: '5' } },
    says: 'connections.connectTimeout must be a whole number of s, m or h, from 1s to 45s, got "5"; write "5s"',
    held: { connections: { connectTimeout: '5s' } },
  },
  {
    rule: 'a wait for Redis that liveness outlasts',
    broken: { connections: { timeout: '46s' } },
    says: 'connections.timeout must be a whole number of s, m or h, from 1s to 45s, got "46s"; write it like "45s", "30m" or "2h"',
    held: { connections: { timeout: '45s' } },
  },
  {
    rule: 'a duration',
    broken: pool({ probes: { liveness: { period: '0s' } } }),
    says: 'workers.default.probes.liveness.period must be a whole number of s, m or h, at least 1s, got "0s"; write it like "45s", "30m" or "2h"',
    held: pool({ probes: { liveness: { period: '1s', initialDelay: '0s' } } }),
  },
  {
    rule: 'a whole number',
    broken: pool({ concurrency: 0 }),
    says: 'workers.default.concurrency must be a whole number, at least 1, got 0; write 1 or more',
    held: pool({ concurrency: 1 }),
  },
  {
    rule: 'a whole number',
    broken: pool({ concurrency: 1.5 }),
    says: 'workers.default.concurrency must be a whole number, at least 1, got 1.5; write 1 or more',
    held: pool({ concurrency: 2 }),
  },
  {
    rule: 'a whole number',
    broken: pool({ replicas: -1 }),
    says: 'workers.default.replicas must be a whole number, at least 0, got -1; write 0 or more',
    held: pool({ replicas: 0 }),
  },
  {
    rule: 'a whole number',
    broken: pool({ prefetch: 0 }),
    says: 'workers.default.prefetch must be a whole number, at least 1, got 0; write 1 or more',
    held: pool({ prefetch: 1 }),
  },
  {
    rule: 'a whole number',
    broken: pool({ scaling: { min: 0, max: 2, utilization: 70 } }),
    says: 'workers.default.scaling.min must be a whole number, at least 1, got 0; write 1 or more',
    held: pool({ scaling: { min: 1, max: 2, utilization: 70 } }),
  },
  {
    rule: 'a whole number',
    broken: dedicated({ databases: 0 }),
    says: 'broker.databases must be a whole number, at least 1, got 0; write 1 or more',
    held: dedicated({ databases: 1 }),
  },
  {
    rule: 'a whole number',
    broken: { broker: { topology: 'replicated', replicas: 0 } },
    says: 'broker.replicas must be a whole number, at least 1, got 0; write 1 or more',
    held: { broker: { topology: 'replicated', replicas: 1 } },
  },
  {
    rule: 'a whole number',
    broken: app({ user: 0 }),
    says: 'app.user must be a whole number, from 1 to 2147483647, got 0; write one of these',
    held: app({ user: 1 }),
  },
  {
    rule: 'a port',
    broken: web({ port: 80 }),
    says: 'web.port must be a whole number, from 1024 to 65535, got 80; use one from 1024 on, such as 8000: only root may listen below',
    held: web({ port: 1024 }),
  },
  {
    rule: 'a port',
    broken: flower({ port: 65536 }),
    says: 'flower.port must be a whole number, from 1024 to 65535, got 65536; write one of these',
    held: flower({ port: 65535 }),
  },
  {
    rule: 'a port',
    broken: { egress: [{ to: 'internet', ports: [0] }] },
    says: 'egress[0].ports[0] must be a whole number, from 1 to 65535, got 0; write one of these',
    held: { egress: [{ to: 'internet', ports: [1] }] },
  },
  {
    rule: 'a DNS label',
    broken: { name: 'Acme_1' },
    says: 'name must be a DNS label of at most 40 characters, got "Acme_1"; write "acme-1"',
    held: { name: 'acme-1' },
  },
  {
    rule: 'a DNS label',
    broken: { name: 'a'.repeat(41) },
    says: 'name must be a DNS label of at most 40 characters, got "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"; use lower case letters, digits and - between them',
    held: { name: 'a'.repeat(40) },
  },
  {
    rule: 'a DNS label',
    broken: { workers: { 'two words': { queues: ['more'] } } },
    says: 'workers["two words"] must be a DNS label of at most 40 characters, got "two words"; write "two-words"',
    held: { workers: { 'two-words': { queues: ['more'] } } },
  },
  {
    rule: 'a DNS label',
    broken: app({ volumes: { Data: { path: '/data', claim: 'files' } } }),
    says: 'app.volumes.Data must be a DNS label of at most 40 characters, got "Data"; write "data"',
    held: app({ volumes: { data: { path: '/data', claim: 'files' } } }),
  },
  {
    rule: 'a DNS label',
    broken: { broker: { shared: 'main', isolation: 'queue', group: 'shops-' } },
    says: 'broker.group must be a DNS label of at most 40 characters, got "shops-"; use lower case letters, digits and - between them',
    held: { broker: { shared: 'main', isolation: 'queue', group: 'shops' } },
  },
  {
    rule: 'an image',
    broken: app({ image: 'acme/jobs' }),
    says: 'app.image must have a tag or a digest, got "acme/jobs"; write the version that runs, like "acme/jobs:2.4.1"',
    held: app({ image: 'acme/jobs:2' }),
  },
  {
    rule: 'an image',
    broken: app({ image: 'registry.example.com:5000/acme' }),
    says: 'app.image must have a tag or a digest, got "registry.example.com:5000/acme"; write the version that runs, like "acme/jobs:2.4.1"',
    held: app({ image: `acme/jobs@sha256:${'0'.repeat(64)}` }),
  },
  {
    rule: 'an image',
    broken: app({ image: 'acme/jobs:latest' }),
    says: 'app.image must have a fixed tag: "latest" changes under a running tenant, got "acme/jobs:latest"; write the version that runs, like "acme/jobs:2.4.1"',
    held: app({ image: 'acme/jobs:latest-2' }),
  },
  {
    rule: 'a module',
    broken: app({ module: 'acme/tasks.py' }),
    says: 'app.module must be what follows celery -A, got "acme/tasks.py"; write "acme.tasks"',
    held: app({ module: 'my-app.3d.tasks:make_app' }),
  },
  {
    rule: 'an entrypoint',
    broken: app({ entrypoint: 'poetry run' }),
    says: 'app.entrypoint must be a list, got "poetry run"; write ["poetry","run"]',
    held: app({ entrypoint: ['sh', '-c', 'exec "$@"', 'sh'] }),
  },
  {
    rule: 'a known prop',
    broken: web({ entrypoint: ['poetry', 'run'] }),
    says: 'web.entrypoint must be a known prop, got ["poetry","run"]; write app.entrypoint, words that stand before every command',
    held: web({ command: ['poetry', 'run', 'serve'] }),
  },
  {
    rule: 'a folder',
    broken: app({ writable: ['cache'] }),
    says: 'app.writable[0] must be an absolute path without : and blanks, not the root, got "cache"; write it like "/data"',
    held: app({ writable: ['/cache'] }),
  },
  {
    rule: 'a folder',
    broken: app({ pythonPath: ['/a:/b'] }),
    says: 'app.pythonPath[0] must be an absolute path without : and blanks, not the root, got "/a:/b"; write it like "/data"',
    held: app({ pythonPath: ['/a', '/b'] }),
  },
  {
    rule: 'a folder',
    broken: app({ writable: ['/cache', '/cache'] }),
    says: 'app.writable[1] must stand in the list once, got "/cache" again; remove it',
    held: app({ writable: ['/cache', '/caches'] }),
  },
  {
    rule: 'a list',
    broken: pool({ queues: [] }),
    says: 'workers.default.queues must list at least one, got []; name one, such as "celery"',
    held: pool({ queues: ['celery'] }),
  },
  {
    rule: 'a list',
    broken: pool({ queues: ['celery', 'mail', 'celery'] }),
    says: 'workers.default.queues[2] must stand in the list once, got "celery" again; remove it',
    held: pool({ queues: ['celery', 'mail', 'celery2'] }),
  },
  {
    rule: 'a list',
    broken: { workers: { more: { concurrency: 1 } } },
    says: 'workers.more.queues must list at least one, got nothing; write them in [ ]',
    held: { workers: { more: { queues: ['more'] } } },
  },
  {
    rule: 'a list',
    broken: web({ command: 'gunicorn app' }),
    says: 'web.command must list at least one, got "gunicorn app"; write ["gunicorn","app"]',
    held: web({ command: ['gunicorn', 'app'] }),
  },
  {
    rule: 'a queue',
    broken: pool({ queues: ['celery', 'a,b'] }),
    says: 'workers.default.queues[1] must be the name of a queue, got "a,b"; use letters, digits and signs, without blanks, commas, quotes, $, *, ?, [, ] and \\',
    held: pool({ queues: ['celery', 'a', 'eu/high@b', '{b}+#c'] }),
  },
  {
    rule: 'a known word',
    broken: pool({ pool: 'eventlet' }),
    says: 'workers.default.pool must be one of "prefork", "threads", "gevent", "solo", got "eventlet"; write "gevent"',
    held: pool({ pool: 'gevent' }),
  },
  {
    rule: 'a known word',
    broken: app({ dialect: 'flask' }),
    says: 'app.dialect must be one of "celery", "django", "paperless", got "flask"; write "celery", the dialect of every app that is neither Django nor Paperless',
    held: app({ dialect: 'celery' }),
  },
  {
    rule: 'a known word',
    broken: dedicated({ eviction: 'lru' }),
    says: 'broker.eviction must be one of "noeviction", "allkeys-lru", "allkeys-lfu", "volatile-lru", "volatile-ttl", "allkeys-random", got "lru"; choose one of them',
    held: dedicated({ eviction: 'noeviction' }),
  },
  {
    rule: 'a known prop',
    broken: pool({ concurency: 4 }),
    says: 'workers.default.concurency must be a known prop, got 4; write concurrency',
    held: pool({ concurrency: 4 }),
  },
  {
    rule: 'a known prop',
    broken: beat({ replicas: 2 }),
    says: 'beat.replicas must be a known prop, got 2; known here: cpu, memory, disk, env, envFrom, files, probes, scheduler, schedule, storage, maxInterval',
    held: beat({}),
  },
  {
    rule: 'a known broker',
    broken: { broker: { shared: 'mian' } },
    says: 'broker.shared must name a shared broker of the environment, got "mian"; use "main"',
    held: { broker: { shared: 'main' } },
  },
  {
    rule: 'a topology',
    broken: { broker: { topology: 'cluster' } },
    says: `broker.topology must be a Redis that carries Celery's messages: Celery cannot follow the slots of a cluster, got "cluster"; use "replicated" for copies, or several "standalone" brokers for more room`,
    held: { broker: { topology: 'replicated', replicas: 2 } },
  },
  {
    rule: 'a topology',
    broken: { broker: { topology: 'standalon', memory: '1Gi' } },
    says: 'broker.topology must be one of "standalone", "replicated", "sentinel", "external", got "standalon"; write "standalone"',
    held: { broker: { topology: 'standalone', memory: '1Gi' } },
  },
  {
    rule: 'a prefix',
    broken: { broker: { shared: 'main', prefix: 'acme' } },
    says: 'broker.prefix must end in : and hold letters, digits, _, ., - and : only, got "acme"; write "acme:"',
    held: { broker: { shared: 'main', prefix: 'acme:' } },
  },
  {
    rule: 'a prefix',
    broken: { broker: { shared: 'main', prefix: 'acme*:' } },
    says: 'broker.prefix must end in : and hold letters, digits, _, ., - and : only, got "acme*:"; write it like "acme:"',
    held: { broker: { shared: 'main', prefix: 'A.c-m_1:e:' } },
  },
  {
    rule: 'a prefix',
    broken: dedicated({ prefix: 'acme' }),
    says: 'broker.prefix must end in : and hold letters, digits, _, ., - and : only, got "acme"; write "acme:"',
    held: dedicated({ prefix: '' }),
  },
  {
    rule: 'a host',
    broken: external({ host: '/run/redis.sock' }),
    says: `broker.host must be reached over TCP: a socket is a file on one node, and pods run on many, got "/run/redis.sock"; use broker: { topology: 'standalone' }, or host and port of a Redis that listens on TCP`,
    held: external({ host: 'fd00::5' }),
  },
  {
    rule: 'a host',
    broken: external({ host: 'unix:///var/run/redis/redis.sock?db=0' }),
    says: `broker.host must be reached over TCP: a socket is a file on one node, and pods run on many, got "unix:///var/run/redis/redis.sock?db=0"; use broker: { topology: 'standalone' }, or host and port of a Redis that listens on TCP`,
    held: external({ host: '10.0.0.5' }),
  },
  {
    rule: 'a host',
    broken: external({ host: 'redis+socket:///run/redis.sock' }),
    says: `broker.host must be reached over TCP: a socket is a file on one node, and pods run on many, got "redis+socket:///run/redis.sock"; use broker: { topology: 'standalone' }, or host and port of a Redis that listens on TCP`,
    held: external({ host: 'redis' }),
  },
  {
    rule: 'a host',
    broken: external({ host: 'redis://redis:6379' }),
    says: 'broker.host must be a host name or an address, not a URL, got "redis://redis:6379"; write host: "redis", port: 6379; the password comes from the Secret redis-credentials',
    held: external({ port: 6380 }),
  },
  {
    rule: 'an issuer for a Redis that somebody else runs',
    broken: external({ tls: { issuer: 'internal' } }),
    says: 'broker.tls.issuer must be left out for a Redis that somebody else runs, who has its certificate already, got "internal"; write secret, the name of a Secret whose ca.crt verifies it',
    held: external({ tls: { secret: 'their-authority' } }),
  },
  {
    rule: 'a Secret with certificates',
    broken: dedicated({ tls: { secret: 'Redis TLS' } }),
    says: 'broker.tls.secret must be the name of a Kubernetes object, got "Redis TLS"; use lower case letters, digits, - and .',
    held: dedicated({ tls: { issuer: 'internal' } }),
  },
  {
    rule: 'a host',
    broken: external({ host: 'redis://acme:secret@redis:6379/0' }),
    says: 'broker.host must be a host name or an address, not a URL, got "redis://…@redis:6379/0"; write host: "redis", port: 6379, username: "acme"; the password comes from the Secret redis-credentials',
    held: external({ username: 'acme' }),
  },
  {
    rule: 'a host',
    broken: external({ host: 'rediss://redis:6380/0' }),
    says: 'broker.host must be a host name or an address, not a URL, got "rediss://redis:6380/0"; write host: "redis", port: 6380, tls: true; the password comes from the Secret redis-credentials',
    held: external({ database: 1 }),
  },
  {
    rule: 'a host',
    broken: external({ host: 'redis:6379' }),
    says: 'broker.host must be a host name or an address alone, got "redis:6379"; write the port as a prop beside it',
    held: external({ host: 'redis.example.com.' }),
  },
  {
    rule: 'a host',
    broken: external({ host: 'redis-1:6379,redis-2:6379' }),
    says: 'broker.host must be one host: Celery cannot follow the slots of a cluster, got "redis-1:6379,redis-2:6379"; name the primary, or use "sentinel" or "replicated" of a Redis that Stalk runs',
    held: external({ host: 'redis-1' }),
  },
  {
    rule: 'a host',
    broken: external({ host: 'my_redis' }),
    says: 'broker.host must be a host name or an address, got "my_redis"; write it like "redis.example.com", "10.0.0.5" or "fd00::5"',
    held: external({ host: 'my-redis' }),
  },
  {
    rule: 'a CIDR',
    broken: external({ cidrs: ['10.1.2.3'] }),
    says: 'broker.cidrs[0] must be addresses with the length of their prefix, got "10.1.2.3"; write "10.1.2.3/32"',
    held: external({ cidrs: ['fd00::/8'] }),
  },
  {
    rule: 'a CIDR',
    broken: { egress: [{ to: { cidr: '10.20.0.0/33' } }] },
    says: 'egress[0].to.cidr must be addresses with the length of their prefix, got "10.20.0.0/33"; write them like "10.20.0.0/16"',
    held: { egress: [{ to: { cidr: '10.20.0.0/32', except: ['10.20.0.0/32'] } }] },
  },
  {
    rule: 'labels',
    broken: { egress: [{ to: { pods: {}, namespace: 'postgres' } }] },
    says: 'egress[0].to.pods must name at least one label, got {}; write it like { app: … }, or every pod would match',
    held: { egress: [{ to: { pods: { app: 'postgres' }, namespace: 'postgres' } }] },
  },
  {
    rule: 'a variable',
    broken: { env: { 'MY VAR': 'x' } },
    says: 'env["MY VAR"] must be the name of an environment variable, got "MY VAR"; write MY_VAR',
    held: { env: { MY_VAR: '', 'my.var-1': '' } },
  },
  {
    rule: 'a variable',
    broken: { env: { PORT: 8000 } },
    says: 'env.PORT must be a text, { secret, key } or { from }, got 8000; put a number or a boolean in quotes',
    held: { env: { PORT: '8000' } },
  },
  {
    rule: 'a variable',
    broken: { env: { TOKEN: { secret: 'Tokens', key: 'token' } } },
    says: 'env.TOKEN.secret must be the name of a Kubernetes object, got a value that is not shown; use lower case letters, digits, - and .',
    held: { env: { TOKEN: { secret: 'tokens', key: 'token' } } },
  },
  {
    rule: 'a variable',
    broken: { env: { HOST: { from: 'broker.hostname' } } },
    says: 'env.HOST.from must be one of "broker.url", "broker.celeryUrl", "broker.host", "broker.port", "broker.database", "broker.user", "broker.password", "broker.prefix", "results.celeryUrl", "cache.url", "cache.host", "cache.port", "cache.database", "cache.user", "cache.password", got "broker.hostname"; write "broker.host"',
    held: { env: { HOST: { from: 'broker.host' } } },
  },
  {
    rule: 'a setting',
    broken: { celery: { ONCE: { backend: 'a' } } },
    says: 'celery.ONCE must be the lower-case name of a Celery setting, got "ONCE"; write once',
    held: { celery: { once: { backend: 'a' } } },
  },
  {
    rule: 'a known prop',
    broken: { timeLimit: '10m', image: 'acme/jobs:1', concurrency: 4 },
    says: [
      'timeLimit must be a known prop, got "10m"; write workers: { default: { timeLimit: … } }',
      'image must be a known prop, got "acme/jobs:1"; write app: { image: … }',
      'concurrency must be a known prop, got 4; write workers: { default: { concurrency: … } }',
    ],
    held: pool({ timeLimit: '10m', concurrency: 4 }),
  },
  {
    rule: 'a broker',
    broken: { broker: { share: 'main' } },
    says: 'broker.share must be a known prop, got "main"; write shared',
    held: { broker: { shared: 'main' } },
  },
  {
    rule: 'a broker',
    broken: { broker: { topolgy: 'standalone' } },
    says: 'broker.topolgy must be a known prop, got "standalone"; write topology',
    held: { broker: { topology: 'standalone' } },
  },
  {
    rule: 'a broker',
    broken: { broker: { isolation: 'queue' } },
    says: 'broker.shared must name a shared broker of the environment, got nothing; use "main"',
    held: { broker: { shared: 'main', isolation: 'queue' } },
  },
  {
    rule: 'a setting',
    broken: { celery: { CELERY_TIMEZONE: 'UTC' } },
    says: 'celery.CELERY_TIMEZONE must be the lower-case name of a Celery setting, got "CELERY_TIMEZONE"; write timezone',
    held: { celery: { timezone: 'UTC' } },
  },
  {
    rule: 'a rate',
    broken: { rateLimit: '0/m' },
    says: 'rateLimit must be tasks for each s, m or h, got "0/m"; write it like "10/m"',
    held: { rateLimit: '1/m' },
  },
  {
    rule: 'a path',
    broken: web({ health: 'health' }),
    says: 'web.health must be a path, got "health"; write "/health"',
    held: web({ health: '/health?full=1' }),
  },
  {
    rule: 'a request for health',
    broken: web({ health: { path: 'health', host: 'https://acme.example.com/', scheme: 'HTTPS' } }),
    says: [
      'web.health.path must be a path, got "health"; write "/health"',
      'web.health.host must be a host name, or "*" where the app answers to any, got "https://acme.example.com/"; write "acme.example.com"',
      'web.health.scheme must be one of "http", "https", got "HTTPS"; write "https"',
    ],
    held: web({ health: { path: '/health', host: 'acme.example.com', scheme: 'https' } }),
  },
  {
    rule: 'a request for health',
    broken: web({ health: { host: '.example.com', headers: { host: 'acme.example.com', 'X Y': '1' } } }),
    says: [
      'web.health.host must be a host name, or "*" where the app answers to any, got ".example.com"; write "example.com"',
      'web.health.headers["X Y"] must be the name of a header, got "X Y"; write it like "X-Real-Ip"',
      'web.health.headers must leave Host alone, got {"host":"acme.example.com","X Y":"1"}; write it as host, beside headers',
    ],
    held: web({ health: { host: '*', headers: { 'X-Real-Ip': '192.0.2.1' }, port: 9000 } }),
  },
  {
    rule: 'a path',
    broken: flower({ urlPrefix: '/flower' }),
    says: 'flower.urlPrefix must be a path without slashes at its ends, got "/flower"; write "flower"',
    held: flower({ urlPrefix: '~ops/flower.v2' }),
  },
  {
    rule: 'a version',
    broken: { credentialsVersion: '' },
    says: 'credentialsVersion must be a text that is not empty, got ""; write one or leave it out',
    held: { credentialsVersion: '2' },
  },
  {
    rule: 'a task',
    broken: beat({ schedule: { x: { every: '5m' } } }),
    says: 'beat.schedule.x.task must be the full name of a task, got nothing; write it like "reports.tasks.nightly"',
    held: beat({ schedule: { x: { task: 'reports: nightly/eu', every: '5m' } } }),
  },
  {
    rule: 'a cron',
    broken: entry({ cron: '0 0 * * 7' }),
    says: `beat.schedule.nightly.cron must be five fields that Celery's crontab knows, of a date that comes, got "0 0 * * 7"; write minute, hour, day of month, month and day of week (0 is Sunday) with numbers, names, *, -, / and ,`,
    held: entry({ cron: '0 0 * * 0,6' }),
  },
  {
    rule: 'a cron',
    broken: entry({ cron: '0 0 31 2 *' }),
    says: `beat.schedule.nightly.cron must be five fields that Celery's crontab knows, of a date that comes, got "0 0 31 2 *"; write minute, hour, day of month, month and day of week (0 is Sunday) with numbers, names, *, -, / and ,`,
    held: entry({ cron: '0 0 29 2 *' }),
  },
  {
    rule: 'a cron',
    broken: entry({ cron: '0 0 31 2 mon' }),
    says: `beat.schedule.nightly.cron must be five fields that Celery's crontab knows, of a date that comes, got "0 0 31 2 mon"; write minute, hour, day of month, month and day of week (0 is Sunday) with numbers, names, *, -, / and ,`,
    held: entry({ cron: '0 0 31 1 mon' }),
  },
  {
    rule: 'a cron',
    broken: entry({ cron: '0 0 L * *' }),
    says: `beat.schedule.nightly.cron must be five fields that Celery's crontab knows, of a date that comes, got "0 0 L * *"; write minute, hour, day of month, month and day of week (0 is Sunday) with numbers, names, *, -, / and ,`,
    held: entry({ cron: '0 0 1-7 jan-mar sun' }),
  },
  {
    rule: 'a cron',
    broken: entry({ cron: '0 0 15W * *' }),
    says: `beat.schedule.nightly.cron must be five fields that Celery's crontab knows, of a date that comes, got "0 0 15W * *"; write minute, hour, day of month, month and day of week (0 is Sunday) with numbers, names, *, -, / and ,`,
    held: entry({ cron: '*/15 8-18/2 * * *' }),
  },
  {
    rule: 'a cron',
    broken: entry({ cron: '0 0 * * mon#1' }),
    says: `beat.schedule.nightly.cron must be five fields that Celery's crontab knows, of a date that comes, got "0 0 * * mon#1"; write minute, hour, day of month, month and day of week (0 is Sunday) with numbers, names, *, -, / and ,`,
    held: entry({ cron: '0 0 1,15 * *' }),
  },
  {
    rule: 'a cron',
    broken: entry({ cron: '0 0 ? * *' }),
    says: `beat.schedule.nightly.cron must be five fields that Celery's crontab knows, of a date that comes, got "0 0 ? * *"; write minute, hour, day of month, month and day of week (0 is Sunday) with numbers, names, *, -, / and ,`,
    held: entry({ cron: '0 0 * * *' }),
  },
  {
    rule: 'a cron',
    broken: entry({ cron: '0 0 0 * * *' }),
    says: `beat.schedule.nightly.cron must be five fields that Celery's crontab knows, of a date that comes, got "0 0 0 * * *"; write minute, hour, day of month, month and day of week (0 is Sunday) with numbers, names, *, -, / and ,`,
    held: entry({ cron: '59 23 * * *' }),
  },
  {
    rule: 'a cron',
    broken: entry({ cron: '@daily' }),
    says: `beat.schedule.nightly.cron must be five fields that Celery's crontab knows, of a date that comes, got "@daily"; write minute, hour, day of month, month and day of week (0 is Sunday) with numbers, names, *, -, / and ,`,
    held: entry({ cron: '0 0 * * *' }),
  },
  {
    rule: 'a cron',
    broken: entry({ cron: '60 * * * *' }),
    says: `beat.schedule.nightly.cron must be five fields that Celery's crontab knows, of a date that comes, got "60 * * * *"; write minute, hour, day of month, month and day of week (0 is Sunday) with numbers, names, *, -, / and ,`,
    held: entry({ cron: '59 * * * *' }),
  },
  {
    rule: 'a cron',
    broken: app({ dialect: 'paperless', image: 'ngx:3', module: 'paperless', crons: { TRAIN: 'off' } }),
    says: `app.crons.TRAIN must be five fields that Celery's crontab knows, of a date that comes, got "off"; write minute, hour, day of month, month and day of week (0 is Sunday) with numbers, names, *, -, / and ,`,
    held: app({ dialect: 'paperless', image: 'ngx:3', module: 'paperless', crons: { TRAIN: 'disable' } }),
  },
  {
    rule: 'a patch',
    broken: patch({ op: 'replace', path: '/metadata/name', value: 'x' }),
    says: 'patches["Deployment/worker-default"][0].path must leave kind, apiVersion, name and namespace of the object alone, got "/metadata/name"; patch what is below spec or data, or rename the tenant or pool',
    held: patch({ op: 'add', path: '/metadata/annotations', value: {} }),
  },
  {
    rule: 'a patch',
    broken: patch({ op: 'move', from: '/kind', path: '/spec/kind' }),
    says: 'patches["Deployment/worker-default"][0].from must leave kind, apiVersion, name and namespace of the object alone, got "/kind"; patch what is below spec or data, or rename the tenant or pool',
    held: patch({ op: 'copy', from: '/kind', path: '/spec/kind' }),
  },
  {
    rule: 'a patch',
    broken: patch({ op: 'add', path: 'spec', value: 1 }),
    says: 'patches["Deployment/worker-default"][0].path must be a JSON pointer, got "spec"; begin it with /',
    held: patch({ op: 'remove', path: '/spec/replicas' }),
  },
  {
    rule: 'a patch',
    broken: patch({ op: 'add', path: '/spec/replicas' }),
    says: 'patches["Deployment/worker-default"][0].value must be given, got nothing; write the value, or use remove',
    held: patch({ op: 'add', path: '/spec/replicas', value: 0 }),
  },
  {
    rule: 'a patch',
    broken: patch({ op: 'set', path: '/spec/replicas', value: 1 }),
    says: 'patches["Deployment/worker-default"][0].op must be one of "add", "replace", "test", "remove", "move", "copy", got "set"; choose one of them',
    held: patch({ op: 'replace', path: '/spec/replicas', value: 1 }),
  },
  {
    rule: 'a patch',
    broken: patch({ op: 'test', path: 'spec', value: 1 }),
    says: 'patches["Deployment/worker-default"][0].path must be a JSON pointer, got "spec"; begin it with /',
    held: patch({ op: 'test', path: '/kind', value: 'Deployment' }),
  },
  {
    rule: 'a patch',
    broken: patch({ op: 'copy', from: 'spec/replicas', path: '/spec/minReadySeconds' }),
    says: 'patches["Deployment/worker-default"][0].from must be a JSON pointer, got "spec/replicas"; begin it with /',
    held: patch({ op: 'copy', from: '/spec/replicas', path: '/spec/minReadySeconds' }),
  },
  {
    rule: 'a patch',
    broken: patch({ op: 'move', path: '/spec/minReadySeconds' }),
    says: 'patches["Deployment/worker-default"][0].from must be a JSON pointer, got nothing; begin it with /',
    held: patch({ op: 'move', from: '/spec/replicas', path: '/spec/minReadySeconds' }),
  },
  {
    rule: 'a patch',
    broken: patch({ op: 'add', path: '/metadata/annotations/example.com~1ttl', value: 60 }),
    says: 'patches["Deployment/worker-default"][0].value must be a text, as every label and annotation is, got 60; put it in quotes',
    held: patch({ op: 'add', path: '/metadata/annotations/example.com~1ttl', value: '60' }),
  },
  {
    rule: 'a patch',
    broken: patch({ op: 'add', path: '/metadata/labels', value: { team: true } }),
    says: 'patches["Deployment/worker-default"][0].value.team must be a text, as every label and annotation is, got true; put it in quotes',
    held: patch({ op: 'add', path: '/spec/template/metadata/labels', value: { team: 'true' } }),
  },
  {
    rule: 'a patch',
    broken: {
      patches: { 'Deployment/*': [{ op: 'remove', path: '/spec/replicas' }] },
      overlays: { dev: { patches: { 'Deployment/*': [{ op: 'remove', path: 'spec' }] } } },
    },
    says: 'overlays.dev.patches["Deployment/*"][0].path must be a JSON pointer, got "spec"; begin it with /',
    held: { overlays: { dev: { patches: { '*/worker-*': [{ op: 'remove', path: '/spec/replicas' }] } } } },
  },
  {
    rule: 'a patch',
    broken: {
      patches: { 'Deployment/*': [{ op: 'remove', path: 'spec' }] },
      overlays: { dev: { patches: { 'Deployment/*': [{ op: 'remove', path: '/spec/replicas' }] } } },
    },
    says: 'patches["Deployment/*"][0].path must be a JSON pointer, got "spec"; begin it with /',
    held: { patches: { '*/*': [{ op: 'remove', path: '/spec/replicas' }] } },
  },
  {
    rule: 'a patch',
    broken: { patches: { 'worker-default': [{ op: 'remove', path: '/spec/replicas' }] } },
    says: 'patches.worker-default must be the kind and name of an object, got "worker-default"; write it like "Deployment/worker-default", or "Deployment/*" for all of a kind',
    held: { patches: { 'Deployment/worker-default': [{ op: 'remove', path: '/spec/replicas' }] } },
  },
  {
    rule: 'environments',
    broken: { environments: ['prodution', 'dev'] },
    says: 'environments[0] must name an environment, got "prodution"; did you mean "production"',
    held: { environments: ['dev'] },
  },
  {
    rule: 'environments',
    broken: { environments: [] },
    says: 'environments must list at least one, got []; leave it out to live in all',
    held: { environments: ['production'] },
  },
  {
    rule: 'overlays',
    broken: { overlays: { devel: { longestDelay: '2h' } } },
    says: 'overlays.devel must be named as an environment, got "devel"; did you mean "dev"',
    held: { overlays: { dev: { longestDelay: '2h' } } },
  },
  {
    rule: 'overlays',
    broken: { environments: ['production'], overlays: { dev: { longestDelay: '2h' } } },
    says: 'overlays.dev must be for an environment in which the tenant lives, got "dev"; add "dev" to environments or remove the overlay',
    held: { environments: ['production'], overlays: { production: { longestDelay: '2h' } } },
  },
  {
    rule: 'overlays',
    broken: { overlays: { dev: { workers: { reprots: { concurrency: 1 } } } } },
    says: 'overlays.dev.workers.reprots must name what the tenant has, to change it, or be whole, got {"concurrency":1}; there are "default"',
    held: {
      workers: { reports: { queues: ['r'] } },
      overlays: { dev: { workers: { reports: { concurrency: 1 } } } },
    },
  },
  {
    rule: 'overlays',
    broken: { overlays: { dev: { workers: { reprots: false } } } },
    says: 'overlays.dev.workers.reprots must name what the tenant has, to remove it, got false; there are "default"',
    held: { workers: { reports: { queues: ['r'] } }, overlays: { dev: { workers: { reports: false } } } },
  },
  {
    rule: 'overlays',
    broken: { overlays: { dev: { flower: false } } },
    says: 'overlays.dev.flower must name what the tenant has, to remove it, got false; remove this line',
    held: { ...flower({}), overlays: { dev: { flower: false } } },
  },
  {
    rule: 'replicas beside scaling',
    broken: pool({ replicas: 2, scaling: { min: 1, max: 3, utilization: 70 } }),
    says: 'workers.default.replicas must not stand beside scaling, which decides over the pods, got 2; remove replicas, or write scaling: false in the overlay',
    held: pool({ scaling: { min: 1, max: 3, utilization: 70 } }),
  },
  {
    rule: 'replicas beside scaling',
    broken: {
      ...pool({ scaling: { min: 1, max: 3, utilization: 70 } }),
      overlays: { dev: { workers: { default: { replicas: 1 } } } },
    },
    says: 'overlays.dev.workers.default.replicas must not stand beside scaling, which decides over the pods, got 1; remove replicas, or write scaling: false in the overlay',
    held: {
      ...pool({ scaling: { min: 1, max: 3, utilization: 70 } }),
      overlays: { dev: { workers: { default: { replicas: 1, scaling: false } } } },
    },
  },
  {
    rule: 'replicas beside scaling',
    broken: web({ replicas: 1, scaling: { min: 1, max: 3, utilization: 70 } }),
    says: 'web.replicas must not stand beside scaling, which decides over the pods, got 1; remove replicas, or write scaling: false in the overlay',
    held: {
      ...web({ replicas: 1 }),
      overlays: { dev: { web: { scaling: { min: 1, max: 3, utilization: 70 } } } },
    },
  },
  {
    rule: 'an image',
    broken: app({ image: 'Acme/Jobs:1' }),
    says: 'app.image must have a repository of lower case letters and digits, with ., _, - and / between them, got "Acme/Jobs:1"; write "acme/jobs:1"',
    held: app({ image: 'acme/jobs:1' }),
  },
  {
    rule: 'an image',
    broken: app({ image: 'Registry.example.com/Acme/Jobs:1' }),
    says: 'app.image must have a repository of lower case letters and digits, with ., _, - and / between them, got "Registry.example.com/Acme/Jobs:1"; write "Registry.example.com/acme/jobs:1"',
    held: app({ image: 'Registry.example.com/acme/jobs:1' }),
  },
  {
    rule: 'an image',
    broken: app({ image: 'docker://acme/jobs:1' }),
    says: 'app.image must be a repository with a tag or a digest, got "docker://acme/jobs:1"; write "acme/jobs:1"',
    held: app({ image: 'localhost:5000/acme/jobs:1' }),
  },
  {
    rule: 'an image',
    broken: app({ image: 'acme/jobs:' }),
    says: 'app.image must be a repository with a tag or a digest, got "acme/jobs:"; write the version that runs, like "acme/jobs:2.4.1"',
    held: app({ image: 'acme/jobs:1' }),
  },
  {
    rule: 'an image',
    broken: dedicated({ image: 'Redis:7' }),
    says: 'broker.image must have a repository of lower case letters and digits, with ., _, - and / between them, got "Redis:7"; write "redis:7"',
    held: dedicated({ image: 'redis:7' }),
  },
  {
    rule: 'a duration',
    broken: pool({ timeLimit: '48h' }),
    says: 'workers.default.timeLimit must be at most 24h, as a drained node waits for it and the task of a lost node comes back only after it, got "48h"; split the task into shorter ones',
    held: pool({ timeLimit: '24h' }),
  },
  {
    rule: 'a duration',
    broken: pool({ timeLimit: { hard: '25h' } }),
    says: 'workers.default.timeLimit.hard must be at most 24h, as a drained node waits for it and the task of a lost node comes back only after it, got "25h"; split the task into shorter ones',
    held: pool({ timeLimit: { hard: '24h', soft: '23h' } }),
  },
  {
    rule: 'a duration',
    broken: web({ grace: '25h' }),
    says: 'web.grace must be at most 24h, as a drained node waits for it and the task of a lost node comes back only after it, got "25h"; end requests sooner',
    held: web({ grace: '24h' }),
  },
  {
    rule: 'a duration',
    broken: pool({ timeLimit: '30min' }),
    says: 'workers.default.timeLimit must be a whole number of s, m or h, at least 2s, got "30min"; write "30m"',
    held: pool({ timeLimit: '30m' }),
  },
  {
    rule: 'a duration',
    broken: pool({ timeLimit: '1h30m' }),
    says: 'workers.default.timeLimit must be a whole number of s, m or h, at least 2s, got "1h30m"; write "90m"',
    held: pool({ timeLimit: '90m' }),
  },
  {
    rule: 'a duration',
    broken: pool({ timeLimit: '2 hours' }),
    says: 'workers.default.timeLimit must be a whole number of s, m or h, at least 2s, got "2 hours"; write "2h"',
    held: pool({ timeLimit: '2h' }),
  },
  {
    rule: 'a duration',
    broken: pool({ timeLimit: 300 }),
    says: 'workers.default.timeLimit must be a whole number of s, m or h, at least 2s, got 300; write "300s"',
    held: pool({ timeLimit: '300s' }),
  },
  {
    rule: 'a duration',
    broken: entry({ every: '1d' }),
    says: 'beat.schedule.nightly.every must be a whole number of s, m or h, at least 1s, got "1d"; write "24h"',
    held: entry({ every: '24h' }),
  },
  {
    rule: 'a memory',
    broken: pool({ memory: '512M' }),
    says: 'workers.default.memory must be a whole, positive number of Ki, Mi or Gi, got "512M"; write "512Mi"',
    held: pool({ memory: '512Mi' }),
  },
  {
    rule: 'a memory',
    broken: pool({ memory: '1 GB' }),
    says: 'workers.default.memory must be a whole, positive number of Ki, Mi or Gi, got "1 GB"; write "1Gi"',
    held: pool({ memory: '1Gi' }),
  },
  {
    rule: 'a memory',
    broken: pool({ memory: 512 }),
    says: 'workers.default.memory must be a whole, positive number of Ki, Mi or Gi, got 512; write it like "512Mi"',
    held: pool({ memory: '512Mi' }),
  },
  {
    rule: 'a CPU',
    broken: pool({ cpu: 0.5 }),
    says: 'workers.default.cpu must be cores or thousandths of a core, more than none, got 0.5; write "500m"',
    held: pool({ cpu: '500m' }),
  },
  {
    rule: 'a CPU',
    broken: pool({ cpu: '2 cores' }),
    says: 'workers.default.cpu must be cores or thousandths of a core, more than none, got "2 cores"; write "2"',
    held: pool({ cpu: '2' }),
  },
  {
    rule: 'a CPU',
    broken: pool({ cpu: '50%' }),
    says: 'workers.default.cpu must be cores or thousandths of a core, more than none, got "50%"; write "500m"',
    held: pool({ cpu: '500m' }),
  },
  {
    rule: 'a whole number',
    broken: pool({ concurrency: '4' }),
    says: 'workers.default.concurrency must be a whole number, at least 1, got "4"; write 4, without quotes',
    held: pool({ concurrency: 4 }),
  },
  {
    rule: 'a list',
    broken: pool({ queues: 'celery' }),
    says: 'workers.default.queues must list at least one, got "celery"; write ["celery"]',
    held: pool({ queues: ['celery'] }),
  },
  {
    rule: 'a list',
    broken: pool({ queues: 'celery,mail' }),
    says: 'workers.default.queues must list at least one, got "celery,mail"; write ["celery","mail"]',
    held: pool({ queues: ['celery', 'mail'] }),
  },
  {
    rule: 'a list',
    broken: { egress: [{ to: 'internet', ports: [] }] },
    says: 'egress[0].ports must list at least one, got []; leave it out to open all',
    held: { egress: [{ to: 'internet' }] },
  },
  {
    rule: 'a list',
    broken: web({ command: [] }),
    says: 'web.command must list at least one, got []; write the words of a command',
    held: web({ command: ['serve'] }),
  },
  {
    rule: 'a list',
    broken: { workers: { all: { serves: [] } } },
    says: 'workers.all.serves must list at least one, got []; name tenants of the group',
    held: { workers: { all: { queues: ['all'] } } },
  },
  {
    rule: 'a list',
    broken: { messages: { accept: [] } },
    says: 'messages.accept must list at least one, got []; leave it out for that of the serializer',
    held: { messages: { accept: ['json'] } },
  },
  {
    rule: 'a list',
    broken: { patches: { 'Deployment/worker-default': [] } },
    says: 'patches["Deployment/worker-default"] must list at least one, got []; remove the line',
    held: { patches: {} },
  },
  {
    rule: 'a list',
    broken: external({ cidrs: [] }),
    says: 'broker.cidrs must list at least one, got []; name one in [ ]',
    held: external({ cidrs: ['10.1.2.3/32'] }),
  },
  {
    rule: 'a pool',
    broken: { workers: { default: 'celery' } },
    says: 'workers.default must be a record, got "celery"; write { queues: ["celery"] }',
    held: { workers: { default: { queues: ['celery'] } } },
  },
  {
    rule: 'a pool',
    broken: { workers: ['celery'] },
    says: 'workers must be a record by name, got ["celery"]; write it like { name: … }',
    held: { workers: { default: { queues: ['celery'] } } },
  },
  {
    rule: 'a record',
    broken: { web: true },
    says: 'web must be a record, got true; write { command: …, port: … }',
    held: web({}),
  },
  {
    rule: 'a record',
    broken: { cache: true },
    says: 'cache must be a record, got true; write { … }',
    held: { cache: {} },
  },
  {
    rule: 'an app',
    broken: { app: 'acme/jobs:1' },
    says: 'app must be a record, got "acme/jobs:1"; write { dialect: …, image: …, module: … }',
    held: app({ image: 'acme/jobs:1' }),
  },
  {
    rule: 'a known word',
    broken: app({ dialect: 'fastapi' }),
    says: 'app.dialect must be one of "celery", "django", "paperless", got "fastapi"; write "celery", the dialect of every app that is neither Django nor Paperless',
    held: app({ dialect: 'celery' }),
  },
  {
    rule: 'a known word',
    broken: app({ dialect: 'Django', djangoSettings: 'a' }),
    says: 'app.dialect must be one of "celery", "django", "paperless", got "Django"; write "django"',
    held: app({ dialect: 'django', image: 'a:1', module: 'a', djangoSettings: 'a' }),
  },
  {
    rule: 'a known word',
    broken: app({ logLevel: 'INFO' }),
    says: 'app.logLevel must be one of "debug", "info", "warning", "error", "critical", got "INFO"; write "info"',
    held: app({ logLevel: 'info' }),
  },
  {
    rule: 'a known word',
    broken: app({ logLevel: 'warn' }),
    says: 'app.logLevel must be one of "debug", "info", "warning", "error", "critical", got "warn"; write "warning"',
    held: app({ logLevel: 'warning' }),
  },
  {
    rule: 'a whole number',
    broken: { deliveryLimit: 0 },
    says: 'deliveryLimit must be a whole number, from 1 to 1000, got 0; write one of these',
    held: { deliveryLimit: 1 },
  },
  {
    rule: 'a known word',
    broken: { delivery: 'exactly-once' },
    says: 'delivery must be one of "at-least-once", "at-most-once", got "exactly-once"; write "at-least-once" and make tasks idempotent: no broker delivers exactly once',
    held: { delivery: 'at-least-once' },
  },
  {
    rule: 'a known word',
    broken: { delivery: 'at_least_once' },
    says: 'delivery must be one of "at-least-once", "at-most-once", got "at_least_once"; write "at-least-once"',
    held: { delivery: 'at-most-once' },
  },
  {
    rule: 'a known word',
    broken: beat({ scheduler: 'celery.beat:PersistentScheduler' }),
    says: 'beat.scheduler must be one of "file", "database", "redbeat", got "celery.beat:PersistentScheduler"; write "file"',
    held: beat({ scheduler: 'file' }),
  },
  {
    rule: 'a known word',
    broken: beat({ scheduler: 'redis' }),
    says: 'beat.scheduler must be one of "file", "database", "redbeat", got "redis"; write "redbeat"',
    held: beat({ scheduler: 'redbeat' }),
  },
  {
    rule: 'a known word',
    broken: { results: { backend: 'redis://redis/1' } },
    says: 'results.backend must be one of "redis", "django-db", "none", got "redis://redis/1"; write "redis": the broker of the tenant keeps them',
    held: { results: { backend: 'redis' } },
  },
  {
    rule: 'a known word',
    broken: { results: { backend: 'rpc' } },
    says: 'results.backend must be one of "redis", "django-db", "none", got "rpc"; write "redis", or "none"',
    held: { results: { backend: 'none' } },
  },
  {
    rule: 'a known word',
    broken: { messages: { serializer: 'yaml' } },
    says: 'messages.serializer must be one of "json", "pickle", got "yaml"; write "json", or "pickle" where every producer is trusted',
    held: { messages: { serializer: 'json' } },
  },
  {
    rule: 'a known word',
    broken: pool({ antiAffinity: 'hard' }),
    says: 'workers.default.antiAffinity must be one of "preferred", "required", got "hard"; write "required"',
    held: pool({ antiAffinity: 'required' }),
  },
  {
    rule: 'a known word',
    broken: app({ volumes: { data: { path: '/data', size: '1Gi', access: 'RWO' } } }),
    says: 'app.volumes.data.access must be one of "ReadWriteOnce", "ReadWriteMany", got "RWO"; write "ReadWriteOnce"',
    held: app({ volumes: { data: { path: '/data', size: '1Gi', access: 'ReadWriteOnce' } } }),
  },
  {
    rule: 'a topology',
    broken: { broker: { topology: 'rabbitmq' } },
    says: 'broker.topology must be one of "standalone", "replicated", "sentinel", "external", got "rabbitmq"; use "standalone", a Redis: Stalk runs Celery on Redis and on nothing else',
    held: dedicated({}),
  },
  {
    rule: 'a topology',
    broken: { broker: { topology: 'sqs' } },
    says: 'broker.topology must be one of "standalone", "replicated", "sentinel", "external", got "sqs"; use "standalone", a Redis: Stalk runs Celery on Redis and on nothing else; or "external", an ElastiCache with cluster mode disabled',
    held: dedicated({}),
  },
  {
    rule: 'a topology',
    broken: { broker: { topology: 'ha' } },
    says: 'broker.topology must be one of "standalone", "replicated", "sentinel", "external", got "ha"; write "sentinel"',
    held: { broker: { topology: 'sentinel', replicas: 2 } },
  },
  {
    rule: 'a topology',
    broken: { broker: { topology: 'elasticache' } },
    says: 'broker.topology must be one of "standalone", "replicated", "sentinel", "external", got "elasticache"; write "external" with host and cidrs, and username where the service has one user for all',
    held: external({}),
  },
  {
    rule: 'a broker',
    broken: { broker: 'rabbitmq' },
    says: 'broker must be a record, got "rabbitmq"; use "standalone", a Redis: Stalk runs Celery on Redis and on nothing else',
    held: { broker: { shared: 'main' } },
  },
  {
    rule: 'a broker',
    broken: { broker: 'amqp://u:hunter2@rabbit//' },
    says: 'broker must be a record, got "amqp://…@rabbit//"; use { topology: "standalone" } in place of RabbitMQ: queues and routes stay as they are, exchanges of other types do not',
    held: { broker: { shared: 'main' } },
  },
  {
    rule: 'a broker',
    broken: { broker: 'main' },
    says: 'broker must be a record, got "main"; write { shared: "main" }',
    held: { broker: { shared: 'main' } },
  },
  {
    rule: 'a broker',
    broken: { broker: 'standalone' },
    says: 'broker must be a record, got "standalone"; write { topology: "standalone" }',
    held: dedicated({}),
  },
  {
    rule: 'a broker',
    broken: { broker: 'cluster' },
    says: 'broker must be a record, got "cluster"; use "replicated" or "sentinel": Celery cannot follow the slots of a cluster',
    held: dedicated({}),
  },
  {
    rule: 'a broker',
    broken: { broker: 'redis://:hunter2@redis:6379/0' },
    says: 'broker must be a record, got "redis://…@redis:6379/0"; write { topology: "external", host: "redis", port: 6379, cidrs: [ … ] }; the password comes from a Secret',
    held: external({}),
  },
  {
    rule: 'a known broker',
    broken: { broker: { shared: 'rabbitmq' } },
    says: 'broker.shared must name a shared broker of the environment, got "rabbitmq"; use "standalone", a Redis: Stalk runs Celery on Redis and on nothing else',
    held: { broker: { shared: 'main' } },
  },
  {
    rule: 'an egress',
    broken: { egress: [{ to: 'pg.example.com' }] },
    says: 'egress[0].to must be "internet", { cidr } or { pods, namespace }, got "pg.example.com"; write { cidr } with its addresses, { pods, namespace } or "internet": network policies know addresses and pods, no host names',
    held: { egress: [{ to: { cidr: '10.1.2.3/32' } }] },
  },
  {
    rule: 'an egress',
    broken: { egress: [{ to: 'https://api.stripe.com/v1' }] },
    says: 'egress[0].to must be "internet", { cidr } or { pods, namespace }, got "https://api.stripe.com/v1"; write { cidr } with its addresses, { pods, namespace } or "internet": network policies know addresses and pods, no host names',
    held: { egress: [{ to: 'internet' }] },
  },
  {
    rule: 'an egress',
    broken: { egress: [{ to: '10.1.2.3' }] },
    says: 'egress[0].to must be "internet", { cidr } or { pods, namespace }, got "10.1.2.3"; write { cidr: "10.1.2.3/32" }',
    held: { egress: [{ to: { cidr: '10.1.2.3/32' } }] },
  },
  {
    rule: 'an egress',
    broken: { egress: [{ to: '10.1.0.0/16' }] },
    says: 'egress[0].to must be "internet", { cidr } or { pods, namespace }, got "10.1.0.0/16"; write { cidr: "10.1.0.0/16" }',
    held: { egress: [{ to: { cidr: '10.1.0.0/16' } }] },
  },
  {
    rule: 'an egress',
    broken: { egress: [{ to: '*' }] },
    says: 'egress[0].to must be "internet", { cidr } or { pods, namespace }, got "*"; write "internet"',
    held: { egress: [{ to: 'internet' }] },
  },
  {
    rule: 'an egress',
    broken: { egress: [{ to: { host: 'pg.example.com' } }] },
    says: 'egress[0].to must be "internet", { cidr } or { pods, namespace }, got {"host":"pg.example.com"}; write one of these: network policies know addresses and pods, no host names',
    held: { egress: [{ to: 'internet' }] },
  },
  {
    rule: 'an egress',
    broken: { egress: [{ to: { cidr: 'pg.example.com' } }] },
    says: 'egress[0].to.cidr must be addresses with the length of their prefix, got "pg.example.com"; write the addresses of the host: network policies know addresses and pods, no host names',
    held: { egress: [{ to: 'internet' }] },
  },
  {
    rule: 'an egress',
    broken: { egress: 'internet' },
    says: 'egress must be a list, got "internet"; write a list: [{ to: … }]',
    held: { egress: [{ to: 'internet' }] },
  },
  {
    rule: 'an egress',
    broken: { egress: ['internet'] },
    says: 'egress[0] must be a record, got "internet"; write { to: "internet" }',
    held: { egress: [{ to: 'internet' }] },
  },
  {
    rule: 'a variable',
    broken: { env: { A: { value: 'x' } } },
    says: 'env.A must be a text, { secret, key } or { from }, got {"value":"x"}; write the text alone, or the name and the key of the Secret as { secret, key }',
    held: { env: { A: 'x' } },
  },
  {
    rule: 'a variable',
    broken: { env: [{ name: 'A', value: 'x' }] },
    says: `env must be a record by name, got [{"name":"A","value":"x"}]; write a record: { NAME: 'value' }`,
    held: { env: { A: 'x' } },
  },
  {
    rule: 'a variable',
    broken: { env: { API_KEY: 12345 } },
    says: 'env.API_KEY must be a text, { secret, key } or { from }, got a value that is not shown; put a number or a boolean in quotes',
    held: { env: { API_KEY: { secret: 'a', key: 'b' } } },
  },
  {
    rule: 'a variable',
    broken: { env: { A: ['x'] } },
    says: 'env.A must be a text, { secret, key } or { from }, got ["x"]; write the list as one text',
    held: { env: { A: 'x' } },
  },
  {
    rule: 'a known prop',
    broken: external({ password: 'hunter2' }),
    says: 'broker.password must be a known prop, got a value that is not shown; remove it: passwords come from Secrets, as secrets of the environment says',
    held: external({}),
  },
  {
    rule: 'a known prop',
    broken: pool({ resources: { limits: { memory: '1Gi' } } }),
    says: 'workers.default.resources must be a known prop, got {"limits":{"memory":"1Gi"}}; write cpu, memory and disk beside it: { request, limit } or one value for both',
    held: pool({ memory: '1Gi' }),
  },
  {
    rule: 'a known prop',
    broken: pool({ autoscaling: { min: 1 } }),
    says: 'workers.default.autoscaling must be a known prop, got {"min":1}; write scaling',
    held: pool({ scaling: { min: 1, max: 2, utilization: 70 } }),
  },
  {
    rule: 'a known prop',
    broken: pool({ scaling: { min: 1, max: 2, cpu: 70 } }),
    says: [
      'workers.default.scaling.utilization must be a whole number, at least 1, got nothing; write 1 or more',
      'workers.default.scaling.cpu must be a known prop, got 70; write utilization: 70, a percentage of the request',
    ],
    held: pool({ scaling: { min: 1, max: 2, utilization: 70 } }),
  },
  {
    rule: 'a known prop',
    broken: { namespace: 'acme' },
    says: 'namespace must be a known prop, got "acme"; remove it: the namespace has the name of the tenant',
    held: {},
  },
  {
    rule: 'a known prop',
    broken: app({ tag: '2' }),
    says: 'app.tag must be a known prop, got "2"; put it into image, after the colon',
    held: app({}),
  },
  {
    rule: 'a rate',
    broken: { rateLimit: '10/min' },
    says: 'rateLimit must be tasks for each s, m or h, got "10/min"; write "10/m"',
    held: { rateLimit: '10/m' },
  },
  {
    rule: 'a rate',
    broken: { rateLimit: 10 },
    says: 'rateLimit must be tasks for each s, m or h, got 10; write "10/s"',
    held: { rateLimit: '10/s' },
  },
  {
    rule: 'a module',
    broken: app({ module: 'celery -A acme.tasks' }),
    says: 'app.module must be what follows celery -A, got "celery -A acme.tasks"; write "acme.tasks"',
    held: app({ module: 'acme.tasks' }),
  },
  {
    rule: 'a setting',
    broken: { celery: { CELERY_TASK_ALWAYS_EAGER: true } },
    says: 'celery.CELERY_TASK_ALWAYS_EAGER must be the lower-case name of a Celery setting, got "CELERY_TASK_ALWAYS_EAGER"; write task_always_eager',
    held: { celery: { task_always_eager: true } },
  },
  {
    rule: 'a list',
    broken: { notSecret: 'env.A' },
    says: 'notSecret must be a list, got "env.A"; write ["env.A"]',
    held: { notSecret: ['env.A'], env: { A: 'b' } },
  },
  {
    rule: 'overlays',
    broken: {
      workers: { reports: { queues: ['r'] } },
      overlays: { dev: { workers: { reprots: { concurrency: 1 } } } },
    },
    says: 'overlays.dev.workers.reprots must name what the tenant has, to change it, or be whole, got {"concurrency":1}; did you mean "reports"',
    held: {
      workers: { reports: { queues: ['r'] } },
      overlays: { dev: { workers: { news: { queues: ['n'] } } } },
    },
  },
  {
    rule: 'overlays',
    broken: {
      ...app({ volumes: { files: { path: '/f', claim: 'f' } } }),
      overlays: { dev: { app: { volumes: { file: { size: '2Gi' } } } } },
    },
    says: 'overlays.dev.app.volumes.file must name what the tenant has, to change it, or be whole, got {"size":"2Gi"}; did you mean "files"',
    held: { overlays: { dev: { app: { volumes: { file: { path: '/f', size: '2Gi' } } } } } },
  },
  {
    rule: 'overlays',
    broken: {
      ...beat({ schedule: { 'a.night': { task: 'a.b', every: '1h' } } }),
      overlays: { dev: { beat: { schedule: { 'a.nigth': { every: '2h' } } } } },
    },
    says: 'overlays.dev.beat.schedule["a.nigth"] must name what the tenant has, to change it, or be whole, got {"every":"2h"}; did you mean "a.night"',
    held: {
      ...beat({}),
      overlays: { dev: { beat: { schedule: { 'a.night': { task: 'a.b', every: '2h' } } } } },
    },
  },
  {
    rule: 'overlays',
    broken: { overlays: { prod: { longestDelay: '2h' } } },
    says: 'overlays.prod must be named as an environment, got "prod"; did you mean "production"',
    held: { overlays: { production: { longestDelay: '2h' } } },
  },
];

describe('the form of a tenant', () => {
  test.each(ROWS)('fails with the words of its author: $rule: $says', ({ broken, says, where = {} }) => {
    const found = saysOf([tenantWith(broken)], environmentWith(where));

    expect(found).toEqual([says].flat());
  });

  test.each(ROWS)('holds at the border of $rule: $held', ({ held, where = {} }) => {
    const found = saysOf([tenantWith(held)], environmentWith(where));

    expect(found).toEqual([]);
  });

  test('fails before anything is derived from it', () => {
    const found = saysOf([tenantWith({ longestDelay: 'long', workers: { default: { memory: '1Mi' } } })]);

    expect(found).toEqual([
      'longestDelay must be a whole number of s, m or h, at least 0s, got "long"; write it like "45s", "30m" or "2h"',
    ]);
  });
});

describe('a tenant that names no broker', () => {
  test.each([
    [{}, "write { topology: 'standalone' } for a Redis of its own"],
    [
      { main: { topology: 'standalone' }, spare: { topology: 'standalone' } },
      `name one: { shared: 'main' }, of "main", "spare"`,
    ],
  ])('fails where the environment has %j', (brokers, fix) => {
    const found = saysOf([tenantWith({})], { ...environmentWith({}), brokers } as never);

    expect(found).toEqual([
      `broker must be given where the environment does not have exactly one shared broker, got nothing; ${fix}`,
    ]);
  });
});
