// The environment of the app: what all programs have is the tenant's, the rest their own.

import type { Bulk, PodKind, SeenVariable } from '../facts';
import { comment, lose, say } from '../sheet';
import type { Sheet, SheetPath } from '../sheet';
import { isApp } from '../units';
import type { Unit } from '../units';
import { isOfImage, unitSource } from './context';
import type { Writing } from './context';
import { poolNames } from './workers';
import { processNames } from './processes';
import { loseVariable, sayVariable } from './variables';
import type { SaidVariable } from './variables';
import { migrationOf } from './migrate';
import { webOf } from './web';

interface Workload {
  readonly path: SheetPath;
  readonly unit: Unit;
}

/** Programs that have become a workload, by its path. */
export function workloadsOf(writing: Writing): readonly Workload[] {
  const { units } = writing;
  const web = webOf(writing);
  const migration = migrationOf(writing)?.unit;
  const beat = units.find(({ role }) => role === 'beat');
  const flower = units.find(({ role }) => role === 'flower');
  return [
    ...[...poolNames(writing)].map(([unit, name]) => ({ path: ['workers', name], unit })),
    ...(beat === undefined ? [] : [{ path: ['beat'], unit: beat }]),
    ...(flower === undefined || !isOfImage(writing, flower.program)
      ? []
      : [{ path: ['flower'], unit: flower }]),
    ...(web === undefined ? [] : [{ path: ['web'], unit: web }]),
    ...(migration === undefined ? [] : [{ path: ['migrate'], unit: migration }]),
    ...[...processNames(writing)].map(([unit, name]) => ({ path: ['processes', name], unit })),
  ];
}

export function writeEnvironment(writing: Writing): void {
  const workloads = workloadsOf(writing).filter(({ unit }) => isApp(unit));
  const shared = workloads.filter(({ unit }) => isOfImage(writing, unit.program));
  const standing = shared.filter(({ unit }) => !ENDING.has(unit.pod.kind) && unit.role !== 'flower');
  const everywhere = inAll((standing.length > 0 ? standing : shared).map(({ unit }) => unit.program.env));
  for (const variable of everywhere) writeVariable(writing, ['env'], variable, variable.source);
  const known = new Set(everywhere.map(({ name }) => name));
  for (const { path, unit } of workloads)
    for (const variable of unit.program.env)
      if (!known.has(variable.name) || !everywhere.some((one) => sameVariable(one, variable)))
        writeVariable(writing, [...path, 'env'], variable, unitSource(unit));
  const richer = workloads.filter(({ unit }) => !hasAll(unit, everywhere)).map(({ unit }) => unit.pod.source);
  if (richer.length > 0)
    writing.sheet.otherwise.add(`Variables: ${richer.join(', ')} get all of env, which they did not have.`);
  commentUsual(writing.sheet, ['env'], everywhere);
  writeBulks(writing, workloads, shared.length);
}

/** The source of most of them is said once, above them. */
function commentUsual(sheet: Sheet, path: SheetPath, variables: readonly SeenVariable[]): void {
  const sources = variables.map(({ source }) => source);
  const [usual] = [...new Set(sources)].sort(
    (a, b) => sources.filter((one) => one === b).length - sources.filter((one) => one === a).length,
  );
  if (usual !== undefined && variables.length > 2) comment(sheet, path, usual);
}

/** Pods that end: they need less, and are given all. */
const ENDING: ReadonlySet<PodKind> = new Set(['Job', 'CronJob']);

/** Variables that all of them have, with one value. */
function inAll([first = [], ...rest]: readonly (readonly SeenVariable[])[]): readonly SeenVariable[] {
  return first.filter((one) => rest.every((list) => list.some((other) => sameVariable(one, other))));
}

const sameVariable = (a: SeenVariable, b: SeenVariable): boolean =>
  a.name === b.name && JSON.stringify(a.value) === JSON.stringify(b.value);

const hasAll = ({ program }: Unit, variables: readonly SeenVariable[]): boolean =>
  variables.every(({ name }) => program.env.some((one) => one.name === name));

function writeVariable(writing: Writing, path: SheetPath, variable: SeenVariable, source: string): void {
  const found = sayVariable(writing, variable);
  loseVariable(writing, source, variable, found);
  if (found.value === undefined && found.why !== undefined)
    writing.sheet.otherwise.add(`Variable ${variable.name}: left out, as ${found.why}.`);
  if (found.value === undefined) return;
  const at = [...path, variable.name];
  say(writing.sheet, at, found.value, commentOf(found, variable, source));
  if (found.moved === true) {
    const { secret, key } = found.value as { readonly secret: string; readonly key: string };
    const again = writing.sheet.moved.some((one) => one.secret === secret && one.key === key);
    if (!again) writing.sheet.moved.push({ secret, key, source });
  }
}

function commentOf({ moved, why }: SaidVariable, variable: SeenVariable, source: string): string {
  if (moved === true)
    return why === undefined
      ? `${source} holds it as text: put it into this Secret`
      : `${source}: ${why}; put the whole value into this Secret`;
  return variable.value.kind === 'plain' ? source : `${source}`;
}

const sameBulk = (a: Bulk, b: Bulk): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Whole Secrets and ConfigMaps that are not among the files. */
function writeBulks(writing: Writing, workloads: readonly Workload[], count: number): void {
  const { sheet, inventory } = writing;
  const all = workloads.flatMap(({ unit }) => unit.program.bulk);
  const distinct = all.filter((one, index) => all.findIndex((other) => sameBulk(one, other)) === index);
  for (const bulk of distinct) {
    const users = workloads.filter(({ unit }) => unit.program.bulk.some((one) => sameBulk(one, bulk)));
    const sources = users.map(({ unit }) => unitSource(unit));
    if (inventory.origin === 'compose') {
      lose(sheet, String(sources[0]), {
        what: `env_file ${bulk.name}`,
        why: 'the file is not here',
        nearest: 'env, or envFrom a Secret that holds its lines',
      });
      continue;
    }
    const paths: readonly SheetPath[] = users.length === count ? [[]] : users.map(({ path }) => path);
    for (const path of paths)
      appendBulk(
        writing,
        [...path, 'envFrom'],
        bulk,
        users.length === count ? 'every program of the app' : String(sources[0]),
      );
  }
}

function appendBulk({ sheet }: Writing, path: SheetPath, bulk: Bulk, source: string): void {
  const entry = {
    [bulk.kind]: bulk.name,
    ...(bulk.prefix !== undefined && { prefix: bulk.prefix }),
    ...(bulk.optional && { optional: true }),
  };
  const [last] = path.slice(-1);
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((from, key) => (from as Record<string, unknown>)[key], sheet.tenant);
  const there = ((parent as Record<string, unknown> | undefined)?.[String(last)] ?? []) as readonly unknown[];
  say(sheet, path, [...there, entry], source);
  if (bulk.kind === 'configMap') comment(sheet, path, `ConfigMap/${bulk.name} is not among the files`);
}
