// What prepares the database: a Job, an init container, or a command before the server.

import { durationText } from '../../spec/units';
import { isMigration } from '../command/programs';
import { scriptOf } from '../command/shell';
import { guess, lose, said, say } from '../sheet';
import { lookupIn } from '../units';
import type { Unit } from '../units';
import { isOfImage, unitSource } from './context';
import type { Writing } from './context';
import { sayCompute } from './sizes';
import { wordsOfUnit, webOf } from './web';

interface Found {
  readonly command: readonly string[];
  readonly source: string;
  readonly unit?: Unit;
}

export function migrationOf(writing: Writing): Found | undefined {
  return found(writing, true)[0];
}

/** Jobs first: they exist for it. */
function found(writing: Writing, all: boolean): readonly Found[] {
  const { units } = writing;
  const own = units.filter(({ role, program }) => role === 'migrate' && isOfImage(writing, program));
  const jobs = own.map((unit): Found => ({ command: wordsOfUnit(unit), source: unitSource(unit), unit }));
  const web = webOf(writing);
  const others = all ? [...(web === undefined ? [] : [web]), ...units] : [];
  const inits = others.flatMap(({ pod }) =>
    pod.inits.flatMap((program): readonly Found[] => {
      const { commands } = scriptOf([...program.entrypoint, ...program.args], lookupIn(program));
      const command = commands.find((words) => isMigration(words) && !isLook(words));
      return command === undefined || !isOfImage(writing, program)
        ? []
        : [{ command, source: `init container ${program.name} of ${pod.source}` }];
    }),
  );
  const before = others.flatMap((unit): readonly Found[] => {
    const command = unit.before.find(isMigration);
    return command === undefined ? [] : [{ command, source: `before the command of ${unitSource(unit)}` }];
  });
  return [...jobs.filter(({ command }) => isMigration(command)), ...jobs, ...inits, ...before].filter(
    (one, index, list) => list.findIndex(({ source }) => source === one.source) === index,
  );
}

export function writeMigration(writing: Writing): void {
  const { sheet } = writing;
  const [first, ...more] = found(writing, true);
  if (first === undefined) {
    if (said(sheet, ['app', 'dialect']) === 'django')
      sheet.checks.add(
        'Who migrates the database: nothing in the files does. `migrate` is a Job before every rollout.',
      );
    return;
  }
  say(sheet, ['migrate'], {}, first.source);
  if (first.command.length > 0) say(sheet, ['migrate', 'command'], first.command, first.source);
  else
    guess(
      sheet,
      ['migrate', 'command'],
      ['python', 'manage.py', 'migrate', '--noinput'],
      `${first.source} runs the image's own command`,
    );
  writeCheck(writing, first.command);
  if (first.unit !== undefined) {
    sayCompute(writing, first.unit, ['migrate']);
    if (first.unit.pod.timeLimit !== undefined)
      say(sheet, ['migrate', 'timeLimit'], durationText(first.unit.pod.timeLimit), first.source);
  }
  for (const one of more)
    if (one.command.join(' ') !== first.command.join(' '))
      lose(sheet, one.source, {
        what: `it runs ${one.command.join(' ') || "the image's own command"}`,
        why: 'a tenant has one migration',
        nearest: 'one command for both in migrate.command, or a process',
      });
}

/** `migrate --check` prepares nothing. */
const isLook = (words: readonly string[]): boolean => /--check|showmigrations|--plan/.test(words.join(' '));

/** The look that init containers wait for. */
function lookAmong(
  writing: Writing,
): { readonly command: readonly string[]; readonly source: string } | undefined {
  const all = writing.units.flatMap(({ pod }) =>
    pod.inits
      .filter((program) => isOfImage(writing, program))
      .flatMap((program) =>
        scriptOf([...program.entrypoint, ...program.args], lookupIn(program)).commands.map((words) => ({
          command: words[0]?.endsWith('manage.py') === true ? ['python', ...words] : words,
          source: `init container ${program.name} of ${pod.source}`,
        })),
      ),
  );
  return all.find(({ command }) => isMigration(command) && isLook(command));
}

/** What every other pod waits for; Django and Alembic have a command for it. */
function writeCheck(writing: Writing, command: readonly string[]): void {
  const { sheet } = writing;
  const look = lookAmong(writing);
  if (look !== undefined) return say(sheet, ['migrate', 'check'], look.command, look.source);
  const words = command.join(' ');
  const at = ['migrate', 'check'];
  const python = command.find((word) => /python[\d.]*$/.test(word)) ?? 'python';
  const manage = command.find((word) => /manage\.py$/.test(word));
  if (manage !== undefined)
    guess(sheet, at, [python, manage, 'migrate', '--check'], 'web, worker and beat wait until this succeeds');
  else if (/alembic/.test(words))
    guess(
      sheet,
      at,
      ['alembic', 'current', '--check-heads'],
      'web, worker and beat wait until this succeeds',
    );
  else
    sheet.checks.add(
      'A command that succeeds once the migrations are done (migrate.check): without it, nobody waits for them.',
    );
}
