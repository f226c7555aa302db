// The Celery settings that the platform decides, as the loader reads them.

import type { Json, ResolvedBeat, ResolvedTenant, ResolvedBroker } from '../../spec';
import { seconds } from '../../spec/units';
import { keyspaceOf } from '../redis/keyspace';
import type { Keyspace } from '../redis/keyspace';
import { namedTlsOptions } from '../redis/tls';
import { topologyOf } from '../redis/topologies';
import { brokerUrl, resultUrl } from './addresses';
import type { AppContext } from './context';

/** Config and key under which the loader finds them. */
export const SETTINGS_FILE = { config: 'celery-settings', key: 'settings.json' } as const;

/** The same of the broker that the tenant leaves; all else that only a move needs lies beside it. */
export const OLD_SETTINGS_FILE = { config: 'celery-moving', key: SETTINGS_FILE.key } as const;

export const settingsFile = ({
  moving,
}: Pick<AppContext, 'moving'>): typeof SETTINGS_FILE | typeof OLD_SETTINGS_FILE =>
  moving?.side === 'old' ? OLD_SETTINGS_FILE : SETTINGS_FILE;

export type Settings = Readonly<Record<string, Json>>;

/** Celery's own 0.6 s of retries failed 17 % of sends during a failover; this, none. */
const PUBLISH_RETRY = { max_retries: 20, interval_start: 0.1, interval_step: 0.3, interval_max: 1.5 };

/** A year of them, 30 s apart. kombu takes 0 for never, whatever Celery's manual says: a worker then exits at once. */
const RECONNECTS = 1_000_000;

/**
 * Seconds; each tenth look is real. kombu looks every 100 s by itself for what a killed worker held: the task waited
 * 103 s under a visibility timeout of 10 s, and now 20. (Lowering the ten as well would make idle threads pools look
 * every second.) kombu before 5.7 does not know it, and ignores it.
 */
const RESTORE_INTERVAL = 1;

/**
 * Seconds for a new process to say that it is up. Celery's 4 s also run while a worker waits for its broker: with
 * maxTasksPerChild 1 on a busy node healthy processes were killed after each outage. Celery's longest pause is 30 s.
 */
const PROCESS_START = 60;

/** Seconds; finds a connection whose other end went without a word. */
const HEALTH_CHECK = 25;

export function celerySettings(app: AppContext): Settings {
  const { tenant } = app;
  const keyspace = keyspaceOf(tenant);
  return {
    worker_proc_alive_timeout: PROCESS_START,
    ...tenant.celery,
    broker_url: brokerUrl(app),
    broker_transport_options: transportOptions(app, keyspace),
    broker_pool_limit: tenant.connections.pool,
    broker_connection_timeout: tenant.connections.connectTimeout,
    broker_connection_retry: true,
    broker_connection_retry_on_startup: true,
    broker_connection_max_retries: RECONNECTS,
    broker_channel_error_retry: true, // what Redis refuses (full, and this queue never seen) is waited out, not the end
    ...names(keyspace),
    task_publish_retry: true,
    task_publish_retry_policy: PUBLISH_RETRY,
    ...delivery(tenant),
    ...results(app, keyspace),
    task_serializer: tenant.messages.serializer,
    result_serializer: tenant.results.serializer,
    accept_content: [...tenant.messages.accept],
    ...(tenant.results.accept && { result_accept_content: [...tenant.results.accept] }),
    ...(tenant.rateLimit !== undefined && { task_default_rate_limit: tenant.rateLimit }),
    ...(tenant.events && { worker_send_task_events: true, task_send_sent_event: true }),
    ...certificates(app),
    ...(tenant.beat && beatSettings(tenant.beat, keyspace)),
  };
}

/** Clients of sentinels take no certificates from their URLs, nor does Flower's own. */
function certificates({ tenant, broker: { tls, tlsFolder, sentinels } }: AppContext): Settings {
  if (tls === undefined || (sentinels === undefined && tenant.flower === undefined)) return {};
  const options = namedTlsOptions(tls.mode, tlsFolder);
  return {
    broker_use_ssl: options,
    ...(sentinels && tenant.results.backend === 'redis' && { redis_backend_use_ssl: options }),
  };
}

function transportOptions(
  { tenant, broker: { tlsFolder } }: AppContext,
  { prefix, name, unacked }: Keyspace,
): Settings {
  const { broker, connections, priorities, visibilityTimeout } = tenant;
  return {
    visibility_timeout: visibilityTimeout,
    unacked_restore_interval: RESTORE_INTERVAL,
    fanout_prefix: fanoutPrefix(broker),
    ...(prefix !== '' && { global_keyprefix: prefix }),
    ...(name !== undefined && {
      unacked_key: unacked.key,
      unacked_index_key: unacked.index,
      unacked_mutex_key: unacked.mutex,
    }),
    priority_steps: [...priorities.steps],
    sep: priorities.separator,
    socket_keepalive: true,
    socket_connect_timeout: connections.connectTimeout,
    socket_timeout: connections.timeout,
    ...(connections.max !== undefined && { max_connections: connections.max }),
    health_check_interval: HEALTH_CHECK,
    retry_on_timeout: true,
    ...topologyOf(broker.redis).clientOptions(broker.redis, tlsFolder),
  };
}

/**
 * Channels know no databases. Without the number of one, the users' channel patterns hold in each; with it, as kombu has
 * it by itself, control and events of tenants stay apart that share a user and differ in nothing else.
 */
const fanoutPrefix = ({ redis, database }: ResolvedBroker): string =>
  redis.topology === 'external' && redis.acl === undefined ? `/${database}.` : '/0.';

/** The loader names the queues; without a prefix, control and events carry the tenant's name too. */
const names = ({ name }: Keyspace): Settings =>
  name === undefined
    ? {}
    : { control_exchange: name, event_exchange: `${name}.ev`, event_queue_prefix: `${name}.ev` };

/** Late acknowledgement alone loses a task whose process is killed for its memory: rejecting gives it back. */
const delivery = ({ delivery }: ResolvedTenant): Settings => {
  const late = delivery === 'at-least-once';
  return { task_acks_late: late, task_reject_on_worker_lost: late };
};

function results(app: AppContext, keyspace: Keyspace): Settings {
  const backend = resultUrl(app);
  if (backend === undefined) return { task_ignore_result: true };
  const { tenant } = app;
  const { expires, extended, trackStarted } = tenant.results;
  return {
    result_backend: backend,
    result_expires: expires,
    result_extended: extended,
    task_track_started: trackStarted,
    ...(tenant.results.backend === 'redis' && redisResults(app, keyspace)),
  };
}

function redisResults({ tenant, broker: { tlsFolder } }: AppContext, { results }: Keyspace): Settings {
  const { broker, connections } = tenant;
  const options = {
    ...(results !== '' && { global_keyprefix: results }),
    ...topologyOf(broker.redis).clientOptions(broker.redis, tlsFolder),
  };
  return {
    ...(Object.keys(options).length > 0 && { result_backend_transport_options: options }),
    redis_socket_keepalive: true,
    redis_socket_connect_timeout: connections.connectTimeout,
    redis_socket_timeout: connections.timeout,
    ...(connections.max !== undefined && { redis_max_connections: connections.max }),
    redis_backend_health_check_interval: HEALTH_CHECK,
    redis_retry_on_timeout: true,
  };
}

/**
 * Longest sleeps that RedBeat's lock outlives: beat renews it once in a sleep, and ends where it has run out. RedBeat's
 * own lock lasts 25 minutes, for which a standby waits after a beat that died.
 */
const REDBEAT_LOCK = 5;

function beatSettings({ schedule, scheduler, maxInterval }: ResolvedBeat, { redbeat }: Keyspace): Settings {
  const entries = Object.entries(schedule).map(([name, entry]) => [
    name,
    {
      task: entry.task,
      schedule: 'cron' in entry ? entry.cron : seconds(entry.every),
      ...(entry.args && { args: [...entry.args] }),
      ...(entry.kwargs && { kwargs: { ...entry.kwargs } }),
      ...(entry.queue !== undefined && { options: { queue: entry.queue } }),
    },
  ]);
  return {
    beat_max_loop_interval: maxInterval,
    beat_sync_every: 1, // written down at each send, not each 3 minutes: a beat that was killed sent them again
    ...(entries.length > 0 && { beat_schedule: Object.fromEntries(entries) as Json }),
    ...(scheduler === 'redbeat' && {
      redbeat_key_prefix: redbeat,
      redbeat_lock_timeout: REDBEAT_LOCK * maxInterval,
    }),
  };
}
