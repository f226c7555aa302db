// What a stack registers, worked out before anything is registered: objects, Secrets to fill, what waits for what.

import type { ApiObject } from 'cdk8s';
import type { WantedSecret } from '../../plan/secrets/wanted';
import type { Leaf } from '../../platform';
import { podTemplateOf } from '../manifest';
import type { Manifest } from '../manifest';
import { manifestsOf } from '../manifests';
import type { Rendered } from '../manifests';
import { problemsOf, RenderError } from '../render-error';

/** An object to register. */
export interface Planned {
  readonly manifest: Manifest;
  /** Set on a Secret whose values come from the stack's configuration. */
  readonly fill?: WantedSecret;
  /** Others of its leaf that it waits for. */
  readonly after: readonly Planned[];
}

/** A leaf's objects, each behind those that it waits for. */
export interface PlannedLeaf {
  readonly leaf: Leaf;
  readonly namespace?: Planned;
  readonly objects: readonly Planned[];
}

/** What is applied besides a leaf's own objects, or instead of them. */
export interface PlanOptions {
  /** Puts Secrets of its own in the place of whatever the environment's strategy renders for Redis users. */
  readonly fill: boolean;
  /** Objects of the user's own beside those of a leaf. */
  readonly extra: (leaf: Leaf) => readonly Manifest[];
}

export function plan(leaves: readonly Leaf[], options: PlanOptions): PlannedLeaf[] {
  const planned: PlannedLeaf[] = [];
  const problems = leaves.flatMap((leaf) =>
    problemsOf(() => planned.push(planLeaf(leaf, manifestsOf(leaf), options))),
  );
  if (problems.length > 0) throw new RenderError(problems);
  return planned;
}

type Draft = Planned & { after: Planned[] };

function planLeaf(leaf: Leaf, rendered: readonly Rendered[], { fill, extra }: PlanOptions): PlannedLeaf {
  const drafts = new Map<ApiObject, Draft>();
  const secrets = fill ? filledSecrets(leaf.wanted(), rendered, drafts) : [];
  for (const { object, manifest } of rendered)
    if (!drafts.has(object)) drafts.set(object, { manifest, after: [] });
  const own: Draft[] = extra(leaf).map((manifest) => ({ manifest, after: [] }));
  const objects = [...new Set([...drafts.values(), ...secrets, ...own])];
  const namespace = objects.find(({ manifest }) => manifest.kind === 'Namespace');
  for (const { object } of rendered) link(object, drafts, secrets);
  for (const draft of objects) if (namespace && draft !== namespace) join(draft, [namespace]);
  return { leaf, objects: inOrder(objects), ...(namespace && { namespace }) };
}

/** Kinds that put a Secret into a cluster. */
const SOURCES = new Set(['Secret', 'ExternalSecret', 'Password']);

/** Each takes the place of the objects that would have made a Secret of its name. */
function filledSecrets(
  wanted: readonly WantedSecret[],
  rendered: readonly Rendered[],
  drafts: Map<ApiObject, Draft>,
): Draft[] {
  const namespace = rendered.find(({ manifest }) => manifest.kind === 'Namespace')?.manifest.metadata.name;
  return wanted.map((fill) => {
    const draft: Draft = { manifest: secretManifest(fill, namespace), fill, after: [] };
    for (const { object, manifest } of rendered)
      if (SOURCES.has(manifest.kind) && manifest.metadata.name === fill.secret) drafts.set(object, draft);
    return draft;
  });
}

const secretManifest = ({ secret, labels }: WantedSecret, namespace: string | undefined): Manifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: secret, labels, ...(namespace !== undefined && { namespace }) },
});

/** Edges of the chart, and from every pod to the Secrets that nothing in the chart stands for. */
function link(object: ApiObject, drafts: ReadonlyMap<ApiObject, Draft>, secrets: readonly Draft[]): void {
  const draft = drafts.get(object);
  if (draft === undefined) return;
  const earlier = object.node.dependencies.flatMap((dependency) => {
    const found = drafts.get(dependency as ApiObject);
    return found ? [found] : [];
  });
  join(draft, podTemplateOf(draft.manifest) ? [...earlier, ...secrets] : earlier);
}

function join(draft: Draft, earlier: readonly Draft[]): void {
  for (const one of earlier) if (one !== draft && !draft.after.includes(one)) draft.after.push(one);
}

function inOrder(objects: readonly Planned[]): Planned[] {
  const ordered = new Set<Planned>();
  const visit = (one: Planned): void => {
    if (ordered.has(one)) return;
    one.after.forEach(visit);
    ordered.add(one);
  };
  objects.forEach(visit);
  return [...ordered];
}
