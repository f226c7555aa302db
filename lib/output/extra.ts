// Objects of a user's own: YAML files in stacks/extra/, written byte for byte beside the rendered objects of their leaf.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Leaf, Platform } from '../platform';
import { nearest } from '../spec/nearest';
import { show } from '../spec/rules';
import { manifestProblems } from './extra-object';
import { idOf } from './manifest';
import type { Manifest } from './manifest';
import { RenderError } from './render-error';
import { valuesIn } from './yaml-file';

/** A file of the user's own, with the objects in it. */
export interface ExtraFile {
  /** As the user knows it: `stacks/extra/dev/tenants/acme/flags.yaml`. */
  readonly source: string;
  /** In the folder of its leaf: `extra-<file>`, so that it meets no rendered object's file. */
  readonly name: string;
  /** As the user wrote it: a signed or encrypted file stays valid. */
  readonly text: string;
  readonly manifests: readonly Manifest[];
}

/** Files by environment and folder of their leaf: `dev/tenants/acme`. */
export type Extra = ReadonlyMap<string, readonly ExtraFile[]>;

export const noExtra: Extra = new Map();

/** Everything that is wrong with the files. */
export class ExtraError extends RenderError {
  constructor(lines: readonly string[]) {
    super(lines.map((text) => ({ text, owner: 'list' })));
  }
}

/** Folder of what goes to every environment. */
const ALL = 'all';

const YAML = /\.ya?ml$/;

/** Not objects: notes beside them, and what editors and systems leave. */
const IGNORED = /^\.|\.md$/;

export const extraOf = (extra: Extra, { environment }: Platform, { folder }: Leaf): readonly ExtraFile[] => {
  const found = extra.get(`${environment.name}/${folder}`);
  return found ? found : [];
};

/** Reads `<root>/<environment or all>/<folder of a leaf>/*.yaml`, or throws one error for all that is wrong there. */
export function readExtra(root: string, platforms: readonly Platform[]): Extra {
  const problems: string[] = [];
  const extra = new Map<string, ExtraFile[]>();
  const places = placesOf(platforms);
  for (const file of existsSync(root) ? filesBelow(root) : []) {
    const [folder, name] = split(file);
    const leaves = places.get(folder);
    if (leaves === undefined) {
      problems.push(
        `${SHOWN}/${file} must lie in a folder of the tree, got "${folder}"; ${hint(folder, places)}`,
      );
      continue;
    }
    const read = readFile(join(root, file), `${SHOWN}/${file}`);
    problems.push(...read.problems);
    for (const place of leaves) {
      problems.push(
        ...read.manifests.flatMap((manifest) =>
          manifestProblems(manifest, { ...place, file: `${SHOWN}/${file}` }),
        ),
      );
      const list = extra.get(place.key);
      const one = {
        source: `${SHOWN}/${file}`,
        name: `extra-${name}`,
        text: read.text,
        manifests: read.manifests,
      };
      if (list === undefined) extra.set(place.key, [one]);
      else if (list.some((other) => other.name === one.name))
        problems.push(
          `${SHOWN}/${file} must be the only file of that name for ${place.key}, got another one in ${SHOWN}/${ALL}; rename one of the two`,
        );
      else list.push(one);
    }
  }
  if (problems.length > 0) throw new ExtraError(problems);
  return extra;
}

/** As the user sees it, wherever the project lies. */
const SHOWN = 'stacks/extra';

/** Where objects of a file go. */
export interface ExtraPlace {
  /** `dev/tenants/acme`. */
  readonly key: string;
  readonly namespace?: string;
  readonly disposable: boolean;
}

/** The places of each folder that may hold files: one for `dev/tenants/acme`, as many as environments for `all/…`. */
function placesOf(platforms: readonly Platform[]): ReadonlyMap<string, readonly ExtraPlace[]> {
  const places = new Map<string, ExtraPlace[]>();
  for (const { environment, leaves } of platforms) {
    for (const { folder, namespace } of leaves) {
      const place: ExtraPlace = {
        key: `${environment.name}/${folder}`,
        disposable: environment.disposable,
        ...(namespace !== undefined && { namespace }),
      };
      for (const from of [place.key, `${ALL}/${folder}`]) {
        const list = places.get(from);
        places.set(from, list ? [...list, place] : [place]);
      }
    }
  }
  return places;
}

function filesBelow(root: string): readonly string[] {
  return (
    readdirSync(root, { withFileTypes: true, recursive: true })
      .filter((entry) => !entry.isDirectory() && !IGNORED.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      // A link may lead to a folder
      .filter((file) => !statSync(file, { throwIfNoEntry: false })?.isDirectory())
      .map((file) => file.slice(root.length + 1))
      .sort()
  );
}

function split(file: string): readonly [folder: string, name: string] {
  const at = file.lastIndexOf('/');
  return [file.slice(0, Math.max(at, 0)), file.slice(at + 1)];
}

function hint(folder: string, places: ReadonlyMap<string, unknown>): string {
  const near = nearest(folder, [...places.keys()]);
  return near === undefined
    ? `wanted "all/tenants/<tenant>" or "<environment>/brokers/<broker>"`
    : `did you mean "${near}"`;
}

interface ReadFile {
  readonly text: string;
  readonly manifests: readonly Manifest[];
  readonly problems: readonly string[];
}

function readFile(file: string, shown: string): ReadFile {
  const refused = (problem: string, text = ''): ReadFile => ({
    text,
    manifests: [],
    problems: [shown + problem],
  });
  if (!YAML.test(file)) return refused(' must be YAML, got another ending; name it .yaml or .yml');
  if (!existsSync(file))
    return refused(' must be a file, got a link that leads nowhere; correct or remove it');
  const text = readFileSync(file, 'utf8');
  const values = valuesIn(text);
  if ('wrong' in values)
    return refused(`${values.at} must be valid YAML, got ${show(values.wrong)}; correct it`, text);
  if (values.length === 0)
    return refused(' must hold an object, got none; write one, or remove the file', text);
  const other = values.find((value) => !isObject(value));
  if (other !== undefined)
    return refused(` must hold Kubernetes objects, got ${show(other)}; part them by ---`, text);
  return { text, manifests: values.filter(isObject), problems: [] };
}

const isObject = (value: unknown): value is Manifest => typeof value === 'object' && !Array.isArray(value);

/** Two objects of one kind and name would be applied one over the other. */
export function refuseTwins(extra: readonly ExtraFile[], rendered: readonly Manifest[]): void {
  const stalks = new Set(rendered.map(idOf));
  const sources = new Map<string, string>();
  const twins = extra.flatMap(({ source, manifests }) =>
    manifests.flatMap((manifest) => {
      const id = idOf(manifest);
      if (stalks.has(id))
        return [
          `${source}: ${id} must not be rendered by Stalk as well; rename it, or patch the rendered one`,
        ];
      const other = sources.get(`${manifest.apiVersion} ${id}`);
      sources.set(`${manifest.apiVersion} ${id}`, source);
      return other === undefined
        ? []
        : [
            `${source}: ${id} must be there once, got another one in ${other}; rename or remove one of the two`,
          ];
    }),
  );
  if (twins.length > 0) throw new ExtraError(twins);
}
