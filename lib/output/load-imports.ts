// Imports of names that the imported file does not export: at run time they are undefined, without a word.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { nearest } from '../spec/nearest';
import { show } from '../spec/rules';

/** `import { a, b as c } from './file'` and `export { a } from './file'`, types left out. */
const IMPORT = /^\s*(?:import|export)\s*\{([^}]*)\}\s*from\s*['"](\.[^'"]*)['"]/gm;

/** A line for each such import in a loaded module and in what it imports, packages left out. */
export function typosIn(file: string): readonly string[] {
  const root = require.cache[require.resolve(file)];
  return root === undefined ? [] : below(root, new Set()).flatMap(typosOf);
}

function below(module: NodeModule, seen: Set<NodeModule>): readonly NodeModule[] {
  if (seen.has(module) || module.filename.includes('node_modules')) return [];
  seen.add(module);
  return [module, ...module.children.flatMap((child) => below(child, seen))];
}

function typosOf({ filename }: NodeModule): readonly string[] {
  const source = readFileSync(filename, 'utf8');
  return [...source.matchAll(IMPORT)].flatMap(([, names = '', from = '']) => {
    const exported = require.cache[createRequire(filename).resolve(from)]?.exports as object | undefined;
    return exported === undefined
      ? []
      : namesIn(names).flatMap((name) => typo(filename, from, exported, name));
  });
}

const namesIn = (list: string): readonly string[] =>
  list
    .split(',')
    .map((name) => name.trim().replace(/\s+as\s+.*$/, ''))
    .filter((name) => name !== '' && !name.startsWith('type '));

/** An interface has no trace at run time either, but no value is near it. */
function typo(file: string, from: string, exported: object, name: string): readonly string[] {
  const there = Object.keys(exported);
  const near = nearest(name, there);
  if (there.includes(name) || (near === undefined && /^[A-Z]/.test(name))) return [];
  const fix = near === undefined ? `it exports ${there.map(show).join(', ')}` : `did you mean ${show(near)}`;
  return [`${shortly(file)} must import what ${show(from)} exports, got ${show(name)}; ${fix}`];
}

/** From the folder that the command runs in, where the file is below it. */
export function shortly(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? file : path;
}
