// What runs before the app in its pods: init containers, and commands of a script before the one that stays.

import { isMigration } from '../command/programs';
import { scriptOf } from '../command/shell';
import type { SeenProgram } from '../facts';
import { withoutHoles } from '../pick';
import { lose, say } from '../sheet';
import type { SheetPath } from '../sheet';
import { isWait, lookupIn } from '../units';
import type { Unit } from '../units';
import { isOfImage, unitSource } from './context';
import type { Writing } from './context';
import { labelFrom } from './names';
import { sidecarVariables } from './sidecars';

/** A workload of the tenant, and the program that it was. */
export interface PlacedUnit {
  readonly unit: Unit;
  readonly path: SheetPath;
}

/** Migrations are the Job's, waits for Redis and for migrations are Stalk's. */
export function writeInit(writing: Writing, { unit, path }: PlacedUnit, program: SeenProgram): void {
  const { sheet } = writing;
  const source = unitSource({ pod: unit.pod, program });
  const instead = insteadOf(program);
  if (instead !== undefined) {
    sheet.otherwise.add(`Init container ${program.name} of ${unit.pod.source}: ${instead}.`);
    return;
  }
  const words = [...program.entrypoint, ...program.args];
  if (words.length === 0)
    return lose(sheet, source, {
      what: `init container ${program.name}`,
      why: "its image's own command is not in the files",
      nearest: 'initContainers, with its command',
    });
  const other = program.image !== undefined && !isOfImage(writing, program);
  say(
    sheet,
    [...path, 'initContainers', labelFrom(program.name) ?? 'init'],
    withoutHoles({
      command: words,
      image: other ? program.image : undefined,
      env: other ? sidecarVariables(writing, program) : undefined,
    }),
    source,
  );
}

function insteadOf(program: SeenProgram): string | undefined {
  const { commands } = scriptOf([...program.entrypoint, ...program.args], lookupIn(program));
  if (commands.some(isMigration)) return 'migrate and its check take its place';
  const text = commands.map((words) => words.join(' ')).join('; ');
  return /redis|migrat/i.test(`${program.name} ${text}`)
    ? 'pods wait for Redis and for migrate.check by themselves'
    : undefined;
}

/** Commands before the one that stays: waits are told, work is lost. */
export function loseBefore({ sheet }: Writing, unit: Unit): void {
  const work = unit.before.filter(
    (words) =>
      !isWait(words) && !isMigration(words) && !/^(function|case|esac|else|if|fi|for)/.test(String(words[0])),
  );
  if (unit.script.shell && work.length > 0 && unit.line !== undefined)
    lose(sheet, unitSource(unit), {
      what: `commands before celery: ${work.map((words) => words.join(' ')).join('; ')}`,
      why: "a worker's command is Stalk's",
      nearest: 'app.entrypoint, initContainers, or migrate',
    });
  if (unit.script.shell && unit.before.some((words) => isWait(words)) && unit.line !== undefined)
    sheet.otherwise.add(
      `${unit.pod.source} waited in its script: pods wait for Redis and for migrate.check by themselves.`,
    );
}
