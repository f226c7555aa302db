import { appRules } from '../../lib/spec/rules/app';
import { beatRules } from '../../lib/spec/rules/beat';
import { celeryRules, DERIVED, DERIVED_WHEN_ISOLATED } from '../../lib/spec/rules/celery';
import { celeryNames } from '../../lib/spec/rules/celery-names';
import { clientRules } from '../../lib/spec/rules/clients';
import { envRules } from '../../lib/spec/rules/env';
import { foreignRules } from '../../lib/spec/rules/foreign';
import { images } from '../../lib/spec/rules/images';
import { isolationRules } from '../../lib/spec/rules/isolation';
import { messagesRules } from '../../lib/spec/rules/messages';
import { secrets } from '../../lib/spec/rules/plain-secrets';
import { priorityRules } from '../../lib/spec/rules/priorities';
import { processRules } from '../../lib/spec/rules/processes';
import { redisRules } from '../../lib/spec/rules/redis';
import { sentinelRules } from '../../lib/spec/rules/sentinel';
import { sizeRules } from '../../lib/spec/rules/sizes';
import { timeRules } from '../../lib/spec/rules/times';
import { webRules } from '../../lib/spec/rules/web';
import { argsRules } from '../../lib/spec/rules/worker-args';
import { workerRules } from '../../lib/spec/rules/workers';
import { environmentWith, saysOf, tenantWith } from './helpers';
import type { Row } from './helpers';

const pool = (change: object) => ({ workers: { default: change } });
const celeryApp = { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' };
const django = { dialect: 'django', image: 'shop/web:1', module: 'shop', djangoSettings: 'shop.settings' };
const dedicated = (change: object = {}) => ({ broker: { topology: 'standalone', ...change } });
const sentinel = { topology: 'sentinel', replicas: 2 };
const guarded = (change: object) => ({ broker: sentinel, ...change });
const web = (change: object = {}) => ({ web: { command: ['serve'], port: 8000, ...change } });
const keda = {
  peers: { keda: { namespace: { name: 'keda' }, pods: { app: 'keda' } } },
};
const queueScaling = (change: object) => pool({ scaling: { min: 0, max: 3, queueLength: 10, ...change } });
const data = (change: object) => ({ app: { volumes: { data: { path: '/data', size: '1Gi', ...change } } } });

const process = (change: object = {}) => ({ processes: { other: { command: ['run'], ...change } } });

/** One pod: a pool of one replica. */
const ROWS: readonly Row[] = [
  {
    rule: 'beat in a process is one',
    broken: process({ command: ['/venv/bin/celery', '-A', 'other', 'beat'] }),
    says: 'processes.other.command must come with atMostOne: true where it starts beat: two of it send every task twice, got ["/venv/bin/celery","-A","other","beat"]; add atMostOne: true, or use beat of the tenant, which has a schedule that stays and probes',
    held: process({ command: ['celery', '-A', 'other', 'beat'], atMostOne: true }),
  },
  {
    rule: 'what must not run twice is one',
    broken: process({ atMostOne: true, replicas: 2 }),
    says: 'processes.other.replicas must be 1 or 0 where atMostOne says that two of it do harm, got 2; remove one of the two',
    held: process({ atMostOne: true, replicas: 1 }),
  },
  {
    rule: 'what must not run twice is one',
    broken: {
      ...process({ atMostOne: true }),
      overlays: { dev: { processes: { other: { replicas: 3 } } } },
    },
    says: 'overlays.dev.processes.other.replicas must be 1 or 0 where atMostOne says that two of it do harm, got 3; remove one of the two',
    held: { ...process({ atMostOne: true }), overlays: { dev: { processes: { other: { replicas: 0 } } } } },
  },
  {
    rule: 'what must not run twice is one',
    broken: process({ port: 8000, atMostOne: true, scaling: { min: 1, max: 2, utilization: 70 } }),
    says: 'processes.other.scaling must not be given where atMostOne says that two of it do harm, got {"min":1,"max":2,"utilization":70}; remove one of the two',
    held: process({ port: 8000, scaling: { min: 1, max: 2, utilization: 70 } }),
  },
  {
    rule: 'probes of a process have something to look at',
    broken: process({ probes: { liveness: { period: '1m' } } }),
    says: 'processes.other.probes must come with health, a program that ends well while this one works: without a port there is nothing to look at, got {"liveness":{"period":"1m"}}; add health, or remove probes',
    held: process({ probes: { liveness: { period: '1m' } }, health: ['alive'] }),
  },
  {
    rule: 'probes of a process have something to look at',
    broken: process({ probes: { readiness: { period: '1m' } }, health: ['alive'] }),
    says: 'processes.other.probes.readiness must not be given without a port: nobody sends this process work, so it is ready when it has started, got {"period":"1m"}; remove it, or time startup and liveness',
    held: process({ probes: { readiness: { period: '1m' } }, port: 8000 }),
  },
  {
    rule: 'only Django has a settings module',
    broken: pool({ app: { djangoSettings: 'other.settings' } }),
    says: `workers.default.app.djangoSettings must not be given in the dialect "celery", got "other.settings"; remove it, or set app.dialect to 'django'`,
    held: { ...pool({ app: { djangoSettings: 'other.settings' } }), app: django },
  },
  {
    rule: 'only Django has a settings module',
    broken: process({ app: { djangoSettings: 'other.settings' } }),
    says: `processes.other.app.djangoSettings must not be given in the dialect "celery", got "other.settings"; remove it, or set app.dialect to 'django'`,
    held: process({ app: { module: 'other' } }),
  },
  {
    rule: 'a probe asks for a host of the app',
    broken: { ...process({ port: 8000 }), app: django },
    says: `processes.other.health must say the host that the probe asks for, which is the pod's IP otherwise: Django answers 400 to all that is not in ALLOWED_HOSTS, got "/"; write { path: '/', host: 'acme.example.com' }, or host: '*' if it answers to any name`,
    held: { ...process({ port: 8000, health: { host: '*' } }), app: django },
  },
  {
    rule: 'a limit is at least its request',
    broken: process({ cron: '0 3 * * *', memory: { request: '512Mi', limit: '511Mi' } }),
    says: 'processes.other.memory.limit must be at least the request of "512Mi", got "511Mi"; raise the limit or lower the request',
    held: process({ cron: '0 3 * * *', memory: { request: '512Mi', limit: '512Mi' } }),
  },
  {
    rule: 'scaling runs from min to max',
    broken: process({ scaling: { min: 3, max: 2, utilization: 70 } }),
    says: 'processes.other.scaling.min must be at most max, which is 2, got 3; raise max or lower min',
    held: process({ scaling: { min: 3, max: 3, utilization: 70 } }),
  },
  {
    rule: 'an image has a fixed tag',
    broken: process({ app: { image: 'acme/other:latest' } }),
    says: 'processes.other.app.image must have a fixed tag: "latest" changes under a running tenant, got "acme/other:latest"; write the version that runs, like "acme/jobs:2.4.1"',
    held: process({ app: { image: 'acme/other:1.0.0' } }),
  },
  {
    rule: 'an image has a fixed tag',
    broken: pool({ app: { image: 'acme/other:main' } }),
    says: 'workers.default.app.image must have a fixed tag: "main" changes under a running tenant, got "acme/other:main"; write the version that runs, like "acme/jobs:2.4.1"',
    held: pool({ app: { image: 'acme/other:1.0.0' } }),
  },
  {
    rule: 'variables are left to Stalk where it sets them, and derived from what there is',
    broken: process({ env: { CELERY_LOADER: 'mine' } }),
    says: 'processes.other.env.CELERY_LOADER must be left to Stalk, which sets it, got "mine"; leave it out: Stalk needs its own value',
    held: process({ env: { LOADER: 'mine' } }),
  },
  {
    rule: 'no secret lies in plain sight',
    broken: process({ command: ['run', '--password', 'hunter2xyz'] }),
    says: "processes.other.command must come from a Secret where the environment is not disposable: it looks like a password, got a value that is not shown; read it from a variable: env: { NAME: { secret: …, key: … } }, or add 'processes.other.command' to notSecret if it is none",
    held: process({ command: ['run', '--verbose'] }),
  },
  {
    rule: 'volumes are for as many pods as mount them',
    broken: { ...data({}), ...process({ cron: '0 3 * * *' }) },
    says: 'app.volumes.data.access must be "ReadWriteMany", as 2 pods mount it at a time, got "ReadWriteOnce"; use "ReadWriteMany" with a storage class that has it, or an object store',
    held: { ...data({ access: 'ReadWriteMany' }), ...process({ cron: '0 3 * * *' }) },
  },
  {
    rule: 'steps of priorities begin with 0 and rise',
    broken: { priorities: { steps: [3, 9, 6] } },
    says: 'priorities.steps must begin with 0, which is served first, and rise, got [3,9,6]; write [0,3,6,9]',
    held: { priorities: { steps: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] } },
  },
  {
    rule: 'no queue holds the separator of priorities',
    broken: { ...pool({ queues: ['celery', 'mail:eu'] }), priorities: { separator: ':' } },
    says: 'workers.default.queues[1] must not hold ":", which parts a queue from the priority of its lists, got "mail:eu"; rename the queue, or use another priorities.separator',
    held: { ...pool({ queues: ['celery', 'mail:eu'] }), priorities: { separator: '|' } },
  },
  {
    rule: 'a limit is at least its request',
    broken: pool({ memory: { request: '512Mi', limit: '511Mi' } }),
    says: 'workers.default.memory.limit must be at least the request of "512Mi", got "511Mi"; raise the limit or lower the request',
    held: pool({ memory: { request: '512Mi', limit: '512Mi' } }),
  },
  {
    rule: 'a limit is at least its request',
    broken: { beat: { cpu: { request: '1', limit: '999m' } } },
    says: 'beat.cpu.limit must be at least the request of "1", got "999m"; raise the limit or lower the request',
    held: { beat: { cpu: { request: '1', limit: '1000m' } } },
  },
  {
    rule: 'a limit is at least its request',
    broken: { ...web({ disk: { request: '2Gi', limit: '1Gi' } }) },
    says: 'web.disk.limit must be at least the request of "2Gi", got "1Gi"; raise the limit or lower the request',
    held: { ...web({ disk: { request: '1Gi', limit: '1Gi' } }) },
  },
  {
    rule: 'a limit is at least its request',
    broken: dedicated({ cpu: { request: '2', limit: '1' } }),
    says: 'broker.cpu.limit must be at least the request of "2", got "1"; raise the limit or lower the request',
    held: dedicated({ cpu: { request: '1', limit: '1' } }),
  },
  {
    rule: 'a limit is at least its request',
    broken: { cache: { memory: { request: '1Gi', limit: '512Mi' } } },
    says: 'cache.memory.limit must be at least the request of "1Gi", got "512Mi"; raise the limit or lower the request',
    held: { cache: { memory: { request: '1Gi', limit: '1Gi' } } },
  },
  {
    rule: 'a pool has memory for its processes',
    broken: pool({ concurrency: 4, memory: '64Mi' }),
    says: 'workers.default.memory must be at least "256Mi" for concurrency 4, got "64Mi"; raise memory or lower concurrency',
    held: pool({ concurrency: 4, memory: '256Mi' }),
  },
  {
    rule: 'a pool has memory for its processes',
    broken: pool({ concurrency: 9 }),
    says: 'workers.default.memory must be at least "576Mi" for concurrency 9, got "512Mi"; raise memory or lower concurrency',
    held: pool({ concurrency: 8 }),
  },
  {
    rule: 'a pool has memory for its processes',
    broken: pool({ concurrency: 2, memory: { request: '64Mi', limit: '127Mi' } }),
    says: 'workers.default.memory.limit must be at least "128Mi" for concurrency 2, got "127Mi"; raise memory or lower concurrency',
    held: pool({ concurrency: 100, pool: 'gevent', memory: '128Mi' }),
  },
  {
    rule: 'a Redis has memory to work with',
    broken: dedicated({ memory: '45Mi' }),
    says: 'broker.memory must leave Redis at least "32Mi", as it gets 70 % of the limit, got "45Mi"; raise memory to "46Mi" or more',
    held: dedicated({ memory: '46Mi' }),
  },
  {
    rule: 'a Redis has memory to work with',
    broken: { cache: { memory: { request: '8Mi', limit: '16Mi' } } },
    says: 'cache.memory.limit must leave Redis at least "32Mi", as it gets 70 % of the limit, got "16Mi"; raise memory to "46Mi" or more',
    held: { cache: { memory: { request: '8Mi', limit: '46Mi' } } },
  },
  {
    rule: 'a volume has room for what the memory of its Redis holds',
    broken: dedicated({ memory: '8Gi', storage: '2Gi' }),
    says: 'broker.storage must be at least "32Gi", four times memory: Redis rewrites its append-only file beside the old one, got "2Gi"; raise storage, or remove it, or lower memory',
    held: dedicated({ memory: '8Gi', storage: '32Gi' }),
  },
  {
    rule: 'a volume has room for what the memory of its Redis holds',
    broken: { cache: { persistence: true, memory: { request: '8Mi', limit: '1Gi' }, storage: '4095Mi' } },
    says: 'cache.storage must be at least "4Gi", four times memory: Redis rewrites its append-only file beside the old one, got "4095Mi"; raise storage, or remove it, or lower memory',
    held: { cache: { persistence: true, memory: '1Gi', storage: '4Gi' } },
  },
  {
    rule: 'a soft limit comes before the hard one',
    broken: pool({ timeLimit: { hard: '60s', soft: '1m' } }),
    says: 'workers.default.timeLimit.soft must be under the hard limit of "1m", got "1m"; lower soft, or leave it out',
    held: pool({ timeLimit: { hard: '60s', soft: '59s' } }),
  },
  {
    rule: 'only prefork has time limits',
    broken: pool({ pool: 'threads', timeLimit: '5m' }),
    says: 'workers.default.timeLimit must not be given with pool "threads", which cannot end a task, got "5m"; say how long a task takes with longestTask, or use pool "prefork"',
    held: pool({ pool: 'threads', longestTask: '5m' }),
  },
  {
    rule: 'a pool with limits says its longest task by them',
    broken: pool({ longestTask: '3h', timeLimit: '2h' }),
    says: 'workers.default.longestTask must not be given beside timeLimit, at which pool "prefork" ends a task, got "3h"; remove it, or remove timeLimit ("2h"), and nothing ends a task',
    held: pool({ longestTask: '3h' }),
  },
  ...(
    [
      [['-Ofair', '-c', '4'], 1, 'concurrency', 'use concurrency of the pool'],
      [['-c4'], 0, 'concurrency', 'use concurrency of the pool'],
      [['--concurrency=4'], 0, 'concurrency', 'use concurrency of the pool'],
      [['-Ec4'], 0, 'task-events', 'use events of the tenant'],
      [['-O', 'fair', '-BE'], 2, 'beat', 'use beat: each pod would send every task'],
      [['--queues', 'mail'], 0, 'queues', 'use queues of the pool'],
      [['-Pgevent'], 0, 'pool', 'use pool of the pool'],
      [['--soft-time-limit=3'], 0, 'soft-time-limit', 'use timeLimit of the pool'],
      [['-A', 'other'], 0, 'app', 'use app.module'],
      [['-ldebug'], 0, 'loglevel', 'use app.logLevel'],
      [
        ['-fworker.log'],
        0,
        'logfile',
        'remove it: the pod runs one process, writes to its output, and runs as app.user says',
      ],
      [
        ['--pool-start-method=spawn'],
        0,
        'pool-start-method',
        'remove it: processes of a pool are forked, with what Stalk has put into them',
      ],
      [['-n', 'me@%h'], 0, 'hostname', 'remove it: the pool and the pod name the worker'],
      [['--purge'], 0, 'purge', 'remove it: each pod would do it, and delete all that waits'],
    ] as const
  ).map(([args, index, name, fix]) => ({
    rule: 'words for a worker leave alone what follows from props',
    broken: pool({ args }),
    says: [
      `workers.default.args[${index}] must not say --${name}, which is not the author's, got "${args[index]}"; ${fix}`,
      ...(args[0] === '-Ec4'
        ? [
            'workers.default.args[0] must not say --concurrency, which is not the author\'s, got "-Ec4"; use concurrency of the pool',
          ]
        : []),
      ...(args[2] === '-BE'
        ? [
            'workers.default.args[2] must not say --task-events, which is not the author\'s, got "-BE"; use events of the tenant',
          ]
        : []),
    ],
    held: pool({
      args: [
        '-Ofair',
        '-O',
        'fair',
        '-I',
        'c4',
        '--include',
        '-c',
        '--own-option',
        'x',
        '--without-heartbeat',
      ],
    }),
  })),
  ...(
    [
      [['task.acks_late=off'], 0],
      [['--without-heartbeat', 'broker.pool_limit=3'], 1],
      [['-O', 'fair', 'task_acks_late=off'], 2],
    ] as const
  ).map(([args, index]) => ({
    rule: 'words for a worker set nothing over the settings',
    broken: pool({ args }),
    says: `workers.default.args[${index}] must be an option: Celery reads a bare word as a setting, over those of Stalk, got "${String(args[index])}"; use celery of the tenant`,
    held: pool({ args: ['-I', 'a=b', '--own-option', 'x=y', '--own=x=y'] }),
  })),
  {
    rule: 'a pool excludes none of its own queues',
    broken: pool({ queues: ['mail', 'celery'], args: ['-X', 'reports,mail'] }),
    says: 'workers.default.args[0] must exclude no queue of the pool, and "mail" is one, got "-X"; take it out of queues of the pool',
    held: pool({ args: ['--exclude-queues=reports'] }),
  },
  {
    rule: 'a process is replaced before its container is full',
    broken: pool({ memory: '256Mi', args: ['--max-memory-per-child', '262144'] }),
    says: 'workers.default.args[0] must be a number of KiB under memory of the pool, which is 262144 (256Mi), got "262144"; lower it, or raise memory',
    held: pool({ memory: '256Mi', args: ['--max-memory-per-child=262143'] }),
  },
  {
    rule: 'a process is replaced before its container is full',
    broken: pool({ pool: 'threads', args: ['--max-memory-per-child=1000'] }),
    says: 'workers.default.args[0] must not be given with pool "threads", which has no processes to replace, got "1000"; remove it, or use pool "prefork"',
    held: pool({ args: ['--max-memory-per-child=1000'] }),
  },
  {
    rule: 'a process is replaced before its container is full, whoever says it',
    broken: { celery: { worker_max_memory_per_child: 1048576 } },
    says: 'celery.worker_max_memory_per_child must be a number of KiB under memory of the pool, which is 524288 (512Mi), got 1048576; lower it, or raise memory',
    held: { celery: { worker_max_memory_per_child: 500_000 } },
  },
  ...(
    [
      ['/opt/stalk/more', 'Stalk'],
      ['/tmp', 'Stalk'],
      ['/data', 'the schedule of beat'],
      ['/var/cache/acme', 'app.writable'],
      ['/files', 'app.volumes.files'],
      ['/etc/acme/deep/app.yaml', 'a read-only folder of files'],
    ] as const
  ).map(([path, by]) => ({
    rule: 'files have places of their own',
    broken: {
      app: {
        ...celeryApp,
        writable: ['/var/cache/acme'],
        volumes: { files: { path: '/files', claim: 'old' } },
      },
      beat: {},
      files: { '/etc/acme': { secret: 'acme' } },
      ...pool({ files: { [path]: { configMap: 'acme' } } }),
    },
    says: `workers.default.files["${path}"] must lie in a place of its own, and ${by} is there, got "${path}"; use another path, or remove one of the two`,
    held: {
      app: { ...celeryApp, writable: ['/var/cache/acme'] },
      files: { '/etc/acme': { secret: 'acme' } },
      ...pool({
        files: {
          '/var/cache/acme/app.yaml': { configMap: 'acme', key: 'a' },
          '/etc/acme': { secret: 'own' },
        },
      }),
    },
  })),
  {
    rule: 'files have places of their own',
    broken: {
      app: { ...celeryApp, writable: ['/etc/acme/cache'] },
      files: { '/etc/acme': { secret: 'acme' } },
    },
    says: 'files["/etc/acme"] must lie in a place of its own, and app.writable is there, got "/etc/acme"; use another path, or remove one of the two',
    held: { app: { ...celeryApp, writable: ['/etc/cache'] }, files: { '/etc/acme': { secret: 'acme' } } },
  },
  {
    rule: 'nothing in a pod reads the passwords of the others',
    broken: { envFrom: [{ configMap: 'flags' }, { secret: 'redis-credentials' }] },
    says: "envFrom[1] must be of a Secret of your own, as this one holds the passwords of all Redis users of the tenant, got \"redis-credentials\"; write env: { NAME: { from: 'broker.password' } }, the password of the process' own user",
    held: { envFrom: [{ configMap: 'redis-credentials' }, { secret: 'acme' }] },
  },
  ...(
    [
      [
        'sidecars.proxy.env.PASSWORD',
        {
          sidecars: {
            proxy: { image: 'a/b:1', env: { PASSWORD: { secret: 'redis-credentials', key: 'a' } } },
          },
        },
      ],
      [
        'sidecars.proxy.envFrom[0]',
        { sidecars: { proxy: { image: 'a/b:1', envFrom: [{ secret: 'redis-credentials' }] } } },
      ],
      [
        'workers.default.sidecars.proxy.files["/etc/keys"]',
        pool({
          sidecars: { proxy: { image: 'a/b:1', files: { '/etc/keys': { secret: 'redis-credentials' } } } },
        }),
      ],
      [
        'initContainers.wait.env.PASSWORD',
        {
          initContainers: {
            wait: { command: ['w'], env: { PASSWORD: { secret: 'redis-credentials', key: 'a' } } },
          },
        },
      ],
    ] as const
  ).map(([path, broken]) => ({
    rule: 'nothing in a pod reads the passwords of the others',
    broken,
    says: `${path} must be of a Secret of your own, as this one holds the passwords of all Redis users of the tenant, got ${path.endsWith('PASSWORD') ? 'a value that is not shown' : '"redis-credentials"'}; write env: { NAME: { from: 'broker.password' } }, the password of the process' own user`,
    held: JSON.parse(JSON.stringify(broken).replace('redis-credentials', 'acme')),
  })),
  {
    rule: 'nothing in a pod reads the passwords of the others',
    broken: { beat: { files: { '/etc/keys': { secret: 'cache-users', key: 'acme' } } } },
    says: 'beat.files["/etc/keys"] must be of a Secret of your own, as this one holds the passwords of all Redis users of the tenant, got "cache-users"; write env: { NAME: { from: \'broker.password\' } }, the password of the process\' own user',
    held: { beat: { files: { '/etc/keys': { secret: 'keys' } } } },
  },
  {
    rule: 'a message waits in a worker for a day at most',
    broken: pool({ prefetch: 128, timeLimit: '30m' }),
    says: 'workers.default.prefetch must let a message wait in a worker for at most 24h before it runs; it may wait 64.5 h, and that of a killed worker comes back after 65.5 h, got 128 with timeLimit "30m"; lower prefetch, or give the short tasks a pool of their own with a short timeLimit',
    held: pool({ prefetch: 128, timeLimit: '10m' }),
  },
  {
    rule: 'a message waits in a worker for a day at most',
    broken: pool({ pool: 'solo', prefetch: 20, longestTask: '2h' }),
    says: 'workers.default.prefetch must let a message wait in a worker for at most 24h before it runs; it may wait 39 h, and that of a killed worker comes back after 43 h, got 20 with longestTask "2h"; lower prefetch, or give the short tasks a pool of their own with a short longestTask',
    held: pool({ pool: 'solo', prefetch: 12, longestTask: '2h' }),
  },
  {
    rule: 'a message waits in a worker for a day at most',
    broken: { rateLimit: '1/h', ...pool({ concurrency: 8, prefetch: 3 }) },
    says: 'rateLimit must let a message wait in a worker for at most 24h before it runs; it may wait 26 h, and that of a killed worker comes back after 27 h, got "1/h" for 24 messages that a worker takes ahead; raise the limit or lower concurrency and prefetch of the pool; rare work belongs to beat',
    held: { rateLimit: '1/h', ...pool({ concurrency: 8 }) },
  },
  {
    rule: 'a message waits in a worker for a day at most',
    broken: {
      celery: { task_annotations: { 'a.b': { rate_limit: '1/h' } } },
      ...pool({ concurrency: 8, prefetch: 3 }),
    },
    says: 'celery.task_annotations["a.b"].rate_limit must let a message wait in a worker for at most 24h before it runs; it may wait 26 h, and that of a killed worker comes back after 27 h, got "1/h" for 24 messages that a worker takes ahead; raise the limit or lower concurrency and prefetch of the pool; rare work belongs to beat',
    held: {
      celery: { task_annotations: { 'a.b': { rate_limit: '1/h' } }, worker_disable_rate_limits: true },
      ...pool({ concurrency: 8, prefetch: 3 }),
    },
  },
  {
    rule: 'a message waits in a worker for a day at most',
    broken: { longestDelay: '23h', rateLimit: '1/h' },
    says: 'longestDelay must let a message wait in a worker for at most 24h before it runs; it may wait 25 h, and that of a killed worker comes back after 26 h, got "23h"; lower it, and send what is due later from beat',
    held: { longestDelay: '22h', rateLimit: '1/h' },
  },
  {
    rule: 'the message of a killed worker comes back within two days',
    broken: { longestDelay: '24h', ...pool({ timeLimit: '20h' }) },
    says: 'workers.default.timeLimit must let the message of a killed worker come back within 50h; with all that it waits for, it comes back after 64 h, got "20h"; split the task into shorter ones',
    held: pool({ timeLimit: '24h' }),
  },
  {
    rule: 'the message of a killed worker comes back within two days',
    broken: { longestDelay: '24h', ...pool({ pool: 'threads', longestTask: '14h' }) },
    says: 'workers.default.longestTask must let the message of a killed worker come back within 50h; with all that it waits for, it comes back after 52 h, got "14h"; split the task into shorter ones',
    held: { longestDelay: '24h', ...pool({ pool: 'threads', longestTask: '12h' }) },
  },
  {
    rule: 'a limit of a single task fits a pool',
    broken: { celery: { task_annotations: [{ 'a.b': { time_limit: 7200 } }] } },
    says: 'celery.task_annotations["a.b"].time_limit must be at most the longest timeLimit of the pools, which is 1800 s: grace and visibility timeout end sooner, got 7200; raise timeLimit of the pool that runs it to "7200s"',
    held: { celery: { task_annotations: { 'a.b': { time_limit: 1800 } } } },
  },
  {
    rule: 'a solo pool has one process',
    broken: pool({ pool: 'solo', concurrency: 2 }),
    says: 'workers.default.concurrency must be 1 with pool "solo", which runs one task at a time, got 2; raise replicas, or use pool "prefork"',
    held: pool({ pool: 'solo', concurrency: 1 }),
  },
  {
    rule: 'queues of a pool differ on the broker',
    broken: pool({ queues: ['celery', 'tenant-acme'] }),
    says: 'workers.default.queues must be different queues on the broker, got ["celery","tenant-acme"], two of which are "tenant-acme"; remove one of them',
    held: pool({ queues: ['celery', 'tenant-acm'] }),
  },
  {
    rule: 'stagger runs from min to max',
    broken: pool({ stagger: { min: '61s', max: '1m' } }),
    says: 'workers.default.stagger.min must be at most max, which is "1m", got "61s"; swap them',
    held: pool({ stagger: { min: '60s', max: '1m' } }),
  },
  {
    rule: 'scaling runs from min to max',
    broken: queueScaling({ min: 4 }),
    says: 'workers.default.scaling.min must be at most max, which is 3, got 4; raise max or lower min',
    held: queueScaling({ min: 3 }),
    where: keda,
  },
  {
    rule: 'scaling runs from min to max',
    broken: web({ scaling: { min: 3, max: 2, utilization: 70 } }),
    says: 'web.scaling.min must be at most max, which is 2, got 3; raise max or lower min',
    held: web({ scaling: { min: 2, max: 2, utilization: 70 } }),
  },
  {
    rule: 'the last pod goes after its last task',
    broken: queueScaling({ cooldown: '1829s' }),
    says: 'workers.default.scaling.cooldown must be at least "1830s", as a task may run 30m and needs 30s to end, got "1829s"; raise cooldown or lower timeLimit',
    held: queueScaling({ cooldown: '1830s' }),
    where: keda,
  },
  {
    rule: 'scaling by queue length has KEDA',
    broken: queueScaling({}),
    says: 'workers.default.scaling.queueLength must not be given where the environment has no KEDA, got 10; set peers.keda of the environment, or scale by { min, max, utilization }',
    held: pool({ scaling: { min: 1, max: 3, utilization: 70 } }),
  },
  {
    rule: 'a schedule in the database has Django',
    broken: { beat: { scheduler: 'database' } },
    says: 'beat.scheduler must be "file" or "redbeat" for the dialect "celery", as django-celery-beat keeps it in Django, got "database"; use "redbeat", or the dialect "django"',
    held: { app: django, beat: { scheduler: 'database' } },
  },
  {
    rule: 'only a schedule file has a volume',
    broken: { beat: { scheduler: 'redbeat', storage: '1Gi' } },
    says: 'beat.storage must not be given with scheduler "redbeat", which has no file, got "1Gi"; remove it, or use scheduler "file"',
    held: { beat: { scheduler: 'file', storage: '1Gi' } },
  },
  {
    rule: 'sentinels are an odd number',
    broken: guarded({ broker: { ...sentinel, sentinels: 4 } }),
    says: 'broker.sentinels must be odd, as more than half have to agree, got 4; use 3, which bear the loss of as many',
    held: guarded({ broker: { ...sentinel, sentinels: 5 } }),
  },
  {
    rule: 'a dialect that takes one URL has a broker with one address',
    broken: guarded({ app: { dialect: 'paperless', image: 'paperless:1', module: 'paperless' } }),
    says: 'broker must have one address for the dialect "paperless", which connects to one URL and asks no sentinel, got topology "sentinel"; use a broker of topology "standalone" or "replicated"',
    held: {
      broker: { topology: 'replicated', replicas: 1 },
      app: { dialect: 'paperless', image: 'paperless:1', module: 'paperless' },
    },
  },
  {
    rule: 'what is kept on a broker with sentinels is kept by Celery',
    broken: guarded({ broker: { ...sentinel, alsoCache: true } }),
    says: 'broker.alsoCache must not be true where sentinels say who the primary is, as caches and channels ask none, got true; remove it, and give the tenant a cache: {}',
    held: guarded({ broker: { ...sentinel, alsoCache: false }, cache: {} }),
  },
  {
    rule: 'RedBeat has a broker with one address',
    broken: guarded({ beat: { scheduler: 'redbeat' } }),
    says: 'beat.scheduler must be "file" or "database" where sentinels say who the primary is, as RedBeat connects to one URL, got "redbeat"; use "file", or a broker of topology "replicated"',
    held: guarded({ beat: { scheduler: 'file' } }),
  },
  {
    rule: 'variables are left to Stalk where it sets them, and derived from what there is',
    broken: guarded({ env: { URL: { from: 'broker.url' }, HOST: { from: 'broker.host' } } }),
    says: ['URL', 'HOST'].map(
      (name) =>
        `env.${name}.from must be a fact of this tenant, whose primary changes: sentinels say who it is, got "broker.${name.toLowerCase()}"; use broker.celeryUrl, which names them all, or a broker of topology replicated`,
    ),
    held: guarded({ env: { URL: { from: 'broker.celeryUrl' }, DATABASE: { from: 'broker.database' } } }),
  },
  {
    rule: 'certificates lie apart from passwords',
    broken: dedicated({ tls: { secret: 'redis-users' } }),
    says: 'broker.tls.secret must be a Secret with certificates, and this one holds passwords, got "redis-users"; use a Secret of its own, such as "redis-tls"',
    held: dedicated({ tls: { secret: 'redis-tls' } }),
  },
  {
    rule: 'a broker never evicts',
    broken: dedicated({ eviction: 'allkeys-lru' }),
    says: 'broker.eviction must be "noeviction" on a broker: any other deletes tasks that it accepted, got "allkeys-lru"; remove it, and give the tenant a cache for what may be forgotten',
    held: { ...dedicated({ eviction: 'noeviction' }), cache: { eviction: 'allkeys-lru' } },
  },
  {
    rule: 'databases exist',
    broken: { broker: { shared: 'main', database: 16 } },
    says: 'broker.database must be under 16, the number of databases, got 16; use a lower index or raise databases',
    held: { broker: { shared: 'main', database: 15 } },
  },
  {
    rule: 'databases exist',
    broken: { ...dedicated({ databases: 2 }), results: { database: 2 } },
    says: 'results.database must be under 2, the number of databases, got 2; use a lower index or raise databases',
    held: { ...dedicated({ databases: 2 }), results: { database: 1 } },
  },
  {
    rule: 'Stalk knows the passwords of what it runs only',
    broken: {
      broker: { topology: 'external', host: 'redis.example.com', cidrs: ['10.0.0.0/8'], username: 'acme' },
    },
    says: 'broker.topology must be one that Stalk runs where secrets are literal: it does not know the password of another, got "external"; let Stalk run it here, or use the strategy "existing"; or remove username, and make the users that stalk acl prints',
    held: { broker: { topology: 'standalone' } },
    where: { disposable: true, secrets: { strategy: 'literal' } },
  },
  {
    rule: 'certificates of a cache lie apart from passwords',
    broken: {
      cache: {
        topology: 'external',
        host: 'c.example.com',
        cidrs: ['10.0.0.0/8'],
        tls: { secret: 'cache-credentials' },
      },
    },
    says: 'cache.tls.secret must be a Secret with certificates, and this one holds passwords, got "cache-credentials"; use a Secret of its own, such as "redis-tls"',
    held: {
      cache: {
        topology: 'external',
        host: 'c.example.com',
        cidrs: ['10.0.0.0/8'],
        tls: { secret: 'theirs' },
      },
    },
  },
  {
    rule: 'Stalk knows the password of a cache that it runs only',
    broken: {
      cache: { topology: 'external', host: 'c.example.com', cidrs: ['10.0.0.0/8'], username: 'default' },
    },
    says: 'cache.topology must be one that Stalk runs where secrets are literal: it does not know the password of another, got "external"; let Stalk run it here, or use the strategy "existing"; or remove username, and make the users that stalk acl prints',
    held: { cache: { topology: 'external', host: 'c.example.com', cidrs: ['10.0.0.0/8'] } },
    where: { disposable: true, secrets: { strategy: 'literal' } },
  },
  {
    rule: 'only a cache with persistence has a volume',
    broken: { cache: { storage: '2Gi' } },
    says: 'cache.storage must not be given without persistence, got "2Gi"; add persistence: true, or remove it',
    held: { cache: { storage: '2Gi', persistence: true } },
  },
  {
    rule: 'only results in Redis have a database of it',
    broken: { results: { backend: 'none', database: 1 } },
    says: 'results.database must not be given with backend "none", got 1; remove it, or use backend "redis"',
    held: { results: { backend: 'redis', database: 1 } },
  },
  {
    rule: 'results in a database have Django',
    broken: { results: { backend: 'django-db' } },
    says: 'results.backend must be "redis" or "none" for the dialect "celery", as django-celery-results keeps them in Django, got "django-db"; use "redis", or the dialect "django"',
    held: { app: django, results: { backend: 'django-db' } },
  },
  {
    rule: 'workers read what producers write',
    broken: { messages: { serializer: 'pickle', accept: ['json'] } },
    says: `messages.accept must hold "pickle", which this tenant's producers write, got ["json"]; add "pickle" or change serializer`,
    held: {
      messages: { serializer: 'pickle', accept: ['application/json', 'application/x-python-serialize'] },
    },
  },
  {
    rule: 'no Celery setting contradicts what is derived',
    broken: { celery: { broker_transport_options: { visibility_timeout: 60 } } },
    says: 'celery.broker_transport_options must be left to Stalk, which derives it, got {"visibility_timeout":60}; use priorities, queueOrder of the pools, broker.prefix, longestDelay and connections: they follow from these',
    held: { celery: { worker_hijack_root_logger: false } },
  },
  {
    rule: 'no Celery setting contradicts what is derived',
    broken: { celery: { task_default_queue: 'mine' } },
    says: 'celery.task_default_queue must be left to Stalk, which derives it, got "mine"; remove it: the default queue follows from broker.isolation',
    held: { broker: { shared: 'main', isolation: 'prefix' }, celery: { task_default_queue: 'celery' } },
  },
  {
    rule: 'no Celery setting contradicts what is derived',
    broken: { results: { backend: 'none' }, celery: { task_ignore_result: false } },
    says: "celery.task_ignore_result must be left to Stalk, which derives it, got false; remove it: results: { backend: 'none' } says it",
    held: {
      celery: { task_ignore_result: true, task_acks_on_failure_or_timeout: false, broker_heartbeat: 0 },
    },
  },
  {
    rule: 'no Celery setting contradicts what is derived',
    broken: { flower: { auth: { secret: 'flower', key: 'a' } }, celery: { worker_send_task_events: false } },
    says: 'celery.worker_send_task_events must be left to Stalk, which derives it, got false; remove it: flower and events: true switch events on',
    held: { celery: { worker_send_task_events: true, task_send_sent_event: true } },
  },
  {
    rule: 'no Celery setting contradicts what is derived',
    broken: { logs: 'json', celery: { worker_log_format: '%(message)s' } },
    says: `celery.worker_log_format must be left to Stalk, which derives it, got "%(message)s"; remove it: with logs: 'json' each line has the form of all`,
    held: { celery: { worker_log_format: '%(message)s' } },
  },
  {
    rule: 'no Celery setting contradicts what is derived',
    broken: { celery: { control_exchange: 'mine' } },
    says: 'celery.control_exchange must be left to Stalk, which derives it, got "mine"; remove it: Stalk sets it for every tenant',
    held: { ...dedicated(), celery: { control_exchange: 'mine' } },
  },
  {
    rule: 'Celery settings are spelt as Celery does',
    broken: { celery: { task_allways_eager: true } },
    says: 'celery.task_allways_eager must be a setting of Celery, which passes over unknown ones in silence, got true; write task_always_eager',
    held: {
      celery: {
        singleton_lock_expiry: 60,
        singleton_key_prefix: 'a',
        raise_on_duplicate: true,
        beat_dburi: 'a',
        once: {},
      },
    },
  },
  {
    rule: 'Celery settings have their new names',
    broken: { celery: { celeryd_log_color: false } },
    says: 'celery.celeryd_log_color must have the name that Celery 4 gave it, got false; write it without celery_, like worker_ or task_; Celery knows no mixture of old and new names',
    held: { celery: { worker_log_color: false } },
  },
  {
    rule: 'what is no secret is there',
    broken: { env: { DSN: 'a' }, notSecret: ['env.DNS', 'web.command[2]'] },
    says: [
      'notSecret[0] must be the path of a text, as the message about it spells it, got "env.DNS"; write "env.DSN"',
      'notSecret[1] must be the path of a text, as the message about it spells it, got "web.command[2]"; remove it, or write it like "env.DSN"',
    ],
    held: { notSecret: ['env.DSN', 'env.OLD'], overlays: { dev: { env: { DSN: 'a', OLD: false } } } },
  },
  {
    rule: 'no secret lies in plain sight',
    broken: { env: { DATABASE_URL: 'postgres://acme:hunter2@db:5432/acme' } },
    says: "env.DATABASE_URL must come from a Secret where the environment is not disposable: it looks like a URL with a password, got a value that is not shown; write { secret: …, key: … }, or add 'env.DATABASE_URL' to notSecret if it is none",
    held: { env: { DATABASE_URL: 'postgres://db:5432/acme', API_KEY: '' } },
  },
  {
    rule: 'no secret lies in plain sight',
    broken: { ...web({ env: { STRIPE_API_KEY: 'sk_live_1' } }) },
    says: "web.env.STRIPE_API_KEY must come from a Secret where the environment is not disposable: it looks like one by its name, got a value that is not shown; write { secret: …, key: … }, or add 'web.env.STRIPE_API_KEY' to notSecret if it is none",
    held: { ...web({ env: { STRIPE_API_KEY: { secret: 'stripe', key: 'key' } } }) },
  },
  {
    rule: 'a probe asks for a host of the app',
    broken: { app: django, ...web() },
    says: `web.health must say the host that the probe asks for, which is the pod's IP otherwise: Django answers 400 to all that is not in ALLOWED_HOSTS, got "/"; write { path: '/', host: 'acme.example.com' }, or host: '*' if it answers to any name`,
    held: { app: django, ...web({ health: { path: '/', host: 'shop.example.com' } }) },
  },
  {
    rule: 'a probe asks for a host of the app',
    broken: {
      app: django,
      env: { DJANGO_ALLOWED_HOSTS: '.shop.example.com,localhost' },
      ...web({ health: { path: '/up', scheme: 'https' } }),
    },
    says: `web.health must say the host that the probe asks for, which is the pod's IP otherwise: Django answers 400 to all that is not in ALLOWED_HOSTS, got "/up"; write { path: '/up', host: 'shop.example.com' }, or host: '*' if it answers to any name`,
    held: {
      app: django,
      env: { DJANGO_ALLOWED_HOSTS: '.shop.example.com' },
      ...web({ health: { host: '*' } }),
    },
  },
  {
    rule: 'a probe asks for a host of the app',
    broken: { app: django, env: { ALLOWED_HOSTS: '*', SECURE_SSL_REDIRECT: '1' }, ...web() },
    says: `web.health must say the host that the probe asks for, which is the pod's IP otherwise: the app sends plain HTTP to https://<IP>, got "/"; write { path: '/', host: 'acme.example.com' }, or host: '*' if it answers to any name`,
    held: { app: django, env: { ALLOWED_HOSTS: '*' }, ...web() },
  },
  {
    rule: 'a probe asks for a host of the app',
    broken: { app: django, ...web(), patches: {} },
    says: `web.health must say the host that the probe asks for, which is the pod's IP otherwise: Django answers 400 to all that is not in ALLOWED_HOSTS, got "/"; write { path: '/', host: 'acme.example.com' }, or host: '*' if it answers to any name`,
    held: {
      app: django,
      ...web(),
      patches: {
        'Deployment/web': [
          {
            op: 'add',
            path: '/spec/template/spec/containers/0/startupProbe/httpGet/httpHeaders',
            value: [{ name: 'Host', value: 'maps.example.org' }],
          },
        ],
      },
    },
  },
  {
    rule: 'a probe asks for a host of the app',
    broken: { ...web({ env: { TRUSTED_HOSTS: '["api.example.com", "localhost"]' } }) },
    says: `web.health must say the host that the probe asks for, which is the pod's IP otherwise: the app answers to "api.example.com", got "/"; write { path: '/', host: 'api.example.com' }, or host: '*' if it answers to any name`,
    held: { env: { TRUSTED_HOSTS: '*', SERVER_NAME: 'prod-1' }, ...web() },
  },
  {
    rule: 'a probe asks for a host of the app',
    broken: {
      app: { dialect: 'paperless', image: 'a:1', module: 'paperless' },
      env: { PAPERLESS_URL: 'https://docs.example.com' },
      ...web(),
    },
    says: `web.health must say the host that the probe asks for, which is the pod's IP otherwise: the app answers to "docs.example.com", got "/"; write { path: '/', host: 'docs.example.com' }, or host: '*' if it answers to any name`,
    held: { app: { dialect: 'paperless', image: 'a:1', module: 'paperless' }, ...web() },
  },
  {
    rule: 'a probe asks for a host of the app',
    broken: { ...web({ env: { SECURE_SSL_REDIRECT: 'True' } }) },
    says: `web.health must say the host that the probe asks for, which is the pod's IP otherwise: the app sends plain HTTP to https://<IP>, got "/"; write { path: '/', host: 'acme.example.com' }, or host: '*' if it answers to any name`,
    held: { ...web({ env: { SECURE_SSL_REDIRECT: 'False' } }) },
  },
  {
    rule: 'variables are left to Stalk where it sets them, and derived from what there is',
    broken: { env: { STALK_USER: 'me' }, workers: { default: { env: { PYTHONPATH: '/app' } } } },
    says: [
      'env.STALK_USER must be left to Stalk, which sets it, got "me"; leave it out: Stalk needs its own value',
      'workers.default.env.PYTHONPATH must be left to Stalk, which sets it, got "/app"; use app.pythonPath',
    ],
    held: { env: { STALKER: 'me', HOME: '/srv', PYTHONUNBUFFERED: '' } },
  },
  {
    rule: 'variables are left to Stalk where it sets them, and derived from what there is',
    broken: { app: django, env: { DJANGO_SETTINGS_MODULE: 'other' } },
    says: 'env.DJANGO_SETTINGS_MODULE must be left to Stalk, which sets it, got "other"; use app.djangoSettings, or env of one workload',
    held: { app: django, ...web({ health: { host: '*' }, env: { DJANGO_SETTINGS_MODULE: 'other' } }) },
  },
  {
    rule: 'variables are left to Stalk where it sets them, and derived from what there is',
    broken: {
      app: { ...django, dialect: 'paperless', djangoSettings: false },
      env: { PAPERLESS_REDIS_PREFIX: 'a:', PAPERLESS_TRAIN_TASK_CRON: '0 0 * * *' },
    },
    says: [
      'env.PAPERLESS_REDIS_PREFIX must be left to Stalk, which sets it, got "a:"; use broker.prefix',
      'env.PAPERLESS_TRAIN_TASK_CRON must be left to Stalk, which sets it, got "0 0 * * *"; use app.crons',
    ],
    held: {
      app: { ...django, dialect: 'paperless', djangoSettings: false },
      env: { PAPERLESS_NEW_TASK_CRON: '0 0 * * *' },
      workers: { default: { env: { PAPERLESS_THREADS_PER_WORKER: '2' } } },
    },
  },
  {
    rule: 'variables are left to Stalk where it sets them, and derived from what there is',
    broken: {
      app: { ...django, dialect: 'paperless', djangoSettings: false },
      env: { PAPERLESS_REDIS: 'unix:///var/run/redis/redis.sock' },
    },
    says: `env.PAPERLESS_REDIS must be reached over TCP: a socket is a file on one node, and pods run on many, got "unix:///var/run/redis/redis.sock"; use broker: { topology: 'standalone' }, or host and port of a Redis that listens on TCP`,
    held: { env: { PAPERLESS_REDIS: 'unix:///var/run/redis/redis.sock' } },
  },
  {
    rule: 'variables are left to Stalk where it sets them, and derived from what there is',
    broken: { env: { CELERY_BROKER_URL: 'redis://redis:6379/0' } },
    says: `env.CELERY_BROKER_URL must be left to Stalk, which sets it, got "redis://redis:6379/0"; write { from: 'broker.celeryUrl' } or leave it out`,
    held: { env: { CELERY_BROKER_URL: { from: 'broker.celeryUrl' } } },
  },
  {
    rule: 'variables are left to Stalk where it sets them, and derived from what there is',
    broken: { beat: { env: { CACHE_URL: { from: 'cache.url' } } } },
    says: 'beat.env.CACHE_URL.from must be a fact of this tenant, which has no cache, got "cache.url"; add cache: {}, or use broker',
    held: { cache: {}, beat: { env: { CACHE_URL: { from: 'cache.url' } } } },
  },
  {
    rule: 'variables are left to Stalk where it sets them, and derived from what there is',
    broken: { results: { backend: 'none' }, env: { RESULTS: { from: 'results.celeryUrl' } } },
    says: 'env.RESULTS.from must be a fact of this tenant, which keeps no results, got "results.celeryUrl"; remove it, or change results.backend',
    held: { env: { RESULTS: { from: 'results.celeryUrl' } } },
  },
  {
    rule: 'variables are left to Stalk where it sets them, and derived from what there is',
    broken: { ...dedicated(), env: { PREFIX: { from: 'broker.prefix' } } },
    says: 'env.PREFIX.from must be a fact of this tenant, which has no prefix, got "broker.prefix"; set broker.prefix',
    held: { ...dedicated({ prefix: 'acme:' }), env: { PREFIX: { from: 'broker.prefix' } } },
  },
  {
    rule: 'a broker lets the clients work that ask for its URL',
    broken: { ...dedicated({ alsoCache: false }), ...web({ env: { REDIS_URL: { from: 'broker.url' } } }) },
    says: `web.env.REDIS_URL.from must not be asked for where alsoCache is false, as the broker then refuses all but Celery, got "broker.url"; remove broker.alsoCache, or use cache: {} and { from: 'cache.url' }; Celery itself takes broker.celeryUrl`,
    held: { ...dedicated(), ...web({ env: { REDIS_URL: { from: 'broker.url' } } }) },
  },
  {
    rule: 'a broker lets the clients work that ask for its URL',
    broken: {
      broker: { shared: 'main', isolation: 'queue' },
      ...pool({ env: { REDIS_URL: { from: 'broker.url' } } }),
    },
    says: `workers.default.env.REDIS_URL.from must not be asked for with isolation "queue", whose rules refuse the keys of other clients than Celery, got "broker.url"; use isolation: 'hybrid' and begin keys with { from: 'broker.prefix' }, or use cache: {} and { from: 'cache.url' }`,
    held: {
      broker: { shared: 'main', isolation: 'queue', group: 'crew' },
      env: { REDIS_PREFIX: { from: 'broker.prefix' } },
      ...pool({ env: { REDIS_URL: { from: 'broker.url' } } }),
    },
  },
  {
    rule: 'a broker lets the clients work that ask for its URL',
    broken: { broker: { shared: 'main', isolation: 'queue', alsoCache: true } },
    says: `broker.alsoCache must not be true with isolation "queue", whose rules refuse the keys of other clients than Celery, got true; use isolation: 'hybrid' and begin keys with { from: 'broker.prefix' }, or use cache: {} and { from: 'cache.url' }`,
    held: { broker: { shared: 'main', isolation: 'prefix', alsoCache: true } },
  },
  {
    rule: 'a broker lets the clients work that ask for its URL',
    broken: {
      app: { ...django, dialect: 'paperless', djangoSettings: false },
      broker: { shared: 'main', isolation: 'queue' },
    },
    says: `broker.isolation must give keys a prefix for the dialect "paperless", which keeps its channels here, got "queue"; use isolation: 'prefix' or 'hybrid'`,
    held: {
      app: { ...django, dialect: 'paperless', djangoSettings: false },
      broker: { shared: 'main', isolation: 'prefix' },
    },
  },
  {
    rule: 'a broker lets the clients work that ask for its URL',
    broken: { env: { REDIS_URL: { from: 'broker.url' } } },
    says: `env.REDIS_URL.from must come with { from: 'broker.prefix' }: the broker refuses keys that do not begin with "tenant:acme:", got "broker.url"; add REDIS_PREFIX: { from: 'broker.prefix' } and let the client begin its keys with it, or use cache: {} and { from: 'cache.url' }`,
    held: {
      env: { REDIS_URL: { from: 'broker.url' } },
      beat: { env: { PREFIX: { from: 'broker.prefix' } } },
    },
  },
  {
    rule: 'a broker lets the clients work that ask for its URL',
    broken: { env: { REDIS_LOGIN: { from: 'broker.password' } } },
    says: `env.REDIS_LOGIN.from must come with { from: 'broker.prefix' }: the broker refuses keys that do not begin with "tenant:acme:", got "broker.password"; add REDIS_PREFIX: { from: 'broker.prefix' } and let the client begin its keys with it, or use cache: {} and { from: 'cache.url' }`,
    held: { env: { REDIS_LOGIN: { from: 'broker.password' }, PREFIX: { from: 'broker.prefix' } } },
  },
  {
    rule: 'a broker lets the clients work that ask for its URL',
    broken: { ...dedicated({ prefix: 'own:' }), env: { REDIS_URL: { from: 'broker.url' }, P: 'other:' } },
    says: `env.REDIS_URL.from must come with { from: 'broker.prefix' }: the broker refuses keys that do not begin with "own:", got "broker.url"; add REDIS_PREFIX: { from: 'broker.prefix' } and let the client begin its keys with it, or use cache: {} and { from: 'cache.url' }`,
    held: { ...dedicated({ prefix: 'own:' }), env: { REDIS_URL: { from: 'broker.url' }, P: 'own:cache' } },
  },
  {
    rule: 'names are free',
    broken: { name: 'admin' },
    says: 'name must be no name of a namespace or user that Kubernetes, Redis, Stalk or a platform has already, got "admin"; choose another name',
    held: { name: 'admins' },
  },
  {
    rule: 'names are free',
    broken: { name: 'kube-public' },
    says: 'name must be no name of a namespace or user that Kubernetes, Redis, Stalk or a platform has already, got "kube-public"; choose another name',
    held: { name: 'kubepublic' },
  },
  {
    rule: 'names are free',
    broken: { broker: { shared: 'main', isolation: 'queue', group: 'replica' } },
    says: 'broker.group must be no user of Redis or Stalk, got "replica"; choose another name',
    held: { broker: { shared: 'main', isolation: 'queue', group: 'replicas' } },
  },
  {
    rule: 'a queue is not called like a key of Celery',
    broken: {
      broker: { shared: 'main', isolation: 'prefix' },
      ...pool({ queues: ['celery', 'dead-letters'] }),
    },
    says: `workers.default.queues[1] must be no name of keys that Celery keeps beside the queues, got "dead-letters"; rename the queue, or use isolation: 'hybrid'`,
    held: {
      broker: { shared: 'main', isolation: 'hybrid' },
      ...pool({ queues: ['celery', 'dead-letters'] }),
    },
  },
  {
    rule: 'a queue is not called like a key of Celery',
    broken: { broker: { shared: 'main', isolation: 'queue' }, ...pool({ queues: ['celery', 'unacked'] }) },
    says: `workers.default.queues[1] must be no name of keys that Celery keeps beside the queues, got "unacked"; rename the queue, or use isolation: 'hybrid'`,
    held: { broker: { shared: 'main', isolation: 'queue' }, ...pool({ queues: ['celery', 'unacked2'] }) },
  },
  {
    rule: 'a group has queue isolation',
    broken: { broker: { shared: 'main', group: 'shops' } },
    says: `broker.group must not be given with isolation "hybrid": the tenants of a group share one prefix, got "shops"; use isolation: 'queue', or remove group`,
    held: { broker: { shared: 'main', isolation: 'queue', group: 'shops' } },
  },
  {
    rule: 'a prefix is used',
    broken: { broker: { shared: 'main', isolation: 'queue', prefix: 'acme:' } },
    says: `broker.prefix must not be given with isolation "queue", which has no prefix, got "acme:"; use isolation: 'hybrid', or remove prefix`,
    held: { broker: { shared: 'main', isolation: 'queue', group: 'shops', prefix: 'shops:' } },
  },
  {
    rule: 'a shared pool has one prefix',
    broken: { broker: { shared: 'main', isolation: 'prefix' }, workers: { all: { serves: ['acme'] } } },
    says: `workers.all.serves must not be given with isolation "prefix": a worker has one prefix, got ["acme"]; use broker: { shared: …, isolation: 'queue', group: … } for each of the tenants, or a pool for each`,
    held: {
      broker: { shared: 'main', isolation: 'queue', group: 'shops' },
      workers: { default: false, all: { serves: ['acme'] } },
    },
  },
  {
    rule: 'a shared pool has one prefix',
    broken: { broker: { shared: 'main', isolation: 'queue' }, workers: { all: { serves: ['acme'] } } },
    says: `workers.all.serves must not be given without a group: one pool has one Redis user, got ["acme"]; use broker: { shared: …, isolation: 'queue', group: … } for each of the tenants, or a pool for each`,
    held: { broker: { shared: 'main', isolation: 'queue' } },
  },
  {
    rule: 'a shared pool has one prefix',
    broken: { ...dedicated(), workers: { all: { serves: ['acme'] } } },
    says: `workers.all.serves must not be given with a broker of its own: a worker has one prefix, got ["acme"]; use broker: { shared: …, isolation: 'queue', group: … } for each of the tenants, or a pool for each`,
    held: dedicated(),
  },
  {
    rule: 'folders are mounted once',
    broken: { app: { writable: ['/tmp'] } },
    says: 'app.writable[0] must be a folder of its own, and every pod has this one, got "/tmp"; use another folder or remove it',
    held: { app: { writable: ['/tmp/acme'] } },
  },
  {
    rule: 'folders are mounted once',
    broken: { app: { writable: ['/data'], volumes: { files: { path: '/data', claim: 'files' } } } },
    says: 'app.volumes.files.path must be a folder of its own, and app.writable has this one, got "/data"; use another folder or remove it',
    held: { app: { writable: ['/scratch'], volumes: { files: { path: '/data', claim: 'files' } } } },
  },
  {
    rule: 'folders are mounted once',
    broken: { app: { writable: ['/var/lib/stalk'] }, beat: {} },
    says: 'app.writable[0] must be a folder of its own, and Stalk has this one, got "/var/lib/stalk"; use another folder or remove it',
    held: { app: { writable: ['/data'] }, beat: {} },
  },
  {
    rule: 'volumes are for as many pods as mount them',
    broken: { ...data({}), ...web({ replicas: 2 }) },
    says: 'app.volumes.data.access must be "ReadWriteMany", as 3 pods mount it at a time, got "ReadWriteOnce"; use "ReadWriteMany" with a storage class that has it, or an object store',
    held: { ...data({ access: 'ReadWriteMany' }), ...web({ replicas: 2 }) },
  },
  {
    rule: 'volumes are for as many pods as mount them',
    broken: { ...data({ access: 'ReadWriteOnce' }), ...pool({ replicas: 2 }) },
    says: 'app.volumes.data.access must be "ReadWriteMany", as 2 pods mount it at a time, got "ReadWriteOnce"; use "ReadWriteMany" with a storage class that has it, or an object store',
    held: data({ access: 'ReadWriteOnce' }),
  },
  {
    rule: 'volumes have names of their own',
    broken: { app: { volumes: { 'stalk-run': { path: '/data', claim: 'files' } } } },
    says: `app.volumes.stalk-run must be named unlike Stalk's own volumes, got "stalk-run"; choose another name`,
    held: { app: { volumes: { run: { path: '/data', claim: 'files' } } } },
  },
  {
    rule: 'the ConfigMap of the environment has a name of its own',
    broken: { app: { configMap: 'celery-settings' } },
    says: `app.configMap must be named unlike Stalk's own ConfigMaps, got "celery-settings"; choose another name, or leave it out`,
    held: { app: { configMap: 'app-settings' } },
  },
  {
    rule: 'an image has a fixed tag',
    broken: { app: { image: 'acme/jobs:main' } },
    says: 'app.image must have a fixed tag: "main" changes under a running tenant, got "acme/jobs:main"; write the version that runs, like "acme/jobs:2.4.1"',
    held: { app: { image: `acme/jobs:main@sha256:${'0'.repeat(64)}` } },
  },
  {
    rule: 'an image has a fixed tag',
    broken: { app: { image: 'acme/jobs:Latest' } },
    says: 'app.image must have a fixed tag: "Latest" changes under a running tenant, got "acme/jobs:Latest"; write the version that runs, like "acme/jobs:2.4.1"',
    held: { app: { image: 'acme/jobs:latest-2' } },
  },
  {
    rule: 'an image has a fixed tag',
    broken: { app: { image: 'acme/jobs:develop' } },
    says: 'app.image must have a fixed tag: "develop" changes under a running tenant, got "acme/jobs:develop"; write the version that runs, like "acme/jobs:2.4.1", or set pullPolicy: "Always" in the environment',
    held: { app: { image: 'acme/jobs:develop-4f2a' } },
    where: { disposable: true },
  },
  {
    rule: 'an image has a fixed tag',
    broken: dedicated({ image: 'redis:latest' }),
    says: 'broker.image must have a fixed tag: "latest" changes under a running tenant, got "redis:latest"; write the version that runs, like "acme/jobs:2.4.1"',
    held: dedicated({ image: 'redis:8.2.2' }),
  },
  {
    rule: 'an image has a fixed tag',
    broken: { cache: { image: 'redis:stable' } },
    says: 'cache.image must have a fixed tag: "stable" changes under a running tenant, got "redis:stable"; write the version that runs, like "acme/jobs:2.4.1"',
    held: { cache: { image: 'redis:8' } },
  },
  {
    rule: 'Celery settings are spelt as Celery does',
    broken: { celery: { task_allways_eager: true } },
    says: 'celery.task_allways_eager must be a setting of Celery, which passes over unknown ones in silence, got true; write task_always_eager',
    held: { celery: { task_always_eager: true } },
  },
  {
    rule: 'Celery settings are spelt as Celery does',
    broken: { celery: { worker_hijack_root_loger: true, timezon: 'UTC' } },
    says: [
      'celery.worker_hijack_root_loger must be a setting of Celery, which passes over unknown ones in silence, got true; write worker_hijack_root_logger',
      'celery.timezon must be a setting of Celery, which passes over unknown ones in silence, got "UTC"; write timezone',
    ],
    held: { celery: { worker_hijack_root_logger: true, timezone: 'UTC' } },
  },
  {
    rule: 'Celery settings are spelt as Celery does',
    broken: { celery: { always_eager: true } },
    says: 'celery.always_eager must be a setting of Celery, which passes over unknown ones in silence, got true; write task_always_eager',
    held: { celery: { singleton_lock_expiry: 60, redbeat_redis_options: {} } },
  },
  {
    rule: 'Celery settings are spelt as Celery does',
    broken: { celery: { task_time_limt: 60 } },
    says: 'celery.task_time_limt must be a setting of Celery, which passes over unknown ones in silence, got 60; use timeLimit of the pool',
    held: { celery: { task_eager_propagates: true } },
  },
  {
    rule: 'no secret lies in plain sight',
    broken: { celery: { broker_login: { password: 'hunter2' } } },
    says: "celery.broker_login.password must come from a Secret where the environment is not disposable: it looks like one by its name, got a value that is not shown; read it from a variable: env: { NAME: { secret: …, key: … } }, or add 'celery.broker_login.password' to notSecret if it is none",
    held: { celery: { broker_login: { password: '' } } },
  },
  {
    rule: 'no secret lies in plain sight',
    broken: { celery: { couchbase_backend_settings: { hosts: ['couchbase://u:hunter2@db'] } } },
    says: "celery.couchbase_backend_settings.hosts[0] must come from a Secret where the environment is not disposable: it looks like a URL with a password, got a value that is not shown; read it from a variable: env: { NAME: { secret: …, key: … } }, or add 'celery.couchbase_backend_settings.hosts[0]' to notSecret if it is none",
    held: { celery: { couchbase_backend_settings: { hosts: ['couchbase://db'] } } },
  },
  {
    rule: 'no secret lies in plain sight',
    broken: web({ command: ['sh', '-c', 'PGPASSWORD=hunter2 exec serve'] }),
    says: "web.command[2] must come from a Secret where the environment is not disposable: it looks like a password, got a value that is not shown; read it from a variable: env: { NAME: { secret: …, key: … } }, or add 'web.command[2]' to notSecret if it is none",
    held: web({ command: ['sh', '-c', 'PGPASSWORD=$DB_PASSWORD exec serve'] }),
  },
  {
    rule: 'no secret lies in plain sight',
    broken: web({ command: ['serve', '--password', 'hunter2'] }),
    says: "web.command must come from a Secret where the environment is not disposable: it looks like a password, got a value that is not shown; read it from a variable: env: { NAME: { secret: …, key: … } }, or add 'web.command' to notSecret if it is none",
    held: web({ command: ['serve', '--password', '$(DB_PASSWORD)', '--password-file', '/run/x'] }),
  },
  {
    rule: 'no secret lies in plain sight',
    broken: { migrate: { command: ['mysql', '-phunter2', 'acme'] } },
    says: "migrate.command must come from a Secret where the environment is not disposable: it looks like a password, got a value that is not shown; read it from a variable: env: { NAME: { secret: …, key: … } }, or add 'migrate.command' to notSecret if it is none",
    held: { migrate: { command: ['mysql', '--protocol=tcp', '-h', 'db', 'acme'] } },
  },
  {
    rule: 'no secret lies in plain sight',
    broken: { beat: { schedule: { sync: { task: 'a.b', every: '1h', kwargs: { apiKey: 'hunter2' } } } } },
    says: "beat.schedule.sync.kwargs.apiKey must come from a Secret where the environment is not disposable: it looks like one by its name, got a value that is not shown; read it from a variable: env: { NAME: { secret: …, key: … } }, or add 'beat.schedule.sync.kwargs.apiKey' to notSecret if it is none",
    held: {
      beat: { schedule: { sync: { task: 'a.b', every: '1h', kwargs: { apiKey: '/run/secrets/key' } } } },
    },
  },
  {
    rule: 'no secret lies in plain sight',
    broken: {
      patches: { 'Deployment/worker-default': [{ op: 'add', path: '/spec/x', value: { token: 'hunter2' } }] },
    },
    says: `patches["Deployment/worker-default"][0].value.token must come from a Secret where the environment is not disposable: it looks like one by its name, got a value that is not shown; read it from a variable: env: { NAME: { secret: …, key: … } }, or add 'patches["Deployment/worker-default"][0].value.token' to notSecret if it is none`,
    held: {
      patches: {
        'Deployment/worker-default': [{ op: 'add', path: '/spec/x', value: { token: '$(TOKEN)' } }],
      },
    },
  },
  {
    rule: 'no secret lies in plain sight',
    broken: {
      env: { DSN: 'https://u:p@sentry.example.com/1', OTHER: 'https://u:p@x' },
      notSecret: ['env.DSN'],
    },
    says: "env.OTHER must come from a Secret where the environment is not disposable: it looks like a URL with a password, got a value that is not shown; write { secret: …, key: … }, or add 'env.OTHER' to notSecret if it is none",
    held: {
      env: { DSN: 'https://u:p@sentry.example.com/1', MAX_TOKEN: '4096' },
      notSecret: ['env.DSN', 'env.MAX_TOKEN'],
    },
  },
  {
    rule: 'names are free',
    broken: { name: 'flux-system' },
    says: 'name must be no name of a namespace or user that Kubernetes, Redis, Stalk or a platform has already, got "flux-system"; choose another name',
    held: { name: 'booking-system' },
  },
  {
    rule: 'names are free',
    broken: { name: 'argocd' },
    says: 'name must be no name of a namespace or user that Kubernetes, Redis, Stalk or a platform has already, got "argocd"; choose another name',
    held: { name: 'argo' },
  },
  {
    rule: 'names are free',
    broken: { name: 'default' },
    says: 'name must be no name of a namespace or user that Kubernetes, Redis, Stalk or a platform has already, got "default"; choose another name',
    held: { name: 'defaults' },
  },
  {
    rule: 'names are free',
    broken: { name: 'broker-main' },
    says: 'name must be no name of a namespace or user that Kubernetes, Redis, Stalk or a platform has already, got "broker-main"; choose another name',
    held: { name: 'broker-portal' },
  },
];

const RULES = [
  ...[
    isolationRules,
    appRules,
    images,
    envRules,
    foreignRules,
    argsRules,
    secrets,
    workerRules,
    timeRules,
    sizeRules,
    beatRules,
    webRules,
    processRules,
  ],
  ...[clientRules, redisRules, sentinelRules, messagesRules, priorityRules, celeryRules, celeryNames],
].flat();

describe('a rule about one tenant', () => {
  test.each(ROWS)('fails with the words of its author: $rule: $says', ({ broken, says, where = {} }) => {
    const found = saysOf([tenantWith(broken)], environmentWith(where));

    expect(found).toEqual([says].flat());
  });

  test.each(ROWS)('holds at the border of: $rule ($held)', ({ held, where = {} }) => {
    const found = saysOf([tenantWith(held)], environmentWith(where));

    expect(found).toEqual([]);
  });

  test('is in the table of this test', () => {
    const tried = new Set(ROWS.map(({ rule }) => rule));

    expect(RULES.map(({ what }) => what).filter((what) => !tried.has(what))).toEqual([]);
  });
});

describe('a derived Celery setting', () => {
  test.each(Object.entries({ ...DERIVED, ...DERIVED_WHEN_ISOLATED }))('fails when typed: %s', (name, fix) => {
    const found = saysOf([tenantWith({ celery: { [name]: 1 } })]);

    const shown = name.endsWith('password') ? 'a value that is not shown' : '1';
    expect(found[0]).toBe(`celery.${name} must be left to Stalk, which derives it, got ${shown}; ${fix}`);
  });
});

test('a volume of one node may have many pods where the cluster can be thrown away', () => {
  const where = environmentWith({ disposable: true });

  expect(saysOf([tenantWith({ ...data({}), ...web() })], where)).toEqual([]);
});
