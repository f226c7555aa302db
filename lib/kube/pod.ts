// A pod that passes the `restricted` Pod Security Standard, whatever runs in it.

import { k8s } from 'cdk8s-plus-27';
import { ANNOTATION } from './labels';
import type { Labels } from './labels';
import { SCRATCH } from './scratch';

export interface Amount {
  readonly request: string;
  readonly limit: string;
}

export interface ResourceAmounts {
  readonly cpu: Amount;
  readonly memory: Amount;
  readonly disk: Amount;
}

export interface ContainerProps {
  readonly name: string;
  readonly image: string;
  /** Exec form, so that the program itself gets SIGTERM. Absent, what the image starts. */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  /** Another user than the pod's. */
  readonly user?: number;
  readonly workingDir?: string;
  readonly resources: ResourceAmounts;
  /** Extended resources, which cannot be shared: what is asked for is what it gets. */
  readonly devices?: Readonly<Record<string, number>>;
  readonly env?: readonly k8s.EnvVar[];
  readonly envFrom?: readonly k8s.EnvFromSource[];
  readonly port?: { readonly name: string; readonly number: number };
  readonly mounts?: readonly k8s.VolumeMount[];
  readonly probes?: Pick<k8s.Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'>;
  /** Seconds between the order to stop and SIGTERM, in which a server still answers while Services forget it. */
  readonly drain?: number;
}

export interface PodProps {
  /** Absent: the cluster assigns user and group. */
  readonly user?: number;
  /** Absent: the one without rights, and no token. */
  readonly account?: { readonly name: string; readonly token: boolean };
  /** Why the root file system cannot be read-only. */
  readonly writableRoot?: string;
  readonly labels: Labels;
  readonly annotations?: Labels;
  readonly init?: readonly ContainerProps[];
  readonly containers: readonly ContainerProps[];
  readonly volumes?: readonly k8s.Volume[];
  /** Seconds between SIGTERM and SIGKILL. */
  readonly grace: number;
  readonly images: ImagePolicy;
  readonly restart?: 'Always' | 'Never';
  /** Seconds on a node that no longer answers, until the pod is made anew elsewhere; Kubernetes' own are 300. */
  readonly movesAfter?: number;
  readonly placement?: Placement;
}

/** Where the scheduler may put it. */
export type Placement = Pick<
  k8s.PodSpec,
  | 'affinity'
  | 'topologySpreadConstraints'
  | 'priorityClassName'
  | 'runtimeClassName'
  | 'nodeSelector'
  | 'tolerations'
>;

export interface ImagePolicy {
  readonly registry: string;
  readonly pullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  readonly pullSecrets: readonly string[];
}

/** ServiceAccount of every pod that has no other: it has no rights and no token. */
export const SERVICE_ACCOUNT = 'stalk';

const TMP = { name: SCRATCH.name, mountPath: SCRATCH.path };

export function podTemplate(props: PodProps): k8s.PodTemplateSpec {
  const annotations = {
    ...props.annotations,
    ...(props.writableRoot !== undefined && { [ANNOTATION.writableRoot]: props.writableRoot }),
  };
  return {
    metadata: {
      labels: { ...props.labels },
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    spec: podSpec(props),
  };
}

function podSpec(props: PodProps): k8s.PodSpec {
  const { user, images } = props;
  const harden = (c: ContainerProps) => container(c, images, props.writableRoot === undefined);
  return {
    ...accountOf(props),
    enableServiceLinks: false, // REDIS_PORT=tcp://… of a Service named redis breaks apps that read REDIS_PORT
    securityContext: {
      runAsNonRoot: true,
      ...(user !== undefined && { runAsUser: user, runAsGroup: user, fsGroup: user }),
      fsGroupChangePolicy: 'OnRootMismatch', // or a large volume is walked at every start
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...(images.pullSecrets.length > 0 && { imagePullSecrets: images.pullSecrets.map((name) => ({ name })) }),
    ...scheduling(props),
    ...(props.restart && { restartPolicy: props.restart }),
    terminationGracePeriodSeconds: props.grace,
    ...(props.init && props.init.length > 0 && { initContainers: props.init.map(harden) }),
    containers: props.containers.map(harden),
    volumes: [
      { name: TMP.name, emptyDir: { sizeLimit: quantity(SCRATCH.size) } },
      ...(props.volumes ? props.volumes : []),
    ],
  };
}

const accountOf = ({ account }: PodProps) => ({
  serviceAccountName: account ? account.name : SERVICE_ACCOUNT,
  automountServiceAccountToken: account !== undefined && account.token,
});

function scheduling({ placement, movesAfter }: PodProps): Placement {
  const tolerations = [
    ...(movesAfter === undefined ? [] : untilMoved(movesAfter)),
    ...(placement?.tolerations ? placement.tolerations : []),
  ];
  return { ...placement, ...(tolerations.length > 0 && { tolerations }) };
}

/** What the node controller puts on a node that does not report, and on one that it cannot reach. */
const untilMoved = (tolerationSeconds: number): k8s.Toleration[] =>
  ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds,
  }));

function container(props: ContainerProps, images: ImagePolicy, readOnlyRoot: boolean): k8s.Container {
  const { name, port, mounts = [], probes, drain, user, devices } = props;
  return {
    name,
    image: imageIn(images.registry, props.image),
    imagePullPolicy: images.pullPolicy,
    ...program(props),
    ...(port && { ports: [{ name: port.name, containerPort: port.number, protocol: 'TCP' }] }),
    ...probes,
    ...(drain !== undefined && { lifecycle: { preStop: { exec: { command: ['sleep', String(drain)] } } } }),
    resources: {
      requests: { ...amounts(props.resources, 'request'), ...counts(devices) },
      limits: { ...amounts(props.resources, 'limit'), ...counts(devices) },
    },
    securityContext: {
      ...(user !== undefined && { runAsUser: user, runAsGroup: user }),
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: readOnlyRoot,
    },
    volumeMounts: [...(mounts.some(({ mountPath }) => mountPath === TMP.mountPath) ? [] : [TMP]), ...mounts],
  };
}

const program = ({ command, args = [], workingDir, env = [], envFrom = [] }: ContainerProps) => ({
  ...(command && { command: [...command] }),
  ...(workingDir !== undefined && { workingDir }),
  ...(args.length > 0 && { args: [...args] }),
  ...(envFrom.length > 0 && { envFrom: [...envFrom] }),
  ...(env.length > 0 && { env: [...env] }),
});

const amounts = (resources: ResourceAmounts, side: keyof Amount): Record<string, k8s.Quantity> => ({
  cpu: quantity(resources.cpu[side]),
  memory: quantity(resources.memory[side]),
  'ephemeral-storage': quantity(resources.disk[side]),
});

const counts = (devices: ContainerProps['devices']): Record<string, k8s.Quantity> =>
  Object.fromEntries(
    Object.entries(devices ? devices : {}).map(([name, count]) => [name, quantity(String(count))]),
  );

/** Patches and plain strings lose a quantity's type on the way; this keeps it. */
export const quantity = (text: string): k8s.Quantity => k8s.Quantity.fromString(text);

/** `acme/jobs:1` is `registry.example.com/acme/jobs:1` there; an image that names its registry stays. */
export function imageIn(registry: string, image: string): string {
  const first = image.slice(0, Math.max(0, image.indexOf('/')));
  const named = first.includes('.') || first.includes(':') || first === 'localhost';
  return registry === '' || named ? image : `${registry}/${image}`;
}

/** Mounts a folder of a volume, read-only. */
export const readOnly = (name: string, mountPath: string): k8s.VolumeMount => ({
  name,
  mountPath,
  readOnly: true,
});

/** An `emptyDir` in memory, which counts in that of the containers that write to it. */
export const inMemory = (name: string, size: string): k8s.Volume => ({
  name,
  emptyDir: { medium: 'Memory', sizeLimit: quantity(size) },
});

/** An `emptyDir` that cannot fill its node. */
export const scratch = (name: string, size: string): k8s.Volume => ({
  name,
  emptyDir: { sizeLimit: quantity(size) },
});
