// Mistakes that the compiler tells before anything runs: `npm run types` fails if one of them compiles.

import type { Environment, Tenant } from '../../lib/spec';
import { saysOf } from './helpers';

const name = 'acme';
const app = { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' } as const;

const misspeltProp: Tenant = {
  name,
  app,
  // @ts-expect-error concurency is no prop
  workers: { default: { queues: ['celery'], concurency: 4 } },
};

const wrongUnit: Tenant = {
  name,
  app,
  // @ts-expect-error memory in MB
  workers: { default: { queues: ['celery'], memory: '512MB' } },
};

const noUnit: Tenant = {
  name,
  app,
  // @ts-expect-error a time limit in nothing
  workers: { default: { queues: ['celery'], timeLimit: 60 } },
};

const emptyQueues: Tenant = {
  name,
  app,
  // @ts-expect-error a pool consumes something
  workers: { default: { queues: [] } },
};

const noQueues: Tenant = {
  name,
  app,
  // @ts-expect-error queues are what a pool is for
  workers: { default: { concurrency: 2 } },
};

const unknownEviction: Tenant = {
  name,
  app,
  // @ts-expect-error no policy of Redis
  broker: { topology: 'standalone', eviction: 'lru' },
  workers: { default: { queues: ['celery'] } },
};

const cronWithReplicas: Tenant = {
  name,
  app,
  // @ts-expect-error the clock starts one at a time
  processes: { nightly: { command: ['clean'], cron: '0 3 * * *', replicas: 2 } },
};

const cronWithPort: Tenant = {
  name,
  app,
  // @ts-expect-error what the clock starts serves nobody
  processes: { nightly: { command: ['clean'], cron: '0 3 * * *', port: 8000 } },
};

const limitWithoutCron: Tenant = {
  name,
  app,
  // @ts-expect-error what stays has no end
  processes: { listener: { command: ['listen'], timeLimit: '1h' } },
};

const exposedWithoutPort: Tenant = {
  name,
  app,
  // @ts-expect-error nobody can come in without a port
  processes: { listener: { command: ['listen'], expose: { host: 'acme.example.com', tls: false } } },
};

const threadsWithoutPort: Tenant = {
  name,
  app,
  // @ts-expect-error threads of a server
  processes: { listener: { command: ['listen'], threads: 2 } },
};

const foreignIssuer: Tenant = {
  name,
  app,
  broker: {
    topology: 'external',
    host: 'r',
    cidrs: ['10.0.0.1/32'],
    username: 'u',
    // @ts-expect-error nobody here signs for the Redis of somebody else
    tls: { issuer: 'internal' },
  },
  workers: { default: { queues: ['celery'] } },
};

const unknownDialect: Tenant = {
  name,
  // @ts-expect-error flask speaks celery
  app: { ...app, dialect: 'flask' },
  workers: { default: { queues: ['celery'] } },
};

const twoBeats: Tenant = {
  name,
  app,
  workers: { default: { queues: ['celery'] } },
  // @ts-expect-error exactly one, always
  beat: { replicas: 2 },
};

const replicasOfStandalone: Tenant = {
  name,
  app,
  // @ts-expect-error replicas make it replicated
  broker: { topology: 'standalone', replicas: 2 },
  workers: { default: { queues: ['celery'] } },
};

const overlayTypo: Tenant = {
  name,
  app,
  workers: { default: { queues: ['celery'] } },
  // @ts-expect-error works is no prop of a tenant
  overlays: { dev: { works: { default: { replicas: 1 } } } },
};

const overlayRenames: Tenant = {
  name,
  app,
  workers: { default: { queues: ['celery'] } },
  // @ts-expect-error a name is the same everywhere
  overlays: { dev: { name: 'acme-dev' } },
};

const halfSize: Tenant = {
  name,
  app,
  // @ts-expect-error a limit without a request
  workers: { default: { queues: ['celery'], memory: { limit: '1Gi' } } },
};

const numberInEnv: Tenant = {
  name,
  app,
  workers: { default: { queues: ['celery'] } },
  // @ts-expect-error variables are texts
  env: { PORT: 8000 },
};

const noDjangoSettings: Tenant = {
  name,
  // @ts-expect-error django has settings
  app: { ...app, dialect: 'django' },
  workers: { default: { queues: ['celery'] } },
};

const unshippedRuntime: Tenant = {
  name,
  app,
  workers: { default: { queues: ['celery'] } },
  // @ts-expect-error no Stalk has shipped it
  runtime: '0.0.9',
};

const noStorageClass = {
  name: 'dev',
  secrets: { strategy: 'existing' },
  brokers: { main: { topology: 'standalone' } },
} as const;

// @ts-expect-error claims need a storage class
const environment: Environment = noStorageClass;

/** What the compiler accepts: overlays are partial at every depth, and `false` removes. */
const accepted: Tenant = {
  name,
  app,
  workers: { default: { queues: ['celery'] }, reports: { queues: ['reports'] } },
  beat: {},
  overlays: {
    dev: { workers: { default: { memory: { limit: '1Gi' } }, reports: false }, beat: false },
  },
};

describe('what the compiler refuses', () => {
  // Synth does not ask the compiler, so what it would refuse must not slip through
  test.each([
    [
      'a misspelt prop',
      misspeltProp,
      'workers.default.concurency must be a known prop, got 4; write concurrency',
    ],
    [
      'a wrong unit',
      wrongUnit,
      'workers.default.memory must be a whole, positive number of Ki, Mi or Gi, got "512MB"; write "512Mi"',
    ],
    [
      'a number without a unit',
      noUnit,
      'workers.default.timeLimit must be a whole number of s, m or h, at least 2s, got 60; write "60s"',
    ],
    [
      'no queue',
      emptyQueues,
      'workers.default.queues must list at least one, got []; name one, such as "celery"',
    ],
    [
      'a runtime that is not shipped',
      unshippedRuntime,
      'runtime must be a runtime that this Stalk ships: "0.1.0", got "0.0.9"; choose one, or install the Stalk that ships yours; docs/runtime.md says what each changed',
    ],
    [
      'no list of queues',
      noQueues,
      'workers.default.queues must list at least one, got nothing; write them in [ ]',
    ],
    [
      'an unknown policy',
      unknownEviction,
      'broker.eviction must be one of "noeviction", "allkeys-lru", "allkeys-lfu", "volatile-lru", "volatile-ttl", "allkeys-random", got "lru"; choose one of them',
    ],
    [
      'an unknown dialect',
      unknownDialect,
      'app.dialect must be one of "celery", "django", "paperless", got "flask"; write "celery", the dialect of every app that is neither Django nor Paperless',
    ],
    [
      'two beats',
      twoBeats,
      'beat.replicas must be a known prop, got 2; known here: cpu, memory, disk, devices, pods, env, envFrom, files, probes, sidecars, initContainers, scheduler, schedule, storage, maxInterval',
    ],
    [
      'an unknown prop of an overlay',
      overlayTypo,
      'overlays.dev.works must be a known prop, got {"default":{"replicas":1}}; write workers',
    ],
    [
      'another name in an overlay',
      overlayRenames,
      'overlays.dev.name must not be in an overlay, got "acme-dev"; write it in the tenant itself',
    ],
    [
      'a number as a variable',
      numberInEnv,
      'env.PORT must be a text, { secret, key } or { from }, got 8000; put a number or a boolean in quotes',
    ],
    [
      'an issuer for a Redis that somebody else runs',
      foreignIssuer,
      'broker.tls.issuer must be left out for a Redis that somebody else runs, who has its certificate already, got "internal"; write secret, the name of a Secret whose ca.crt verifies it',
    ],
    [
      'replicas of a process that the clock starts',
      cronWithReplicas,
      'processes.nightly.replicas must not be said of a process that the clock starts, got 2; remove it: there is one at a time',
    ],
    [
      'a port of a process that the clock starts',
      cronWithPort,
      'processes.nightly.port must not be said of a process that the clock starts, got 8000; remove port, or cron',
    ],
    [
      'a limit of a process that stays',
      limitWithoutCron,
      'processes.listener.timeLimit must not be said of a process that stays, got "1h"; remove it, or say when it starts with cron',
    ],
    [
      'a way in to a process without a port',
      exposedWithoutPort,
      'processes.listener.expose must not be said of a process without a port, got {"host":"acme.example.com","tls":false}; write the port that it listens on beside it',
    ],
    [
      'threads of a process without a port',
      threadsWithoutPort,
      'processes.listener.threads must not be said of a process without a port, got 2; remove it',
    ],
    [
      'a Django app without settings',
      noDjangoSettings,
      'app.djangoSettings must be the module of the settings, got nothing; write it like "config.settings.production"',
    ],
  ])('fails at synth as well: %s', (_, tenant, says) => {
    expect(saysOf([tenant])).toEqual([says]);
  });

  test('fails at synth as well: replicas of a standalone Redis', () => {
    const [says] = saysOf([replicasOfStandalone]);

    expect(says).toMatch(/^broker\.replicas must be a known prop, got 2; known here: /);
  });

  test('fails at synth as well: an environment without a storage class', () => {
    expect(saysOf([], environment)).toEqual([
      'storageClass must be the name of a Kubernetes object, got nothing; use lower case letters, digits, - and .',
    ]);
  });

  test('is not what is right', () => {
    expect(saysOf([accepted])).toEqual([]);
  });

  test('may be filled in: half a size takes the other half from the defaults', () => {
    expect(saysOf([halfSize])).toEqual([]);
  });
});
