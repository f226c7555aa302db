// Where pods run, and as whom: what their specs say beyond what runs in them.

import type { JsonRecord } from '../../kube/json';
import { listAt, recordAt, textAt, textsAt, withoutHoles } from '../pick';
import { lose, said, say } from '../sheet';
import type { SheetPath } from '../sheet';
import type { Unit } from '../units';
import { unitSource } from './context';
import type { Writing } from './context';
import { leavesDeadNodes, nodeAffinityOf, tolerationsOf } from './nodes';

/** Of one workload; `hoistPods` lifts what all of them say. */
export function writePlacement(writing: Writing, unit: Unit, path: SheetPath): void {
  const { sheet } = writing;
  const { spec } = unit.pod;
  const [tolerations, affinity] = [tolerationsOf(spec), nodeAffinityOf(spec)];
  const pods = withoutHoles({
    serviceAccount: accountOf(writing, spec),
    nodeSelector: nonEmpty(textsAt(spec, 'nodeSelector')),
    tolerations: nonEmptyList(tolerations.value),
    nodeAffinity: affinity.value,
    priorityClass: textAt(spec, 'priorityClassName') || undefined,
    runtimeClass: textAt(spec, 'runtimeClassName') || undefined,
    labels: nonEmpty(ownOnly(unit.pod.podLabels)),
    annotations: nonEmpty(ownOnly(unit.pod.podAnnotations)),
  });
  if (Object.keys(pods).length > 0) say(sheet, [...path, 'pods'], pods, unitSource(unit));
  for (const what of [...tolerations.left, ...affinity.left])
    lose(sheet, unitSource(unit), {
      what,
      why: 'pods has no word for it',
      nearest: 'pods.nodeAffinity, or a patch',
    });
  if (leavesDeadNodes(spec))
    sheet.otherwise.add(
      'Pods of an app leave a node that is lost after 10 s, whatever their tolerations say.',
    );
  for (const left of [...unit.pod.leftOut, ...unit.program.leftOut]) lose(sheet, unitSource(unit), left);
  loseAffinity(writing, unit, path);
}

const nonEmpty = <T extends object>(value: T): T | undefined =>
  Object.keys(value).length > 0 ? value : undefined;
const nonEmptyList = <T>(value: readonly T[]): readonly T[] | undefined =>
  value.length > 0 ? value : undefined;

/** Labels that say what an object is, and annotations of tools, are theirs. */
const OF_TOOLS =
  /^(app|name|component|tier|role|release|chart|heritage|service|part-of|instance|version|managed-by|compose-service|pod-template-hash|io\.kompose.*)$|(^|\.)(kubernetes\.io|helm\.sh|k8s\.io|stakater\.com|kompose\.io|kubectl\.kubernetes\.io|argoproj\.io|fluxcd\.io|stalk\.dev)\/|^checksum|^rollme|helm|timestamp|^app[.-]|date$|^revision/;

const ownOnly = (values: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !OF_TOOLS.test(name)));

/** An account without annotations and without a token is what every tenant has. */
function accountOf({ inventory }: Writing, spec: JsonRecord): JsonRecord | undefined {
  const name = textAt(spec, 'serviceAccountName') ?? textAt(spec, 'serviceAccount');
  if (name === undefined || name === 'default') return undefined;
  const account = inventory.others.find((one) => one.kind === 'ServiceAccount' && one.name === name);
  const annotations = nonEmpty(ownOnly(textsAt(account?.body, 'metadata', 'annotations')));
  const bound = inventory.others.some(
    (one) =>
      /^(Cluster)?RoleBinding$/.test(one.kind) &&
      listAt(one.body, 'subjects').some((subject) => textAt(subject, 'name') === name),
  );
  const token = bound && spec['automountServiceAccountToken'] !== false;
  return annotations === undefined && !token
    ? undefined
    : annotations === undefined
      ? { name, token: true }
      : withoutHoles({ annotations, token: token ? true : undefined });
}

/** Keeping pods of one kind apart is a prop of pools; the rest is not. */
function loseAffinity({ sheet }: Writing, unit: Unit, path: SheetPath): void {
  const apart = recordAt(unit.pod.spec, 'affinity', 'podAntiAffinity');
  const required = listAt(apart, 'requiredDuringSchedulingIgnoredDuringExecution').length > 0;
  if (required && path[0] === 'workers') say(sheet, [...path, 'antiAffinity'], 'required', unitSource(unit));
  if (Object.keys(recordAt(unit.pod.spec, 'affinity', 'podAffinity')).length > 0)
    lose(sheet, unitSource(unit), {
      what: 'podAffinity',
      why: 'a tenant has no such prop',
      nearest: 'pods.nodeAffinity, or a patch',
    });
}

/** What every workload says alike is said once, of the tenant: where its pods run, what is beside them. */
export function hoistShared(writing: Writing): void {
  hoist(writing, 'pods');
  hoist(writing, 'initContainers');
  hoist(writing, 'sidecars');
}

function hoist({ sheet }: Writing, prop: string): void {
  const paths = workloadPaths(sheet.tenant);
  const values = paths.map((path) => said(sheet, [...path, prop]));
  const [first] = values;
  if (
    first === undefined ||
    paths.length < 2 ||
    values.some((one) => JSON.stringify(one) !== JSON.stringify(first))
  )
    return;
  const value = { ...recordAt(sheet.tenant, prop), ...(first as object) };
  say(sheet, [prop], value, 'every workload of the files says so');
  for (const path of paths) delete (said(sheet, path) as Record<string, unknown>)[prop];
}

export function workloadPaths(tenant: JsonRecord): readonly SheetPath[] {
  return [
    ...Object.keys(recordAt(tenant, 'workers')).map((name) => ['workers', name]),
    ...['beat', 'web', 'flower'].filter((name) => tenant[name] !== undefined).map((name) => [name]),
    ...Object.keys(recordAt(tenant, 'processes')).map((name) => ['processes', name]),
  ];
}
