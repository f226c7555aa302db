// `.env` files, and the `${NAME}` that Compose fills in from them.

/** Values by name; comments, quotes and `export` are not part of them. */
export function dotenvOf(text: string): Readonly<Record<string, string>> {
  const lines = text.split(/\r?\n/).flatMap((line) => {
    const [, name, value = ''] = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, unquoted(value)] as const];
  });
  return Object.fromEntries(lines);
}

function unquoted(value: string): string {
  const [, , inside] = /^(["'])(.*?)\1\s*(#.*)?$/.exec(value) ?? [];
  return inside ?? value.replace(/\s+#.*$/, '').trim();
}

/** A text with its variables filled in, and the names of those that nobody sets. */
export interface Filled {
  readonly text: string;
  readonly missing: readonly string[];
}

const VARIABLE = /\$\$|\$\{(\w+)(?:(:?[-?+])([^}]*))?\}|\$(\w+)/g;

export function filledIn(text: string, values: Readonly<Record<string, string>>): Filled {
  const missing: string[] = [];
  const filled = text.replaceAll(VARIABLE, (...match) => {
    const [whole, braced, operator, other, bare] = match as (string | undefined)[];
    if (whole === '$$') return '$';
    const value = values[braced ?? bare ?? ''];
    if (value !== undefined && (value !== '' || operator?.startsWith(':') !== true)) return value;
    if (operator?.endsWith('-') === true) return other ?? '';
    if (operator?.endsWith('+') === true) return '';
    missing.push(braced ?? bare ?? '');
    return whole ?? '';
  });
  return { text: filled, missing };
}
