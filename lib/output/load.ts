// Loads the module that lists environments and tenants; what is wrong with it is one line with the file, never a stack.

import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { PlatformProps } from '../platform';
import { sentence, show, strangersIn } from '../spec/rules';
import { nearest } from '../spec/nearest';
import { ImagesError } from './images';
import { shortly, typosIn } from './load-imports';

/** A list that cannot be loaded, or holds what is no tenant and no environment: a line for each. */
export class ListError extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'ListError';
  }
}

/** Both lists of a module, whose ending may be left out; or a `ListError`. */
export function loadList(module: string): PlatformProps {
  const file = fileOf(module);
  const exported = loaded(file);
  const { environments, tenants } = exported as Partial<PlatformProps>;
  if (!Array.isArray(environments) || !Array.isArray(tenants)) throw new ListError(missing(exported, file));
  const lists: PlatformProps = { environments, tenants };
  const strangers = strangersIn(lists);
  if (strangers.length === 0) return lists;
  const typos = strangers.some(({ got }) => got === show(undefined)) ? typosIn(file) : [];
  throw new ListError(
    typos.length > 0 ? typos : strangers.map((finding) => `${sentence(finding)}, in ${shortly(file)}`),
  );
}

function fileOf(module: string): string {
  try {
    return require.resolve(module);
  } catch {
    throw new ListError([
      `${shortly(module)} must be a module with the lists, got nothing; correct its path`,
    ]);
  }
}

function loaded(file: string): object {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- its name is known at run time only
    const module: unknown = require(file);
    return typeof module === 'object' && module !== null ? module : {};
  } catch (error) {
    throw new ListError([loadErrorOf(error, file)]);
  }
}

const LISTS = ['environments', 'tenants'] as const;

function missing(exported: object, file: string): readonly string[] {
  const there = Object.keys(exported);
  return LISTS.filter((name) => !Array.isArray((exported as Readonly<Record<string, unknown>>)[name])).map(
    (name) => {
      const near = nearest(
        name,
        there.filter((other) => other !== name),
      );
      const fix = near === undefined ? `write export const ${name} = [ … ]` : `did you mean ${show(near)}`;
      return `${shortly(file)} must export the list ${name}, got ${show((exported as Readonly<Record<string, unknown>>)[name])}; ${fix}`;
    },
  );
}

/** What was thrown while the module was loaded; it may be anything. */
function loadErrorOf(error: unknown, file: string): string {
  if (error instanceof ImagesError) return error.message;
  if (!(error instanceof Error) && !isErrorLike(error))
    return `${shortly(file)} must load, got ${show(error)}, which it throws; correct it`;
  if ('code' in error && error.code === 'MODULE_NOT_FOUND') return notFound(error, file);
  const reason = firstLine(error.message);
  const place = placeOf(error);
  const where =
    place === undefined
      ? shortly(file)
      : place.replace(/^(.*?)((?::\d+)*)$/, (_, path: string, at: string) => shortly(path) + at);
  return `${where} must load, got ${show(reason)}; ${fixOf(reason)}`;
}

interface ErrorLike {
  readonly message: string;
  readonly stack?: string | undefined;
}

/** An error of another realm, as a compiler's or a test's. */
const isErrorLike = (error: unknown): error is ErrorLike =>
  typeof error === 'object' && error !== null && typeof (error as ErrorLike).message === 'string';

/** Without the marks that compilers draw. */
const firstLine = (message: string): string => {
  const lines = message.split('\n').map((line) => line.replace(/^\s*[x×⨯]\s+/, '').trim());
  return String(lines.find((line) => line !== ''));
};

const fixOf = (reason: string): string =>
  /before initialization/.test(reason)
    ? 'two files import each other: move what both need into a third'
    : 'correct it';

/** `file:line:column` as swc draws it, or Node at the top of a syntax error's stack; else the first file that is no package's. */
function placeOf({ message, stack }: ErrorLike): string | undefined {
  const text = String(stack);
  const parsed = [/[,╭]-\[(.*)\]/.exec(message), /^((?:\/|[A-Z]:\\).*:\d+)\n/.exec(text)].find(
    (found) => found !== null,
  );
  if (parsed) return parsed[1];
  const files = [...text.matchAll(/^\s+at (?:.*\()?((?:\/|[A-Z]:\\)[^()\n]*\.[cm]?[jt]s):\d+/gm)];
  return files.map(([, file]) => file).find((file) => file?.includes('node_modules') === false);
}

/** A misspelt import, with the file that has it. */
function notFound(error: ErrorLike & { readonly requireStack?: unknown }, file: string): string {
  const wanted = String(/'([^']+)'/.exec(error.message)?.[1]);
  const { requireStack } = error;
  const importer = Array.isArray(requireStack) ? String(requireStack[0]) : file;
  const fix = wanted.startsWith('.')
    ? nearFile(wanted, dirname(importer))
    : 'run npm install, or correct the name';
  return `${shortly(importer)} must import what there is, got ${show(wanted)}; ${fix}`;
}

function nearFile(wanted: string, from: string): string {
  const folder = join(from, dirname(wanted));
  if (!existsSync(folder)) return `there is no folder ${show(dirname(wanted))}`;
  const names = readdirSync(folder).map((name) => basename(name, extname(name)));
  const near = nearest(basename(wanted, extname(wanted)), names);
  return near === undefined ? 'correct its name' : `did you mean ${show(`${dirname(wanted)}/${near}`)}`;
}
