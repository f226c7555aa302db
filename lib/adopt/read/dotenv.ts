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
  const filled = text.replaceAll(VARIABLE, (whole: string, ...parts: readonly (string | undefined)[]) => {
    if (whole === '$$') return '$';
    const [braced, operator = '', other = '', bare] = parts;
    const name = String(braced ?? bare);
    const found = valueOf(values[name], operator, other);
    if (found === undefined) missing.push(name);
    return found ?? whole;
  });
  return { text: filled, missing };
}

/** `:-` takes the place of what is empty, `-` of what is not there; `+` stands for what is. */
function valueOf(value: string | undefined, operator: string, other: string): string | undefined {
  const isThere = value !== undefined && (value !== '' || !operator.startsWith(':'));
  if (operator.endsWith('+')) return isThere ? other : '';
  if (isThere) return value;
  return operator.endsWith('-') ? other : undefined;
}
