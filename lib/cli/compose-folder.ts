// Writes a project of Compose into a folder that may hold files of its reader's own: all of it, or nothing.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { envFile, OWN_FOLDER, SECRETS, YOURS, assignmentsIn } from '../compose';
import type { EnvFileValue, ComposeProject } from '../compose';
import { stage } from '../output/staging';
import { CannotRun } from './io';

/** First line of a file that may be replaced. */
export const RENDERED = 'Rendered by Stalk';

const COMPOSE = 'compose.yaml';
const ENV = '.env';
const IGNORE = '.gitignore';

interface Fresh {
  readonly values: readonly EnvFileValue[];
  readonly files: readonly string[];
}

/** @returns the values that were new to .env, and the files that are there to be filled in */
export function writeProject(folder: string, project: ComposeProject, text: string): Fresh {
  refuseOthers(folder);
  const env = envFile(textIn(join(folder, ENV)), project.values, password);
  const missing = [...project.yours.keys()].filter((path) => !existsSync(join(folder, path)));
  const secrets = secretTexts(project, env.text);
  const tree = existsSync(folder) ? realpathSync(folder) : folder;
  // On the disk of the folder, as a rename stays on one
  const beside = existsSync(tree) ? join(tree, '.stalk-') : join(dirname(tree), `.${basename(tree)}-`);
  mkdirSync(dirname(tree), { recursive: true });
  const scratch = mkdtempSync(beside);
  try {
    const staging = stage({ tree, scratch, only: [OWN_FOLDER] });
    staging.write('', COMPOSE, text);
    staging.write('', ENV, env.text);
    if (!existsSync(join(tree, IGNORE))) staging.write('', IGNORE, `${ENV}\n`);
    staging.write(OWN_FOLDER, IGNORE, `/${basename(SECRETS)}/\n`);
    for (const [path, content] of [...project.files, ...secrets])
      staging.write(dirname(path), basename(path), content);
    for (const path of missing) staging.write(dirname(path), basename(path), '');
    if (project.yours.size > 0) staging.write(YOURS, IGNORE, '*\n');
    permit(join(scratch, 'new'));
    staging.place();
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return { values: env.added, files: missing };
}

/** They enter URLs, so nothing in them needs escaping. */
const password = (): string => randomBytes(24).toString('base64url');

/**
 * Containers run as other users, so files are open to all, whatever the umask says; the folder around passwords is not. What
 * already lies in the project keeps its mode.
 */
function permit(fresh: string): void {
  const mode = (path: string, bits: number): void => {
    if (existsSync(path)) chmodSync(path, bits);
  };
  mode(join(fresh, ENV), 0o600);
  for (const top of [OWN_FOLDER, YOURS].map((name) => join(fresh, name)).filter((path) => existsSync(path))) {
    mode(top, 0o755);
    for (const found of readdirSync(top, { withFileTypes: true, recursive: true }))
      chmodSync(join(found.parentPath, found.name), found.isDirectory() ? 0o755 : 0o644);
  }
  for (const closed of [SECRETS, YOURS]) mode(join(fresh, closed), 0o700);
}

const textIn = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

function secretTexts({ secretFiles }: ComposeProject, env: string): readonly (readonly [string, string])[] {
  const values = assignmentsIn(env);
  const empty = new Set(
    [...secretFiles.values()].map(({ name }) => name).filter((name) => !values.get(name)),
  );
  if (empty.size > 0)
    throw new CannotRun(
      [...empty].map(
        (name) => `.env must give ${name} a value, got none; delete its lines, and it is made anew`,
      ),
    );
  return [...secretFiles].map(([path, { name }]) => [path, String(values.get(name))]);
}

/** A project of somebody's own, or an .env that Git would take. */
function refuseOthers(folder: string): void {
  const own = textIn(join(folder, COMPOSE)).includes(RENDERED);
  const others = [COMPOSE, OWN_FOLDER].filter((name) => existsSync(join(folder, name)));
  if (!own && others.length > 0)
    throw new CannotRun([
      `--out must be a new folder, or one that stalk compose has written, got ${folder} with ${others.join(' and ')} ` +
        'that it has not; choose another folder',
    ]);
  const ignore = join(folder, IGNORE);
  if (existsSync(ignore) && !/^\/?\.env\s*$/m.test(textIn(ignore)))
    throw new CannotRun([`${ignore} must keep .env out of Git, got no such line; add the line .env`]);
}
