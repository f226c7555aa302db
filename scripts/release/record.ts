/** The record of a release: what it promises of the reference tenants, as text that a review can read. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Platform } from '../../lib';
import { itemsOf, readTree } from '../../lib/diff';
import type { Item } from '../../lib/diff';
import { noExtra } from '../../lib/output/extra';
import { renderTree } from '../../lib/output/tree';
import { promised } from './promised';

export interface Record_ {
  readonly version: string;
  readonly items: readonly Item[];
}

/** Of the platforms as they are rendered now. */
export function promisesOf(platforms: readonly Platform[]): readonly Item[] {
  const files = new Map<string, string>();
  renderTree(platforms, noExtra, (folder) => {
    for (const [name, text] of folder.files) files.set(`${folder.path}/${name}`, text);
  });
  return promised(itemsOf(readTree(files).sources));
}

/** A line for each object, below its folder. */
export function toText({ version, items }: Record_): string {
  const folders = new Map<string, string[]>();
  for (const { environment, folder, manifest } of items) {
    const key = `${environment}/${folder}`;
    folders.set(key, [...(folders.get(key) ?? []), JSON.stringify(manifest)]);
  }
  const body = [...folders].map(
    ([key, lines]) => `${JSON.stringify(key)}: [\n${lines.sort().join(',\n')}\n]`,
  );
  return `{\n"version": ${JSON.stringify(version)},\n"objects": {\n${body.join(',\n')}\n}\n}\n`;
}

export function fromText(text: string): Record_ {
  const { version, objects } = JSON.parse(text) as {
    readonly version: string;
    readonly objects: Readonly<Record<string, readonly Item['manifest'][]>>;
  };
  const items = Object.entries(objects).flatMap(([key, manifests]) => {
    const [environment = '', ...folder] = key.split('/');
    return manifests.map((manifest) => ({ environment, folder: folder.join('/'), manifest }));
  });
  return { version, items };
}

/** The newest of the records in a folder, each `<version>.json`. */
export function newestIn(folder: string): Record_ {
  const versions = readdirSync(folder)
    .filter((file) => /^\d+\.\d+\.\d+\.json$/.test(file))
    .map((file) => file.replace(/\.json$/, ''))
    .sort(byVersion);
  return fromText(readFileSync(join(folder, `${versions.at(-1)}.json`), 'utf8'));
}

/** Numbers, not text: 0.10.0 is newer than 0.9.0. */
export function byVersion(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  const at = left?.findIndex((part, i) => part !== right?.[i]) ?? -1;
  return at < 0 ? 0 : Number(left?.[at]) - Number(right?.[at]);
}
