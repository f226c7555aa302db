// Values of a project's .env file: passwords that are made once, and what only its reader knows.

/** A variable of .env. */
export interface EnvFileValue {
  readonly name: string;
  /** What it is, for the reader of the file. */
  readonly about: string;
  /** `login`: user and password, as Flower wants them; `yours`: only the reader knows it. */
  readonly made: 'password' | 'login' | 'yours';
}

/** `redis-users`, `acme-web`: `REDIS_USERS_ACME_WEB`. */
export const variableName = (...parts: readonly string[]): string =>
  parts
    .join('_')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^(?=\d)/, '_');

/** Names that a file of this form has lines for, also where a line is still a comment. */
export const namesIn = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/^#? *(?:export +)?([A-Za-z_]\w*) *=/gm)].map(([, name = '']) => name));

/** What a line gives a name; the last one counts. */
export const assignmentsIn = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(/^(?:export +)?([A-Za-z_]\w*)=(.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value.trim().replace(/^(['"])(.*)\1$/, '$2'),
    ]),
  );

/** The text with a line for each value that it has none for: those that are there stay as they are. */
export function envFile(
  old: string,
  values: readonly EnvFileValue[],
  random: () => string,
): { readonly text: string; readonly added: readonly EnvFileValue[] } {
  const known = namesIn(old);
  const added = values.filter(({ name }) => !known.has(name));
  const start = old === '' || old.endsWith('\n') ? old : `${old}\n`;
  const head = old === '' ? HEAD : '';
  return { text: [`${start}${head}`, ...added.map((value) => line(value, random))].join(''), added };
}

const HEAD = '# Passwords of this laptop, written once by stalk compose. No Git has this file.\n';

function line({ name, about, made }: EnvFileValue, random: () => string): string {
  switch (made) {
    case 'password':
      return `# ${about}\n${name}=${random()}\n`;
    case 'login':
      return `# ${about}\n${name}=flower:${random()}\n`;
    case 'yours':
      return `# Fill in, and take away the # in front: ${about}\n#${name}=\n`;
  }
}

/** How compose.yaml refers to it: nothing starts while it is not set, and the message says why. */
export const reference = ({ name, made }: EnvFileValue): string =>
  made === 'yours' ? `\${${name}?fill it in, in .env}` : `\${${name}?run stalk compose again}`;
