// What an environment may lay its own over (`Environment.defaults`): every default of the tables, and few beside them.

import { celeryApp, newVolume } from './app';
import { requestLimit, computeLines, DISK } from './compute';
import type { RequestLimit } from './compute';
import type { Layer } from './layers';
import { connections, messages, priorities, results } from './messages';
import { objectives } from './objectives';
import { podsLayer } from './pods';
import { cronProcess, plainProcess } from './processes';
import { optional, props } from './props';
import { brokerUse } from './broker-use';
import { external } from './external';
import { cache, sentinel, standalone } from './redis';
import type { Form } from './rules/kind';
import { duration, memory, range } from './rules/kinds';
import { recordOf } from './rules/shapes';
import { sidecar } from './sidecars';
import { tenant } from './tenant';
import type { Memory, Range } from './units';
import { groupPool } from './worker';
import { beat, flower, migration, web } from './workloads';

/** No prop of a Redis, whose data lies on a claim. */
const disk = optional<Range<Memory>, RequestLimit<Memory>>(range(memory), DISK);

const TABLES = {
  tenant,
  pods: podsLayer,
  app: celeryApp,
  volume: newVolume,
  shared: brokerUse,
  redis: props({ ...standalone.lines, disk }),
  sentinel: props({
    sentinels: sentinel.lines.sentinels,
    // under the 5 s after which a hung primary is replaced: what it takes when it wakes up was sent again
    timeout: optional(duration(), '4s'),
  }),
  external,
  cache: props({ ...cache.lines, disk }),
  worker: groupPool,
  beat,
  web, // of every process with a port as well
  process: plainProcess,
  cron: cronProcess,
  flower,
  migrate: migration,
  sidecar,
  results,
  messages,
  priorities,
  connections,
  objectives,
  // init containers and the sidecar that applies users: a shell, redis-cli or a small Python
  helper: props(
    computeLines({
      cpu: requestLimit('10m', '200m'),
      memory: requestLimit('32Mi', '128Mi'),
      disk: requestLimit('8Mi', '64Mi'),
    }),
  ),
};

export type Defaults = {
  readonly [K in keyof typeof TABLES]: (typeof TABLES)[K]['defaults'];
};

const byTable = (
  of: (table: (typeof TABLES)[keyof typeof TABLES]) => unknown,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(TABLES).map(([name, table]) => [name, of(table)]));

export const defaults = byTable((table) => table.defaults) as Defaults;

export const defaultsLayer: Form<Layer<Defaults>> = recordOf(byTable((table) => table.layer) as never);
