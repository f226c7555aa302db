// Folders of a process, as a service mounts them.

import type { Folder, Process } from '../plan/process';
import { LOADER_CONFIG } from '../plan/celery/paths';
import { passwordFile } from './redis-service';
import { fileAt, volumeAt } from './service';
import { OWN_FOLDER, serviceOf } from './site';
import type { ProjectSite } from './site';
import { loaderOf, redisOf, textsOf, yoursOf } from './tenant';
import type { ProjectTenant } from './tenant';

type Files = Extract<Folder, { readonly config: string } | { readonly secret: string }>;

/** Room to write is no mount of the project's. */
export function mount(
  site: ProjectSite,
  owner: ProjectTenant,
  { user }: Pick<Process, 'user'>,
  folder: Folder,
): readonly string[] {
  if ('scratch' in folder) return [];
  if (!('claim' in folder)) return filesOf(site, owner, folder);
  const name = serviceOf(site, owner.plan.tenant.name, folder.claim);
  site.book.volume(name, user);
  return [volumeAt(name, folder.path)];
}

function filesOf(site: ProjectSite, owner: ProjectTenant, folder: Files): readonly string[] {
  const redis = 'secret' in folder ? redisOf(owner, folder.secret) : undefined;
  if (redis) return each(folder, (key) => passwordFile(redis, key));
  const own = 'config' in folder ? ownFolder(site, owner, folder.config) : undefined;
  if (own !== undefined) return mounted(folder, own, (key) => `${own}/${key}`);
  const { path, about } = yoursOf(site, owner, folder);
  if (folder.files === undefined) site.book.yours(`${path}/.keep`, `${about}, a file for each key beside it`);
  return mounted(folder, path, (key) => site.book.yours(`${path}/${key}`, `${about}, key ${key}`));
}

const mounted = (folder: Files, source: string, fileOf: (key: string) => string): readonly string[] =>
  folder.files === undefined ? [fileAt(source, folder.path)] : each(folder, fileOf);

const each = ({ path, files, single }: Files, fileOf: (key: string) => string): readonly string[] =>
  Object.entries(files === undefined ? {} : files).map(([key, file]) =>
    fileAt(fileOf(key), single === undefined ? `${path}/${file}` : path),
  );

function ownFolder(site: ProjectSite, owner: ProjectTenant, config: string): string | undefined {
  if (config === LOADER_CONFIG) return loaderOf(site, owner).folder;
  const texts = textsOf(owner, config);
  if (texts === undefined) return undefined;
  const folder = `${OWN_FOLDER}/${serviceOf(site, owner.plan.tenant.name, config)}`;
  site.book.files(folder, texts);
  return folder;
}
