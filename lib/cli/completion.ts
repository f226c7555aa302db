// `stalk completion`: a script that teaches a shell the words of this command line.

import { Argument, Command } from 'commander';
import type { Option } from 'commander';
import type { Io } from './io';
import { SCRIPTS, SHELLS } from './shells';
import type { Shell, Word, CommandWords } from './shells';

/** `root` is asked when all commands are there. */
export const completionCommand = (io: Io, root: () => Command): Command =>
  new Command('completion')
    .summary('print a completion script for bash, zsh or fish')
    .description(
      'Prints a script for the command `stalk`: commands, options, and the environments and ' +
        'tenants in dist/ of the project.',
    )
    .addArgument(new Argument('<shell>', 'the shell that reads it').choices(SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  eval "$(npx stalk completion bash)"       in ~/.bashrc
  eval "$(npx stalk completion zsh)"        in ~/.zshrc
  npx stalk completion fish | source        in ~/.config/fish/config.fish

It completes \`stalk\`, not \`npx stalk\`: put node_modules/.bin on PATH, or
  alias stalk='npx stalk'`,
    )
    .action((shell: Shell) => io.out(SCRIPTS[shell](wordsOf(root()))));

const wordsOf = (command: Command, path: readonly string[] = []): readonly CommandWords[] => [
  {
    path,
    commands: command.commands.map((one) => ({ word: one.name(), help: one.summary() })),
    options: command.createHelp().visibleOptions(command).map(optionOf),
    takes: takesOf(command),
  },
  ...command.commands.flatMap((one) => wordsOf(one, [...path, one.name()])),
];

function optionOf(option: Option): Word {
  const { long, description, required, argChoices } = option;
  return {
    word: String(long),
    help: description,
    ...(required && { value: argChoices ?? (long === '--env' ? 'environment' : 'file') }),
  };
}

function takesOf(command: Command): CommandWords['takes'] {
  const [first] = command.registeredArguments;
  if (first === undefined) return undefined;
  // `new tenant` wants a name that nobody has
  return first.argChoices ?? (first.name() === 'tenant' ? 'tenant' : undefined);
}
