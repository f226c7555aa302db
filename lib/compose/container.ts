// A container of a pod as one of Compose: image, command, user, variables, folders, all that hardens it.

import { SCRATCH } from '../kube';
import { RUN_DIR } from '../plan/celery/paths';
import type { Companion, Folder, Process, Wait } from '../plan/process';
import { imageOf } from './image';
import { mount, userOf } from './mounts';
import { CONTENT_LABEL, HARDENED, scratchAt, volumeAt } from './service';
import type { Service } from './service';
import { serviceOf } from './site';
import type { ProjectSite } from './site';
import { loaderOf } from './tenant';
import type { ProjectTenant } from './tenant';
import { dollarsDoubled, expanded } from './texts';
import { environmentFiles, environmentOf } from './variables';

/** Init containers of the author's; the waits of Stalk are conditions. */
export const preparationsOf = ({ waits }: Pick<Process, 'waits'>): readonly Wait[] =>
  waits.filter((wait) => wait.for === 'preparation');

export const besideName = (
  site: ProjectSite,
  { plan }: ProjectTenant,
  process: Pick<Process, 'name'>,
  { name }: { readonly name: string },
): string => serviceOf(site, plan.tenant.name, `${process.name}-${name}`);

/** What all containers of a pod have here: its program, what stands beside it, and what runs before it. */
export function containerIn(
  site: ProjectSite,
  owner: ProjectTenant,
  process: Process,
  of: Companion | Wait | Process,
) {
  const values = environmentOf(site, owner, of);
  const user = of.user === undefined ? userOf(process) : of.user;
  const folders = of.folders.some(({ path }) => path === SCRATCH.path)
    ? of.folders
    : [{ name: SCRATCH.name, path: SCRATCH.path, scratch: SCRATCH.size }, ...of.folders];
  return {
    ...imageOf(site, owner, of),
    ...startsOf(of, values),
    user: `${user}:${user}`,
    ...environmentFiles(site, owner, of),
    environment: Object.fromEntries(values),
    volumes: folders.flatMap((folder) => mountsIn(site, owner, process, folder)),
    tmpfs: folders.flatMap((folder) => roomIn(process, folder, user)),
    ...HARDENED,
    labels: { [CONTENT_LABEL]: loaderOf(site, owner).hash },
  };
}

type Starts = Pick<Service, 'entrypoint' | 'command' | 'working_dir'>;

/** In exec form, as in a pod: the image's own entrypoint does not stand before a command. */
function startsOf(of: Companion | Wait | Process, values: ReadonlyMap<string, string>): Starts {
  if ('args' in of) {
    const words = [...(of.command ? of.command : []), ...of.args].map(dollarsDoubled);
    return { ...(of.command && { entrypoint: [] }), ...(words.length > 0 && { command: words }) };
  }
  return {
    entrypoint: [],
    command: of.command.map((word) => expanded(word, values)),
    ...(of.workingDir !== undefined && { working_dir: of.workingDir }),
  };
}

/** Room to write that a sidecar or an init container sees too: a socket, a page that it makes. */
export const isSharedRoom = ({ folders, companions, waits }: Process, folder: Folder): boolean =>
  'scratch' in folder &&
  folder.path !== RUN_DIR &&
  folders.some(({ name }) => name === folder.name) &&
  [...companions, ...preparationsOf({ waits })].some((one) =>
    one.folders.some(({ name }) => name === folder.name),
  );

/** Its mounts; room that is shared is a volume, as containers have no memory in common. */
function mountsIn(
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
function roomIn(process: Process, folder: Folder, user: number): readonly string[] {
  if ('memory' in folder) return [scratchAt(folder.path, folder.memory, user)];
  if (!('scratch' in folder)) return [];
  return isSharedRoom(process, folder) ? [] : [scratchAt(folder.path, folder.scratch, user)];
}
