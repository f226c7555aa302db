// Serialises the objects of N made tenants, rendered before, and writes each file plainly; prints what that takes.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { platforms } from '../lib';
import { noExtra } from '../lib/output/extra';
import { fileOf } from '../lib/output/manifest';
import type { Manifest } from '../lib/output/manifest';
import { renderTree } from '../lib/output/tree';
import { toYaml } from '../lib/output/yaml';
import { measured } from './measured';
import { environment, madeTenants } from './tenants';

const [count, root = ''] = process.argv.slice(2);

const folders: (readonly [path: string, manifests: readonly Manifest[]])[] = [];
const lists: (readonly [path: string, text: string])[] = [];
renderTree(
  platforms({ environments: [environment], tenants: madeTenants(Number(count)) }),
  noExtra,
  ({ path, leaf, files }) => {
    const programs = new Set(leaf?.programs);
    if (leaf) folders.push([path, leaf.manifests.filter((manifest) => !programs.has(manifest))]);
    const list = files.get('kustomization.yaml');
    if (list !== undefined) lists.push([path, list]);
  },
);

measured(() => {
  for (const [path, text] of lists) {
    mkdirSync(join(root, path), { recursive: true });
    writeFileSync(join(root, path, 'kustomization.yaml'), text);
  }
  for (const [path, manifests] of folders)
    for (const manifest of manifests) writeFileSync(join(root, path, fileOf(manifest)), toYaml(manifest));
});
