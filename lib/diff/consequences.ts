// What a set of changes does to a cluster: what stops, restarts, runs again, is lost, and what a person has to do.

import { backupsAfter, secretsOfStore } from './backups';
import { brokerChanges } from './brokers';
import { consequence, keyOf } from './consequence';
import { fieldChanges } from './fields';
import { folderConsequences, namespaceMoves } from './folders';
import type { Sides } from './folders';
import { grownFields, refusedFields } from './immutable';
import { dataLoss, folderLoss } from './loss';
import type { Change, Consequence } from './model';
import { isLive, rollReasons } from './pods';
import { reads, versionChange, wayBack } from './redis-data';
import { lessMemory, sealing } from './redis-restart';
import { topologyChange } from './topology';
import { reached } from './ways-in';

/** Not told by the folder that comes or leaves. */
const STAYS: ReadonlySet<Change['how']> = new Set(['changed', 'moved']);

export function consequencesOf(changes: readonly Change[], sides: Sides): readonly Consequence[] {
  const folders = folderConsequences(changes, sides);
  const whole = new Set(folders.map(({ subject }) => keyOf(subject)));
  const partly = changes.filter((change) => STAYS.has(change.how) || !whole.has(keyOf(change)));
  const gone = folders.filter(({ type }) => type === 'leaves');
  return [
    ...folders,
    ...namespaceMoves(partly),
    ...gone.flatMap(({ subject }) => folderLoss(subject, changes)),
    ...brokerChanges(changes),
    ...partly.flatMap(dataLoss),
    ...objects(partly),
  ];
}

function objects(changes: readonly Change[]): readonly Consequence[] {
  return changes.flatMap((change) => [
    ...cannot(change, changes),
    ...topologyChange(change, changes),
    ...pods(change, changes),
    ...runs(change, changes),
    ...nextRun(change, changes),
    ...scales(change),
    ...single(change),
    ...reached(change),
  ]);
}

function cannot(change: Change, neighbours: readonly Change[]): readonly Consequence[] {
  return refusedFields(change, neighbours).map(({ field, steps }) =>
    consequence('cannot-apply', change, [{ ...field, what: `${change.kind} ${field.path}` }], steps),
  );
}

const ROLLING = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);
const REDIS = new Set(['redis', 'cache', 'sentinel']);

function pods(change: Change, neighbours: readonly Change[]): readonly Consequence[] {
  if (!ROLLING.has(change.kind)) return [];
  const why = rollReasons(change, neighbours);
  if (why.length === 0) return [];
  if (!isRedis(change)) return [consequence('rolls', change, why)];
  const steps = [noWayBack, lessMemory, sealing, secretsOfStore].flatMap((look) => look(change));
  return [consequence('restarts', change, why, steps), ...cannotRead(change)];
}

/** A newer version that writes what the one before does not read. */
function noWayBack(change: Change): readonly string[] {
  const found = versionChange(change);
  if (!found || !reads(found.to, found.from) || reads(found.from, found.to)) return [];
  const { from, to } = found;
  return [
    `${from.text} cannot read what ${to.text} writes: save what must not be lost before (docs/upgrades.md, "Another version of Redis")`,
  ];
}

function cannotRead(change: Change): readonly Consequence[] {
  const found = versionChange(change);
  if (!found || reads(found.to, found.from)) return [];
  return [consequence('cannot-read', change, [{ ...found.field, what: 'image' }], wayBack(found, change))];
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
  const fields = fieldChanges(earlier.before.spec, change.after.spec, 'Job');
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

/** What the clock starts has no pods to roll. */
function nextRun(change: Change, neighbours: readonly Change[]): readonly Consequence[] {
  if (change.kind !== 'CronJob' || change.how !== 'changed') return [];
  const own = change.fields
    .filter(({ path }) => !/^metadata\.|[.]template\b/.test(path))
    .map((field) => ({ ...field, what: field.path.replace(/^spec\./, '') }));
  const why = [...own, ...rollReasons(change, neighbours)];
  return why.length === 0 ? [] : [consequence('next-run', change, why, backupsAfter(change, why))];
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
