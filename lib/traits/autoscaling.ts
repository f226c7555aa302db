// Following the load: by CPU (HorizontalPodAutoscaler) or by queue length (KEDA).

import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import type { IScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import type { ITriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1/TriggerAuthentication';
import type { Labels } from '../kube';
import type { CpuScaling } from '../spec/worker';

export interface TargetProps {
  /** Name of the Deployment, and of the scaler. */
  readonly name: string;
  readonly labels: Labels;
}

/** The autoscaler removes pods slowly, as they may be needed again. */
const DOWN = { stabilizationWindowSeconds: 300 };

export const byCpu = (scope: Construct, props: TargetProps, scaling: CpuScaling): ApiObject =>
  new k8s.KubeHorizontalPodAutoscalerV2(scope, `scaler-${props.name}`, {
    metadata: { name: props.name, labels: props.labels },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: props.name },
      minReplicas: scaling.min,
      maxReplicas: scaling.max,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: scaling.utilization } },
        },
      ],
      behavior: { scaleDown: DOWN },
    },
  });

export interface QueueScalerProps extends TargetProps {
  readonly min: number;
  readonly max: number;
  /** Tasks, waiting or running, for each pod. */
  readonly tasksPerPod: number;
  /** Seconds. */
  readonly cooldown: number;
  /** `host:port` as seen from KEDA's namespace; those of all sentinels, parted by commas, where there are some. */
  readonly address: string;
  /** What the sentinels call the primary; absent where there are none. */
  readonly primary?: string;
  readonly database: number;
  /** Lists and sets in Redis whose lengths are added up; of one that has a `most`, no more counts. */
  readonly lists: readonly { readonly name: string; readonly list: string; readonly most?: number }[];
  /** Name of the TriggerAuthentication. */
  readonly authentication: string;
}

/**
 * One trigger for each list, added up. The tasks that the pool's workers hold are among them, or KEDA takes away the
 * pod whose task is running; of tasks that wait for their time one counts, as one pod can hold them all.
 * `fallback` is left out: with a formula it does nothing when Redis refuses, and hides that in the status.
 */
export function byQueueLength(scope: Construct, props: QueueScalerProps): ApiObject {
  const object: IScaledObject = {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: props.name, labels: props.labels },
    spec: {
      scaleTargetRef: { name: props.name },
      minReplicaCount: props.min,
      maxReplicaCount: props.max,
      pollingInterval: 5, // seconds; each poll is one small script in Redis for each list
      cooldownPeriod: props.cooldown,
      advanced: {
        horizontalPodAutoscalerConfig: { behavior: { scaleDown: DOWN } },
        scalingModifiers: {
          formula: props.lists.map(termOf).join(' + '),
          target: String(props.tasksPerPod),
          activationTarget: '0',
          metricType: 'AverageValue',
        },
      },
      triggers: props.lists.map(({ name, list }) => ({
        type: props.primary === undefined ? 'redis' : 'redis-sentinel',
        name,
        metadata: {
          ...(props.primary === undefined
            ? { address: props.address }
            : { addresses: props.address, sentinelMaster: props.primary }),
          listName: list,
          listLength: String(props.tasksPerPod),
          databaseIndex: String(props.database),
        },
        authenticationRef: { name: props.authentication },
      })),
    },
  };
  return new ApiObject(scope, `scaler-${props.name}`, { ...object });
}

/** As a float: KEDA takes no whole number for the result of a formula. */
const termOf = ({ name, most }: QueueScalerProps['lists'][number]): string =>
  most === undefined ? name : `min(${name}, ${most.toFixed(1)})`;

export interface ScalerCredentialsProps extends TargetProps {
  /** ConfigMap and key that hold the user's name; Secret and key that hold its password. */
  readonly user: ConfigKey;
  readonly password: { readonly secret: string; readonly key: string };
  /** Where Redis speaks TLS: a key that says `enable`, and the files, unless KEDA's own authorities know the server. */
  readonly tls?: { readonly enable: ConfigKey; readonly files?: TlsFiles };
  /** Whether sentinels are asked, with the same user and password. */
  readonly sentinels: boolean;
}

interface TlsFiles {
  readonly secret: string;
  /** Whether Redis asks for a certificate of the client. */
  readonly mutual: boolean;
}

interface ConfigKey {
  readonly configMap: string;
  readonly key: string;
}

/** KEDA's parameters for Redis and for its sentinels. */
const LOGINS = [
  ['username', 'password'],
  ['sentinelUsername', 'sentinelPassword'],
] as const;

export function scalerCredentials(scope: Construct, props: ScalerCredentialsProps): ApiObject {
  const { user, password, tls } = props;
  const logins = props.sentinels ? LOGINS : LOGINS.slice(0, 1);
  const object: ITriggerAuthentication = {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'TriggerAuthentication',
    metadata: { name: props.name, labels: props.labels },
    spec: {
      configMapTargetRef: [
        ...logins.map(([parameter]) => ({ parameter, name: user.configMap, key: user.key })),
        ...(tls ? [{ parameter: 'tls', name: tls.enable.configMap, key: tls.enable.key }] : []),
      ],
      secretTargetRef: [
        ...logins.map(([, parameter]) => ({ parameter, name: password.secret, key: password.key })),
        ...certificates(tls?.files),
      ],
    },
  };
  return new ApiObject(scope, `credentials-${props.name}`, { ...object });
}

/** KEDA takes a certificate and its key together or not at all. */
function certificates(files: TlsFiles | undefined) {
  if (files === undefined) return [];
  const { secret: name, mutual } = files;
  return [
    { parameter: 'ca', name, key: 'ca.crt' },
    ...(mutual
      ? [
          { parameter: 'cert', name, key: 'tls.crt' },
          { parameter: 'key', name, key: 'tls.key' },
        ]
      : []),
  ];
}
