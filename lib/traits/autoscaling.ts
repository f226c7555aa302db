// Following the load: by CPU (HorizontalPodAutoscaler) or by queue length (KEDA).

import { PlainObject, kubeObject } from '../kube';
import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { k8s } from 'cdk8s-plus-27';
import type { IScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import type { ITriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1/TriggerAuthentication';
import type { Labels } from '../kube';
import type { ScalingBehavior, ScalingSpeed, UsageScaling } from '../spec/scaling';
import { seconds } from '../spec/units';
import type { Duration } from '../spec/units';

export interface TargetProps {
  /** Name of the Deployment, and of the scaler. */
  readonly name: string;
  readonly labels: Labels;
}

/** The autoscaler removes pods slowly, as they may be needed again. */
const DOWN: ScalingSpeed = { stabilization: '5m' };

/** In words of Kubernetes, for a HorizontalPodAutoscaler and for the one that KEDA makes. */
const behaviorOf = ({ up, down }: ScalingBehavior = {}) => ({
  ...(up && { scaleUp: speedOf(up) }),
  scaleDown: speedOf({ ...DOWN, ...down }),
});

/** Seconds in which pods come or go, where nothing says it. */
const EVERY: Duration = '1m';

function speedOf({ stabilization, pods, percent, every = EVERY }: ScalingSpeed) {
  const policy = (type: 'Pods' | 'Percent', value: number | undefined) =>
    value === undefined ? [] : [{ type, value, periodSeconds: seconds(every) }];
  const policies = [...policy('Pods', pods), ...policy('Percent', percent)];
  return {
    ...(stabilization !== undefined && { stabilizationWindowSeconds: seconds(stabilization) }),
    ...(policies.length > 0 && { policies }),
  };
}

/** The share of what pods request that they should use on average. */
const target = (name: 'cpu' | 'memory', percent: number | undefined): k8s.MetricSpecV2[] =>
  percent === undefined
    ? []
    : [
        {
          type: 'Resource',
          resource: { name, target: { type: 'Utilization', averageUtilization: percent } },
        },
      ];

export const byUsage = (scope: Construct, props: TargetProps, scaling: UsageScaling): ApiObject =>
  kubeObject(scope, `scaler-${props.name}`, k8s.KubeHorizontalPodAutoscalerV2, {
    metadata: { name: props.name, labels: props.labels },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: props.name },
      minReplicas: scaling.min,
      maxReplicas: scaling.max,
      metrics: [...target('cpu', scaling.utilization), ...target('memory', scaling.memory)],
      behavior: behaviorOf(scaling.behavior),
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
  readonly behavior?: ScalingBehavior;
  /** Percent of what pods request: more rules, of which the one that asks for most pods wins. */
  readonly utilization?: number;
  readonly memory?: number;
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
        horizontalPodAutoscalerConfig: { behavior: behaviorOf(props.behavior) },
        scalingModifiers: {
          formula: props.lists.map(termOf).join(' + '),
          target: String(props.tasksPerPod),
          activationTarget: '0',
          metricType: 'AverageValue',
        },
      },
      triggers: [
        ...props.lists.map((one) => lengthOf(one, props)),
        ...usageTrigger('cpu', props.utilization),
        ...usageTrigger('memory', props.memory),
      ],
    },
  };
  return new PlainObject(scope, `scaler-${props.name}`, { ...object });
}

type Trigger = NonNullable<NonNullable<IScaledObject['spec']>['triggers']>[number];

const lengthOf = ({ name, list }: QueueScalerProps['lists'][number], props: QueueScalerProps): Trigger => ({
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
});

/** Beside the formula: KEDA takes such triggers as they are. They have no name, and nothing to log in to. */
const usageTrigger = (type: 'cpu' | 'memory', percent: number | undefined): Trigger[] =>
  percent === undefined ? [] : [{ type, metricType: 'Utilization', metadata: { value: String(percent) } }];

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
  return new PlainObject(scope, `credentials-${props.name}`, { ...object });
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
