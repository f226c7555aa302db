// What a workload has of its own, with its defaults.

import type { Resources } from './compute';
import type { EnvSource, FileSource } from './files';
import type { Placed } from './resolved-pods';
import type { EnvValue } from './values';
import type { Beside } from './resolved-sidecars';

/** What a workload has of its own. */
export interface Runs extends Beside, Placed {
  readonly resources: Resources;
  readonly env: Readonly<Record<string, EnvValue>>;
  readonly envFrom: readonly EnvSource[];
  readonly files: Readonly<Record<string, FileSource>>;
}

/** What the kubelet asks of a server. */
export interface ResolvedHealth {
  readonly path: string;
  /** As the author says it; `*` for any name. */
  readonly host?: string;
  /** As they are sent, `Host` among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Absent, the port that is served. */
  readonly port?: number;
  readonly scheme: 'http' | 'https';
}
