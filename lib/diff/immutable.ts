// Fields that the API server refuses to change, and what a person does instead.

import { quantityAsNumber } from '../cluster/quantity';
import type { Manifest } from '../output/manifest';
import type { Change, FieldChange, SubjectRef } from './model';

/** A refused change and the way around it. */
export interface Refused {
  readonly field: FieldChange;
  readonly steps: readonly string[];
}

interface Law {
  /** Paths that cannot change. */
  readonly frozen: RegExp;
  readonly steps: (object: Named, field: FieldChange, neighbours: readonly Change[]) => readonly string[];
}

type Named = Change & { readonly before: Manifest; readonly after: Manifest };

/** Fields of an object that cannot be applied over what is there. */
export function refusedFields(change: Change, neighbours: readonly Change[]): readonly Refused[] {
  const { before, after } = change;
  if (!before || !after) return [];
  const named = { ...change, before, after };
  return change.fields.flatMap((field) => {
    const law = lawsOf(named).find(({ frozen }) => frozen.test(field.path));
    return law === undefined || grows(change, field)
      ? []
      : [{ field, steps: law.steps(named, field, neighbours) }];
  });
}

/** Claims that become larger in place, where their class allows it. */
export const grownFields = (change: Change): readonly FieldChange[] =>
  change.fields.filter((field) => grows(change, field));

const grows = ({ kind }: Change, { path, before, after }: FieldChange): boolean =>
  kind === 'PersistentVolumeClaim' &&
  path === STORAGE &&
  quantityAsNumber(String(after)) > quantityAsNumber(String(before));

const STORAGE = 'spec.resources.requests.storage';
const QUOTA_STORAGE = 'spec.hard[requests.storage]';

const lawsOf = ({ kind, before }: Named): readonly Law[] => {
  const own = LAWS[kind];
  const sealed = before as { readonly immutable?: unknown };
  return [...(own ? own : []), ...(sealed.immutable === true ? [SEALED] : [])];
};

const replace = ({ kind, name, namespace }: Named, flags = ''): string =>
  `kubectl ${namespace === undefined ? '' : `-n ${namespace} `}delete ${kind.toLowerCase()} ${name}${flags}`;

const APPLY = 'apply the new manifest';

/** Of a ConfigMap or Secret that says `immutable: true`. */
const SEALED: Law = {
  frozen: /^(data|binaryData|stringData|immutable)\b/,
  steps: (object) => [
    replace(object),
    `${APPLY}; pods that read it go on with the old content until they restart`,
  ],
};

const simply = (frozen: RegExp, meanwhile: string): Law => ({
  frozen,
  steps: (object) => [replace(object), `${APPLY}; ${meanwhile}`],
});

/** @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/ and its siblings; read from the validation of 1.34 */
const LAWS: Readonly<Record<string, readonly Law[]>> = {
  StatefulSet: [
    { frozen: /^spec\.volumeClaimTemplates\b/, steps: claimSteps },
    simply(
      /^spec\.(?!replicas|ordinals|template|updateStrategy|revisionHistoryLimit|persistentVolumeClaimRetentionPolicy|minReadySeconds)/,
      'its claims stay and are taken up again by the new pods; it is away for the seconds between',
    ),
  ],
  Deployment: [
    simply(/^spec\.selector\b/, 'its pods finish their work, and new ones start with the new labels'),
  ],
  DaemonSet: [simply(/^spec\.selector\b/, 'its pods end, and new ones start with the new labels')],
  Job: [
    simply(
      /^spec\.(?!parallelism|suspend|activeDeadlineSeconds|backoffLimit|ttlSecondsAfterFinished|podReplacementPolicy)/,
      'it runs again from its beginning',
    ),
  ],
  Service: [simply(/^spec\.(clusterIPs?|ipFamilies)\b/, 'clients cannot find it for the seconds between')],
  PersistentVolumeClaim: [{ frozen: /^spec\.(?!volumeAttributesClassName)/, steps: movedClaimSteps }],
  PriorityClass: [
    simply(/^(value|preemptionPolicy)\b/, 'pods that run keep the priority with which they started'),
  ],
  StorageClass: [
    simply(
      /^(provisioner|parameters|reclaimPolicy|volumeBindingMode)\b/,
      'volumes that exist stay as they are',
    ),
  ],
  PersistentVolume: [
    simply(
      /^spec\.(?!capacity|accessModes|claimRef|mountOptions|persistentVolumeReclaimPolicy|storageClassName|volumeAttributesClassName)/,
      'with the reclaim policy Delete its data goes with it: make that Retain first',
    ),
  ],
  ReplicaSet: [simply(/^spec\.selector\b/, 'its pods end, and new ones start with the new labels')],
  ResourceQuota: [
    simply(/^spec\.scope(s|Selector)\b/, 'nothing bounds the namespace for the seconds between'),
  ],
  RuntimeClass: [simply(/^handler\b/, 'pods that run go on with the old one')],
  IngressClass: [
    simply(/^spec\.controller\b/, 'the old controller drops what it serves, and the new one takes it up'),
  ],
  EndpointSlice: [simply(/^addressType\b/, 'clients of its Service cannot reach it for the seconds between')],
  RoleBinding: [simply(/^roleRef\b/, 'its subjects lack these rights for the seconds between')],
  ClusterRoleBinding: [simply(/^roleRef\b/, 'its subjects lack these rights for the seconds between')],
  Secret: [simply(/^type\b/, 'pods that mount it keep what they have read')],
};

function claimSteps(
  object: Named,
  { path, before, after }: FieldChange,
  neighbours: readonly Change[],
): readonly string[] {
  const larger = quantityAsNumber(String(after)) > quantityAsNumber(String(before));
  const [, template] =
    /^spec\.volumeClaimTemplates\[([^\]]+)\]\.spec\.resources\.requests\.storage$/.exec(path) ?? [];
  if (template === undefined || !larger) return movedClaimSteps(object);
  const { name, namespace, after: manifest } = object;
  return [
    `see that the storage class has allowVolumeExpansion: true; without it, see docs/upgrades.md`,
    ...quotaSteps(object, neighbours),
    ...ordinals(manifest).map(
      (pod) =>
        `kubectl -n ${namespace} patch pvc ${template}-${name}-${pod} -p '{"spec":{"resources":{"requests":{"storage":"${after}"}}}}'`,
    ),
    'let Argo CD or Flux see the new manifest; they report that this StatefulSet cannot be changed',
    `${replace(object, ' --cascade=orphan')}  # its pods go on`,
    `${APPLY}, or sync: the new StatefulSet takes over the pods and their claims`,
  ];
}

/** Claims that grow by more than a quota has room for are refused before the new quota is there. */
const quotaSteps = ({ environment, folder }: SubjectRef, neighbours: readonly Change[]): readonly string[] =>
  neighbours
    .filter((one) => one.kind === 'ResourceQuota' && one.environment === environment && one.folder === folder)
    .flatMap(({ name, namespace, fields }) =>
      fields
        .filter(({ path, after }) => path === QUOTA_STORAGE && after !== undefined)
        .map(
          ({ after }) =>
            `kubectl -n ${namespace} patch resourcequota ${name} -p '{"spec":{"hard":{"requests.storage":"${after}"}}}'`,
        ),
    );

function ordinals({ spec }: Manifest): readonly number[] {
  const replicas = spec?.['replicas'];
  return Array.from({ length: typeof replicas === 'number' ? replicas : 1 }, (_, i) => i);
}

/** A claim keeps its class, its access modes and its size at least: data has to move. */
function movedClaimSteps(object: Named): readonly string[] {
  const { kind, namespace, name } = object;
  const claims = kind === 'StatefulSet' ? 'its claims' : `pvc ${name}`;
  return [
    'keep the old value unless its data may go or is saved: a claim cannot shrink, nor change its class, modes or name',
    `save the data, and wait until nothing uses it: for a broker, until its queues are empty`,
    `${replace(object)}, then ${claims} in ${namespace}: the data is gone with them`,
    `${APPLY}, and put the data back`,
  ];
}
