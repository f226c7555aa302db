// Programs beside the app in its pods, and those that run before it.

import { isMigration, productOf } from '../command/programs';
import { scriptOf } from '../command/shell';
import type { Program } from '../facts';
import { withoutHoles } from '../pick';
import { lose, say } from '../sheet';
import type { SheetPath } from '../sheet';
import { isWait, lookupIn } from '../units';
import type { Unit } from '../units';
import { sourceOf } from './context';
import type { Writing } from './context';
import { workloadsOf } from './env';
import { labelFrom } from './names';
import { sayVariable } from './variables';

export function writeSidecars(writing: Writing): void {
  for (const { path, unit } of workloadsOf(writing)) {
    for (const program of unit.sidecars) writeSidecar(writing, { unit, path }, program);
    if (path[0] !== 'migrate')
      for (const program of unit.pod.inits) writeInit(writing, { unit, path }, program);
    loseBefore(writing, unit);
  }
}

interface Place {
  readonly unit: Unit;
  readonly path: SheetPath;
}

function writeSidecar(writing: Writing, { unit, path }: Place, program: Program): void {
  const { sheet } = writing;
  const source = sourceOf({ pod: unit.pod, program });
  const at = [...path, 'sidecars', labelFrom(program.name) ?? 'sidecar'];
  if (program.image === undefined) return;
  const ports = program.ports.map(({ port }) => port);
  const targets = unit.addresses.flatMap(({ ports: all }) =>
    all.map(({ target, port }) => target ?? String(port)),
  );
  const front = program.ports.some(
    ({ port, name }) => targets.includes(String(port)) || (name !== undefined && targets.includes(name)),
  );
  const { request, limit } = program.sizes;
  const words = program.entrypoint.length > 0 ? program.entrypoint : undefined;
  say(
    sheet,
    at,
    withoutHoles({
      image: program.image,
      command: words,
      args: program.args.length > 0 ? program.args : undefined,
      env: environmentOf(writing, program),
      port: ports[0],
      front: front && path[0] === 'web' ? true : undefined,
      cpu: rangeOf(request?.cpu, limit?.cpu),
      memory: rangeOf(request?.memory, limit?.memory),
    }),
    source,
  );
  if (program.mounts.length > 0)
    lose(sheet, source, {
      what: `its mounts: ${program.mounts.map(({ path: one }) => one).join(', ')}`,
      why: 'they are not carried over',
      nearest: 'files, writable or volumes of the sidecar',
    });
}

const rangeOf = (low: string | undefined, high: string | undefined): unknown =>
  low !== undefined && high !== undefined && low !== high ? { request: low, limit: high } : (high ?? low);

function environmentOf(writing: Writing, program: Program): unknown {
  const entries = program.env.flatMap((variable) => {
    const { value } = sayVariable(writing, variable);
    return value === undefined ? [] : [[variable.name, value] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Migrations are the Job's, waits for Redis and for migrations are Stalk's. */
function writeInit(writing: Writing, { unit, path }: Place, program: Program): void {
  const { sheet, image } = writing;
  const { commands } = scriptOf([...program.entrypoint, ...program.args], lookupIn(program));
  const source = sourceOf({ pod: unit.pod, program });
  const text = commands.map((words) => words.join(' ')).join('; ');
  if (commands.some(isMigration)) {
    sheet.otherwise.add(
      `Init container ${program.name} of ${unit.pod.source}: migrate and its check take its place.`,
    );
    return;
  }
  if (/redis|migrat/i.test(`${program.name} ${text}`)) {
    sheet.otherwise.add(
      `Init container ${program.name} of ${unit.pod.source}: pods wait for Redis and for migrate.check by themselves.`,
    );
    return;
  }
  const words = [...program.entrypoint, ...program.args];
  if (words.length === 0)
    return lose(sheet, source, {
      what: `init container ${program.name}`,
      why: "its image's own command is not in the files",
      nearest: 'initContainers, with its command',
    });
  const other = program.image !== image && program.image !== undefined;
  say(
    sheet,
    [...path, 'initContainers', labelFrom(program.name) ?? 'init'],
    withoutHoles({
      command: words,
      image: other ? program.image : undefined,
      env: environmentOf(writing, program),
    }),
    source,
  );
  if (other && productOf(program.image) === 'a shell' && !/:[\w.]*\d/.test(program.image))
    sheet.checks.add(`A fixed tag for ${program.image} (${source}).`);
}

/** Commands before the one that stays: waits are told, work is lost. */
function loseBefore({ sheet }: Writing, unit: Unit): void {
  const work = unit.before.filter(
    (words) =>
      !isWait(words) && !isMigration(words) && !/^(function|case|esac|else|if|fi|for)/.test(String(words[0])),
  );
  if (unit.script.shell && work.length > 0 && unit.line !== undefined)
    lose(sheet, sourceOf(unit), {
      what: `commands before celery: ${work.map((words) => words.join(' ')).join('; ')}`,
      why: "a worker's command is Stalk's",
      nearest: 'app.entrypoint, initContainers, or migrate',
    });
  if (unit.script.shell && unit.before.some((words) => isWait(words)) && unit.line !== undefined)
    sheet.otherwise.add(
      `${unit.pod.source} waited in its script: pods wait for Redis and for migrate.check by themselves.`,
    );
}
