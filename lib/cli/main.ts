// The command line: which commands there are, and how each of them ends.

import { Command, CommanderError } from 'commander';
import { RulesError } from '..';
import { ClusterError } from '../cluster';
import { cdk8sTellsOfFailure } from '../output/cdk8s';
import { RenderError } from '../output/render-error';
import { check } from './check';
import { CannotRun, EXIT, Unread } from './io';
import type { Exit, Io } from './io';
import { loadtest } from './loadtest';
import { synth } from './synth';
import { verify } from './verify';

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
  check(io, end),
  synth(io),
  verify(io, end),
  loadtest(io, end),
];

function program(io: Io, end: (exit: Exit) => void): Command {
  const root = new Command('stalk')
    .description('Celery on Redis for many tenants, on Kubernetes, from one typed list.')
    .addHelpText(
      'after',
      `
Exit codes of every command:
  0  all holds
  1  a check failed
  2  wrong use, or it cannot run: an unreachable cluster, a missing namespace or right

Whoever reads only the beginning (| head) gets no complaints; what is cut short by that ends with 141.

Results go to stdout, progress and complaints to stderr.`,
    );
  for (const command of commands(io, end)) root.addCommand(command);
  for (const command of [root, ...root.commands]) {
    command
      .exitOverride()
      .showSuggestionAfterError()
      .configureHelp({ helpWidth: 110 })
      .configureOutput({
        writeOut: (text) => io.out(text.trimEnd()),
        writeErr: (text) => io.err(text.trimEnd()),
      });
  }
  return root;
}

function ended(error: unknown, io: Io): Exit {
  if (error instanceof Unread) return EXIT.unread;
  // Commander has said it by now; asking for help is no mistake
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.cannot;
  const told = [CannotRun, ClusterError, RenderError, RulesError].some((kind) => error instanceof kind);
  io.err(told || !(error instanceof Error) ? (error as Error).message : String(error.stack));
  return EXIT.cannot;
}
