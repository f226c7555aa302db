// Every process of an app: a new kind is a file and a line.

import type { Process } from '../process';
import { beatProcess } from './beat';
import type { AppContext } from './context';
import { flowerProcess } from './flower';
import { migrations } from './migrations';
import { ownProcess, webProcess } from './own';
import { worker } from './workers';

export function processesOf(app: AppContext): readonly Process[] {
  const { tenant } = app;
  return [
    ...(tenant.migrate ? [migrations(app, tenant.migrate)] : []),
    ...tenant.workers.map((pool) => worker(app, pool)),
    ...(tenant.beat ? [beatProcess(app, tenant.beat)] : []),
    ...(tenant.web ? [webProcess(app, tenant.web)] : []),
    ...tenant.processes.map((process) => ownProcess(app, process)),
    ...(tenant.flower ? [flowerProcess(app, tenant.flower)] : []),
  ];
}

/** Of the broker that a tenant leaves: its pools alone, as nobody sends to that one any more. */
export const drainsOf = (old: AppContext): readonly Process[] =>
  old.tenant.workers.map((pool) => worker(old, pool));
