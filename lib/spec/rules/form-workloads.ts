// The form of worker pools, beat, web, Flower and migrations.

import type { Duration, Json } from '../units';
import type { CpuScaling, GroupPool, QueuePool, QueueScaling, WorkerPool } from '../worker';
import type { Beat, CronEntry, Flower, HealthRequest, IntervalEntry, Migration, Web } from '../workloads';
import { cron } from './cron';
import { show } from './finding';
import { AFFINITIES, POOLS, SCHEDULERS } from './form-guesses';
import { probes } from './form-probes';
import { sizeDefaults, sizesForm } from './form-sizes';
import { envForm, secretKey } from './form-values';
import { formBy, hinted, passing, proposing, textOf } from './kind';
import type { Form } from './kind';
import {
  anything,
  atMost,
  data,
  duration,
  label,
  memory,
  oneOf,
  port,
  someText,
  spread,
  text,
  whole,
} from './kinds';
import { isRecord } from '../../kube/json';
import { all, each, has, list, marked, record, recordOf, when } from './shapes';

/**
 * In one argument of `-Q`, which parts queues at the comma. The others stand for more than themselves in patterns of
 * Redis, or in a command of Kubernetes.
 */
export const queue = text(/^[\w.:;/@#=+~^!%&|<>(){}-]+$/, {
  wanted: 'be the name of a queue',
  fix: 'use letters, digits and signs, without blanks, commas, quotes, $, *, ?, [, ] and \\',
});

const COMPUTE = { ...sizesForm, env: envForm };
const PROBED = { ...COMPUTE, probes };

/** Below 1024 only root may listen. */
const ownPort = hinted(whole(1024, 65535), (value) =>
  port(value).length === 0 ? 'use one from 1024 on, such as 8000: only root may listen below' : undefined,
);

const command = list(someText, { least: 1, repeats: true, empty: 'write the words of a command' });

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

/** `utilization`, and how other autoscalers call it. */
const byCpu = (value: unknown): boolean =>
  isRecord(value) &&
  Object.keys(value).some((key) => /^(utili[sz]ation|cpu|target.*|average.*|.*percent.*)$/i.test(key));

/** A pod ends only after its task, and nobody else gets the task of a lost node before that. */
const LONGEST = '24h';
const SHORTER = {
  wanted: ', as a drained node waits for it and the task of a lost node comes back only after it',
  fix: 'split the task into shorter ones',
};
const hard = all(duration('2s'), atMost(LONGEST, SHORTER));
const limits = record<{ readonly hard: Duration; readonly soft?: Duration }>(
  { hard, soft: duration() },
  'hard',
);
const timeLimit: Form<NonNullable<WorkerPool['timeLimit']>> = formBy(when(isRecord, limits, hard), {
  kind: 'spread',
  parts: limits,
  spread: (value) => ({ hard: value }),
});

const POOL = {
  ...PROBED,
  queues: list(queue, { least: 1, empty: 'name one, such as "celery"' }),
  serves: list(label, { least: 1, empty: 'name tenants of the group' }),
  concurrency: whole(1),
  replicas: whole(0),
  scaling: marked({ utilization: cpuScaling, queueLength: queueScaling }, (value) =>
    byCpu(value) ? 'utilization' : 'queueLength',
  ),
  pool: hinted(oneOf('prefork', 'threads', 'gevent', 'solo'), POOLS),
  timeLimit,
  maxTasksPerChild: whole(1),
  prefetch: whole(1), // 0 would take every message there is
  stagger: record<NonNullable<WorkerPool['stagger']>>(
    { min: duration('0s'), max: duration('0s') },
    'min',
    'max',
  ),
  antiAffinity: hinted(oneOf('preferred', 'required'), AFFINITIES),
};

export const poolDefaults = recordOf({ ...POOL, ...sizeDefaults });
const ownQueues = recordOf<QueuePool>(POOL, 'queues');
const groupQueues = record<GroupPool>(POOL);
export const pool: Form<WorkerPool> = hinted(
  formBy((value) => (has('serves')(value) ? groupQueues : ownQueues)(value), groupQueues.shape),
  (value) => (typeof value === 'string' ? `write { queues: [${show(value)}] }` : undefined),
);

const ENTRY = {
  task: text(/^\S(.*\S)?$/, {
    wanted: 'be the full name of a task',
    fix: 'write it like "reports.tasks.nightly"',
  }),
  queue,
  args: list<Json>(anything(), { repeats: true }),
  kwargs: each<Json>(anything(), data),
};

const entry = marked({
  every: record<IntervalEntry>({ ...ENTRY, every: duration() }, 'task'),
  cron: record<CronEntry>({ ...ENTRY, cron }, 'task', 'cron'),
});

const BEAT = {
  ...PROBED,
  scheduler: hinted(oneOf('file', 'database', 'redbeat'), SCHEDULERS),
  schedule: each(someText, entry),
  storage: memory,
  maxInterval: duration('5s', '30s'), // liveness gives up after 300 s without a look
};

export const beatDefaults = recordOf({ ...BEAT, ...sizeDefaults });
export const beatForm = record<Beat>(BEAT);

const path = proposing(text(/^\/\S*$/, { wanted: 'be a path', fix: 'begin it with /' }), (value) =>
  textOf(value).replace(/^https?:\/\/[^/]*\/?|^(?!\/)/, '/'),
);

const host = proposing(
  text(/^(\*|[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?)$/i, {
    wanted: 'be a host name, or "*" where the app answers to any',
    fix: 'write it like "acme.example.com"',
  }),
  (value) =>
    textOf(value)
      .replace(/^https?:\/\//, '')
      .replace(/^\*?\.|\/.*$/g, ''),
);

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
const header = text(/^[\w!#$%&'*+.^`|~-]+$/, {
  wanted: 'be the name of a header',
  fix: 'write it like "X-Real-Ip"',
});

/** Twice the same header is one too many. */
const hostsApart = passing<Readonly<Record<string, string>>>(
  (value) => !isRecord(value) || !Object.keys(value).some((name) => name.toLowerCase() === 'host'),
  { wanted: 'leave Host alone', fix: 'write it as host, beside headers' },
);

const healthRequest = record<HealthRequest>({
  path,
  host,
  headers: all(each(header, someText), hostsApart),
  port,
  scheme: oneOf('http', 'https'),
});

const WEB = {
  ...PROBED,
  command,
  port: ownPort,
  health: spread(path, healthRequest, (value) => ({ path: value })),
  replicas: whole(0),
  scaling: cpuScaling,
  grace: all(duration(), atMost(LONGEST, { ...SHORTER, fix: 'end requests sooner' })),
};

export const webDefaults = recordOf({ ...WEB, ...sizeDefaults });
export const webForm = record<Web>(WEB, 'command', 'port');

const FLOWER = {
  ...PROBED,
  auth: secretKey,
  port: ownPort,
  urlPrefix: proposing(
    text(/^([\w.~-]+(\/[\w.~-]+)*)?$/, {
      wanted: 'be a path without slashes at its ends',
      fix: 'write it like "flower"',
    }),
    (value) => textOf(value).replace(/^\/+|\/+$/g, ''),
  ),
};

export const flowerDefaults = recordOf({ ...FLOWER, ...sizeDefaults });
export const flowerForm = record<Flower>(FLOWER, 'auth');

const MIGRATE = { ...COMPUTE, command, check: command, timeLimit: duration() };

export const migrateDefaults = recordOf({ ...MIGRATE, ...sizeDefaults });
export const migrate = record<Migration>(MIGRATE, 'command');
