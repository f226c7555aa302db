// Leaves that an earlier run wrote from the same input, and whose files nobody has touched since: not rendered again.

import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { serialize } from 'node:v8';
import type { Leaf, Platform } from '../platform';
import { extraOf } from './extra';
import type { Extra } from './extra';

/** What a run wrote for a leaf. */
export interface KnownLeaf {
  /** Of all that the leaf is rendered from. */
  readonly key: string;
  readonly objects: number;
  /** Stamps of its files by folder and name, those of the programs that it shares with others among them. */
  readonly folders: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Leaves by their path in the tree. */
type Known = Readonly<Record<string, KnownLeaf>>;

export interface KnownLeaves {
  /** A leaf whose input and files are those of an earlier run. */
  readonly find: (platform: Platform, leaf: Leaf) => KnownLeaf | undefined;
  /** Keeps a leaf for the next run, with its files as they are now. */
  readonly note: (
    platform: Platform,
    leaf: Leaf,
    content: { readonly objects: number; readonly files: ReadonlyMap<string, readonly string[]> },
  ) => void;
  readonly save: () => void;
}

/** Reads `file`, which may be missing or broken: then nothing is known. */
export function knownLeaves(file: string, tree: string, extra: Extra): KnownLeaves {
  const code = codeHash();
  const before = readKnown(file);
  const after: Record<string, KnownLeaf> = {};
  const seen = new Set<string>();
  const keys = new Map<string, string>();
  const keyOf = (platform: Platform, leaf: Leaf): string => {
    const path = pathOf(platform, leaf);
    const known = keys.get(path);
    if (known !== undefined) return known;
    const key = inputHash([code, tree], platform, leaf, extra);
    keys.set(path, key);
    return key;
  };
  return {
    find(platform, leaf) {
      const path = pathOf(platform, leaf);
      seen.add(platform.environment.name);
      const known = before[path];
      if (known?.key !== keyOf(platform, leaf) || !isUntouched(tree, known)) return undefined;
      after[path] = known;
      return known;
    },
    note(platform, leaf, { objects, files }) {
      const folders = Object.fromEntries(
        [...files].map(([folder, names]) => [
          folder,
          Object.fromEntries(names.map((name) => [name, stampOf(join(tree, folder, name))])),
        ]),
      );
      after[pathOf(platform, leaf)] = { key: keyOf(platform, leaf), objects, folders };
    },
    save() {
      // Of environments that were not asked for
      const others = Object.fromEntries(
        Object.entries(before).filter(([path]) => !seen.has(path.replace(/\/.*/, ''))),
      );
      keep(file, JSON.stringify({ ...others, ...after }));
    },
  };
}

/** The tree is written by now: where nothing may be kept, the next run renders everything, and that is all. */
function keep(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
  }
}

const pathOf = ({ environment }: Platform, { folder }: Leaf): string => `${environment.name}/${folder}`;

function readKnown(file: string): Known {
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Known) : {};
  } catch {
    return {};
  }
}

const isUntouched = (tree: string, { folders }: KnownLeaf): boolean =>
  Object.entries(folders).every(([folder, files]) =>
    Object.entries(files).every(
      ([name, stamp]) => stamp !== '' && stamp === stampOf(join(tree, folder, name)),
    ),
  );

/** File systems count time in steps; within one, a file can change twice with one time. */
const STEP = 100;

/**
 * What changes when a file's content does, as Git's index has it; nobody can set the time of the last change back.
 * Empty for no plain file, and for one so new that another change could bear the same time.
 */
function stampOf(path: string): string {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isFile() !== true || Date.now() - found.ctimeMs < STEP) return '';
  return [found.ino, found.size, found.mtimeMs, found.ctimeMs].join(' ');
}

/** Only a tenant's leaf is made of one tenant; `serialize` tells apart what JSON does not, and refuses functions. */
function inputHash(base: readonly string[], platform: Platform, leaf: Leaf, extra: Extra): string {
  const { environment, tenants } = platform;
  const own = leaf.kind === 'tenant' ? tenants.filter(({ name }) => name === leaf.name) : tenants;
  const files = extraOf(extra, platform, leaf).map(({ name, text }) => [name, text]);
  const { kind, name, folder, namespace, patches, needs } = leaf;
  const input = [base, environment, own, files, { kind, name, folder, namespace, patches, needs }];
  return createHash('sha256').update(serialize(input)).digest('hex');
}

/** What renders: Stalk's own files, Node, and the packages that make manifests. */
const RENDERING = ['cdk8s', 'cdk8s-plus-27', 'constructs', 'rfc6902'];

function codeHash(): string {
  const hash = createHash('sha256').update(process.version);
  for (const name of RENDERING) hash.update(readFileSync(require.resolve(`${name}/package.json`)));
  const files = readdirSync(LIB, { withFileTypes: true, recursive: true }).filter((found) => found.isFile());
  for (const path of files.map(({ parentPath, name }) => join(parentPath, name)).sort())
    hash.update(path).update(readFileSync(path));
  return hash.digest('hex');
}

const LIB = join(__dirname, '..');
