// A process of an app as a service: the same command, variables, folders and probe.

import { imageIn, SCRATCH } from '../kube';
import type { Process } from '../plan/process';
import { healthOf } from './health';
import { mount } from './mounts';
import { CONTENT_LABEL, HARDENED, limitsOf, scratchAt } from './service';
import type { Condition, Service } from './service';
import { networksOf, serviceOf } from './site';
import type { ProjectSite } from './site';
import { loaderOf } from './tenant';
import type { ProjectTenant } from './tenant';
import { expanded } from './texts';
import { environmentFiles, environmentOf } from './variables';

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

export function appService(site: ProjectSite, owner: ProjectTenant, process: Process): Service {
  const { tenant } = owner.plan;
  const service = serviceOfProcess(site, owner, process);
  const values = environmentOf(site, owner, process);
  const { port, probes, lifetime } = process;
  const volumes = process.folders.flatMap((folder) => mount(site, owner, process, folder));
  return {
    ...imageOf(site, owner, process),
    ...(runsByHand(process) && { profiles: [BY_HAND] }),
    entrypoint: [], // as in a pod, the image's own stands not before the command
    command: process.command.map((word) => expanded(word, values)),
    user: `${process.user}:${process.user}`,
    ...(process.workingDir !== undefined && { working_dir: process.workingDir }),
    ...environmentFiles(site, owner, process),
    environment: Object.fromEntries(values),
    volumes,
    tmpfs: [
      scratchAt(SCRATCH.path, SCRATCH.size, process.user),
      ...process.folders.flatMap((folder) =>
        'scratch' in folder ? [scratchAt(folder.path, folder.scratch, process.user)] : [],
      ),
    ],
    ...(port !== undefined && { ports: [portOf(site, service, port)] }),
    ...networksOf(site, [tenant.name], service, port === undefined ? undefined : process.name),
    extra_hosts: ['host.docker.internal:host-gateway'], // a database on the laptop itself
    depends_on: needsOf(site, owner, process),
    ...(probes && { healthcheck: healthOf(probes, port) }),
    restart: lifetime.kind === 'job' || lifetime.kind === 'cron' ? 'no' : 'unless-stopped',
    stop_grace_period: `${process.grace}s`,
    ...limitsOf(process.resources),
    read_only: process.writableRoot === undefined,
    ...HARDENED,
    labels: { [CONTENT_LABEL]: loaderOf(site, owner).hash },
  };
}

/** Built here, it has a name that no registry has. */
function imageOf(
  { contexts }: ProjectSite,
  { plan: { tenant } }: ProjectTenant,
  { image }: Process,
): Pick<Service, 'image' | 'build'> {
  const build = image === tenant.app.image ? contexts.get(tenant.name) : undefined;
  return build === undefined
    ? { image: imageIn(tenant.environment.registry, image) }
    : { image: `${tenant.name}:local`, build };
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
  const persistent = process.folders.some((folder) => 'claim' in folder);
  const needs: readonly (readonly [string, Condition])[] = [
    [broker.service, 'service_healthy'],
    ...(cache ? [[cache.service, 'service_healthy'] as const] : []),
    ...(persistent ? [[CHOWN, 'service_completed_successfully'] as const] : []),
    ...jobs.map((job) => [serviceOfProcess(site, owner, job), 'service_completed_successfully'] as const),
  ];
  return Object.fromEntries(needs.map(([name, condition]) => [site.nameOf(name), { condition }]));
}
