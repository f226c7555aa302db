// How a value is shown: short, on one line, and never with a secret.

import { masked as withoutSecrets, namesSecret } from '../spec/rules/secret-patterns';

const HIDDEN = '(hidden)';

/** Longer values are cut: a whole script is no sentence. */
const LONGEST = 80;

/** Two values of one field; of long ones, the part where they differ. */
export function contrasted(
  [before, after]: readonly [unknown, unknown],
  path: string,
  kind: string,
): readonly [string | undefined, string | undefined] {
  const [old, fresh] = [before, after].map((value) =>
    value === undefined ? undefined : line(cleaned(value, path, kind)),
  );
  const same = old === undefined || fresh === undefined ? 0 : sharedStart(old, fresh);
  const from = same > LONGEST / 2 ? same - LEAD : 0;
  return [old === undefined ? old : cut(old, from), fresh === undefined ? fresh : cut(fresh, from)];
}

/** Characters that are shown before a difference deep in a long value. */
const LEAD = 20;

const line = (value: unknown): string =>
  (typeof value === 'string' ? value : JSON.stringify(value)).trim().replace(/\s*\n\s*/g, ' ⏎ ');

function sharedStart(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}

const cut = (text: string, from: number): string =>
  `${from > 0 ? '…' : ''}${text.slice(from, from + LONGEST)}${text.length > from + LONGEST ? '…' : ''}`;

/** The value with every secret in it taken out. */
function cleaned(value: unknown, path: string, kind: string): unknown {
  if (kind === 'Secret' && /^(data|stringData)\b/.test(path)) return HIDDEN;
  if (Array.isArray(value)) return value.map((item) => cleaned(item, pathOf(item, path), kind));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, cleaned(inner, `${path}.${name}`, kind)]),
    );
  if (namesASecret(path)) return HIDDEN;
  return typeof value === 'string' ? masked(value) : value;
}

/** A variable of a pod goes by its name. */
function pathOf(item: unknown, path: string): string {
  const { name } = typeof item === 'object' && item !== null ? (item as { readonly name?: unknown }) : {};
  return typeof name === 'string' ? `${path}[${name}]` : path;
}

/** The value of a variable, an entry of a ConfigMap, or a setting in one. */
const ENTRY = /(?:env\[([^\]]+)\]\.value|^data\b.*?(?:\[([^\]]+)\]|\.([\w-]+)))$/;

const SECRET_NAME = /(pass(word|wd|phrase)?|secret(_key)?|token|api_?key|private_?key|credentials?|dsn)$/i;

function namesASecret(path: string): boolean {
  const [, variable, entry, setting] = ENTRY.exec(path) ?? [];
  const name = variable ?? entry ?? setting ?? '';
  return SECRET_NAME.test(name) || namesSecret(name);
}

/** Passwords in a redis.conf or a list of users. */
const REDIS = /((?:requirepass|masterauth|user \S+ .*?>)\s*)\S+/g;

/** The rest by the patterns that keep secrets out of a list; they leave an ellipsis. */
const masked = (text: string): string => withoutSecrets(text.replace(REDIS, `$1${HIDDEN}`));
