// What stands beside a program in its pod, as services: sidecars in its network, init containers before it.

import { SCRATCH } from '../kube';
import type { Companion, Folder, Process, Wait } from '../plan/process';
import { RUN_DIR } from '../plan/celery/paths';
import { imageOf } from './image';
import { mount, userOf } from './mounts';
import { CONTENT_LABEL, HARDENED, limitsOf, scratchAt, volumeAt } from './service';
import type { Service } from './service';
import { networksOf, serviceOf } from './site';
import type { ProjectSite } from './site';
import { loaderOf } from './tenant';
import type { ProjectTenant } from './tenant';
import { dollarsDoubled, expanded } from './texts';
import { environmentFiles, environmentOf } from './variables';

type Conditions = NonNullable<Service['depends_on']>;

/** Init containers of the author's; the waits of Stalk are conditions. */
export const preparationsOf = ({ waits }: Process): readonly Wait[] =>
  waits.filter((wait) => wait.for === 'preparation');

export const besideName = (
  site: ProjectSite,
  { plan }: ProjectTenant,
  process: Pick<Process, 'name'>,
  { name }: { readonly name: string },
): string => serviceOf(site, plan.tenant.name, `${process.name}-${name}`);

/** Runs in the network of its program, and so starts after it. */
export function sidecarService(
  site: ProjectSite,
  owner: ProjectTenant,
  process: Process,
  companion: Companion,
): Service {
  const { command, args } = companion;
  const program = serviceOf(site, owner.plan.tenant.name, process.name);
  const words = [...(command ? command : []), ...args].map(dollarsDoubled);
  return {
    ...common(site, owner, process, companion),
    ...(command && { entrypoint: [] }),
    ...(words.length > 0 && { command: words }),
    network_mode: `service:${site.nameOf(program)}`,
    depends_on: { [site.nameOf(program)]: { condition: 'service_started' } },
    restart: 'unless-stopped',
    stop_grace_period: `${process.grace}s`,
    ...limitsOf(companion.resources),
  };
}

/** Runs once; its program starts when it has ended well. */
export function preparationService(
  site: ProjectSite,
  owner: ProjectTenant,
  process: Process,
  { wait, after }: { readonly wait: Wait; readonly after: Conditions },
): Service {
  const values = environmentOf(site, owner, wait);
  return {
    ...common(site, owner, process, wait),
    entrypoint: [],
    command: wait.command.map((word) => expanded(word, values)),
    ...(wait.workingDir !== undefined && { working_dir: wait.workingDir }),
    ...networksOf(site, [owner.plan.tenant.name], besideName(site, owner, process, wait)),
    extra_hosts: ['host.docker.internal:host-gateway'],
    depends_on: after,
    restart: 'no',
    ...limitsOf(process.resources),
  };
}

/** What all containers beside a program have. */
function common(site: ProjectSite, owner: ProjectTenant, process: Process, of: Companion | Wait) {
  const user = of.user === undefined ? userOf(process) : of.user;
  const folders = of.folders.some(({ path }) => path === SCRATCH.path)
    ? of.folders
    : [{ name: 'tmp', path: SCRATCH.path, scratch: SCRATCH.size }, ...of.folders];
  return {
    ...imageOf(site, owner, of),
    user: `${user}:${user}`,
    ...environmentFiles(site, owner, of),
    environment: Object.fromEntries(environmentOf(site, owner, of)),
    volumes: folders.flatMap((folder) => mountsIn(site, owner, process, folder)),
    tmpfs: folders.flatMap((folder) => roomIn(process, folder, user)),
    read_only: true,
    ...HARDENED,
    labels: { [CONTENT_LABEL]: loaderOf(site, owner).hash },
  };
}

/** Room to write that a sidecar or an init container sees too: a socket, a page that it makes. */
export const isSharedRoom = ({ folders, companions, waits }: Process, folder: Folder): boolean =>
  'scratch' in folder &&
  folder.path !== RUN_DIR &&
  folders.some(({ name }) => name === folder.name) &&
  [...companions, ...waits.filter((wait) => wait.for === 'preparation')].some((one) =>
    one.folders.some(({ name }) => name === folder.name),
  );

/** Its mounts; room that is shared is a volume, as containers have no memory in common. */
export function mountsIn(
  site: ProjectSite,
  owner: ProjectTenant,
  process: Process,
  folder: Folder,
): readonly string[] {
  if (!isSharedRoom(process, folder)) return mount(site, owner, process, folder);
  const name = besideName(site, owner, process, folder);
  site.book.volume(name, userOf(process));
  return [volumeAt(name, folder.path)];
}

/** Room to write and memory that is shared are both in memory here. */
export function roomIn(process: Process, folder: Folder, user: number): readonly string[] {
  if ('memory' in folder) return [scratchAt(folder.path, folder.memory, user)];
  if (!('scratch' in folder)) return [];
  return isSharedRoom(process, folder) ? [] : [scratchAt(folder.path, folder.scratch, user)];
}
