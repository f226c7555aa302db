// Words of a command line, and the commands of a shell script, as far as they can be read without running them.

/** What the words are, and what stood in the way of reading them. */
export interface Script {
  /** Each command with its words, in order. */
  readonly commands: readonly (readonly string[])[];
  /** Whether a shell runs it. */
  readonly shell: boolean;
  /** Variables and substitutions whose values are not known here. */
  readonly unresolved: readonly string[];
}

type Lookup = (name: string) => string | undefined;

const SHELL = /(^|\/)(ba|da|a|z|k)?sh$/;

/** The words of a container: what `sh -c '…'` runs, or the command itself. */
export function scriptOf(words: readonly string[], lookup: Lookup): Script {
  const at = words.findIndex((word) => SHELL.test(word));
  const flag = words.findIndex((word, index) => index > at && /^-[a-z]*c[a-z]*$/.test(word));
  const script = words[flag + 1];
  if (at < 0 || flag < 0 || script === undefined) return plain(words, lookup);
  // `sh -c '…' word`: words behind the script are its arguments
  const before = words.slice(0, at).filter((word) => word !== '--');
  const read = commandsIn(script, lookup);
  return {
    ...read,
    commands: read.commands.map((command, index) =>
      index === read.commands.length - 1 ? [...before, ...command] : command,
    ),
  };
}

/** Kubernetes fills in `$(NAME)` itself. */
function plain(words: readonly string[], lookup: Lookup): Script {
  const unresolved: string[] = [];
  const read = words.map((word) =>
    word.replaceAll(/\$\(([A-Za-z_]\w*)\)/g, (whole, name: string) => {
      const value = lookup(name);
      if (value === undefined) unresolved.push(whole);
      return value ?? whole;
    }),
  );
  return { commands: read.length === 0 ? [] : [read], shell: false, unresolved };
}

/** Words of one line, such as Compose's `command: celery -A shop worker`. */
export const splitWords = (line: string): readonly string[] =>
  commandsIn(line, () => undefined, { separators: false }).commands[0] ?? [];

interface Reading {
  readonly commands: string[][];
  readonly unresolved: string[];
  words: string[];
  word: string | undefined;
}

interface Options {
  readonly separators: boolean;
}

function commandsIn(text: string, lookup: Lookup, { separators }: Options = { separators: true }): Script {
  const state: Reading = { commands: [], unresolved: [], words: [], word: undefined };
  const tokens = text.replaceAll(/\\\r?\n/g, ' ').matchAll(TOKEN);
  for (const [token] of tokens) take(token, state, separators ? lookup : undefined);
  endCommand(state);
  return {
    commands: state.commands.map(withoutAssignments).filter((words) => words.length > 0),
    shell: separators,
    unresolved: state.unresolved,
  };
}

/** Comments, quotes, separators, blanks, anything else; in this order. */
const TOKEN =
  /(?<=^|\s)#[^\n]*|'[^']*'|"(?:\\[^]|[^"\\])*"|&&|\|\||[;\n|&()]|[^\S\n]+|\\[^]|\$\([^)]*\)|\$\{[^}]*\}|\$\w+|[^\s'"\\;|&$()]+|[^]/g;

function take(token: string, state: Reading, lookup: Lookup | undefined): void {
  if (lookup !== undefined && /^(&&|\|\||[;\n|&()])$/.test(token)) return endCommand(state);
  if (/^\s+$/.test(token)) return endWord(state);
  if (lookup !== undefined && state.word === undefined && token.startsWith('#')) return;
  state.word = (state.word ?? '') + textOfToken(token, state, lookup);
}

/** Without its quotes, and with its variables filled in where the quotes let them. */
function textOfToken(token: string, state: Reading, lookup: Lookup | undefined): string {
  const filled = (part: string): string => (lookup === undefined ? part : substituted(part, lookup, state));
  if (token.length < 2) return filled(token);
  if (token.startsWith("'")) return token.slice(1, -1);
  if (token.startsWith('"')) return filled(token.slice(1, -1).replaceAll(/\\(["\\])/g, '$1'));
  return token.startsWith('\\') ? token.slice(1) : filled(token);
}

function endWord(state: Reading): void {
  if (state.word !== undefined) state.words.push(state.word);
  state.word = undefined;
}

function endCommand(state: Reading): void {
  endWord(state);
  if (state.words.length > 0) state.commands.push(state.words);
  state.words = [];
}

const VARIABLE = /\$\(([^)]*)\)|\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)/g;

/** `${NAME:-4}` is 4 where nobody sets NAME. */
function substituted(text: string, lookup: Lookup, state: Reading): string {
  return text.replaceAll(VARIABLE, (whole: string, ...parts: readonly (string | undefined)[]) => {
    const [called, braced, fallback, bare] = parts;
    const value = lookup([called, braced, bare].find((name) => name !== undefined) ?? '') ?? fallback;
    if (value === undefined) state.unresolved.push(whole);
    return value ?? whole;
  });
}

/** Words that a shell takes for itself before a command. */
const OWN = new Set(['exec', 'set', 'time', 'then', 'do', 'else', 'if', 'while', 'until', '!', '{', '(']);

function withoutAssignments(words: readonly string[]): readonly string[] {
  const first = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word) && word !== 'exec');
  if (first < 0) return [];
  const left = words.slice(first);
  if (left[0] === 'set' || left[0] === 'export' || left[0] === 'cd' || left[0] === 'echo') return left;
  return OWN.has(String(left[0])) ? withoutAssignments(left.slice(1)) : left;
}
