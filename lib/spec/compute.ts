// What a pod may use, and when it is looked at.

import { appPods, devices } from './pods';
import type { Pods } from './pods';
import { envFrom, files } from './files';
import { optional, props } from './props';
import type { Contract, PropsOf } from './props';
import { cpu, duration, memory, range, whole } from './rules/kinds';
import type { Cpu, Memory, Range } from './units';
import { env } from './values';

/** Request and limit of a quantity. */
export interface RequestLimit<Quantity> {
  readonly request: Quantity;
  readonly limit: Quantity;
}

/** Request and limit of each resource. */
export interface Resources {
  readonly cpu: RequestLimit<Cpu>;
  readonly memory: RequestLimit<Memory>;
  readonly disk: RequestLimit<Memory>;
}

export const requestLimit = <Quantity>(request: Quantity, limit: Quantity): RequestLimit<Quantity> => ({
  request,
  limit,
});

/** Room for logs and scratch files; 1Gi ends a pod that fills its node's disk. */
export const DISK = requestLimit<Memory>('64Mi', '1Gi');

/** What one pod may use. */
export interface Compute extends Contract, PropsOf<ReturnType<typeof computeLines>> {}

/** Of a kind of workload. */
type Sizes = Omit<Resources, 'disk'> & Partial<Resources>;

const sizeLines = (by: Sizes) => ({
  /**
   * CPU: a request is reserved, a limit throttles.
   * @default - 250m to 1 for workers, 100m to 1 for web and migrate, 50m to 250m for beat, flower and sidecars
   */
  cpu: optional<Range<Cpu>, RequestLimit<Cpu>>(range(cpu), by.cpu),

  /**
   * Memory: over the limit a process is killed.
   * @default - 256Mi to 512Mi for workers, web and migrate, 128Mi to 256Mi for beat and flower, 64Mi to 128Mi for sidecars
   */
  memory: optional<Range<Memory>, RequestLimit<Memory>>(range(memory), by.memory),

  /**
   * Disk of the container and its `emptyDir`s: over the limit the pod is evicted.
   * @default { request: '64Mi', limit: '1Gi' }
   */
  disk: optional<Range<Memory>, RequestLimit<Memory>>(range(memory), by.disk ?? DISK),
});

const sourceLines = {
  /**
   * Whole Secrets and ConfigMaps as environment of these pods only, after the tenant's own.
   * @default []
   * @see docs/environment.md
   */
  envFrom: optional(envFrom),

  /**
   * Files of Secrets and ConfigMaps in these pods only, by path, beside the tenant's own.
   * @default {}
   */
  files: optional(files),
};

export const computeLines = (by: Sizes) => ({
  ...sizeLines(by),

  /**
   * Devices of a node that each pod has for itself, as their plugin names them: `{ 'nvidia.com/gpu': 1 }`. Init containers
   * have none. A rollout ends a pod before it starts another, as there may be no device to spare.
   * @default {}
   * @see docs/pods.md
   */
  devices: optional(devices),

  /**
   * Where these pods run and as whom, on top of the tenant's `pods`.
   * @default {}
   * @see docs/pods.md
   */
  pods: optional<Pods>(appPods),

  /**
   * Environment of these pods only, on top of the tenant's.
   * @default {}
   */
  env: optional(env),

  ...sourceLines,
});

export interface ProbeTiming extends Contract, PropsOf<typeof timing> {}

const timing = props({
  /**
   * Before the first try.
   * @default '0s'
   */
  initialDelay: optional(duration('0s'), '0s'),

  /**
   * Between tries.
   * @default '10s'
   */
  period: optional(duration(), '10s'),

  /**
   * For one try.
   * @default '5s'
   */
  timeout: optional(duration(), '5s'),

  /**
   * Failures in a row that count.
   * @default 3, and 60 for startup
   */
  failures: optional(whole(1), 3),
});

export interface Probes extends Contract, PropsOf<typeof probes> {}

export const probes = props({
  /**
   * Has it come up? The others wait for this one.
   * @default - every 10 s, for ten minutes
   */
  startup: optional<ProbeTiming>(timing),

  /**
   * May it get work, and may a rollout go on?
   * @default - every 10 s
   */
  readiness: optional<ProbeTiming>(timing),

  /**
   * Does only a restart help? A worker whose broker is away is not restarted.
   * @default - every 30 s; of Redis six times, three minutes in all
   */
  liveness: optional<ProbeTiming>(timing),
});

export interface ProbeDefaults {
  readonly startup: Required<ProbeTiming>;
  readonly readiness: Required<ProbeTiming>;
  readonly liveness: Required<ProbeTiming>;
}

const PROBE = timing.defaults;
/** 60 tries of 10 s: an image that takes ten minutes to come up is broken. */
const STARTUP = { ...PROBE, failures: 60 };

/** Liveness of a workload looks at a file's age, which changes slowly. */
const OF_WORKLOADS: ProbeDefaults = {
  startup: STARTUP,
  readiness: PROBE,
  liveness: { ...PROBE, period: '30s' },
};

/** The containers behind a native sidecar wait for its first answer, so it is asked each second, for two minutes. */
const OF_SIDECARS: ProbeDefaults = {
  ...OF_WORKLOADS,
  startup: { ...PROBE, period: '1s', failures: 120 },
};

/** Redis' probe waits 3 s for an answer, and asks a replica twice. */
const ANSWER = { ...PROBE, timeout: '7s' } as const;

/**
 * Three minutes without an answer: the probe is a shell and a client, which a busy node starts late. After 30 s it
 * killed a Redis that worked, and with it everybody's connections; readiness has told by then that it hangs.
 */
const HANGS = { ...ANSWER, period: '30s', failures: 6 } as const;

export const PROBES_OF_REDIS: ProbeDefaults = {
  startup: { ...STARTUP, timeout: '7s' },
  readiness: ANSWER,
  liveness: HANGS,
};

/** A pod that stays, so it is looked at. */
export interface Probed extends Compute, PropsOf<ReturnType<typeof probedLines>> {}

const probeLines = (timing: ProbeDefaults) => ({
  /**
   * Timing of the probes; what they look at is fixed.
   * @default - by kind of workload
   */
  probes: optional<Probes, ProbeDefaults>(probes, timing),
});

export const probedLines = (by: Sizes) => ({ ...computeLines(by), ...probeLines(OF_WORKLOADS) });

/** What a sidecar has of these: it runs where the pod runs, as whom the pod does. */
export interface SidecarCompute extends Contract, PropsOf<ReturnType<typeof sidecarLines>> {}

export const sidecarLines = (by: Sizes) => ({
  ...sizeLines(by),
  ...sourceLines,
  ...probeLines(OF_SIDECARS),
});
