// Alerts of a tenant's queues and of what its workers hold.

import type { AlertGroup } from '../alert';
import { ALERT_LIMITS } from '../limits';
import { promql } from './promql';

const BY = 'by (broker, tenant, queue)';

export const queueAlerts: AlertGroup = {
  name: 'queue',
  alerts: [
    {
      name: 'QueueTooDeep',
      expr: promql`
      max ${BY} (stalk_queue_messages) > max ${BY} (stalk_queue_messages_limit)`,
      for: '5m',
      severity: 'warning',
      summary: 'Tenant {{ $labels.tenant }}: {{ $value }} tasks wait in queue {{ $labels.queue }}',
      description:
        'More than the tenant’s objective. Tasks are safe; they start late, and they fill the broker.',
    },
    {
      name: 'QueueWaitsTooLong',
      expr: promql`
      max ${BY} (stalk_queue_oldest_seconds) > max ${BY} (stalk_queue_oldest_limit_seconds)`,
      for: '2m',
      severity: 'critical',
      summary:
        'Tenant {{ $labels.tenant }}: the oldest task in queue {{ $labels.queue }} has waited {{ $value | humanizeDuration }}',
      description: 'Longer than the tenant’s objective. Tasks are safe and late.',
    },
    {
      name: 'QueueWithoutConsumer',
      // With tasks only, and not at once: a pool with `min: 0` has no pod while there is nothing to do, and takes minutes
      // to have one where a node has to come first.
      expr: promql`
      max ${BY} (stalk_queue_messages) > 0
      unless on (tenant, queue) queue:stalk_consumers:count > 0
      unless on (broker, queue) queue:stalk_consumers:count{queue=~"tenant-.+"} > 0`,
      for: '5m',
      severity: 'critical',
      summary:
        'Tenant {{ $labels.tenant }}: nobody takes the {{ $value }} tasks in queue {{ $labels.queue }}',
      description: 'No worker that consumes this queue is up. Tasks are safe and wait.',
    },
    {
      name: 'TasksGivenUp',
      expr: 'max by (broker, tenant) (stalk_dead_letters) > 0',
      severity: 'warning',
      summary: 'Tenant {{ $labels.tenant }}: {{ $value }} tasks are given up and wait as dead letters',
      description:
        'Each began again and again without an end, as what kills its process or its pod does. They are kept, and begin no more until somebody sends them again or drops them.',
    },
    {
      name: 'TaskInHandTooLong',
      expr: promql`
      max by (broker, tenant) (stalk_inhand_oldest_seconds)
      > max by (broker, tenant) (stalk_visibility_timeout_seconds) + ${ALERT_LIMITS.overdue}`,
      for: '1m',
      severity: 'critical',
      summary:
        'Tenant {{ $labels.tenant }}: a task taken {{ $value | humanizeDuration }} ago is neither finished nor given back',
      description:
        'Its worker is gone, and nobody has put it back after the visibility timeout. The task is kept and does not run until a worker restores it.',
    },
  ],
};
