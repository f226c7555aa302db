// `stalk check`: everything that is wrong with a list, without a cluster.

import { Command } from 'commander';
import type { CheckFinding, Loaded, LoadFailure, Outcome } from '../check';
import { CannotRun, EXIT } from './io';
import type { Exit, Io } from './io';
import { load } from './list';
import { projectAt } from './project';

interface Flags {
  readonly json?: true;
}

export const checkCommand = (io: Io, end: (exit: Exit) => void): Command =>
  new Command('check')
    .summary('find everything that is wrong with the list, without a cluster')
    .description(
      'Checks the project in one pass of a few seconds:\n' +
        '  types  the TypeScript compiler, over the list and every file in tenants/\n' +
        '  rules  what tenants and environments may say, patches, files in stacks/extra/\n' +
        '  laws   every rendered object after patches: Pod Security, bounds, selectors,\n' +
        '         mounts, policies, quota, unknown fields\n' +
        '  list   tenant files that the list does not hold\n' +
        '  tree   whether dist/ is what the list renders',
    )
    .option('--json', 'one JSON object on stdout instead of lines')
    .addHelpText(
      'after',
      `
Examples:
  npx stalk check
  npx stalk check --json | jq '.checks[].findings[]'

Exit codes:
  0  all holds
  1  something is wrong; each line says where, what was wanted, what was found
     and what to do
  2  wrong use, or there is no project here`,
    )
    .action(async ({ json }: Flags) => {
      // The compiler is in it, which the other commands need not load
      const { checkProject } = await import('../check');
      const outcomes = checkProject(projectAt(process.cwd()), loaded);
      io.out(json ? jsonOf(outcomes) : textOf(outcomes));
      end(outcomes.every(({ state }) => state === 'ok') ? EXIT.ok : EXIT.failed);
    });

function loaded(): Loaded | LoadFailure {
  try {
    const list = load(undefined);

    const modules = Object.values(require.cache);
    return {
      list,
      modules: modules.flatMap((one) =>
        one ? [{ file: one.filename, exports: one.exports as unknown }] : [],
      ),
    };
  } catch (error) {
    if (error instanceof CannotRun) return { problems: error.lines };
    throw error;
  }
}

const jsonOf = (checks: readonly Outcome[]): string =>
  JSON.stringify({ ok: checks.every(({ state }) => state === 'ok'), checks }, undefined, 2);

/** A screen of lines tells what is wrong; more of one kind tell nothing new. */
const SHOWN = 40;

function textOf(outcomes: readonly Outcome[]): string {
  return outcomes
    .flatMap(({ subject, state, summary, findings }) => {
      const more = findings.length - SHOWN;
      return [
        `${subject.padEnd(5)}  ${state.padEnd(7)}  ${summary}`,
        ...findings.slice(0, SHOWN).map((finding) => indented(lineOf(finding))),
        ...(more > 0 ? [`  and ${more} more; --json has them all`] : []),
      ];
    })
    .join('\n');
}

/** `file:line:column message`, which editors and terminals open. */
function lineOf({ file, line, column, message }: CheckFinding): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return place === '' ? message : `${place} ${message}`;
}

const indented = (text: string): string => text.replace(/^/gm, '  ');
