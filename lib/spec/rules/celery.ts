// Celery settings that an author may not write, as the platform derives them from props.

import type { ResolvedTenant } from '../resolved';
import { show, unless } from './finding';
import type { Rule } from './finding';

const CONNECTION = "use broker, or the environment's broker";
const TIMES = 'use timeLimit of the pool';
const DELIVERY = 'use delivery';
const STALKS = 'remove it: Stalk sets it for every tenant';
const RETRIES = `${STALKS}, and a send can say another: apply_async(retry_policy=…)`;
const QUEUES = 'remove it: the default queue follows from broker.isolation';
const SCHEDULE = 'use beat';
const EVENTS = 'remove it: flower and events: true switch events on';

/** By setting, the prop that says it. */
export const DERIVED: Readonly<Record<string, string>> = {
  broker_url: CONNECTION,
  broker_read_url: CONNECTION,
  broker_write_url: CONNECTION,
  broker_transport: CONNECTION,
  broker_use_ssl: 'use broker.tls',
  broker_transport_options:
    'use priorities, queueOrder of the pools, broker.prefix, longestDelay and connections: they follow from these',
  broker_pool_limit: 'use connections.pool',
  broker_connection_timeout: 'use connections.connectTimeout',
  broker_connection_retry: STALKS,
  broker_connection_retry_on_startup: STALKS,
  broker_connection_max_retries: STALKS,
  broker_channel_error_retry: STALKS,
  result_backend: 'use results.backend',
  result_backend_transport_options: 'use broker.prefix and connections',
  result_expires: 'use results.expires',
  result_extended: 'use results.extended',
  result_serializer: 'use results.serializer',
  result_accept_content: 'use results.serializer',
  task_track_started: 'use results.trackStarted',
  task_serializer: 'use messages.serializer',
  accept_content: 'use messages.accept',
  task_acks_late: DELIVERY,
  task_reject_on_worker_lost: DELIVERY,
  task_time_limit: TIMES,
  task_soft_time_limit: TIMES,
  task_default_rate_limit: 'use rateLimit',
  task_publish_retry: RETRIES,
  task_publish_retry_policy: RETRIES,
  worker_concurrency: 'use concurrency of the pool',
  worker_pool: 'use pool of the pool',
  worker_prefetch_multiplier: 'use prefetch of the pool',
  worker_max_tasks_per_child: 'use maxTasksPerChild of the pool',
  worker_consumer: STALKS,
  control_queue_ttl: STALKS,
  control_queue_expires: STALKS,
  event_queue_expires: STALKS,
  event_queue_ttl: STALKS,
  redis_max_connections: 'use connections.max',
  redis_socket_timeout: 'use connections.timeout',
  redis_socket_connect_timeout: 'use connections.connectTimeout',
  redis_socket_keepalive: STALKS,
  redis_retry_on_timeout: STALKS,
  redis_backend_health_check_interval: STALKS,
  redis_backend_use_ssl: 'use broker.tls',
  redis_backend_credential_provider: CONNECTION,
  redis_host: CONNECTION,
  redis_port: CONNECTION,
  redis_db: 'use results.database',
  redis_username: CONNECTION,
  redis_password: CONNECTION,
  beat_schedule: 'use beat.schedule',
  beat_scheduler: 'use beat.scheduler',
  beat_schedule_filename: SCHEDULE,
  beat_max_loop_interval: 'use beat.maxInterval',
  beat_sync_every: STALKS,
  redbeat_redis_url: SCHEDULE,
  redbeat_key_prefix: SCHEDULE,
  redbeat_lock_key: SCHEDULE,
  redbeat_lock_timeout: SCHEDULE,
};

/** Derived only where queues carry the name of their tenant. */
export const DERIVED_WHEN_ISOLATED: Readonly<Record<string, string>> = {
  task_default_queue: QUEUES,
  task_default_exchange: QUEUES,
  task_default_routing_key: QUEUES,
  task_create_missing_queues: STALKS,
  task_queues: 'use queues of the pools',
};

/** Names that neighbours on a shared broker would hear. */
export const DERIVED_WHEN_SHARED: Readonly<Record<string, string>> = {
  control_exchange: STALKS,
  event_exchange: STALKS,
  event_queue_prefix: STALKS,
};

/** With events, of which Flower lives. */
export const DERIVED_WITH_EVENTS: Readonly<Record<string, string>> = {
  worker_send_task_events: EVENTS,
  task_send_sent_event: EVENTS,
};

/** Without results; with them it is the default of each task, and theirs to change. */
export const DERIVED_WITHOUT_RESULTS: Readonly<Record<string, string>> = {
  task_ignore_result: "remove it: results: { backend: 'none' } says it",
};

const FORM = "remove it: with logs: 'json' each line has the form of all";

/** With JSON logs, which no format of a text reaches. */
export const DERIVED_WITH_JSON_LOGS: Readonly<Record<string, string>> = {
  worker_log_color: FORM,
  worker_log_format: FORM,
  worker_task_log_format: FORM,
};

/** All that is derived for a tenant, by setting. */
export const derivedFor = ({
  broker,
  events,
  logs,
  results,
}: ResolvedTenant): Readonly<Record<string, string>> => ({
  ...DERIVED,
  ...(broker.queueBase !== undefined && DERIVED_WHEN_ISOLATED),
  ...(broker.kind === 'shared' && DERIVED_WHEN_SHARED),
  ...(events && DERIVED_WITH_EVENTS),
  ...(results.backend === 'none' && DERIVED_WITHOUT_RESULTS),
  ...(logs === 'json' && DERIVED_WITH_JSON_LOGS),
});

export const OLD = /^(celery|celeryd|celerybeat|celerymon)_/;

export const celeryRules: readonly Rule[] = [
  {
    what: 'no Celery setting contradicts what is derived',
    of: (tenant) => {
      const taken = derivedFor(tenant);
      return Object.entries(tenant.celery).flatMap(([name, value]) =>
        unless(!Object.hasOwn(taken, name), () => ({
          path: ['celery', name],
          wanted: 'be left to Stalk, which derives it',
          got: show(value),
          fix: String(taken[name]),
        })),
      );
    },
  },
  {
    what: 'Celery settings have their new names',
    of: ({ celery }) =>
      Object.entries(celery).flatMap(([name, value]) =>
        unless(!OLD.test(name), () => ({
          path: ['celery', name],
          wanted: 'have the name that Celery 4 gave it',
          got: show(value),
          fix: 'write it without celery_, like worker_ or task_; Celery knows no mixture of old and new names',
        })),
      ),
  },
];
