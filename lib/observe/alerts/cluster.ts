// Alerts from what the cluster says of tenants' pods and volumes: KEDA, kube-state-metrics, the kubelet.

import type { AlertGroup } from '../alert';
import { promql, WATCHED } from './promql';

/** Errors of KEDA's operator by the namespace of the ScaledObject, which a scrape without `honorLabels` renames. */
const kedaErrors = (counter: string): string => promql`
  label_replace(
    sum by (namespace, exported_namespace, scaledObject) (increase(${counter}[5m])),
    "namespace", "$1", "exported_namespace", "(.+)"
  )`;

/** The kubelet on two nodes may speak of one volume while a pod moves. */
const claims = (metric: string): string => `max by (namespace, persistentvolumeclaim) (${metric})`;

const FREE = `${claims('kubelet_volume_stats_available_bytes')} / ${claims('kubelet_volume_stats_capacity_bytes')}`;

const VOLUME =
  'Volume {{ $labels.persistentvolumeclaim }} of {{ with $labels.tenant }}tenant {{ . }}{{ else }}broker {{ $labels.broker }}{{ end }}';

export const clusterAlerts: AlertGroup = {
  name: 'cluster',
  alerts: [
    {
      name: 'ScalerFails',
      // An autoscaler of a Deployment without pods is off and says so: KEDA itself starts the first pod.
      expr: promql`
        max by (namespace, scaler) (
          label_replace(
            ${kedaErrors('keda_scaled_object_errors_total')} > 0
            or ${kedaErrors('keda_scaled_object_errors')} > 0,
            "scaler", "$1", "scaledObject", "(.+)"
          )
          or label_replace(
            kube_horizontalpodautoscaler_status_condition{condition="ScalingActive",status="false"} == 1
            unless on (namespace, horizontalpodautoscaler) kube_horizontalpodautoscaler_status_desired_replicas == 0,
            "scaler", "$1", "horizontalpodautoscaler", "(?:keda-hpa-)?(.+)"
          )
        ) ${WATCHED}`,
      for: '10m',
      severity: 'warning',
      summary: 'Tenant {{ $labels.tenant }}: {{ $labels.scaler }} is not scaled any more',
      description:
        'KEDA cannot read the queues, or the autoscaler has no numbers. The pool stays as large as it is: tasks are safe, and late when more come.',
    },
    {
      name: 'WorkerOOMKilled',
      expr: promql`
        (
          max by (namespace, pod, container) (
            kube_pod_container_status_last_terminated_reason{reason="OOMKilled",pod=~"worker-.+"}
          ) > 0
          and on (namespace, pod, container) increase(kube_pod_container_status_restarts_total[10m]) > 0
        ) ${WATCHED}`,
      severity: 'warning',
      summary: 'Tenant {{ $labels.tenant }}: {{ $labels.pod }} was killed for its memory',
      description:
        'The worker needed more memory than its limit. Tasks that it ran begin again elsewhere; one task that needs too much kills worker after worker.',
    },
    {
      name: 'VolumeFillingUp',
      expr: promql`
        (
          ${FREE} < 0.15
          and max by (namespace, persistentvolumeclaim) (
            predict_linear(kubelet_volume_stats_available_bytes[6h], 345600)
          ) < 0
        ) ${WATCHED}`,
      for: '15m',
      severity: 'warning',
      summary: `${VOLUME} will be full within four days`,
      description:
        'Less than 15 % is free, and what comes each hour fills that in four days. Tasks are safe until then.',
    },
    {
      name: 'VolumeAlmostFull',
      expr: promql`
        (${FREE} < 0.03) ${WATCHED}`,
      for: '1m',
      severity: 'critical',
      summary: `${VOLUME} has {{ $value | humanizePercentage }} left`,
      description:
        'A broker whose volume is full refuses writes: no task is accepted. A beat whose volume is full forgets what it sent.',
    },
  ],
};
