// Queues, and what workers hold.

import { type AlertCase, queues, worker } from './case';

const of = { tenant: 'acme', queue: 'emails' };
const emails = { broker: 'main', ...of };

export const queueCases: readonly AlertCase[] = [
  {
    title: 'a queue that is deeper and waits longer than its tenant allows, and is worked off',
    series: {
      [queues('stalk_queue_messages', of)]: '400x5 600x10 0x20',
      [queues('stalk_queue_messages_limit', of)]: '500x40',
      [queues('stalk_queue_oldest_seconds', of)]: '10x5 660x10 0x20',
      [queues('stalk_queue_oldest_limit_seconds', of)]: '600x40',
    },
    fires: [
      {
        alert: 'QueueTooDeep',
        at: '12m',
        labels: emails,
        summary: 'Tenant acme: 600 tasks wait in queue emails',
      },
      {
        alert: 'QueueWaitsTooLong',
        at: '9m',
        labels: emails,
        summary: 'Tenant acme: the oldest task in queue emails has waited 11m 0s',
      },
    ],
    silent: [
      { alert: 'QueueTooDeep', at: ['5m', '10m', '17m'] },
      { alert: 'QueueWaitsTooLong', at: ['5m', '7m', '17m'] },
    ],
  },
  {
    title: 'a queue within the higher limits of its own, read by two pods while one takes over',
    series: {
      [queues('stalk_queue_messages', of)]: '600x40',
      [queues('stalk_queue_messages_limit', of)]: '5000x40',
      [queues('stalk_queue_messages', { ...of, pod: 'queues-7d' })]: '600x40',
      [queues('stalk_queue_messages_limit', { ...of, pod: 'queues-7d' })]: '5000x40',
    },
    fires: [],
    silent: [{ alert: 'QueueTooDeep', at: ['20m'] }],
  },
  {
    title: 'a queue that no worker takes from, until one comes',
    series: {
      [queues('stalk_queue_messages', of)]: '0x5 3x15 0x20',
      [worker('stalk_task_wait_seconds_count', { queue: 'celery' })]: '1x40',
      [worker('stalk_task_wait_seconds_count', { queue: 'emails', pod: 'worker-mail-8c-k4' })]: '_x18 0x20',
      [worker('stalk_worker_consuming')]: '1x40',
      [worker('stalk_worker_consuming', { pod: 'worker-mail-8c-k4' })]: '_x18 1x20',
    },
    fires: [
      {
        alert: 'QueueWithoutConsumer',
        at: '13m',
        labels: emails,
        summary: 'Tenant acme: nobody takes the 3 tasks in queue emails',
      },
    ],
    silent: [{ alert: 'QueueWithoutConsumer', at: ['5m', '9m', '20m'] }],
  },
  {
    title: 'a pool with no pod and nothing to do',
    series: { [queues('stalk_queue_messages', of)]: '0x40' },
    fires: [],
    silent: [{ alert: 'QueueWithoutConsumer', at: ['20m'] }],
  },
  {
    title: 'a queue of a tenant whose group has its workers',
    series: {
      [queues('stalk_queue_messages', { tenant: 'acme-eu', queue: 'tenant-acme-eu' })]: '3x40',
      [worker('stalk_task_wait_seconds_count', { queue: 'tenant-acme-eu' })]: '0x40',
      [worker('stalk_worker_consuming')]: '1x40',
    },
    fires: [],
    silent: [{ alert: 'QueueWithoutConsumer', at: ['20m'] }],
  },
  {
    title: 'a worker of a neighbour with a queue of the same name',
    series: {
      [queues('stalk_queue_messages', of)]: '3x20 stale',
      [worker('stalk_task_wait_seconds_count', { tenant: 'zeta', namespace: 'zeta', queue: 'emails' })]:
        '0x40',
      [worker('stalk_worker_consuming', { tenant: 'zeta', namespace: 'zeta' })]: '1x40',
    },
    fires: [
      {
        alert: 'QueueWithoutConsumer',
        at: '10m',
        labels: emails,
        summary: 'Tenant acme: nobody takes the 3 tasks in queue emails',
      },
    ],
    silent: [{ alert: 'QueueWithoutConsumer', at: ['22m'] }],
  },
  {
    title: 'a task that its dead worker holds, and nobody gives back',
    series: {
      [queues('stalk_inhand_oldest_seconds', { tenant: 'acme' })]: '60x5 4000x5 0x10',
      [queues('stalk_visibility_timeout_seconds', { tenant: 'acme' })]: '3600x20',
    },
    fires: [
      {
        alert: 'TaskInHandTooLong',
        at: '8m',
        labels: { broker: 'main', tenant: 'acme' },
        summary: 'Tenant acme: a task taken 1h 6m 40s ago is neither finished nor given back',
      },
    ],
    silent: [{ alert: 'TaskInHandTooLong', at: ['5m', '6m', '13m'] }],
  },
];
