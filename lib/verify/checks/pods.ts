// Checks: pods are ready, restarts are told, and so is what a node's death would strand.

import type { KubeObject, Pod } from '../../cluster';
import { isForbidden, isReady, withCause } from '../../cluster';
import { guarded, judged, skipped } from '../section';
import type { CheckOutcome, SectionOfChecks } from '../section';
import { allPodsOf, nameOf, podsOf, sidesIn } from '../world';
import type { WorkloadHere, World } from '../world';

export const pods: SectionOfChecks = {
  id: 'pods',
  title: 'Pods, and what is pinned to its volume',
  async *run(world) {
    for (const workload of everything(world)) {
      const about = { id: 'pods.ready', subject: nameOf(workload), expected: 'as many ready as asked for' };
      yield* guarded(about, async () => [await counted(world, workload)]);
    }
    for (const workload of everything(world)) {
      const about = { id: 'pods.pinned', subject: nameOf(workload), expected: 'told' };
      yield* guarded(about, () => pinned(world, workload));
    }
  },
};

const everything = (world: World): readonly WorkloadHere[] => [
  ...new Map(
    [
      ...world.servers.flatMap(({ sets }) => sets),
      ...sidesIn(world).flatMap(({ workloads }) => workloads),
    ].map((workload) => [nameOf(workload), workload]),
  ).values(),
];

interface Scaled extends KubeObject {
  readonly spec: { readonly replicas?: number };
}

/** Pods that a workload asks for now, as people and autoscalers have set it; undefined where it is not there. */
export async function replicasOf(
  { cluster }: Pick<World, 'cluster'>,
  { kind, name, namespace }: WorkloadHere,
): Promise<number | undefined> {
  return (await cluster.read<Scaled>({ apiVersion: 'apps/v1', kind, name, namespace }))?.spec.replicas;
}

async function counted(world: World, workload: WorkloadHere): Promise<CheckOutcome> {
  return ready(nameOf(workload), await replicasOf(world, workload), await podsOf(world, workload));
}

export function ready(subject: string, wanted: number | undefined, found: readonly Pod[]): CheckOutcome {
  const about = { id: 'pods.ready', subject, expected: `${wanted ?? 'some'} ready` };
  if (wanted === undefined)
    return judged(about, false, 'the workload is not there', 'apply the rendered folder');
  const waiting = found.filter((pod) => !isReady(pod)).map(withCause);
  const text = [
    `${found.length - waiting.length} ready`,
    ...(waiting.length > 0 ? [`not ready: ${waiting.join(', ')}`] : []),
    restarts(found),
  ].join('; ');
  return judged(
    about,
    found.length === wanted && waiting.length === 0,
    text,
    'kubectl describe and logs say why',
  );
}

function restarts(found: readonly Pod[]): string {
  const all = found.flatMap(({ metadata, status }) =>
    [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
      .filter(({ restartCount }) => restartCount > 0)
      .map(({ name, restartCount, lastState }) => {
        const { reason, exitCode } = lastState?.terminated ?? {};
        const why = reason === undefined ? '' : ` (the last: ${reason}, exit code ${exitCode})`;
        return `${metadata.name}/${name} ${restartCount}${why}`;
      }),
  );
  return all.length === 0 ? '0 restarts' : `restarts: ${all.join(', ')}`;
}

interface Claim extends KubeObject {
  readonly spec: { readonly volumeName?: string };
}

export interface Volume extends KubeObject {
  readonly spec: {
    readonly nodeAffinity?: { readonly required?: { readonly nodeSelectorTerms: readonly Term[] } };
  };
}

interface Term {
  readonly matchExpressions?: readonly { readonly key: string; readonly values?: readonly string[] }[];
}

async function pinned(world: World, workload: WorkloadHere): Promise<readonly CheckOutcome[]> {
  // A StatefulSet has no other pod than the one that cannot end on its dead node
  const found = await (workload.kind === 'StatefulSet' ? allPodsOf : podsOf)(world, workload);
  const about = { id: 'pods.pinned', subject: nameOf(workload), expected: 'told: what a node takes with it' };
  const all: string[] = [];
  for (const pod of found) {
    const mounted = await volumesOf(world, pod);
    if (mounted === 'unknown')
      return [
        skipped(about, 'to see where volumes are, this user needs get persistentvolumes in the cluster'),
      ];
    if (mounted.length > 0 || workload.kind === 'StatefulSet') all.push(strands(pod, mounted, workload.kind));
  }
  return all.length === 0 ? [] : [judged(about, true, all.join('; '))];
}

/** Nobody may be there twice under one name, and only a person knows that a silent node is dead. */
const ONCE = {
  Deployment: '',
  StatefulSet: ', once the node is deleted or tainted node.kubernetes.io/out-of-service',
} as const;

/** A claim that the pod mounts, and the nodes or zones that its volume can be reached from. */
interface Mounted {
  readonly claim: string;
  readonly places: readonly string[];
}

async function volumesOf(world: World, { metadata, spec }: Pod): Promise<readonly Mounted[] | 'unknown'> {
  const found: Mounted[] = [];
  for (const { persistentVolumeClaim } of spec.volumes ?? []) {
    if (!persistentVolumeClaim) continue;
    const places = await placesOf(world, String(metadata.namespace), persistentVolumeClaim.claimName);
    if (places === 'unknown') return places;
    found.push({ claim: persistentVolumeClaim.claimName, places });
  }
  return found;
}

async function placesOf(
  { cluster }: World,
  namespace: string,
  name: string,
): Promise<readonly string[] | 'unknown'> {
  const claim = await cluster.read<Claim>({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    namespace,
    name,
  });
  const volumeName = claim?.spec.volumeName;
  if (volumeName === undefined) return [];
  try {
    const volume = await cluster.read<Volume>({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      name: volumeName,
    });
    return volume ? nodesOf(volume) : [];
  } catch (error) {
    if (isForbidden(error)) return 'unknown';
    throw error;
  }
}

/** Nodes or zones that the volume can be reached from; none where it can be from everywhere. */
export const nodesOf = ({ spec }: Volume): readonly string[] =>
  (spec.nodeAffinity?.required?.nodeSelectorTerms ?? []).flatMap(({ matchExpressions = [] }) =>
    matchExpressions.flatMap(({ values = [] }) => values),
  );

export function strands(
  { metadata, spec }: Pod,
  mounted: readonly Mounted[],
  kind: WorkloadHere['kind'] = 'Deployment',
): string {
  const bound = mounted.filter(({ places }) => places.length > 0);
  if (bound.length === 0) return `${metadata.name} can move from ${spec.nodeName}${ONCE[kind]}`;
  const places = [...new Set(bound.flatMap((one) => one.places))].join(', ');
  return `${metadata.name} cannot leave ${places}, where its ${bound.length === 1 ? 'claim' : 'claims'} ${bound.map(({ claim }) => claim).join(', ')} ${bound.length === 1 ? 'is' : 'are'}: if that dies, it waits`;
}
