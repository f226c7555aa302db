// One broker: is it well, is there room, what does it refuse, is it written down and backed up, whose are its messages.

import type { BackupCron } from '../../plan/redis/backup';
import type { Dashboard } from './dashboard';

const EACH = '{{pod}}';

/** Of a CronJob beside the broker. */
const sinceGood = (name: BackupCron): string =>
  `time() - max(kube_cronjob_status_last_successful_time{cronjob="${name}"} and on (namespace) up{$here, job="stalk-redis"})`;

export const brokerDashboard: Dashboard = {
  uid: 'stalk-broker',
  title: 'Stalk / Broker',
  about: 'One broker: its Redis servers and its sentinels, and whose messages it holds.',
  choices: ['environment', 'broker'],
  rows: [
    {
      title: 'Is it well?',
      panels: [
        {
          title: 'Servers that answer',
          asks: 'How many of its Redis servers answer?',
          kind: 'number',
          unit: 'short',
          queries: [{ expr: 'sum(redis_up{$here, job="stalk-redis"})' }],
        },
        {
          title: 'Primaries',
          asks: 'Is there exactly one server that takes tasks?',
          kind: 'number',
          unit: 'short',
          queries: [
            { expr: 'count(redis_instance_info{$here, job="stalk-redis", role="master"}) or vector(0)' },
          ],
          limits: { critical: 2 },
        },
        {
          title: 'Youngest server',
          asks: 'Was one started again? Time since the last start.',
          kind: 'number',
          unit: 's',
          queries: [{ expr: 'min(redis_uptime_in_seconds{$here, job="stalk-redis"})' }],
        },
        {
          title: 'Sentinels that agree',
          asks: 'Would a failover find a majority? Nothing where the topology has no sentinels.',
          kind: 'number',
          unit: 'short',
          queries: [{ expr: 'min(redis_sentinel_master_ok_sentinels{$here})' }],
        },
      ],
    },
    {
      title: 'Is there room?',
      panels: [
        {
          title: 'Memory',
          asks: 'How near is maxmemory? Over it, tasks are refused.',
          kind: 'graph',
          unit: 'bytes',
          queries: [
            { expr: 'redis_memory_used_bytes{$here, job="stalk-redis"}', legend: `${EACH} used` },
            { expr: 'max(redis_memory_max_bytes{$here, job="stalk-redis"})', legend: 'maxmemory' },
          ],
        },
        {
          title: 'Connections',
          asks: 'How near is maxclients? Over it, clients are refused.',
          kind: 'graph',
          unit: 'short',
          queries: [
            { expr: 'redis_connected_clients{$here, job="stalk-redis"}', legend: EACH },
            { expr: 'max(redis_max_clients{$here, job="stalk-redis"})', legend: 'maxclients' },
          ],
        },
        {
          title: 'Free on volumes',
          asks: 'Will it be able to write tomorrow? Share of each volume that is free.',
          kind: 'graph',
          unit: 'percentunit',
          queries: [
            {
              expr: 'kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes and on (namespace) up{$here, job="stalk-redis"}',
              legend: '{{persistentvolumeclaim}}',
            },
          ],
        },
      ],
    },
    {
      title: 'What does it refuse?',
      panels: [
        {
          title: 'Errors a minute',
          asks: 'What do clients hear? OOM: full. NOPERM: beyond their rights. WRONGPASS: an old password.',
          kind: 'graph',
          unit: 'cpm',
          queries: [
            {
              expr: 'sum by (err) (rate(redis_errors_total{$here, job="stalk-redis"}[$__rate_interval])) * 60',
              legend: '{{err}}',
            },
          ],
        },
        {
          title: 'Connections refused a minute',
          asks: 'Does it turn clients away?',
          kind: 'graph',
          unit: 'cpm',
          queries: [
            {
              expr: 'rate(redis_rejected_connections_total{$here, job="stalk-redis"}[$__rate_interval]) * 60',
              legend: EACH,
            },
          ],
        },
        {
          title: 'Keys evicted',
          asks: 'Does it delete tasks to make room? A broker never may.',
          kind: 'graph',
          unit: 'short',
          queries: [{ expr: 'redis_evicted_keys_total{$here, job="stalk-redis"}', legend: EACH }],
        },
      ],
    },
    {
      title: 'Is it written down, and copied?',
      panels: [
        {
          title: 'Persistence',
          asks: 'Would a restart find everything? 1 is well, 0 is a write that failed.',
          kind: 'graph',
          unit: 'short',
          queries: [
            { expr: 'redis_aof_last_write_status{$here, job="stalk-redis"}', legend: `${EACH} append` },
            { expr: 'redis_aof_last_bgrewrite_status{$here, job="stalk-redis"}', legend: `${EACH} rewrite` },
            { expr: 'redis_rdb_last_bgsave_status{$here, job="stalk-redis"}', legend: `${EACH} snapshot` },
          ],
        },
        {
          title: 'Replicas behind',
          asks: 'What would a failover lose? Seconds since each replica answered last.',
          kind: 'graph',
          unit: 's',
          queries: [
            {
              expr: 'redis_connected_slave_lag_seconds{$here, job="stalk-redis"}',
              legend: '{{slave_ip}}',
            },
          ],
        },
        {
          title: 'Replicas connected',
          asks: 'Does each replica follow its primary? 1 is yes; the primary says how many follow it.',
          kind: 'graph',
          unit: 'short',
          queries: [
            { expr: 'redis_master_link_up{$here, job="stalk-redis"}', legend: EACH },
            { expr: 'max(redis_connected_slaves{$here, job="stalk-redis"})', legend: 'of the primary' },
          ],
        },
      ],
    },
    {
      title: 'Would it come back from a backup?',
      panels: [
        {
          title: 'Last good backup',
          asks: 'What would a restore lose? Time since a backup went well. Nothing where the broker has none.',
          kind: 'number',
          unit: 's',
          queries: [{ expr: sinceGood('redis-backup') }],
        },
        {
          title: 'Last good drill',
          asks: 'Was it tried? Time since the newest backup was loaded and counted.',
          kind: 'number',
          unit: 's',
          queries: [{ expr: sinceGood('redis-drill') }],
        },
        {
          title: 'Runs that failed',
          asks: 'Do backups or drills fail? Failed ones of the last three of each, which stay to be looked at.',
          kind: 'number',
          unit: 'short',
          queries: [
            {
              expr: 'count(kube_job_failed{condition="true"} == 1 and on (namespace, job_name) kube_job_owner{owner_name=~"redis-(backup|drill)"} and on (namespace) up{$here, job="stalk-redis"}) or vector(0)',
            },
          ],
        },
      ],
    },
    {
      title: 'Whose are its messages?',
      panels: [
        {
          title: 'Messages that wait',
          asks: 'Who fills it?',
          kind: 'graph',
          unit: 'short',
          queries: [{ expr: 'topk(15, tenant:stalk_queue_messages:sum{$here})', legend: '{{tenant}}' }],
        },
        {
          title: 'Messages in hand',
          asks: 'Whose workers hold most?',
          kind: 'graph',
          unit: 'short',
          queries: [
            { expr: 'topk(15, max by (tenant) (stalk_inhand_messages{$here}))', legend: '{{tenant}}' },
          ],
        },
      ],
    },
  ],
};
