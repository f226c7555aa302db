// A busy hour in which all is well: made up from what the live suite's servers say, as it takes no hour.

import { readings } from '../rules';
import { type AlertCase, type Series, beat, cache, queues, redis, sentinel, worker } from './case';

const HOUR = 60;
const emails = { tenant: 'acme', queue: 'tenant-acme.emails' };
const always = (value: number): string => `${value}x${HOUR}`;

const ofRedis = (pod: string, role: 'master' | 'slave'): Series => ({
  [redis('up', { pod })]: always(1),
  [redis('redis_up', { pod })]: always(1),
  [redis('redis_instance_info', { pod, role })]: always(1),
  [redis('redis_memory_used_bytes', { pod })]: '200+5x60',
  [redis('redis_memory_max_bytes', { pod })]: always(1000),
  [redis('redis_connected_clients', { pod })]: '180+1x60',
  [redis('redis_max_clients', { pod })]: always(10_000),
  [redis('redis_rejected_connections_total', { pod })]: always(0),
  [redis('redis_evicted_keys_total', { pod })]: always(0),
  [redis('redis_errors_total', { pod, err: 'NOSCRIPT' })]: '_x20 1+1x40',
  [redis('redis_aof_last_write_status', { pod })]: always(1),
  [redis('redis_aof_last_bgrewrite_status', { pod })]: always(1),
  [redis('redis_rdb_last_bgsave_status', { pod })]: always(1),
  ...(role === 'slave' && { [redis('redis_master_link_up', { pod })]: always(1) }),
});

/** A pod that lives from one minute to another. */
const ofWorker = (pod: string, lives: (value: string) => string): Series => ({
  [worker('up', { pod })]: lives('1x60'),
  [worker('stalk_worker_consuming', { pod })]: lives('1x60'),
  [worker('stalk_tasks_total', { pod, task: 'send', outcome: 'succeeded' })]: lives('0+600x60'),
  [worker('stalk_tasks_total', { pod, task: 'send', outcome: 'failed' })]: lives('0+2x60'),
  [worker('stalk_tasks_total', { pod, task: 'send', outcome: 'retried' })]: lives('0+40x60'),
  [worker('stalk_tasks_redelivered_total', { pod, task: 'send', queue: emails.queue })]: lives('0x60'),
  [worker('stalk_task_wait_seconds_bucket', { pod, queue: emails.queue, le: '600.0' })]: lives('0+641x60'),
  [worker('stalk_task_wait_seconds_count', { pod, queue: emails.queue })]: lives('0+642x60'),
});

const series: Series = {
  ...ofRedis('redis-0', 'master'),
  ...ofRedis('redis-1', 'slave'),
  [redis('redis_connected_slave_lag_seconds', { slave_ip: '10.0.0.7' })]: '0x20 1x20 0x20',
  [sentinel('up')]: always(1),
  [sentinel('redis_up')]: always(1),
  [sentinel('redis_sentinel_master_ok_sentinels')]: always(3),
  [sentinel('redis_sentinel_master_sentinels')]: always(3),
  [cache('up')]: always(1),
  [cache('redis_up')]: always(1),
  [cache('redis_evicted_keys_total')]: '0+50x60',
  [queues('up')]: always(1),
  [queues('stalk_queues_up')]: always(1),
  [queues('stalk_queue_messages', emails)]: '0x10 480+0x10 20x10 0x10 700x2 90x20',
  [queues('stalk_queue_messages_limit', emails)]: always(500),
  [queues('stalk_queue_oldest_seconds', emails)]: '0x10 40x10 5x10 0x10 300x2 20x20',
  [queues('stalk_queue_oldest_limit_seconds', emails)]: always(600),
  [queues('stalk_inhand_oldest_seconds', { tenant: 'acme' })]: '3x30 1500x10 3x20',
  [queues('stalk_visibility_timeout_seconds', { tenant: 'acme' })]: always(3600),
  [queues('stalk_expected_beat', { tenant: 'acme' })]: always(1),
  [queues('stalk_expected_pool', { tenant: 'acme', pool: 'default' })]: always(1),
  [queues('stalk_expected_pool', { tenant: 'acme', pool: 'nightly' })]: always(0),
  [queues('stalk_slo_objective', { tenant: 'acme', slo: 'succeed' })]: always(99),
  [queues('stalk_slo_objective', { tenant: 'acme', slo: 'start-in-time' })]: always(99),
  [beat('up')]: always(1),
  [beat('stalk_beat_last_tick_timestamp_seconds')]: '0+60x60',
  [beat('stalk_beat_errors_total', { entry: 'nightly' })]: always(0),
  ...ofWorker('worker-default-5d-x1', (value) => value),
  ...ofWorker('worker-default-5d-x2', (value) => value.replace('x60', 'x25 stale')),
  ...ofWorker('worker-default-6a-x3', (value) => `_x26 ${value.replace('x60', 'x33')}`),
};

export const healthyCases: readonly AlertCase[] = [
  {
    title: 'a busy hour in which all is well, with a rollout in its midst',
    series,
    fires: [],
    silent: readings.map(({ name }) => ({
      alert: name,
      at: ['8m', '16m', '24m', '27m', '29m', '33m', '42m', '45m', '59m'],
    })),
  },
];
