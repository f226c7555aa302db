// What stands beside the programs of a tenant, with every default filled in.

import type { ProbeDefaults, Resources } from './compute';
import type { EnvSource, FileSource } from './files';
import type { WrittenFolder } from './resolved-app';
import type { EnvValue } from './values';

/** What stands in a pod beside its program: the tenant's, and the workload's own. */
export interface Beside {
  readonly sidecars: readonly ResolvedSidecar[];
  /** In the order in which they run. */
  readonly initContainers: readonly ResolvedInitContainer[];
}

export interface ResolvedSidecar {
  readonly name: string;
  /** Whether the workload says it; else the tenant does. */
  readonly isOwn: boolean;
  readonly image: string;
  /** Absent, the image's entrypoint. */
  readonly command?: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, EnvValue>>;
  readonly envFrom: readonly EnvSource[];
  readonly files: Readonly<Record<string, FileSource>>;
  readonly port?: number;
  /** Path of its health. */
  readonly health?: string;
  /** Absent, the app's. */
  readonly user?: number;
  readonly writable: readonly WrittenFolder[];
  /** Paths in it, by volume or writable folder of the app. */
  readonly mounts: Readonly<Record<string, string>>;
  readonly resources: Resources;
  readonly probes: ProbeDefaults;
  /** Whether requests go to it first. */
  readonly front: boolean;
}

export interface ResolvedInitContainer {
  readonly name: string;
  /** Whether the workload says it, and so means its own app where that has another part. */
  readonly isOwn: boolean;
  readonly command: readonly string[];
  /** Absent, the app's. */
  readonly image?: string;
  readonly env: Readonly<Record<string, EnvValue>>;
  readonly user?: number;
  readonly mounts: Readonly<Record<string, string>>;
}
