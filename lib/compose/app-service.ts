// A process of an app as a service: the same command, variables, folders and probe.

import type { Process } from '../plan/process';
import { preparationService, sidecarService } from './beside';
import { besideName, containerIn, isSharedRoom, preparationsOf } from './container';
import { healthOf } from './health';
import { LAPTOP, limitsOf } from './service';
import type { Condition, Service } from './service';
import { networksOf, serviceOf } from './site';
import type { ProjectSite } from './site';
import type { ProjectTenant } from './tenant';

export const CHOWN = 'prepare-volumes';

/** Not started with the others: what runs by the clock, and what the author has none of. */
const BY_HAND = 'by-hand';

export const runsByHand = ({ lifetime }: Pick<Process, 'lifetime'>): boolean =>
  lifetime.kind === 'cron' || ('replicas' in lifetime && lifetime.replicas === 0 && !('scaling' in lifetime));

export const serviceOfProcess = (
  site: ProjectSite,
  { plan }: ProjectTenant,
  { name }: Pick<Process, 'name'>,
): string => serviceOf(site, plan.tenant.name, name);

/** A process with all that stands beside it in its pod, in the order in which they start. */
export function appServices(
  site: ProjectSite,
  owner: ProjectTenant,
  process: Process,
): readonly (readonly [name: string, service: Service])[] {
  const byHand = runsByHand(process) ? { profiles: [BY_HAND] } : {};
  const all = [
    ...preparationsOf(process).map(
      (wait, index) =>
        [
          besideName(site, owner, process, wait),
          preparationService(site, owner, process, {
            wait,
            after: { ...needsOf(site, owner, process), ...prepared(site, owner, process, index) },
          }),
        ] as const,
    ),
    [serviceOfProcess(site, owner, process), appService(site, owner, process)] as const,
    ...process.companions.map(
      (one) => [besideName(site, owner, process, one), sidecarService(site, owner, process, one)] as const,
    ),
  ];
  return all.map(([name, service]) => [name, { ...service, ...byHand }] as const);
}

/** One after the other: the last has ended when all have. */
const prepared = (
  site: ProjectSite,
  owner: ProjectTenant,
  process: Process,
  before?: number,
): NonNullable<Service['depends_on']> =>
  Object.fromEntries(
    preparationsOf(process)
      .slice(0, before)
      .slice(-1)
      .map((wait) => [
        site.nameOf(besideName(site, owner, process, wait)),
        { condition: 'service_completed_successfully' as const },
      ]),
  );

function appService(site: ProjectSite, owner: ProjectTenant, process: Process): Service {
  const { tenant } = owner.plan;
  const service = serviceOfProcess(site, owner, process);
  const { port, front, probes, lifetime } = process;
  const asked = front === undefined ? port : front;
  return {
    ...containerIn(site, owner, process, process),
    read_only: process.writableRoot === undefined,
    ...(asked !== undefined && { ports: [portOf(site, service, asked)] }),
    ...networksOf(site, [tenant.name], service, port === undefined ? undefined : process.name),
    extra_hosts: LAPTOP,
    depends_on: { ...needsOf(site, owner, process), ...prepared(site, owner, process) },
    ...(probes && { healthcheck: healthOf(probes, port) }),
    restart: lifetime.kind === 'job' || lifetime.kind === 'cron' ? 'no' : 'unless-stopped',
    stop_grace_period: `${process.grace}s`,
    ...limitsOf(process.resources),
  };
}

/** On this machine alone. */
const portOf = ({ published, book, nameOf }: ProjectSite, service: string, port: number): string => {
  const asked = published.get(nameOf(service));
  return `127.0.0.1:${asked === undefined ? book.port(port) : asked}:${port}`;
};

/** Kubernetes has init containers for what Compose has conditions for. */
function needsOf(
  site: ProjectSite,
  owner: ProjectTenant,
  process: Process,
): NonNullable<Service['depends_on']> {
  const { plan, broker, cache } = owner;
  const jobs =
    process.lifetime.kind === 'job' ? [] : plan.processes.filter(({ component }) => component === 'migrate');
  const persistent = process.folders.some((folder) => 'claim' in folder || isSharedRoom(process, folder));
  const needs: readonly (readonly [string, Condition])[] = [
    [broker.service, 'service_healthy'],
    ...(cache ? [[cache.service, 'service_healthy'] as const] : []),
    ...(persistent ? [[CHOWN, 'service_completed_successfully'] as const] : []),
    ...jobs.map((job) => [serviceOfProcess(site, owner, job), 'service_completed_successfully'] as const),
  ];
  return Object.fromEntries(needs.map(([name, condition]) => [site.nameOf(name), { condition }]));
}
