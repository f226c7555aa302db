// Where pods run and as whom, with every layer laid over the others.

import type { NodeAffinity, ServerPods, Toleration } from './pods';
import type { Memory } from './units';

/** Where pods run, and what their metadata say beside Stalk's own. */
export interface ResolvedServerPods extends Pick<ServerPods, 'priorityClass' | 'runtimeClass'> {
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly (Omit<Toleration, 'for'> & { readonly seconds?: number })[];
  readonly nodeAffinity: Required<NodeAffinity>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ResolvedAccount {
  readonly name: string;
  readonly token: boolean;
  /** By Stalk; else somebody else makes it. */
  readonly isMade: boolean;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ResolvedPods extends ResolvedServerPods {
  /** Absent: the one that has no rights. */
  readonly account?: ResolvedAccount;
  readonly sharedMemory?: Memory;
}

/** Of each workload, whatever its kind. */
export interface Placed {
  readonly pods: ResolvedPods;
  /** How many of each a pod has for itself. */
  readonly devices: Readonly<Record<string, number>>;
}
