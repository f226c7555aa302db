// One object as a Pulumi resource: its class, its name, and what a cluster needs to be told about it.

import { secret } from '@pulumi/pulumi';
import type { CustomResource, CustomResourceOptions, Output } from '@pulumi/pulumi';
import type { Manifest } from '../manifest';
import { keysOf } from './passwords';
import type { Configured } from './passwords';
import type { Planned } from './plan';
import { sdkClassOf } from './sdk';

export interface ApplyOptions {
  /** Whether an up lasts until workloads are ready. */
  readonly wait: boolean;
  /** Who owns the fields in server-side apply. */
  readonly fieldManager: string;
  /** `keep` leaves the number of pods to whoever changed it last; `apply` sets the tenant's, by force. */
  readonly replicas: 'keep' | 'apply';
  /** Passwords in the stack's configuration, by key. */
  readonly passwords: ReadonlyMap<string, Configured>;
}

/** Named by namespace and name, as its kind is in the type: no other object can change that. */
export function register(one: Planned, options: ApplyOptions, own: CustomResourceOptions): CustomResource {
  const { manifest } = one;
  const { namespace, name, annotations } = manifest.metadata;
  const counted = scales(manifest);
  const forced = counted && options.replicas === 'apply' && manifest.spec?.['replicas'] !== undefined;
  const metadata = {
    ...manifest.metadata,
    annotations: { ...annotations, ...applyAnnotations(manifest, options), ...(forced && FORCED) },
  };
  const args = manifest.kind === 'Secret' ? secretArgs(one, options) : manifest;
  const Resource = sdkClassOf(manifest);
  return new Resource(
    namespace === undefined ? name : `${namespace}/${name}`,
    { ...args, metadata },
    {
      ...own,
      ...(counted && !forced && { ignoreChanges: ['spec.replicas'] }),
      // Its name changes with its content, so each change deletes the one before; it holds no data
      ...(manifest.kind === 'Job' && { protect: false }),
    },
  );
}

/** People and autoscalers change the number of pods: an apply that names it conflicts with theirs. */
const scales = ({ kind }: Manifest): boolean => kind === 'Deployment' || kind === 'StatefulSet';

const FORCED = { 'pulumi.com/patchForce': 'true' };

/**
 * A Service waits 10 s for pods that come after it, a claim for its first consumer: pods say as much as both. An Ingress
 * waits for an address, which some controllers never say.
 */
const NEVER_AWAITED = new Set(['Service', 'PersistentVolumeClaim', 'Ingress']);

/** While a Namespace is going, nothing can be created in it. */
const ALWAYS_AWAITED = new Set(['Namespace']);

/** Annotations that Pulumi's provider reads. */
function applyAnnotations({ kind }: Manifest, { wait, fieldManager }: ApplyOptions): Record<string, string> {
  const skip = NEVER_AWAITED.has(kind) || (!wait && !ALWAYS_AWAITED.has(kind));
  return {
    'pulumi.com/patchFieldManager': fieldManager,
    ...(skip && { 'pulumi.com/skipAwait': 'true' }),
  };
}

/** `data`, not `stringData`: a key that goes from the latter stays in the cluster. */
function secretArgs({ manifest, fill }: Planned, { passwords }: ApplyOptions): object {
  const { apiVersion, kind, type = 'Opaque', data, stringData } = manifest;
  const values = fill ? configured(fill, passwords) : stringData;
  return { apiVersion, kind, type, data: encoded(data ? data : {}, values ? values : {}) };
}

function configured(
  fill: NonNullable<Planned['fill']>,
  passwords: ReadonlyMap<string, Configured>,
): Record<string, string> {
  const pairs = [...keysOf(fill, passwords)].flatMap(([user, key]) => {
    const password = passwords.get(key);
    return password ? [[user, password.value] as const] : [];
  });
  return Object.fromEntries(pairs);
}

/** Secret as a whole, so that neither the state nor a diff ever shows a value. */
const encoded = (already: Texts, values: Texts): Output<Texts> =>
  secret({
    ...already,
    ...Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
  });

type Texts = Readonly<Record<string, string>>;
