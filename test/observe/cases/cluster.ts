// What KEDA, kube-state-metrics and the kubelet say: none of them runs in the tests, so these series are made up.

import { type AlertCase, queues, redis, series } from './case';

const acme = { broker: 'main', tenant: 'acme', namespace: 'acme' };
/** By these a namespace is a tenant's or a broker's. */
const watched = {
  [queues('stalk_visibility_timeout_seconds', { tenant: 'acme' })]: '3600x500',
  [redis('up')]: '1x500',
};
const stuck = {
  alert: 'ScalerFails',
  labels: { ...acme, scaler: 'worker-default' },
  summary: 'Tenant acme: worker-default is not scaled any more',
};
const hpa = { namespace: 'acme', horizontalpodautoscaler: 'keda-hpa-worker-default' };
const off = { ...hpa, condition: 'ScalingActive', status: 'false' };
const container = { namespace: 'acme', pod: 'worker-default-5d-x1', container: 'worker' };
const claim = { namespace: 'broker-main', persistentvolumeclaim: 'redis-data-redis-0' };
const media = { namespace: 'acme', persistentvolumeclaim: 'media' };

export const clusterCases: readonly AlertCase[] = [
  ...[
    { keda: 'a new KEDA', metric: 'keda_scaled_object_errors_total', labels: { namespace: 'acme' } },
    {
      keda: 'a KEDA scraped without honorLabels',
      metric: 'keda_scaled_object_errors_total',
      labels: { namespace: 'keda', exported_namespace: 'acme' },
    },
    { keda: 'an old KEDA', metric: 'keda_scaled_object_errors', labels: { namespace: 'acme' } },
  ].map(({ keda, metric, labels }): AlertCase => ({
    title: `${keda} that cannot read the queues of a pool`,
    series: {
      ...watched,
      [series(metric, { ...labels, scaledObject: 'worker-default' })]: '0x5 1+2x20 41x20',
      [series(metric, { namespace: 'foreign', scaledObject: 'worker-default' })]: '0+2x50',
    },
    fires: [{ ...stuck, at: '20m' }],
    silent: [{ alert: 'ScalerFails', at: ['5m', '15m', '32m'] }],
  })),
  {
    title: 'an autoscaler without numbers',
    series: {
      ...watched,
      [series('kube_horizontalpodautoscaler_status_condition', off)]: '0x5 1x20 0x20',
      [series('kube_horizontalpodautoscaler_status_desired_replicas', hpa)]: '2x50',
    },
    fires: [{ ...stuck, at: '20m' }],
    silent: [{ alert: 'ScalerFails', at: ['5m', '27m'] }],
  },
  {
    title: 'an autoscaler of a pool without pods, which is off',
    series: {
      ...watched,
      [series('kube_horizontalpodautoscaler_status_condition', off)]: '1x50',
      [series('kube_horizontalpodautoscaler_status_desired_replicas', hpa)]: '0x50',
    },
    fires: [],
    silent: [{ alert: 'ScalerFails', at: ['20m'] }],
  },
  {
    title: 'a worker that was killed for its memory',
    series: {
      ...watched,
      [series('kube_pod_container_status_last_terminated_reason', { ...container, reason: 'OOMKilled' })]:
        '_x10 1x40',
      [series('kube_pod_container_status_restarts_total', container)]: '0x10 1x40',
    },
    fires: [
      {
        alert: 'WorkerOOMKilled',
        at: '12m',
        labels: { ...acme, pod: container.pod, container: 'worker' },
        summary: 'Tenant acme: worker-default-5d-x1 was killed for its memory',
      },
    ],
    silent: [{ alert: 'WorkerOOMKilled', at: ['10m', '25m'] }],
  },
  {
    title: 'volumes that fill up, are full, and are emptied',
    series: {
      ...watched,
      [series('kubelet_volume_stats_capacity_bytes', claim)]: '1000x500',
      [series('kubelet_volume_stats_available_bytes', claim)]: '300-1x280 20x20 900x100',
      [series('kubelet_volume_stats_capacity_bytes', media)]: '1000x500',
      [series('kubelet_volume_stats_available_bytes', media)]: '140x500',
      [series('kubelet_volume_stats_capacity_bytes', { ...claim, namespace: 'foreign' })]: '1000x500',
      [series('kubelet_volume_stats_available_bytes', { ...claim, namespace: 'foreign' })]: '1x500',
    },
    fires: [
      {
        alert: 'VolumeFillingUp',
        at: '200m',
        labels: { broker: 'main', ...claim },
        summary: 'Volume redis-data-redis-0 of broker main will be full within four days',
      },
      {
        alert: 'VolumeAlmostFull',
        at: '290m',
        labels: { broker: 'main', ...claim },
        summary: 'Volume redis-data-redis-0 of broker main has 2% left',
      },
    ],
    silent: [
      { alert: 'VolumeFillingUp', at: ['150m', '310m'] },
      { alert: 'VolumeAlmostFull', at: ['260m', '310m'] },
    ],
  },
];
