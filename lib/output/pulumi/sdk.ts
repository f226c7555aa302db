// The typed resource of Pulumi's Kubernetes SDK for an object, found by its token.

import * as kubernetes from '@pulumi/kubernetes';
import type { CustomResource, CustomResourceOptions } from '@pulumi/pulumi';
import type { Manifest } from '../manifest';

/** All of the SDK's classes look like this; the token is on them at run time only. */
interface ResourceClass {
  readonly __pulumiType?: string;
  new (name: string, args: object, options: CustomResourceOptions): CustomResource;
}

/** By the first part of the group, the version and the kind: `networking`, `v1`, `NetworkPolicy`. */
const SDK = kubernetes as unknown as Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, ResourceClass>>>>>
>;

const UNTYPED = kubernetes.apiextensions.CustomResource as unknown as ResourceClass;

/** `CustomResource` is for custom resources alone: it breaks on core kinds. */
export function sdkClassOf({ apiVersion, kind }: Pick<Manifest, 'apiVersion' | 'kind'>): ResourceClass {
  const [group = '', version = ''] = (apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`).split(
    '/',
  );
  const [module = ''] = group.split('.');
  const found = SDK[module]?.[version]?.[kind];
  return found?.__pulumiType === `kubernetes:${group}/${version}:${kind}` ? found : UNTYPED;
}
