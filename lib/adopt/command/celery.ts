// A command line of Celery, whichever way it is started.

/** What `celery` is asked for. */
export interface CeleryLine {
  readonly what: 'worker' | 'beat' | 'flower' | 'multi' | 'other';
  readonly subcommand: string;
  /** What follows `-A`. */
  readonly module?: string;
  /** By long name, without dashes: `max-tasks-per-child`; `''` for a flag. */
  readonly options: Readonly<Record<string, string>>;
  /** Words before `celery`: `newrelic-admin run-program`, `poetry run`. */
  readonly before: readonly string[];
}

/** Short options by what comes first: those of all, then of one command. */
const SHORT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  all: { A: 'app', b: 'broker', C: 'no-color', q: 'quiet', l: 'loglevel', f: 'logfile', D: 'detach' },
  worker: {
    ...{ n: 'hostname', c: 'concurrency', P: 'pool', Q: 'queues', X: 'exclude-queues', E: 'task-events' },
    ...{ O: 'optimization', B: 'beat', S: 'statedb', s: 'schedule', I: 'include' },
  },
  beat: { s: 'schedule', S: 'scheduler' },
  flower: {},
};

/** Options that stand alone: the next word is not theirs. */
const FLAGS = new Set(
  (
    'no-color quiet detach task-events beat purge discard without-gossip without-mingle without-heartbeat ' +
    'disable-prefetch events pidfile-check persistent skip-checks auto-refresh'
  ).split(' '),
);

const SUBCOMMANDS = [
  'worker',
  'beat',
  'flower',
  'multi',
  'events',
  'inspect',
  'status',
  'shell',
  'control',
  'call',
];

/** The command in these words, or nothing. */
export function celeryLineOf(words: readonly string[]): CeleryLine | undefined {
  const at = words.findIndex(isCelery);
  if (at < 0) return undefined;
  const behind = words.slice(at + 1);
  const flower = /(^|\/)flower$/.test(String(words[at]));
  const subcommand = flower ? 'flower' : behind.find((word) => SUBCOMMANDS.includes(word));
  if (subcommand === undefined) return undefined;
  const options = optionsIn(behind, subcommand);
  const { app: module } = options;
  return {
    what: ['worker', 'beat', 'flower', 'multi'].includes(subcommand) ? (subcommand as 'worker') : 'other',
    subcommand,
    ...(module !== undefined && module !== '' && { module }),
    options,
    before: beforeCelery(words.slice(0, at)),
  };
}

/** `celery`, `/venv/bin/celery`, the module of `python -m celery`, the command of a manage.py. */
const isCelery = (word: string, index: number, words: readonly string[]): boolean =>
  /(^|\/)celery$/.test(word) || (/(^|\/)flower$/.test(word) && index === 0 && words.length > 0);

/** Without what only starts Python. */
function beforeCelery(words: readonly string[]): readonly string[] {
  const left = [...words];
  if (left.at(-1) === '-m') left.pop();
  if (/manage\.py$|(^|\/)django-admin(\.py)?$/.test(String(left.at(-1)))) left.pop();
  while (/(^|\/)python[\d.]*$|^-[uOB]+$/.test(String(left.at(-1)))) left.pop();
  return left.filter((word) => word !== 'exec');
}

function optionsIn(words: readonly string[], subcommand: string): Readonly<Record<string, string>> {
  const options: Record<string, string> = {};
  for (let index = 0; index < words.length; index += 1) {
    const read = optionAt(words, index, subcommand);
    if (read === undefined) continue;
    options[read.name] = read.value;
    if (read.tookNext) index += 1;
  }
  return options;
}

interface Option {
  readonly name: string;
  readonly value: string;
  readonly tookNext: boolean;
}

function optionAt(words: readonly string[], index: number, subcommand: string): Option | undefined {
  const word = String(words[index]);
  const next = words[index + 1];
  const [, long, , given] = /^--([\w-]+)(=([^]*))?$/.exec(word) ?? [];
  if (long !== undefined) return optionOf(long.replaceAll('_', '-'), given, next);
  const [, letter = '', rest = ''] = /^-([A-Za-z])([^]*)$/.exec(word) ?? [];
  const name = longName(letter, subcommand);
  if (name === undefined) return undefined;
  return optionOf(name, rest === '' ? undefined : rest.replace(/^=/, ''), next);
}

const longName = (letter: string, subcommand: string): string | undefined =>
  SHORT[subcommand]?.[letter] ?? SHORT['all']?.[letter];

function optionOf(name: string, given: string | undefined, next: string | undefined): Option {
  if (given !== undefined) return { name, value: given, tookNext: false };
  const takesNext =
    !FLAGS.has(name) && next !== undefined && !next.startsWith('-') && !SUBCOMMANDS.includes(next);
  return { name, value: takesNext ? next : '', tookNext: takesNext };
}
