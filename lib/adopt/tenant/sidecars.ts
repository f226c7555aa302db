// Programs beside the app in its pods, and those that run before it.

import { isMigration, productOf } from '../command/programs';
import { scriptOf } from '../command/shell';
import type { Program } from '../facts';
import { textAt, withoutHoles } from '../pick';
import { lose, said, say } from '../sheet';
import type { SheetPath } from '../sheet';
import { isWait, lookupIn } from '../units';
import type { Unit } from '../units';
import { isOfImage, sourceOf } from './context';
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
  const { request, limit } = program.sizes;
  const isFront = servesFirst(unit, program) && path[0] === 'web';
  const folders = foldersOf(writing, unit, program);
  say(
    sheet,
    at,
    withoutHoles({
      image: program.image,
      command: nonEmpty(program.entrypoint),
      args: nonEmpty(program.args),
      env: environmentOf(writing, program),
      port: program.ports[0]?.port,
      front: isFront ? true : undefined,
      health: textAt(program.probes.readiness ?? program.probes.liveness, 'httpGet', 'path'),
      user: program.user === said(sheet, ['app', 'user']) ? undefined : program.user,
      cpu: rangeOf(request?.cpu, limit?.cpu),
      memory: rangeOf(request?.memory, limit?.memory),
      writable: nonEmpty(folders.writable),
      mounts: Object.keys(folders.mounts).length > 0 ? folders.mounts : undefined,
    }),
    source,
  );
  if (folders.left.length > 0)
    lose(sheet, source, {
      what: `its mounts: ${folders.left.join(', ')}`,
      why: 'a sidecar sees folders of the app and no others',
      nearest: 'files of the workload, or a patch',
    });
}

const nonEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);

function servesFirst({ addresses }: Unit, program: Program): boolean {
  const targets = addresses.flatMap(({ ports }) => ports.map(({ target, port }) => target ?? String(port)));
  return program.ports.some(
    ({ port, name }) => targets.includes(String(port)) || (name !== undefined && targets.includes(name)),
  );
}

interface Folders {
  readonly writable: string[];
  /** Name of a volume or path of the app, and where the sidecar sees it. */
  readonly mounts: Record<string, string>;
  readonly left: string[];
}

function foldersOf({ sheet }: Writing, { program: app }: Unit, program: Program): Folders {
  const folders: Folders = { writable: [], mounts: {}, left: [] };
  for (const { path, volume, behind, subPath } of program.mounts) {
    const shared = app.mounts.find((one) => one.volume === volume)?.path;
    const name = behind.kind === 'claim' ? labelFrom(behind.claim) : shared;
    const isKnown = behind.kind === 'claim' && said(sheet, ['app', 'volumes', String(name)]) !== undefined;
    const isShared = behind.kind === 'scratch' && shared !== undefined;
    if (subPath === undefined && name !== undefined && (isKnown || isShared)) folders.mounts[name] = path;
    else if (behind.kind === 'scratch' && path !== '/tmp') folders.writable.push(path);
    else if (behind.kind !== 'scratch') folders.left.push(path);
  }
  return folders;
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
  const { sheet } = writing;
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
  const other = program.image !== undefined && !isOfImage(writing, program);
  say(
    sheet,
    [...path, 'initContainers', labelFrom(program.name) ?? 'init'],
    withoutHoles({
      command: words,
      image: other ? program.image : undefined,
      env: other ? environmentOf(writing, program) : undefined,
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
