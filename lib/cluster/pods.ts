// Pods as the API server tells of them: whether they are ready, and what keeps them from it.

import type { ContainerRef, KubeObject } from './cluster';

export const POD = { apiVersion: 'v1', kind: 'Pod' } as const;

export interface Pod extends KubeObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly PodContainer[];
    readonly volumes?: readonly {
      readonly name?: string;
      readonly persistentVolumeClaim?: { readonly claimName: string };
    }[];
  };
  readonly status: {
    readonly phase: string;
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly ContainerStatus[];
    /** Native sidecars are among them. */
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

interface PodContainer {
  readonly name: string;
  readonly command?: readonly string[];
  readonly ports?: readonly {
    readonly name?: string;
    readonly containerPort: number;
    readonly protocol?: string;
  }[];
  readonly resources?: object;
}

interface ContainerStatus {
  readonly name: string;
  readonly restartCount: number;
  readonly ready?: boolean;
  readonly state?: {
    readonly running?: object;
    readonly waiting?: { readonly reason?: string };
    readonly terminated?: Termination;
  };
  readonly lastState?: { readonly terminated?: Termination };
}

interface Termination {
  readonly reason?: string;
  readonly exitCode: number;
  /** What its program left for whoever asks. */
  readonly message?: string;
}

export const isReady = ({ status }: Pod): boolean =>
  status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;

/** Whether the container runs, also while its pod is not ready. */
export const isRunning = ({ status }: Pod, container: string): boolean =>
  status.containerStatuses?.some(({ name, state }) => name === container && state?.running !== undefined) ??
  false;

/** Of a container that waits for init containers before it: they are the cause. */
const ITS_TURN = 'PodInitializing';

/** The containers that keep a pod from being ready: `redis-0 (users: CrashLoopBackOff)`. */
export function withCause({ metadata, status }: Pod): string {
  const causes = [
    ...(status.initContainerStatuses ?? []).map((one) => [one, 'it has not ended or is not ready'] as const),
    ...(status.containerStatuses ?? []).map((one) => [one, 'its readiness probe fails'] as const),
  ]
    .filter(([{ ready: is, state }]) => is === false && state?.waiting?.reason !== ITS_TURN)
    .map(([{ name, state }, otherwise]) => `${name}: ${state?.waiting?.reason ?? otherwise}`);
  return causes.length === 0 ? metadata.name : `${metadata.name} (${causes.join(', ')})`;
}

/** The container that runs what the pod is for: it is called as its workload. */
export const containerOf = ({ metadata, spec }: Pod, workload: string): ContainerRef => ({
  namespace: String(metadata.namespace),
  pod: metadata.name,
  container: spec.containers.find(({ name }) => name === workload)?.name ?? String(spec.containers[0]?.name),
});

/** Of all its containers, those that run first before the others. */
export const statusesOf = ({ status }: Pod): readonly ContainerStatus[] => [
  ...(status.initContainerStatuses ?? []),
  ...(status.containerStatuses ?? []),
];

/** What the container that failed has left as its message. */
export function whyOf(pod: Pod): string {
  const failed = statusesOf(pod).flatMap(({ name, state, lastState }) => {
    const ending = state?.terminated ?? lastState?.terminated;
    return ending && ending.exitCode !== 0 ? [{ name, ...ending }] : [];
  });
  const [first] = failed;
  if (!first) return pod.status.phase.toLowerCase();
  const { name, message, reason, exitCode } = first;
  const why = wordsIn(message) ?? reason ?? `exit code ${exitCode}`;
  return why.startsWith(`${name}: `) ? why : `${name}: ${why}`;
}

function wordsIn(message: string | undefined): string | undefined {
  const text = message?.trim();
  if (text === undefined || text === '') return undefined;
  const json = /^\{.*"why":"([^"]*)".*\}$/.exec(text.split('\n').at(-1) ?? '');
  return json?.[1] ?? text.split('\n').at(-1);
}
