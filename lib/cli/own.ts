// Stalk's own package: its version, and how it came to where it runs.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

export const NAME = '@stalk/stalk';

interface Own {
  readonly root: string;
  readonly version: string;
  /** Node versions that it runs on. */
  readonly node: string;
  /** Exact versions that Stalk is tested with. */
  readonly tested: Readonly<Record<string, string>>;
}

interface PackageJson {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** Two floors up in a clone, three in the package, where lib is in build/. */
export function ownPackage(from = __dirname): Own {
  const file = join(from, 'package.json');
  if (!existsSync(file)) return ownPackage(dirname(from));
  const { version, engines, devDependencies } = JSON.parse(readFileSync(file, 'utf8')) as PackageJson;
  return { root: from, version, node: engines.node, tested: devDependencies };
}

/** How package.json of `folder` names this very package: the exact version, or the tarball that npm installed. */
export function ownSpecifier(folder: string): string {
  const { root, version } = ownPackage();
  const place = join('node_modules', ...NAME.split('/'));
  if (!root.endsWith(sep + place)) return version;
  const project = root.slice(0, -place.length - 1);
  const resolved = resolvedIn(join(project, 'node_modules', '.package-lock.json'));
  if (resolved === undefined || !resolved.startsWith('file:')) return version;
  const tarball = resolve(project, resolved.slice('file:'.length));
  const path = relative(folder, tarball).split(sep).join('/');
  return `file:${isAbsolute(path) || path.startsWith('.') ? path : `./${path}`}`;
}

interface InstalledLock {
  readonly packages?: Readonly<Record<string, { readonly resolved?: string }>>;
}

/** npm writes what it has installed, and from where. */
function resolvedIn(lock: string): string | undefined {
  if (!existsSync(lock)) return undefined;
  const { packages } = JSON.parse(readFileSync(lock, 'utf8')) as InstalledLock;
  return packages?.[`node_modules/${NAME}`]?.resolved;
}
