// What a project adds to package.json, its own or a new one.

/** What a project needs, by the key in package.json. */
export interface Addition {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

export interface MergedPackage {
  readonly text: string;
  /** What was there with another value, and stays: `scripts.test`. */
  readonly kept: readonly string[];
}

type Entries = Readonly<Record<string, unknown>>;

const KEYS = ['scripts', 'dependencies', 'devDependencies'] as const;

/** The script that `npm init` writes when there is no test. */
const NO_TEST = /no test specified/;

/** Adds what is missing, and changes nothing that is there. Throws a SyntaxError where `old` is no JSON object. */
export function mergedPackage(old: string | undefined, name: string, added: Addition): MergedPackage {
  const before = old === undefined ? { name, private: true } : objectIn(old);
  const kept: string[] = [];
  const after: Record<string, unknown> = { ...before };
  for (const key of KEYS) {
    const there = entriesOf(before[key]);
    const have = key === 'scripts' ? withoutPlaceholder(there) : there;
    const missing = Object.entries(added[key]).filter(([entry]) => !isInstalled(before, key, entry));
    for (const [entry, value] of missing)
      if (entry in have && have[entry] !== value) kept.push(`${key}.${entry}`);
    after[key] = { ...Object.fromEntries(missing), ...have };
  }
  const indent = /^[ \t]+(?=")/m.exec(String(old));
  return { text: `${JSON.stringify(after, null, indent ? indent[0] : 2)}\n`, kept };
}

/** A package keeps its key and the version that its user has chosen. */
const isInstalled = (before: Entries, key: (typeof KEYS)[number], name: string): boolean =>
  key !== 'scripts' && ['dependencies', 'devDependencies'].some((one) => name in entriesOf(before[one]));

function objectIn(text: string): Entries {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SyntaxError('it must hold an object');
  return value as Entries;
}

const entriesOf = (value: unknown): Entries =>
  typeof value === 'object' && value !== null ? (value as Entries) : {};

const withoutPlaceholder = (scripts: Entries): Entries =>
  Object.fromEntries(
    Object.entries(scripts).filter(([name, command]) => name !== 'test' || !NO_TEST.test(String(command))),
  );
