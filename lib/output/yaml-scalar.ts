/** Words that some YAML 1.1 or 1.2 reader takes for a boolean, null, a merge key or a default value. */
const WORDS: ReadonlySet<string> = new Set(
  ['y', 'yes', 'n', 'no', 'on', 'off', 'true', 'false', 'null', '~', '<<', '='].flatMap((word) => [
    word,
    word.toUpperCase(),
    word.charAt(0).toUpperCase() + word.slice(1),
  ]),
);

/** Names, paths, images and URLs: the strings a manifest is made of, settled in one scan. */
const ORDINARY = /^(?![eE][-+]?\d)[A-Za-z_/][\w./@=,+-]*(?::[\w./@=,+-]+)*$/;

/**
 * What a plain scalar cannot hold: emptiness, an indicator in front, `: `, ` #`, a colon or space at
 * the end, a document marker (kubectl splits at any line that begins with `---`).
 */
const SYNTAX = /^$|^[ ,[\]{}#&*!|>'"%@`]|^[?:-](?: |$)|^---|^\.\.\.(?: |$)|: | #|[ :]$/;

/**
 * Characters that are written as escapes: Go's reader refuses control characters, U+FFFE and U+FFFF;
 * YAML 1.1 breaks lines at NEL, LS and PS; a tab or a byte order mark is invisible to a reviewer.
 */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const UNPRINTABLE = /[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;
const ESCAPED = new RegExp(`["\\\\]|${UNPRINTABLE.source}`, 'g');

/** Escapes with a name that JSON and YAML share; the rest are numbers. */
const NAMED: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

/** Half a character: UTF-8 cannot hold it, and Go refuses its escape. */
const LONE_SURROGATE = /[\u{d800}-\u{dfff}]/u;

/** First characters of everything NUMBER matches. */
const NUMBER_START = /^[-+.\deE]/;

/**
 * Numbers and dates of YAML 1.1, YAML 1.2 and Go, underscores taken out as Go does (`-_2` is a number):
 * decimals (also `.`, `1.`, `e5`), hex, octal and binary (Go reads `0b-1` too), `.inf`, base 60, timestamps.
 */
const NUMBER = new RegExp(
  [
    '^[-+]?(?=[\\d.e])\\d*\\.?\\d*(?:e[-+]?\\d+)?$',
    '^[-+]?0(?:x[\\da-f]*|[bo][-+]?[0-7]*)$',
    '^[-+]?\\.(?:inf|nan)$',
    '^[-+]?\\d+(?::[0-5]?\\d)+(?:\\.\\d*)?$',
    '^\\d{4}-\\d\\d?-\\d\\d?(?:[t ][\\d:.,+ z-]*)?$',
  ].join('|'),
  'i',
);

/**
 * What a literal block would lose: control characters and YAML 1.1's line breaks, a tab in front of the
 * first line (Go takes it for indentation), blanks alone on the last line (editors eat them), no line at all.
 */
const NOT_LITERAL =
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|^\n*(?:\t|$)|(?:^|\n)[ \t]+\n*$/;

/** Spellings so far: manifests repeat a few hundred names, whose checks cost a third of the whole time. */
const KNOWN = new Map<string, string>();
const LONGEST_KNOWN = 64; // names, paths and labels; longer strings seldom come twice
const MOST_KNOWN = 10_000; // about 1 MB, however long the process runs

/** Spells a string on one line so that every reader gets it back; undefined if no spelling exists. */
export function oneLine(text: string): string | undefined {
  if (text.length > LONGEST_KNOWN) return spell(text);
  const known = KNOWN.get(text);
  if (known !== undefined) return known;
  const spelling = spell(text);
  if (KNOWN.size === MOST_KNOWN) KNOWN.clear();
  if (spelling !== undefined) KNOWN.set(text, spelling);
  return spelling;
}

/** Spells a value whose following lines are indented by `pad`: several lines become a literal block. */
export function scalar(text: string, pad: string): string | undefined {
  if (!text.includes('\n') || NOT_LITERAL.test(text) || LONE_SURROGATE.test(text)) return oneLine(text);
  const indent = /^\n* /.test(text) ? '2' : '';
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  return `|${indent}${chomping(text)}\n${pad}${body.replace(/\n+(?=[^\n])/g, `$&${pad}`)}`;
}

/** Keeps the line breaks at the end: none, exactly one (YAML's default), or all of them. */
function chomping(text: string): string {
  if (!text.endsWith('\n')) return '-';
  return text.endsWith('\n\n') ? '+' : '';
}

function spell(text: string): string | undefined {
  const word = WORDS.has(text);
  if (!word && ORDINARY.test(text)) return text;
  if (LONE_SURROGATE.test(text)) return undefined;
  if (!word && isPlain(text)) return text;
  if (text.includes('"') && !text.includes("'") && !UNPRINTABLE.test(text)) return `'${text}'`;
  return `"${text.replace(ESCAPED, escape)}"`;
}

function isPlain(text: string): boolean {
  if (SYNTAX.test(text) || UNPRINTABLE.test(text)) return false;
  return !NUMBER_START.test(text) || !NUMBER.test(text.replaceAll('_', ''));
}

function escape(char: string): string {
  const named = NAMED[char];
  if (named !== undefined) return named;
  const hex = char.charCodeAt(0).toString(16);
  return hex.length > 2 ? `\\u${hex}` : `\\x${hex.padStart(2, '0')}`;
}
