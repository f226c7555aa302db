// The app's other programs, web among them, with their defaults and derived times.

import type { AppPart } from './app';
import { filled } from './layers';
import { cronProcess, plainProcess, serverProcess } from './processes';
import type { CronProcess, PlainProcess, ServerProcess, TenantProcess } from './processes';
import { oneHostOf, resolveExpose } from './resolve-expose';
import { runs } from './resolve-runs';
import type { AskedBeside } from './resolve-sidecars';
import type {
  Beside,
  ResolvedApp,
  ResolvedCron,
  ResolvedEnvironment,
  ResolvedExpose,
  ResolvedPlain,
  ResolvedProcess,
  ResolvedTenant,
  ResolvedWeb,
} from './resolved';
import type { ResolvedHealth } from './runs';
import type { Tenant } from './tenant';
import { seconds } from './units';
import { healthRequest } from './workloads';
import type { HealthRequest, Web } from './workloads';

/** What all processes of a tenant have from elsewhere. */
interface Around {
  readonly app: ResolvedApp;
  readonly environment: ResolvedEnvironment;
  readonly beside: (asked: AskedBeside) => Beside;
}

/** The tenant's app, with what a pool or a process has of its own. */
export const appIn = (app: ResolvedApp, part: AppPart | undefined): ResolvedApp =>
  part === undefined ? app : filled(app, part);

export const resolveProcesses = (
  { web, processes = {} }: Tenant,
  around: Around,
): Pick<ResolvedTenant, 'web' | 'processes'> => ({
  ...(web && { web: resolveServer('web', web, around) }),
  processes: Object.entries(processes).map(([name, asked]) => resolveProcess(name, asked, around)),
});

function resolveProcess(name: string, asked: TenantProcess, around: Around): ResolvedProcess {
  if (asked.cron !== undefined) return resolveCron(name, asked, around);
  return asked.port === undefined ? resolvePlain(name, asked, around) : resolveServer(name, asked, around);
}

/** `web` is a server like others: what it has no word for has its default. */
function resolveServer(name: string, asked: ServerProcess, around: Around): ResolvedWeb {
  const full = filled(around.environment.defaults.web, asked, serverProcess);
  const exposed = asked.expose && resolveExpose(asked.expose, around.environment);
  return {
    ...started(name, asked, around),
    ...stays(asked, full.replicas, around),
    ...(exposed && { expose: exposed }),
    port: asked.port,
    health: resolveHealth(full.health, exposed),
    processes: asked.processes ?? said(asked.command, PROCESSES) ?? 1,
    threads: asked.threads ?? said(asked.command, THREADS) ?? 1,
    grace: seconds(full.grace),
    ...runs(full, asked),
    probes: full.probes,
  };
}

function resolvePlain(name: string, asked: PlainProcess, around: Around): ResolvedPlain {
  const full = filled(around.environment.defaults.process, asked, plainProcess);
  return {
    ...started(name, asked, around),
    ...stays(asked, full.replicas, around),
    ...(asked.health && { health: asked.health }),
    grace: seconds(full.grace),
    ...runs(full, asked),
    probes: full.probes,
  };
}

function resolveCron(name: string, asked: CronProcess, around: Around): ResolvedCron {
  const full = filled(around.environment.defaults.cron, asked, cronProcess);
  return {
    ...started(name, asked, around),
    cron: asked.cron,
    timeLimit: seconds(full.timeLimit),
    grace: seconds(full.grace),
    ...runs(full, asked),
  };
}

const started = (
  name: string,
  asked: TenantProcess,
  { app, environment: { defaults }, beside }: Around,
): Pick<ResolvedProcess, 'name' | 'command' | 'app' | 'redisUser' | keyof Beside> => ({
  name,
  command: asked.command,
  app: appIn(app, asked.app),
  redisUser: asked.redisUser ?? defaults.process.redisUser,
  ...beside(asked),
});

function stays(
  asked: ServerProcess | PlainProcess,
  replicas: number,
  { environment: { defaults } }: Around,
): Pick<ResolvedWeb, 'atMostOne' | 'replicas' | 'scaling'> {
  const atMostOne = asked.atMostOne ?? defaults.process.atMostOne;
  return {
    atMostOne,
    replicas: atMostOne ? (asked.replicas ?? 1) : replicas,
    ...(asked.scaling && { scaling: asked.scaling }),
  };
}

/** As gunicorn, uvicorn, hypercorn, granian and uWSGI take them, also in a line that a shell reads. */
const PROCESSES = /(?:^|\s)(?:-w|--workers|--processes)(?:\s+|=)(\d+)(?=\s|$)/;
const THREADS = /(?:^|\s)(?:--threads|--blocking-threads)(?:\s+|=)(\d+)(?=\s|$)/;

/** A number that the command of a server says. */
function said(command: readonly string[], option: RegExp): number | undefined {
  const number = option.exec(command.join(' '))?.[1];
  return number === undefined ? undefined : Math.max(1, Number(number));
}

/** As an ingress sends it, where it is known for which host. */
export function resolveHealth(asked: NonNullable<Web['health']>, exposed?: ResolvedExpose): ResolvedHealth {
  const { headers, ...request }: HealthRequest & typeof healthRequest.defaults = {
    ...healthRequest.defaults,
    ...(typeof asked === 'string' ? { path: asked } : asked),
  };
  const host = request.host ?? (exposed && oneHostOf(exposed));
  if (host === undefined) return { ...request, headers };
  return {
    ...request,
    host,
    headers: {
      ...(host !== '*' && { Host: host }),
      ...(exposed?.tls !== false && !saysHow(headers) && { 'X-Forwarded-Proto': 'https' }),
      ...headers,
    },
  };
}

const saysHow = (headers: Readonly<Record<string, string>>): boolean =>
  Object.keys(headers).some((name) => name.toLowerCase() === 'x-forwarded-proto');
