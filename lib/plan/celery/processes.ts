// Every process of an app: a new kind is a file and a line.

import type { Process } from '../process';
import { beat } from './beat';
import type { AppContext } from './context';
import { flower } from './flower';
import { migrations } from './migrations';
import { web } from './web';
import { worker } from './workers';

export function processesOf(app: AppContext): readonly Process[] {
  const { tenant } = app;
  return [
    ...(tenant.migrate ? [migrations(app, tenant.migrate)] : []),
    ...tenant.workers.map((pool) => worker(app, pool)),
    ...(tenant.beat ? [beat(app, tenant.beat)] : []),
    ...(tenant.web ? [web(app, tenant.web)] : []),
    ...(tenant.flower ? [flower(app, tenant.flower)] : []),
  ];
}
