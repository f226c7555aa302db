// Programs with a command of the author's: web, other servers, those without a port, and those that the clock starts.

import type { ResolvedCron, ResolvedPlain, ResolvedProcess, ResolvedWeb } from '../../spec';
import type { Lifetime, Process } from '../process';
import { appProcess } from './app-process';
import type { AppProcessProps } from './app-process';
import type { AppContext, ClientRole } from './context';
import { ends, serves } from './signals';

/** Time for every machine to learn that the process takes no more requests. */
const DRAIN = 5;

/** As a migration has it. */
const RETRIES = 3;

const ROLES: Readonly<Record<ResolvedProcess['redisUser'], ClientRole>> = {
  producer: 'web',
  worker: 'worker',
};

export const webProcess = (app: AppContext, web: ResolvedWeb): Process => server(app, 'web', web);

export function ownProcess(app: AppContext, process: ResolvedProcess): Process {
  if ('cron' in process) return byClock(app, process);
  return 'port' in process ? server(app, 'process', process) : plain(app, process);
}

const server = (app: AppContext, component: 'web' | 'process', process: ResolvedWeb): Process =>
  appProcess(app, {
    ...common(process),
    component,
    lifetime: lifetimeOf(process),
    port: process.port,
    ...(process.expose && { expose: process.expose }),
    ...serves(process.health, process.probes),
    drain: DRAIN,
    grace: process.grace + DRAIN,
  });

const plain = (app: AppContext, process: ResolvedPlain): Process =>
  appProcess(app, {
    ...common(process),
    component: 'process',
    lifetime: lifetimeOf(process),
    ...(process.health && ends(process.health, process.probes)),
    grace: process.grace,
  });

const byClock = (app: AppContext, process: ResolvedCron): Process =>
  appProcess(app, {
    ...common(process),
    component: 'process',
    lifetime: { kind: 'cron', cron: process.cron, timeLimit: process.timeLimit, retries: RETRIES },
    grace: process.grace,
  });

const common = (process: ResolvedProcess): Omit<AppProcessProps, 'component' | 'lifetime' | 'grace'> => ({
  name: process.name,
  of: process.app,
  role: ROLES[process.redisUser],
  command: process.command,
  runs: process,
  migrated: true,
});

const lifetimeOf = ({ atMostOne, replicas, scaling }: ResolvedWeb | ResolvedPlain): Lifetime =>
  atMostOne
    ? { kind: 'singleton', replicas }
    : { kind: 'service', replicas, apart: 'preferred', ...(scaling && { scaling }) };
