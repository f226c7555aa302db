// What one look at a cluster gives: brokers and tenants with what is wrong with each, as `--json` prints it.

/** `unknown`: the question that would tell got no answer. */
export type State = 'critical' | 'warning' | 'unknown' | 'ok';

export interface Status {
  readonly environment: string;
  readonly cluster: string;
  /** ISO 8601. */
  readonly at: string;
  readonly alerts: Alerts;
  /** Those that are worst off first. */
  readonly brokers: readonly BrokerStatus[];
  readonly tenants: readonly TenantStatus[];
}

/** Something that a person should know of. */
export interface Trouble {
  readonly state: Exclude<State, 'ok'>;
  /** The alert that is about this, which has a runbook; absent where there is none. */
  readonly alert?: string;
  readonly text: string;
}

export interface BrokerStatus {
  readonly name: string;
  /** `external`: somebody else runs it. */
  readonly kind: 'shared' | 'dedicated' | 'external';
  readonly state: State;
  readonly troubles: readonly Trouble[];
  /** Pods that are primary. */
  readonly primaries: readonly string[];
  readonly pods: PodCount;
  /** Of the primary. */
  readonly memory?: Share;
  /** Of the primary. */
  readonly connections?: Share;
}

/** Bytes of memory, or connections. */
export interface Share {
  readonly used: number;
  readonly max: number;
}

export interface PodCount {
  readonly ready: number;
  readonly wanted: number;
}

export interface TenantStatus {
  readonly name: string;
  readonly broker: string;
  readonly state: State;
  readonly troubles: readonly Trouble[];
  readonly pools: readonly PoolStatus[];
  readonly queues: readonly QueueStatus[];
  /** Absent where the broker did not answer. */
  readonly inHand?: InHand;
  readonly deadLetters?: number;
  readonly beat?: BeatStatus;
  /** What is left on the broker that it leaves; absent where it does not move. */
  readonly movingFrom?: OldSideStatus;
}

export type OldSideStatus = Pick<TenantStatus, 'broker' | 'pools' | 'queues' | 'inHand' | 'deadLetters'>;

/** Ready is who consumes: a worker's readiness probe asks for that. */
export interface PoolStatus extends PodCount {
  readonly name: string;
  /** Pods that do not consume, each with the reason. */
  readonly away: readonly string[];
  /** One of them runs and takes no tasks all the same. */
  readonly deaf: boolean;
  /** No pod, as no task waits: its autoscaler may take the last one. */
  readonly atRest: boolean;
}

export interface QueueStatus {
  readonly name: string;
  /** Absent where the broker did not answer. */
  readonly waiting?: number;
  /** Seconds that the next message waits since it was sent or due; absent where none waits, or none says when. */
  readonly oldest?: number;
}

/** Messages that workers have taken and not acknowledged. */
export interface InHand {
  readonly messages: number;
  /** Seconds since the oldest was taken, or since its worker last said that it still has it. */
  readonly oldest?: number;
  /** Seconds after which one is given to another worker. */
  readonly visibilityTimeout: number;
}

export interface BeatStatus extends PodCount {
  /** Seconds; absent where it was not asked. */
  readonly lastTick?: number;
}

/** What Prometheus says, or in a word why it was not heard. */
export type Alerts = { readonly firing: readonly FiringAlert[] } | { readonly unknown: string };

export interface FiringAlert {
  readonly name: string;
  readonly severity: string;
  readonly summary: string;
  readonly tenant?: string;
  readonly broker?: string;
  /** ISO 8601. */
  readonly since: string;
}
