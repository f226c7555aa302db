// The command line: which commands there are, and how each of them ends.

import { Command, CommanderError } from 'commander';
import { RulesError } from '..';
import { ClusterError } from '../cluster';
import { cdk8sTellsOfFailure } from '../output/cdk8s';
import { RenderError } from '../output/render-error';
import { aclCommand } from './acl';
import { adoptCommand } from './adopt';
import { backupCommand } from './backup';
import { checkCommand } from './check';
import { composeCommand } from './compose';
import { completionCommand } from './completion';
import { initCommand } from './init';
import { diffCommand } from './diff';
import { CannotRun, EXIT, Unread } from './io';
import type { Exit, Io } from './io';
import { loadtestCommand } from './loadtest';
import { moveCommand } from './move';
import { newCommand } from './new';
import { ownPackage } from './own';
import { restoreCommand } from './restore';
import { statusCommand } from './status';
import { synthCommand } from './synth';
import { verifyCommand } from './verify';

/** Runs one command. @returns the exit code */
export async function main(argv: readonly string[], io: Io): Promise<Exit> {
  try {
    let exit: Exit = EXIT.ok;
    const root = program(io, (code) => {
      exit = code;
    });
    await root.parseAsync(argv, { from: 'user' });
    return exit;
  } catch (error) {
    const exit = ended(error, io);
    return cdk8sTellsOfFailure() ? EXIT.ok : exit;
  }
}

/** To add a command: a file beside this one, and its line here. */
const commands = (io: Io, end: (exit: Exit) => void): readonly Command[] => [
  initCommand(io),
  newCommand(io),
  adoptCommand(io),
  checkCommand(io, end),
  synthCommand(io),
  composeCommand(io),
  diffCommand(io, end),
  verifyCommand(io, end),
  statusCommand(io),
  loadtestCommand(io, end),
  moveCommand(io, end),
  backupCommand(io),
  restoreCommand(io, end),
  aclCommand(io),
];

/** Terminals, and halves of screens, are this wide. */
const HELP_WIDTH = 80;

function program(io: Io, end: (exit: Exit) => void): Command {
  const root: Command = new Command('stalk')
    .description('Celery on Redis for many tenants, on Kubernetes, from one typed list.')
    .version(ownPackage().version, '--version', 'print the version of Stalk')
    .addHelpText(
      'after',
      `
Exit codes of every command:
  0  all holds
  1  a check failed
  2  wrong use, or it cannot run: an unreachable cluster, a missing namespace
     or right

A command whose reader goes away (| head) says nothing more; one that is cut
short by that ends with 141.

Results go to stdout, progress and complaints to stderr.`,
    );
  for (const command of commands(io, end)) root.addCommand(command);
  root.addCommand(completionCommand(io, () => root));
  for (const command of allOf(root)) {
    command
      .exitOverride()
      .showSuggestionAfterError()
      .configureHelp({ helpWidth: HELP_WIDTH })
      .configureOutput({
        writeOut: (text) => io.out(text.trimEnd()),
        writeErr: (text) => io.err(text.trimEnd()),
      });
  }
  return root;
}

const allOf = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(allOf)];

function ended(error: unknown, io: Io): Exit {
  if (error instanceof Unread) return EXIT.unread;
  // Commander has said it by now; asking for help is no mistake
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.cannot;
  const isExpected = [CannotRun, ClusterError, RenderError, RulesError].some((kind) => error instanceof kind);
  io.err(isExpected || !(error instanceof Error) ? (error as Error).message : String(error.stack));
  return EXIT.cannot;
}
