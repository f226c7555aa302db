// The app that a process runs: the tenant's, or what its pool or process has of its own of it.

import type { ResolvedApp, ResolvedTenant } from '../../spec';
import { workerName } from './workers';

/** `name`: of the process, as it runs: `worker-default`, `web`. */
export const appOf = ({ app, workers, processes }: ResolvedTenant, name: string): ResolvedApp => {
  const pool = workers.find((one) => workerName(one) === name);
  const found = pool ? pool : processes.find((one) => one.name === name);
  return found ? found.app : app;
};
