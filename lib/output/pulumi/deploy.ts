// What `pulumi up` registers: a component for each chart, a typed resource for each object.

import { Provider } from '@pulumi/kubernetes';
import { ComponentResource, getStack, RunError } from '@pulumi/pulumi';
import type { ProviderResource, Resource } from '@pulumi/pulumi';
import type { Leaf } from '../../platform';
import type { Manifest } from '../manifest';
import { passwordProblems } from './passwords';
import { plan } from './plan';
import type { Planned, PlannedLeaf } from './plan';
import { register } from './resource';
import type { ApplyOptions } from './resource';

/** How a stack applies its part of an environment. */
export interface DeployOptions extends ApplyOptions {
  /** What tells one cluster from another: while it stays, a changed kubeconfig replaces nothing. */
  readonly cluster: string;
  /** Context of the kubeconfig; absent, the current one. */
  readonly context?: string;
  /** Whether Secrets of Redis users are filled from `passwords`, and not as the environment's strategy says. */
  readonly fill: boolean;
  /** Objects of the user's own beside those of a leaf. */
  readonly extra: (leaf: Leaf) => readonly Manifest[];
  /** Whether a leaf may be deleted. */
  readonly retired: (leaf: Leaf) => boolean;
}

/** Registers everything, or throws one error before it registers anything. Returns the number of objects. */
export function deploy(leaves: readonly Leaf[], options: DeployOptions): number {
  const planned = plan(leaves, options);
  const problems = passwordProblems(planned, options.passwords, getStack());
  if (problems.length > 0) throw new RunError(problems.join('\n'));

  const provider = clusterOf(options);
  const roots = new Map<string, readonly Resource[]>();
  for (const part of planned) {
    const needs = part.leaf.needs.flatMap((folder) => [...rootsOf(roots, folder)]);
    roots.set(part.leaf.folder, registerLeaf(part, { options, provider, needs }));
  }
  return planned.reduce((sum, { objects }) => sum + objects.length, 0);
}

const clusterOf = ({ cluster, context }: DeployOptions): Provider =>
  new Provider('cluster', {
    clusterIdentifier: cluster,
    ...(context !== undefined && { context }),
    enableServerSideApply: true,
    enableConfigMapMutable: true, // or a changed one is deleted and created again under the pods that read it
    enableSecretMutable: true,
  });

/** None where another stack holds the leaf. */
function rootsOf(roots: ReadonlyMap<string, readonly Resource[]>, folder: string): readonly Resource[] {
  const known = roots.get(folder);
  return known ? known : [];
}

/** Constants: a tenant's name, its place in the list and its neighbours change no resource's URN. */
const TYPE: Readonly<Record<Leaf['kind'], string>> = {
  platform: 'stalk:charts:Platform',
  broker: 'stalk:charts:Broker',
  tenant: 'stalk:charts:Tenant',
};

interface Context {
  readonly options: DeployOptions;
  readonly provider: ProviderResource;
  /** First resources of the leaves that it needs. */
  readonly needs: readonly Resource[];
}

/** Returns what waits for nothing in the leaf: its Namespace, or all that has none. */
function registerLeaf({ leaf, namespace, objects }: PlannedLeaf, context: Context): Resource[] {
  const { options, provider, needs } = context;
  // Children inherit it, in the state too: the deletion of a live tenant is refused at its first object
  const parent = new ComponentResource(TYPE[leaf.kind], leaf.name, {}, { protect: !options.retired(leaf) });
  const registered = new Map<Planned, Resource>();
  const roots: Resource[] = [];
  for (const one of objects) {
    const earlier = one.after.map((other) => inLeaf(registered, other));
    const resource = register(one, options, {
      parent,
      provider,
      dependsOn: earlier.length > 0 ? earlier : [...needs],
      // One deletion takes all that is in a namespace: half the time of a destroy
      ...(namespace && one !== namespace && { deletedWith: inLeaf(registered, namespace) }),
    });
    registered.set(one, resource);
    if (earlier.length === 0) roots.push(resource);
  }
  return roots;
}

function inLeaf(registered: ReadonlyMap<Planned, Resource>, one: Planned): Resource {
  const resource = registered.get(one);
  if (resource === undefined) throw new Error(`${one.manifest.kind} is registered too late`);
  return resource;
}
