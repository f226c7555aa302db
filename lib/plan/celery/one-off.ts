// A program of the app's own that runs once, as the web side of the tenant.

import type { ResolvedPool } from '../../spec';
import type { Process } from '../process';
import { appProcess } from './app-process';
import type { AppContext } from './context';
import { ownOf } from './workers';

export type OneOffProps = Pick<Process, 'name' | 'component' | 'lifetime' | 'command' | 'grace'>;

/**
 * With resources, place and variables of web; where there is none, with those of this pool. It asks for no device. A plain
 * sidecar would keep it from ending.
 */
export function oneOff(app: AppContext, pool: ResolvedPool, props: OneOffProps): Process {
  const { web, environment, sidecars, initContainers } = app.tenant;
  const own = web ? { of: web.app, runs: web } : ownOf(app, pool);
  const beside = { sidecars: environment.nativeSidecars ? sidecars : [], initContainers };
  const runs = { ...own.runs, ...beside, devices: {} };
  return appProcess(app, { ...props, ...own, runs, role: 'web', migrated: false });
}
