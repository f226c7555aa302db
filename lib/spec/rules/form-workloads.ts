// The form of worker pools, beat, web, Flower and migrations.

import type { CpuScaling, GroupPool, QueueScaling } from '../worker';
import type { Beat, CronEntry, Flower, IntervalEntry, Migration, Web } from '../workloads';
import { cron } from './cron';
import { probes } from './form-probes';
import { sizeDefaults, sizes } from './form-sizes';
import { env, secretKey } from './form-values';
import {
  anything,
  duration,
  each,
  has,
  isRecord,
  label,
  list,
  memory,
  oneOf,
  record,
  someText,
  text,
  when,
  whole,
} from './kinds';
import type { Kind } from './kinds';

/** In one argument of `-Q`, which parts queues at the comma. */
export const queue = text(/^[\w.:-]+$/, {
  wanted: 'be the name of a queue',
  fix: 'use letters, digits, _, -, . and :',
});

const COMPUTE = { ...sizes, env };
const PROBED = { ...COMPUTE, probes };

/** Below 1024 only root may listen. */
const ownPort = whole(1024, 65535);

const command = list(someText, { least: 1, repeats: true });

const cpuScaling = record<CpuScaling>(
  { min: whole(1), max: whole(1), utilization: whole(1) },
  'min',
  'max',
  'utilization',
);

const queueScaling = record<QueueScaling>(
  { min: whole(0), max: whole(1), queueLength: whole(1), cooldown: duration() },
  'min',
  'max',
  'queueLength',
);

const timeLimit = when(isRecord, record({ hard: duration('2s'), soft: duration() }, 'hard'), duration('2s'));

const POOL = {
  ...PROBED,
  queues: list(queue, { least: 1 }),
  serves: list(label, { least: 1 }),
  concurrency: whole(1),
  replicas: whole(0),
  scaling: when(has('utilization'), cpuScaling, queueScaling),
  pool: oneOf('prefork', 'threads', 'gevent', 'solo'),
  timeLimit,
  maxTasksPerChild: whole(1),
  prefetch: whole(1), // 0 would take every message there is
  stagger: record({ min: duration('0s'), max: duration('0s') }, 'min', 'max'),
  antiAffinity: oneOf('preferred', 'required'),
};

export const poolDefaults = record<GroupPool>({ ...POOL, ...sizeDefaults });
export const pool: Kind = when(has('serves'), record<GroupPool>(POOL), record<GroupPool>(POOL, 'queues'));

const ENTRY = {
  task: text(/^[\w.-]+$/, {
    wanted: 'be the full name of a task',
    fix: 'write it like reports.tasks.nightly',
  }),
  queue,
  args: list(anything, { repeats: true }),
  kwargs: each(anything, anything),
};

const entry = when(
  has('every'),
  record<IntervalEntry>({ ...ENTRY, every: duration() }, 'task'),
  record<CronEntry>({ ...ENTRY, cron }, 'task', 'cron'),
);

const BEAT = {
  ...PROBED,
  scheduler: oneOf('file', 'database', 'redbeat'),
  schedule: each(someText, entry),
  storage: memory,
  maxInterval: duration('5s', '30s'), // liveness gives up after 300 s without a look
};

export const beatDefaults = record<Beat>({ ...BEAT, ...sizeDefaults });
export const beat = record<Beat>(BEAT);

const WEB = {
  ...PROBED,
  command,
  port: ownPort,
  health: text(/^\/\S*$/, { wanted: 'be a path', fix: 'begin it with /' }),
  replicas: whole(0),
  scaling: cpuScaling,
  grace: duration(),
};

export const webDefaults = record<Web>({ ...WEB, ...sizeDefaults });
export const web = record<Web>(WEB, 'command', 'port');

const FLOWER = {
  ...PROBED,
  auth: secretKey,
  port: ownPort,
  urlPrefix: text(/^([\w-]+(\/[\w-]+)*)?$/, {
    wanted: 'be a path without slashes at its ends',
    fix: 'write it like flower',
  }),
};

export const flowerDefaults = record<Flower>({ ...FLOWER, ...sizeDefaults });
export const flower = record<Flower>(FLOWER, 'auth');

const MIGRATE = { ...COMPUTE, command, check: command, timeLimit: duration() };

export const migrateDefaults = record<Migration>({ ...MIGRATE, ...sizeDefaults });
export const migrate = record<Migration>(MIGRATE, 'command');
