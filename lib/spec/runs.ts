// What a workload has of its own, with its defaults.

import type { Resources } from './compute';
import type { EnvSource, FileSource } from './files';
import type { Placed } from './resolved-pods';
import type { EnvValue } from './values';

/** What a workload has of its own. */
export interface Runs extends Placed {
  readonly resources: Resources;
  readonly env: Readonly<Record<string, EnvValue>>;
  readonly envFrom: readonly EnvSource[];
  readonly files: Readonly<Record<string, FileSource>>;
}
