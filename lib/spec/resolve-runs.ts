// What every workload may have of its own: sizes, environment, files, where its pods run.

import type { Compute } from './compute';
import { resolvePods } from './resolve-pods';
import { resources } from './compute-range';
import type { Beside } from './resolved';
import type { Runs } from './runs';

/** Of `full`, what has a default for its kind. */
export const runs = (
  full: Parameters<typeof resources>[0],
  {
    env = {},
    envFrom = [],
    files = {},
    devices = {},
    pods,
  }: Pick<Compute, 'env' | 'envFrom' | 'files' | 'devices' | 'pods'>,
): Omit<Runs, keyof Beside> => ({
  resources: resources(full),
  env,
  envFrom,
  files,
  devices,
  pods: resolvePods(pods),
});
