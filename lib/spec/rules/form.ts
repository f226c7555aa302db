// The form of a tenant: what must hold before a number can be derived from it.

import type { CeleryApp, DjangoApp, ExistingVolume, NewVolume, PaperlessApp } from '../app';
import type { Environment } from '../environment';
import type { Connections, Messages, Results } from '../messages';
import { onlyShared } from '../resolve-redis';
import type { Tenant } from '../tenant';
import { cron } from './cron';
import type { Finding } from './finding';
import { cache, place, redis } from './form-redis';
import { egress, env, patches } from './form-values';
import { beat, flower, migrate, pool, web } from './form-workloads';
import {
  all,
  anything,
  duration,
  each,
  flag,
  folder,
  has,
  isRecord,
  label,
  list,
  memory,
  objectName,
  oneOf,
  prop,
  record,
  someText,
  text,
  that,
  when,
  whole,
} from './kinds';
import type { Kind } from './kinds';

const image = all(
  someText,
  that((value) => /@sha256:[0-9a-f]{64}$|:[\w][\w.-]*$/.test(String(value)), {
    wanted: 'have a tag or a digest',
    fix: 'write the version that runs, like acme/jobs:2.4.1',
  }),
  that((value) => !String(value).endsWith(':latest'), {
    wanted: 'have a fixed tag: latest changes under a running tenant',
    fix: 'write the version that runs, like acme/jobs:2.4.1',
  }),
);

const dotted = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*/;

const APP = {
  image,
  module: text(new RegExp(`${dotted.source}(:[A-Za-z_]\\w*)?$`), {
    wanted: 'be what follows celery -A',
    fix: 'write it like acme.tasks or acme.tasks:app',
  }),
  user: whole(1, 2 ** 31 - 1), // Pod Security refuses root
  writable: list(folder),
  writableRoot: someText,
  volumes: each(
    label,
    when(
      has('claim'),
      record<ExistingVolume>({ path: folder, claim: objectName }, 'path'),
      record<NewVolume>(
        {
          path: folder,
          size: memory,
          access: oneOf('ReadWriteOnce', 'ReadWriteMany'),
          storageClass: objectName,
        },
        'path',
        'size',
      ),
    ),
  ),
  pythonPath: list(folder),
  logLevel: oneOf('debug', 'info', 'warning', 'error', 'critical'),
  configMap: objectName,
};

export const appDefaults = record<Omit<CeleryApp, 'dialect' | 'image' | 'module' | 'writableRoot'>>(APP);

const crons = (
  ['EMAIL', 'TRAIN', 'INDEX', 'SANITY', 'EMPTY_TRASH', 'WORKFLOW_SCHEDULED', 'LLM_INDEX'] as const
).map((name) => [name, when((value) => value === 'disable', anything, cron)] as const);

const dialect = oneOf('celery', 'django', 'paperless');

const APPS: Readonly<Record<string, Kind>> = {
  celery: record<CeleryApp>({ ...APP, dialect }, 'dialect', 'image', 'module'),
  django: record<DjangoApp>(
    {
      ...APP,
      dialect,
      djangoSettings: text(new RegExp(`${dotted.source}$`), {
        wanted: 'be the module of the settings',
        fix: 'write it like config.settings.production',
      }),
    },
    'dialect',
    'image',
    'module',
    'djangoSettings',
  ),
  paperless: record<PaperlessApp>(
    { ...APP, dialect, threadsPerWorker: whole(1), crons: record(Object.fromEntries(crons)) },
    'dialect',
    'image',
    'module',
  ),
};

const app: Kind = (value) => {
  const known = isRecord(value) ? APPS[String(value.dialect)] : undefined;
  return (known ?? prop('dialect', dialect))(value);
};

export const results = record<Results>({
  backend: oneOf('redis', 'django-db', 'none'),
  database: whole(0),
  expires: duration(),
  extended: flag,
  trackStarted: flag,
});

export const messages = record<Messages>({
  serializer: oneOf('json', 'pickle'),
  accept: list(someText, { least: 1 }),
});

/** At most six waits lie between two touches while a Redis hangs (measured), and liveness gives up after five minutes. */
const LONGEST_WAIT = '45s';

export const connections = record<Connections>({
  pool: whole(1),
  max: whole(1),
  connectTimeout: duration('1s', LONGEST_WAIT),
  timeout: duration('1s', LONGEST_WAIT),
});

/** A worker holds a delayed message unacknowledged all the time, and a crash gives it back as late as that. */
const LONGEST_DELAY = '24h';

export const TENANT_DEFAULTS = {
  delivery: oneOf('at-least-once', 'at-most-once'),
  longestDelay: duration('0s', LONGEST_DELAY),
  celery: each(
    text(/^[a-z][a-z0-9_]*$/, {
      wanted: 'be the lower-case name of a Celery setting',
      fix: 'write it like worker_log_color, without CELERY_',
    }),
    anything,
  ),
  env,
  egress,
  credentialsVersion: someText,
};

const elsewhere: Kind = anything; // overlays.ts: it needs the names of all environments

const tenant = (broker: Kind): Kind =>
  record<Tenant>(
    {
      ...TENANT_DEFAULTS,
      patches,
      name: label,
      app,
      broker,
      cache,
      workers: each(label, pool),
      beat,
      web,
      flower,
      migrate,
      results,
      messages,
      connections,
      rateLimit: text(/^[1-9]\d*\/[smh]$/, {
        wanted: 'be tasks for each s, m or h',
        fix: 'write it like 10/m',
      }),
      environments: elsewhere,
      overlays: elsewhere,
    },
    'name',
    'app',
  );

/** What is wrong with a tenant that has its overlay on, before anything is derived from it. */
export function formOf(environment: Environment): (asked: Tenant) => readonly Finding[] {
  const brokers = Object.keys(environment.brokers ?? {});
  const kind = tenant(when(has('shared'), place(brokers), redis));
  const needed = onlyShared(environment.brokers) === undefined;
  const overlaid = prop('overlays', prop(environment.name, prop('patches', patches)));
  return (asked) => [
    ...kind(asked),
    ...(asked.overlays?.[environment.name]?.patches === undefined ? [] : overlaid(asked)),
    ...(needed && asked.broker === undefined ? [noBroker(brokers)] : []),
  ];
}

const noBroker = (brokers: readonly string[]): Finding => ({
  path: ['broker'],
  wanted: 'be given where the environment does not have exactly one shared broker',
  got: 'nothing',
  fix:
    brokers.length > 0
      ? `name one: { shared: '${brokers[0]}' }, of ${brokers.join(', ')}`
      : "write { topology: 'standalone' } for a Redis of its own",
});
