// Other programs of a tenant's app, by name: servers, programs without a port, and those that the clock starts.

import { appPart } from './app';
import type { AppPart } from './app';
import { probedLines, computeLines } from './compute';
import type { Compute, Probed } from './compute';
import { optional, props, required } from './props';
import type { OptionalProp, PropsOf } from './props';
import { clockCron } from './rules/cron';
import { reservedName } from './rules/form-names';
import { formBy, impossible } from './rules/kind';
import type { Form } from './rules/kind';
import { duration, flag, label, oneOf, whole } from './rules/kinds';
import { all, each, has, when } from './rules/shapes';
import { command } from './rules/form-command';
import { graceForm, serverLines, USUAL } from './workloads';
import type { Web } from './workloads';
import { usageScaling } from './scaling';
import type { UsageScaling } from './scaling';
import { besideLines } from './sidecars';
import type { WithSidecars } from './sidecars';

const base = {
  /** What starts it, in exec form; words of `app.entrypoint` stand before it. */
  command: required(command),

  /**
   * Who it is for Redis: `producer` sends tasks and reads results, as web does; `worker` may also consume queues, for a
   * program that reads one itself. Such a queue belongs to `consumedElsewhere` where the app routes to it.
   * @default 'producer'
   */
  redisUser: optional(oneOf('producer', 'worker'), 'producer'),

  /**
   * What it has of its own of the app: another image, module, settings or entrypoint.
   * @default - the tenant's app
   */
  app: optional<AppPart>(appPart),
};

const standing = {
  /**
   * Whether two of it do harm, as two of a listener that answers each message do: a rollout ends the old pod before it
   * starts the new one, and `replicas` is 1 or 0. While a node is drained or lost, the new pod may start before the old
   * one has ended: what must not happen even then needs a lock in the app.
   * @default false
   */
  atMostOne: optional(flag, false),
};

/** What is of another kind of process: it does not compile, and says why in JSON. */
const without = (what: string, fix: string): OptionalProp<never> =>
  optional(impossible({ wanted: `not be said of a process ${what}`, fix }));

const NO_PORT = 'without a port';
const BY_CLOCK = 'that the clock starts';
const STAYS = 'that stays';

const notByClock = {
  cron: without(STAYS, 'leave one of the two out'),
  timeLimit: without(STAYS, 'remove it, or say when it starts with cron'),
};

/** A server of the app: a Deployment and a Service of its name. */
export interface ServerProcess extends Web, PropsOf<typeof serverProcess> {}

export const serverProcess = props({ ...serverLines, ...base, ...standing, ...notByClock });

/** A program that stays and serves nothing: a Deployment of its name. */
export interface PlainProcess extends Probed, WithSidecars, PropsOf<typeof plainProcess> {}

export const plainProcess = props({
  ...probedLines(USUAL),
  ...besideLines,
  ...base,
  ...standing,
  ...notByClock,

  /**
   * A program in its image that ends well while this one works, in exec form; where it fails, the pod is started again.
   * Without it nobody looks: a program that ends is started again, one that hangs is not.
   * @default - no probes
   */
  health: optional(command),

  /**
   * Pods. With `scaling` the autoscaler decides.
   * @default 1
   */
  replicas: optional(whole(0), 1), // it may consume by itself: two of it are a decision

  /**
   * Follow the load by CPU, by memory, or by both.
   * @default - fixed replicas
   */
  scaling: optional<UsageScaling>(usageScaling),

  /**
   * Time to end after SIGTERM, at most 24 h: a drained node waits for it.
   * @default '30s'
   */
  grace: optional(graceForm, '30s'),

  port: without(NO_PORT, 'remove it'),
  expose: without(NO_PORT, 'write the port that it listens on beside it'),
  processes: without(NO_PORT, 'remove it'),
  threads: without(NO_PORT, 'remove it'),
});

/**
 * A program that the clock starts and that ends: a CronJob of its name. Never two at a time: a run that is due while one
 * is still going starts after it. A failed run is tried again three times. The last three that went well stay, and the
 * last that failed.
 */
export interface CronProcess extends Compute, WithSidecars, PropsOf<typeof cronProcess> {}

export const cronProcess = props({
  ...computeLines(USUAL),
  ...besideLines,
  ...base,

  /**
   * When it starts, in UTC: minute, hour, day of month, month, day of week. Of two kinds of days either is one, other than
   * in `beat.schedule`.
   */
  cron: required(clockCron),

  /**
   * After this long a run counts as failed, its tries together.
   * @default '1h'
   */
  timeLimit: optional(duration(), '1h'),

  /**
   * Time to end after SIGTERM, at most 24 h: a drained node waits for it.
   * @default '30s'
   */
  grace: optional(graceForm, '30s'),

  port: without(BY_CLOCK, 'remove port, or cron'),
  expose: without(BY_CLOCK, 'remove expose, or cron'),
  health: without(BY_CLOCK, 'remove it: a run that fails says so by its end'),
  probes: without(BY_CLOCK, 'remove it: a run that hangs ends at its timeLimit'),
  replicas: without(BY_CLOCK, 'remove it: there is one at a time'),
  scaling: without(BY_CLOCK, 'remove it: there is one at a time'),
  atMostOne: without(BY_CLOCK, 'remove it: there is one at a time'),
  processes: without(BY_CLOCK, 'remove it'),
  threads: without(BY_CLOCK, 'remove it'),
});

/** Another program of the app. */
export type TenantProcess = ServerProcess | PlainProcess | CronProcess;

const tenantProcess: Form<TenantProcess> = formBy(
  when(has('cron'), cronProcess, when(has('port'), serverProcess, plainProcess)),
  { kind: 'marked', byMark: { cron: cronProcess, port: serverProcess } },
  { kind: 'either', forms: [cronProcess, serverProcess, plainProcess] },
);

export const processesForm = each(all(label, reservedName), tenantProcess);
