// What every workload may have of its own: sizes, environment, files, where its pods run.

import type { Compute } from './compute';
import { resolvePods } from './resolve-pods';
import { resources } from './resolve-redis';
import type { Runs } from './runs';

/** Of `full`, what has a default for its kind. */
export const runs = (
  full: Parameters<typeof resources>[0],
  { env = {}, envFrom = [], files = {}, devices = {}, pods }: Compute,
): Runs => ({ resources: resources(full), env, envFrom, files, devices, pods: resolvePods(pods) });
