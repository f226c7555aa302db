// Folders of the app: volumes, scratch folders, files from Secrets and ConfigMaps.

import type { Memory } from '../../spec';
import type { SeenClaim, Mount } from '../facts';
import { guess, lose, said, say } from '../sheet';
import type { SheetPath } from '../sheet';
import type { Unit } from '../units';
import { unitSource } from './context';
import type { Writing } from './context';
import { memoryFrom } from '../read/quantities';
import { labelFrom } from './names';

export function writeFolders(writing: Writing, own: readonly Unit[]): void {
  for (const unit of own) for (const mount of unit.program.mounts) writeMount(writing, unit, mount);
}

function writeMount(writing: Writing, unit: Unit, mount: Mount): void {
  const { sheet } = writing;
  const { behind, path } = mount;
  if (behind.kind === 'claim') return writeVolume(writing, unit, mount);
  if (behind.kind === 'scratch') return writeScratch(writing, unit, mount);
  if (behind.kind === 'other')
    return lose(sheet, unitSource(unit), {
      what: `${path}: ${behind.what}`,
      why: behind.what.startsWith('the folder')
        ? 'a cluster has no such folder'
        : 'a tenant has no such volume',
      nearest: behind.what.startsWith('the folder')
        ? 'what lies in the image; app.volumes for data'
        : 'app.volumes, files, or a patch',
    });
  return writeFiles(writing, unit, mount);
}

function writeVolume(writing: Writing, unit: Unit, mount: Mount): void {
  const { sheet } = writing;
  const { behind, path, subPath } = mount;
  if (behind.kind !== 'claim') return;
  const name = labelFrom(behind.claim) ?? 'data';
  const there = said(sheet, ['app', 'volumes', name, 'path']);
  if (there === path) return;
  if (there !== undefined || subPath !== undefined)
    return lose(sheet, unitSource(unit), {
      what: `${path} on the claim ${behind.claim}${subPath === undefined ? '' : `, folder ${subPath}`}`,
      why:
        typeof there === 'string' ? `the claim is mounted at ${there} already` : 'a volume is mounted whole',
      nearest: 'app.volumes with a claim for each folder',
    });
  say(sheet, ['app', 'volumes', name, 'path'], path, unitSource(unit));
  writeClaim(writing, unit, behind.claim, ['app', 'volumes', name]);
}

function writeClaim({ sheet, inventory }: Writing, unit: Unit, asked: string, at: SheetPath): void {
  const claim: SeenClaim | undefined =
    unit.pod.claimTemplates[asked] ?? inventory.claims.find((one) => one.name === asked);
  if (claim === undefined)
    return say(
      sheet,
      [...at, 'claim'],
      asked,
      `${unitSource(unit)}; the claim itself is not among the files`,
    );
  const { source, size, many, storageClass } = claim;
  if (size === undefined) guess(sheet, [...at, 'size'], '1Gi', `${source} has no size`);
  say(sheet, [...at, 'size'], size, source);
  say(sheet, [...at, 'access'], many ? 'ReadWriteMany' : undefined, source);
  if (inventory.origin === 'compose')
    guess(
      sheet,
      [...at, 'access'],
      'ReadWriteMany',
      'services of one machine share it; the storage class must let pods do so',
    );
  say(sheet, [...at, 'storageClass'], storageClass, source);
  sheet.checks.add(
    `Data on the claim ${asked}: the tenant gets a claim of its own in its own namespace; copy the files before it starts.`,
  );
}

/** Folders that Stalk has in every pod. */
const OWN = /^\/tmp\/?$|^\/dev\/shm\/?$/;

function writeScratch({ sheet }: Writing, unit: Unit, { path, behind }: Mount): void {
  const folders =
    (said(sheet, ['app', 'writable']) as readonly (string | { readonly path: string })[] | undefined) ?? [];
  if (path.replace(/\/$/, '') === '/dev/shm' && behind.kind === 'scratch' && behind.size !== undefined)
    return say(sheet, ['pods', 'sharedMemory'], memoryFrom(behind.size), unitSource(unit));
  const folder = path.replace(/(?<=.)\/$/, '');
  if (
    !OWN.test(path) &&
    !folders.some((one) => one === folder || (typeof one === 'object' && one.path === folder))
  )
    say(sheet, ['app', 'writable'], [...folders, sized(folder, behind)], unitSource(unit));
}

/** In memory it is a folder like others: its size says how much of it. */
function sized(
  path: string,
  behind: Mount['behind'],
): string | { readonly path: string; readonly size: Memory } {
  const size = behind.kind === 'scratch' ? memoryFrom(behind.size) : undefined;
  return size === undefined ? path : { path, size };
}

/** One key by `subPath` or `items` is a file; without, a folder. */
function writeFiles({ sheet }: Writing, unit: Unit, { path, behind, subPath }: Mount): void {
  if (behind.kind !== 'secret' && behind.kind !== 'configMap') return;
  const source = unitSource(unit);
  const put = (file: string, key?: string): void =>
    say(sheet, ['files', file], { [behind.kind]: behind.name, ...(key !== undefined && { key }) }, source);
  const byItem = behind.items.find((item) => item.path === subPath);
  if (subPath !== undefined) return put(path, byItem?.key ?? subPath);
  if (behind.items.length === 0) return put(path.replace(/(?<=.)\/$/, ''));
  for (const item of behind.items) put(`${path.replace(/\/$/, '')}/${item.path}`, item.key);
}
