// Every metric that alerts, dashboards and `stalk status` ask for: who gives it, of what type, in which unit.

export type MetricType = 'counter' | 'gauge' | 'histogram';

export type MetricSource =
  'loader' | 'queues' | 'redis_exporter' | 'kube-state-metrics' | 'kubelet' | 'keda' | 'prometheus';

/** `1` for what is true or false, and for what has no unit. */
export type MetricUnit =
  | '1'
  | 'seconds'
  | 'bytes'
  | 'messages'
  | 'tasks'
  | 'errors'
  | 'connections'
  | 'keys'
  | 'percent'
  | 'pods'
  | 'servers';

export interface Metric {
  readonly type: MetricType;
  readonly unit: MetricUnit;
  /** Those of the exposition that are asked for; targets add theirs (`TARGET_LABELS`). */
  readonly labels: readonly string[];
  readonly help: string;
  readonly from: MetricSource;
}

type Of = readonly [type: MetricType, unit: MetricUnit, labels: readonly string[], help: string];

const from = <N extends string>(
  source: MetricSource,
  metrics: Readonly<Record<N, Of>>,
): Readonly<Record<N, Metric>> =>
  Object.fromEntries(
    Object.entries<Of>(metrics).map(([name, [type, unit, labels, help]]) => [
      name,
      { type, unit, labels, help, from: source },
    ]),
  ) as unknown as Readonly<Record<N, Metric>>;

/** Served by workers and beat themselves; they say neither tenant nor broker nor pool. */
const LOADER = from('loader', {
  stalk_tasks_received_total: [
    'counter',
    'tasks',
    ['task', 'queue'],
    'Tasks that a worker took from a queue',
  ],
  stalk_tasks_redelivered_total: [
    'counter',
    'tasks',
    ['task', 'queue'],
    'Tasks that another worker had begun or held before',
  ],
  stalk_tasks_total: [
    'counter',
    'tasks',
    ['task', 'outcome'],
    'Tasks by how they ended: succeeded, failed, retried, rejected, revoked, ignored',
  ],
  stalk_task_wait_seconds: [
    'histogram',
    'seconds',
    ['queue'],
    'From the time that a task was sent, or was due, until it began',
  ],
  stalk_task_runtime_seconds: ['histogram', 'seconds', ['task'], 'How long tasks ran, however they ended'],
  stalk_worker_consuming: ['gauge', '1', [], '1 while the worker takes messages from its queues'],
  stalk_worker_tasks_active: ['gauge', 'tasks', [], 'Tasks that run'],
  stalk_worker_tasks_reserved: ['gauge', 'tasks', [], 'Tasks that the worker holds and has not begun'],
  stalk_worker_prefetch: ['gauge', 'messages', [], 'Messages that the worker may hold; 0: any number'],
  stalk_worker_owed: ['gauge', 'messages', [], 'Messages of which Redis has not heard what became of them'],
  stalk_worker_reconnects_total: [
    'counter',
    'connections',
    [],
    'Connections to the broker that were made again',
  ],
  stalk_worker_info: [
    'gauge',
    '1',
    ['celery', 'runtime'],
    '1, with the versions of Celery and of the loader',
  ],
  stalk_beat_last_tick_timestamp_seconds: ['gauge', 'seconds', [], 'When beat last looked at its schedule'],
  stalk_beat_sent_total: ['counter', 'tasks', ['entry'], 'Tasks that beat sent, by entry of its schedule'],
  stalk_beat_errors_total: [
    'counter',
    'errors',
    ['entry'],
    'Entries of the schedule that beat could not send',
  ],
});

/** Served once for each broker. */
const QUEUES = from('queues', {
  stalk_queues_up: ['gauge', '1', [], '1 if the broker answered the last round'],
  stalk_queue_messages: ['gauge', 'messages', ['tenant', 'queue'], 'Messages that wait, of all priorities'],
  stalk_queue_oldest_seconds: [
    'gauge',
    'seconds',
    ['tenant', 'queue'],
    'Age of the oldest message that waits',
  ],
  stalk_inhand_messages: ['gauge', 'messages', ['tenant'], 'Messages that workers hold'],
  stalk_inhand_oldest_seconds: ['gauge', 'seconds', ['tenant'], 'For how long the oldest of them is held'],
  stalk_dead_letters: [
    'gauge',
    'tasks',
    ['tenant'],
    'Tasks that are not begun any more, until somebody decides',
  ],
  stalk_queue_messages_limit: ['gauge', 'messages', ['tenant', 'queue'], 'objectives.depth of the queue'],
  stalk_queue_oldest_limit_seconds: ['gauge', 'seconds', ['tenant', 'queue'], 'objectives.wait of the queue'],
  stalk_visibility_timeout_seconds: [
    'gauge',
    'seconds',
    ['tenant'],
    'After which a message that is held goes back to its queue',
  ],
  stalk_expected_beat: ['gauge', '1', ['tenant'], '1 for a tenant that has a beat'],
  stalk_expected_pool: ['gauge', 'pods', ['tenant', 'pool'], 'Fewest pods of a worker pool'],
  stalk_slo_objective: [
    'gauge',
    'percent',
    ['tenant', 'slo'],
    'Percent of tasks that succeed, or start in time (slo: succeed, start-in-time)',
  ],
});

/** https://github.com/oliver006/redis_exporter */
const REDIS = from('redis_exporter', {
  redis_up: ['gauge', '1', [], '1 if the Redis or sentinel beside the exporter answered'],
  redis_uptime_in_seconds: ['gauge', 'seconds', [], 'Since its start'],
  redis_instance_info: ['gauge', '1', ['role', 'redis_version'], '1, with the role: master or slave'],
  redis_memory_used_bytes: ['gauge', 'bytes', [], 'Memory of data and buffers'],
  redis_memory_max_bytes: ['gauge', 'bytes', [], 'maxmemory'],
  redis_evicted_keys_total: ['counter', 'keys', [], 'Keys that were deleted to make room'],
  redis_connected_clients: ['gauge', 'connections', [], 'Connections of clients'],
  redis_max_clients: ['gauge', 'connections', [], 'Connections that it takes; from redis_exporter 1.68 on'],
  redis_commands_processed_total: ['counter', '1', [], 'Commands of clients that it ran'],
  redis_rejected_connections_total: ['counter', 'connections', [], 'Connections refused at maxclients'],
  redis_errors_total: ['counter', 'errors', ['err'], 'Answers that were errors, by their first word'],
  redis_connected_slaves: ['gauge', 'servers', [], 'Replicas that are connected'],
  redis_connected_slave_lag_seconds: ['gauge', 'seconds', ['slave_ip'], 'Since the replica last answered'],
  redis_master_link_up: ['gauge', '1', [], 'On a replica: 1 while it is connected to its primary'],
  redis_aof_last_write_status: ['gauge', '1', [], '1 if the last write of the append-only file went well'],
  redis_aof_last_bgrewrite_status: ['gauge', '1', [], '1 if its last rewrite went well'],
  redis_rdb_last_bgsave_status: ['gauge', '1', [], '1 if the last snapshot went well'],
  redis_sentinel_master_ok_sentinels: ['gauge', 'servers', ['master_name'], 'Sentinels that agree'],
  redis_sentinel_master_sentinels: ['gauge', 'servers', ['master_name'], 'Sentinels that are known'],
});

/** https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics */
const KUBE_STATE = from('kube-state-metrics', {
  kube_pod_container_status_last_terminated_reason: [
    'gauge',
    '1',
    ['namespace', 'pod', 'container', 'reason'],
    'Why the container ended last',
  ],
  kube_pod_container_status_restarts_total: [
    'counter',
    '1',
    ['namespace', 'pod', 'container'],
    'Restarts of the container',
  ],
  kube_horizontalpodautoscaler_status_condition: [
    'gauge',
    '1',
    ['namespace', 'horizontalpodautoscaler', 'condition', 'status'],
    'Conditions of an autoscaler',
  ],
  kube_horizontalpodautoscaler_status_desired_replicas: [
    'gauge',
    'pods',
    ['namespace', 'horizontalpodautoscaler'],
    'Pods that an autoscaler wants',
  ],
  kube_cronjob_created: ['gauge', 'seconds', ['namespace', 'cronjob'], 'When a CronJob was made'],
  kube_cronjob_spec_suspend: ['gauge', '1', ['namespace', 'cronjob'], '1 while a CronJob starts nothing'],
  kube_cronjob_next_schedule_time: [
    'gauge',
    'seconds',
    ['namespace', 'cronjob'],
    'The first time of its schedule after the last run; not there while it is suspended',
  ],
  kube_cronjob_status_last_schedule_time: [
    'gauge',
    'seconds',
    ['namespace', 'cronjob'],
    'When a CronJob last started a Job',
  ],
  kube_cronjob_status_last_successful_time: [
    'gauge',
    'seconds',
    ['namespace', 'cronjob'],
    'When its last Job that went well ended',
  ],
  kube_job_owner: ['gauge', '1', ['namespace', 'job_name', 'owner_kind', 'owner_name'], 'Who has made a Job'],
  kube_job_failed: ['gauge', '1', ['namespace', 'job_name', 'condition'], '1 once a Job has failed for good'],
  kube_job_status_start_time: ['gauge', 'seconds', ['namespace', 'job_name'], 'When a Job began'],
});

const KUBELET = from('kubelet', {
  kubelet_volume_stats_available_bytes: [
    'gauge',
    'bytes',
    ['namespace', 'persistentvolumeclaim'],
    'Free on a volume',
  ],
  kubelet_volume_stats_capacity_bytes: [
    'gauge',
    'bytes',
    ['namespace', 'persistentvolumeclaim'],
    'Size of a volume',
  ],
});

/** https://keda.sh/docs/latest/integrations/prometheus/ */
const KEDA = from('keda', {
  keda_scaled_object_errors_total: [
    'counter',
    'errors',
    ['namespace', 'exported_namespace', 'scaledObject'],
    'Errors of a ScaledObject',
  ],
  keda_scaled_object_errors: [
    'counter',
    'errors',
    ['namespace', 'exported_namespace', 'scaledObject'],
    'The same before KEDA 2.14',
  ],
});

const PROMETHEUS = from('prometheus', {
  up: ['gauge', '1', [], '1 if the last scrape went well'],
  ALERTS: [
    'gauge',
    '1',
    ['alertname', 'alertstate', 'severity', 'tenant', 'broker'],
    '1 for each alert that fires or is about to',
  ],
});

export const METRICS_CATALOGUE = {
  ...LOADER,
  ...QUEUES,
  ...REDIS,
  ...KUBE_STATE,
  ...KUBELET,
  ...KEDA,
  ...PROMETHEUS,
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS_CATALOGUE;

/** Jobs of Prometheus: every series of Stalk has one. */
export const JOBS = {
  celery: 'stalk-celery',
  redis: 'stalk-redis',
  cache: 'stalk-cache',
  sentinel: 'stalk-sentinel',
  queues: 'stalk-queues',
} as const;

/** What a target adds to its series: PodMonitors, or `scrape.yaml`. `tenant` of Redis is that of a dedicated one. */
export const TARGET_LABELS = {
  [JOBS.celery]: ['environment', 'namespace', 'pod', 'tenant', 'broker', 'pool'],
  [JOBS.redis]: ['environment', 'namespace', 'pod', 'broker', 'tenant'],
  [JOBS.cache]: ['environment', 'namespace', 'pod', 'tenant'],
  [JOBS.sentinel]: ['environment', 'namespace', 'pod', 'broker', 'tenant'],
  [JOBS.queues]: ['environment', 'namespace', 'pod', 'broker'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
