// Programs beside the app in its pods.

import type { JsonRecord } from '../../kube/json';
import type { Mount, SeenProgram } from '../facts';
import { textAt, withoutHoles } from '../pick';
import { lose, said, say } from '../sheet';
import type { Unit } from '../units';
import { unitSource } from './context';
import type { Writing } from './context';
import { workloadsOf } from './env';
import { loseBefore, writeInit } from './inits';
import type { PlacedUnit } from './inits';
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

function writeSidecar(writing: Writing, { unit, path }: PlacedUnit, program: SeenProgram): void {
  const { sheet } = writing;
  const source = unitSource({ pod: unit.pod, program });
  const at = [...path, 'sidecars', labelFrom(program.name) ?? 'sidecar'];
  if (program.image === undefined) return;
  const isFront = servesFirst(unit, program) && path[0] === 'web';
  const folders = foldersOf(writing, unit, program);
  say(
    sheet,
    at,
    withoutHoles({
      image: program.image,
      command: nonEmpty(program.entrypoint),
      args: nonEmpty(program.args),
      env: sidecarVariables(writing, program),
      port: program.ports[0]?.port,
      front: isFront ? true : undefined,
      health: textAt(program.probes.readiness, 'httpGet', 'path'),
      user: userOf(writing, program),
      cpu: rangeOf(program, 'cpu'),
      memory: rangeOf(program, 'memory'),
      writable: nonEmpty(folders.writable),
      mounts: nonEmptyRecord(folders.mounts),
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

const nonEmptyRecord = (record: JsonRecord): JsonRecord | undefined =>
  Object.keys(record).length > 0 ? record : undefined;
const nonEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);

function servesFirst({ addresses }: Unit, program: SeenProgram): boolean {
  const targets = addresses.flatMap(({ ports }) => ports.map(({ target, port }) => target ?? String(port)));
  return program.ports.some(
    ({ port, name }) => targets.includes(String(port)) || (name !== undefined && targets.includes(name)),
  );
}

interface Folders {
  readonly writable: readonly string[];
  /** Name of a volume or path of the app, and where the sidecar sees it. */
  readonly mounts: Readonly<Record<string, string>>;
  readonly left: readonly string[];
}

function foldersOf(writing: Writing, { program: app }: Unit, { mounts }: SeenProgram): Folders {
  const named = mounts.map((mount) => ({ mount, name: nameOfFolder(writing, app, mount) }));
  const seen = named.flatMap(({ mount, name }): readonly [string, string][] =>
    name === undefined ? [] : [[name, mount.path]],
  );
  const own = named.filter(({ name }) => name === undefined).map(({ mount }) => mount);
  return {
    mounts: Object.fromEntries(seen),
    writable: own
      .filter(({ behind, path }) => behind.kind === 'scratch' && path !== '/tmp')
      .map(({ path }) => path),
    left: own.filter(({ behind }) => behind.kind !== 'scratch').map(({ path }) => path),
  };
}

/** What the app calls the folder: a volume by its claim, a scratch folder by its path. */
function nameOfFolder(
  { sheet }: Writing,
  app: SeenProgram,
  { volume, behind, subPath }: Mount,
): string | undefined {
  if (subPath !== undefined) return undefined;
  if (behind.kind === 'scratch') return app.mounts.find((one) => one.volume === volume)?.path;
  const name = behind.kind === 'claim' ? labelFrom(behind.claim) : undefined;
  return name !== undefined && said(sheet, ['app', 'volumes', name]) !== undefined ? name : undefined;
}

/** The app's own is what it has anyway. */
const userOf = ({ sheet }: Writing, { user }: SeenProgram): number | undefined =>
  user === said(sheet, ['app', 'user']) ? undefined : user;

function rangeOf({ sizes }: SeenProgram, of: 'cpu' | 'memory'): unknown {
  const [low, high] = [sizes.request?.[of], sizes.limit?.[of]];
  if (low === undefined || high === undefined || low === high) return high ?? low;
  return { request: low, limit: high };
}

export function sidecarVariables(writing: Writing, program: SeenProgram): unknown {
  const entries = program.env.flatMap((variable) => {
    const { value } = sayVariable(writing, variable);
    return value === undefined ? [] : [[variable.name, value] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
