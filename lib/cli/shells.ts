// The completion scripts. Environments and tenants are the folders of dist/, so that no key press waits for Node.

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/** What the words behind an option, or behind a command, may be. */
type Value = Names | 'file';

/** Folders of dist/, or words that are known beforehand. */
type Names = 'environment' | 'tenant' | readonly string[];

export interface Word {
  readonly word: string;
  readonly help: string;
  /** Of an option that takes one. */
  readonly value?: Value;
}

/** The words behind one command. */
export interface CommandWords {
  /** `['new', 'tenant']`; the first is empty. */
  readonly path: readonly string[];
  readonly commands: readonly Word[];
  readonly options: readonly Word[];
  readonly takes: Names | undefined;
}

/** Prints names of folders in dist/ of the project: at which depth, and which of them. */
const FIND = `find "$folder/dist" -mindepth "$1" -maxdepth "$1" -path "$2" -type d 2>/dev/null | sed 's#.*/##' | sort -u`;

const DEPTH = { environment: `1 '*'`, tenant: `3 '*/tenants/*'` } as const;

function bash(all: readonly CommandWords[]): string {
  const known = all
    .filter(({ path }) => path.length > 0)
    .map(({ path }) => quoted(path.length === 1 ? ` ${path[0]}` : path.join(' ')));
  const values = new Map(all.flatMap(({ options }) => options).map(({ word, value }) => [word, value]));
  const valued = [...values].flatMap(([word, value]) =>
    value === undefined ? [] : [`    ${word}) words=${inBash(value)} ;;`],
  );
  const commands = all.map(({ path, commands, options, takes }) => {
    const words = [...commands, ...options].map(({ word }) => word).join(' ');
    const names = takes === undefined ? '' : `' '${inBash(takes)}`;
    return `      ${quoted(path.join(' '))}) words=${quoted(words)}${names} ;;`;
  });
  return `_stalk_names() {
  local folder=$PWD
  until [ -z "$folder" ] || [ -e "$folder/stacks/list.ts" ]; do folder=\${folder%/*}; done
  ${FIND}
}
_stalk() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command='' words='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$command \${COMP_WORDS[i]}" in
      ${known.join(' | ')}) command=\${command:+$command }\${COMP_WORDS[i]} ;;
    esac
  done
  case "$before" in
${valued.join('\n')}
    *) case "$command" in
${commands.join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _stalk stalk`;
}

function inBash(value: Value): string {
  if (value === 'file') return `''`; // the shell's own way, as no word fits
  return typeof value === 'string' ? `"$(_stalk_names ${DEPTH[value]})"` : quoted(value.join(' '));
}

/** zsh can run a completion script for bash. */
const zsh = (all: readonly CommandWords[]): string => `autoload -Uz compinit bashcompinit
(( $+functions[compdef] )) || compinit
bashcompinit
${bash(all)}`;

const fish = (all: readonly CommandWords[]): string => `function __stalk_names
  set -l folder $PWD
  while test "$folder" != /; and not test -e "$folder/stacks/list.ts"
    set folder (dirname "$folder")
  end
  ${FIND.replaceAll('"$1"', '$argv[1]').replace('"$2"', '"$argv[2]"')}
end
${all.flatMap(fishLines).join('\n')}`;

function fishLines({ path, commands, options, takes }: CommandWords): readonly string[] {
  const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
  // A command that has commands takes them only until one of them is there
  const others = commands.map(({ word }) => word).join(' ');
  const here = [seen, ...(others === '' ? [] : [`not __fish_seen_subcommand_from ${others}`])]
    .filter((one) => one !== '')
    .join('; and ');
  const line = (rest: string): string => `complete -c stalk -n ${quoted(here)} ${rest}`;
  return [
    ...commands.map(({ word, help }) => line(`-f -a ${word} -d ${quoted(help)}`)),
    ...(takes === undefined ? [] : [line(`-f -a ${inFish(takes)}`)]),
    ...options.map(({ word, help, value }) =>
      line(`-l ${word.slice(2)} -d ${quoted(help)}${valueInFish(value)}`),
    ),
  ];
}

function valueInFish(value: Value | undefined): string {
  if (value === undefined) return '';
  return value === 'file' ? ' -r' : ` -x -a ${inFish(value)}`;
}

const inFish = (names: Names): string =>
  typeof names === 'string' ? `"(__stalk_names ${DEPTH[names]})"` : quoted(names.join(' '));

/** Two shells of three escape a quote in quotes by ending them; fish takes that too. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'"'"'`)}'`;

export const SCRIPTS: Readonly<Record<Shell, (all: readonly CommandWords[]) => string>> = { bash, zsh, fish };
