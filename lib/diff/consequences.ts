// What a set of changes does to a cluster: what stops, restarts, runs again, is lost, and what a person has to do.

import type { Manifest } from '../output/manifest';
import { fieldsOf, isRecord } from './fields';
import { gathered } from './group';
import { grownFields, refusedFields } from './immutable';
import { FOLDER } from './model';
import type { Change, Consequence, Reason, Ref, Type } from './model';
import { isLive, rollReasons } from './pods';

/** Folders of each side, as keyOf names them: a folder may be there and have no change. */
interface Sides {
  readonly before: ReadonlySet<string>;
  readonly after: ReadonlySet<string>;
}

export function consequencesOf(changes: readonly Change[], sides: Sides): readonly Consequence[] {
  const folders = folderConsequences(changes, sides);
  const whole = new Set(folders.map(({ subject }) => keyOf(subject)));
  const partly = changes.filter((change) => STAYS.has(change.how) || !whole.has(keyOf(change)));
  return [
    ...folders,
    ...namespaceMoves(partly),
    ...changes.flatMap((change) => dataLoss(change)),
    ...objects(partly),
  ];
}

/** Not told by the folder that comes or leaves. */
const STAYS: ReadonlySet<Change['how']> = new Set(['changed', 'moved']);

export const keyOf = ({ environment, folder }: Pick<Ref, 'environment' | 'folder'>): string =>
  `${environment}/${folder}`;

const consequence = (type: Type, subject: Ref, why: readonly Reason[], steps: readonly string[] = []) =>
  ({ type, subject: only(subject), why: why.map(bare), steps }) satisfies Consequence;

const bare = ({ what, before, after }: Reason): Reason => ({
  what,
  ...(before !== undefined && { before }),
  ...(after !== undefined && { after }),
});

const only = ({ environment, folder, kind, namespace, name }: Ref): Ref => ({
  environment,
  folder,
  kind,
  ...(namespace !== undefined && { namespace }),
  name,
});

/** A tenant or broker that comes or leaves; what Argo CD and Flux need comes and leaves with it. */
function folderConsequences(changes: readonly Change[], { before, after }: Sides): readonly Consequence[] {
  const folders = gathered(changes.map((change) => [keyOf(change), change] as const));
  return [...folders].flatMap(([key, found]) => {
    const [first] = found;
    if (!first || (before.has(key) && after.has(key)) || first.folder.startsWith('gitops/')) return [];
    const { environment, folder } = first;
    const type = after.has(key) ? 'arrives' : 'leaves';
    const side = type === 'arrives' ? 'after' : 'before';
    const why = [{ what: folder, [side]: `${found.length} ${found.length === 1 ? 'object' : 'objects'}` }];
    return [consequence(type, { environment, folder, kind: FOLDER, name: folder }, why)];
  });
}

/** Objects that are the same but for their namespace are made anew there. */
function namespaceMoves(changes: readonly Change[]): readonly Consequence[] {
  const removed = changes.filter(({ how }) => how === 'removed');
  const moves = changes
    .filter(({ how }) => how === 'added')
    .flatMap((change) => {
      const same = removed.find(
        (one) => keyOf(one) === keyOf(change) && one.kind === change.kind && one.name === change.name,
      );
      return same?.namespace === undefined || change.namespace === undefined
        ? []
        : [{ change, from: same.namespace, to: change.namespace }];
    });
  const routes = new Map(moves.map((move) => [[keyOf(move.change), move.from, move.to].join(' '), move]));
  return [...routes.values()].map(({ change, from, to }) =>
    consequence(
      'namespace',
      { environment: change.environment, folder: change.folder, kind: FOLDER, name: change.folder },
      [{ what: `namespace ${from} becomes ${to}` }],
      [
        'an object cannot change its namespace: everything is created again in the new one, with empty claims',
        `wait until the queues in ${from} are empty, save its data, and make its Secrets in ${to}`,
        `apply, move the data, then kubectl delete namespace ${from}`,
      ],
    ),
  );
}

const KEEPS_DATA = new Set(['StatefulSet', 'PersistentVolumeClaim', 'Namespace']);

function dataLoss(change: Change): readonly Consequence[] {
  const { how, kind, before } = change;
  if (how !== 'removed' || !KEEPS_DATA.has(kind) || !before) return [];
  const what = `${kind} is removed${guarded(before) ? '' : ' without a guard'}`;
  return [consequence('data-loss', change, [{ what }], lossSteps(change, guarded(before)))];
}

const guarded = ({ metadata }: Manifest): boolean =>
  String(metadata.annotations?.['argocd.argoproj.io/sync-options']).includes('Prune=confirm');

function lossSteps({ kind, name, namespace }: Change, guard: boolean): readonly string[] {
  const where = namespace === undefined ? name : `${namespace}/${name}`;
  return [
    guard
      ? 'Argo CD asks before it prunes it, Flux and kubectl apply leave it in the cluster'
      : 'Argo CD and Flux delete it at the next sync; kubectl apply leaves it',
    kind === 'StatefulSet'
      ? `to keep its data, keep its claims; to give it up, delete ${where} and them once its queues are empty`
      : `save what is in ${where}, or let nobody confirm; deleted, its data is gone`,
  ];
}

function objects(changes: readonly Change[]): readonly Consequence[] {
  return changes.flatMap((change) => [
    ...cannot(change),
    ...pods(change, changes),
    ...runs(change, changes),
    ...scales(change),
    ...single(change),
  ]);
}

function cannot(change: Change): readonly Consequence[] {
  return refusedFields(change).map(({ field, steps }) =>
    consequence('cannot-apply', change, [{ ...field, what: `${change.kind} ${field.path}` }], steps),
  );
}

const ROLLING = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);
const REDIS = new Set(['redis', 'cache', 'sentinel']);

function pods(change: Change, neighbours: readonly Change[]): readonly Consequence[] {
  if (!ROLLING.has(change.kind)) return [];
  const why = rollReasons(change, neighbours);
  if (why.length === 0) return [];
  return [consequence(isRedis(change) ? 'restarts' : 'rolls', change, why)];
}

const isRedis = ({ kind, after }: Change): boolean =>
  kind === 'StatefulSet' && REDIS.has(String(after?.metadata.labels?.['app.kubernetes.io/component']));

/** A Job's name ends with the hash of its content. */
export const jobName = (name: string): string => name.replace(/-[0-9a-f]{10}$/, '');

function runs(change: Change, neighbours: readonly Change[]): readonly Consequence[] {
  if (change.kind !== 'Job' || change.how !== 'added' || !change.after) return [];
  const earlier = neighbours.find(
    (one) =>
      one.kind === 'Job' &&
      one.how === 'removed' &&
      keyOf(one) === keyOf(change) &&
      jobName(one.name) === jobName(change.name),
  );
  if (!earlier?.before) return [consequence('runs', change, [{ what: 'it is new' }])];
  const fields = fieldsOf(earlier.before.spec, change.after.spec, 'Job');
  const whole: Change = {
    ...change,
    name: jobName(change.name),
    before: earlier.before,
    fields: fields.map((field) => ({ ...field, path: `spec.${field.path}` })),
  };
  const why = rollReasons(whole, neighbours);
  const other = fields.map((field) => ({ ...field, what: field.path }));
  return [consequence('runs', { ...change, name: whole.name }, why.length > 0 ? why : other)];
}

/** Where a number of pods is said. */
const COUNTS = new Set([
  'spec.replicas',
  'spec.minReplicas',
  'spec.maxReplicas',
  'spec.minReplicaCount',
  'spec.maxReplicaCount',
]);

const scales = (change: Change): readonly Consequence[] =>
  change.fields
    .filter(({ path }) => COUNTS.has(path))
    .map((field) => consequence('scales', change, [{ ...field, what: field.path.replace('spec.', '') }]));

function single(change: Change): readonly Consequence[] {
  const grown = grownFields(change).map((field) =>
    consequence(
      'grows',
      change,
      [{ ...field, what: 'storage' }],
      ['needs allowVolumeExpansion: true in its storage class'],
    ),
  );
  const live =
    change.kind === 'ConfigMap' && change.how === 'changed' && isLive(change)
      ? [consequence('reloads', change, [{ what: `ConfigMap ${change.name}` }])]
      : [];
  return [...grown, ...moves(change), ...live];
}

const moves = (change: Change): readonly Consequence[] =>
  change.how === 'moved' && change.from !== undefined
    ? [
        consequence(
          'moves',
          change,
          [{ what: 'folder', before: change.from, after: change.folder }],
          ['Argo CD: sync the new folder first, and prune the old one then; Flux: the last to apply owns it'],
        ),
      ]
    : [];

/** Whether a value is an object at all: what a person typed may have any form. */
export const isObject = (value: unknown): value is Manifest =>
  isRecord(value) &&
  typeof value['kind'] === 'string' &&
  isRecord(value['metadata']) &&
  typeof value['metadata']['name'] === 'string';
