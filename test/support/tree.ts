// Written trees, for tests that compare them.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix, relative } from 'node:path';
import { parse } from 'yaml';
import type { Json, Manifest } from './synth';

/** Text of every file by its path below a folder. */
export type Tree = ReadonlyMap<string, string>;

export const readTree = (folder: string): Tree =>
  new Map(
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [relative(folder, file), readFileSync(file, 'utf8')]),
  );

/** Files that one tree has and the other has not, or has with other bytes. */
export const changed = (before: Tree, after: Tree): string[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .filter((file) => before.get(file) !== after.get(file))
    .sort();

/** What `kustomize build` makes of a folder, as far as Stalk asks for it; kustomize.test.ts asks the real one. */
export function built(tree: Tree, folder: string): readonly Manifest[] {
  const text = tree.get(posix.join(folder, 'kustomization.yaml'));
  if (text === undefined) throw new Error(`${folder} has no kustomization`);
  const { resources, namespace, labels = [], commonAnnotations = {}, ...rest }: Json = parse(text);
  expect(Object.keys(rest)).toEqual(['apiVersion', 'kind']);
  const below: Manifest[] = resources.flatMap((name: string) => {
    const path = posix.join(folder, name);
    return name.endsWith('.yaml') ? [parse(tree.get(path) ?? '') as Manifest] : built(tree, path);
  });
  const pairs: Json = Object.assign({}, ...labels.map((one: Json) => one.pairs));
  const over = (metadata: Manifest['metadata']): Manifest['metadata'] => ({
    ...metadata,
    ...(namespace !== undefined && { namespace }),
    ...(metadata.labels && { labels: { ...metadata.labels, ...pairs } }),
    annotations: { ...metadata.annotations, ...commonAnnotations },
  });
  return below.map((manifest) => ({ ...manifest, metadata: over(manifest.metadata) }));
}

/** Makes folders that go when the tests of the calling file (or block) are done. */
export function scratch(): () => string {
  const made: string[] = [];
  afterAll(() => {
    for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'stalk-test-'));
    made.push(folder);
    return folder;
  };
}
