// The API of Kubernetes 1.27, as the generated classes of cdk8s-plus-27 know it: field by field.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Json } from '../synth';

/** What a leaf may hold. A newer API version is refused by a cluster of the oldest version that is supported. */
export const API_VERSIONS: Readonly<Record<string, string>> = {
  ConfigMap: 'v1',
  LimitRange: 'v1',
  Namespace: 'v1',
  PersistentVolumeClaim: 'v1',
  ResourceQuota: 'v1',
  Secret: 'v1',
  Service: 'v1',
  ServiceAccount: 'v1',
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  Job: 'batch/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  NetworkPolicy: 'networking.k8s.io/v1',
  PodDisruptionBudget: 'policy/v1',
  PriorityClass: 'scheduling.k8s.io/v1',
};

/** Of operators; their schemas are their own. */
export const CUSTOM: Readonly<Record<string, string>> = {
  Certificate: 'cert-manager.io/v1',
  ExternalSecret: 'external-secrets.io/v1',
  Password: 'generators.external-secrets.io/v1alpha1',
  ScaledObject: 'keda.sh/v1alpha1',
  TriggerAuthentication: 'keda.sh/v1alpha1',
};

/** Fields of a type, each with the type of its value where that is one of the API's. */
type Fields = ReadonlyMap<string, string | undefined>;

const FUNCTION = /^function toJson_(\w+)\(obj\) \{[\s\S]*?const result = \{\n([\s\S]*?)\n {4}\};/gm;
const FIELD = /^ {8}'([^']+)':(.*)$/gm;

function read(): ReadonlyMap<string, Fields> {
  const file = join(dirname(require.resolve('cdk8s-plus-27')), 'imports', 'k8s.js');
  return new Map(
    [...readFileSync(file, 'utf8').matchAll(FUNCTION)].map(([, type = '', body = '']) => [
      type,
      new Map([...body.matchAll(FIELD)].map(([, field = '', value = '']) => [field, typeIn(value)])),
    ]),
  );
}

const typeIn = (expression: string): string | undefined => /toJson_(\w+)\(/.exec(expression)?.[1];

let types: ReadonlyMap<string, Fields> | undefined;

/** Paths of a manifest that Kubernetes 1.27 does not know. */
export function unknownFields(manifest: Json): string[] {
  types ??= read();
  const suffix = manifest.kind === 'HorizontalPodAutoscaler' ? 'V2Props' : 'Props';
  const { kind, ...body } = manifest;
  delete body.apiVersion;
  return below(body, `Kube${kind}${suffix}`, kind, types);
}

function below(node: Json, type: string, path: string, known: ReadonlyMap<string, Fields>): string[] {
  if (Array.isArray(node)) return node.flatMap((item, i) => below(item, type, `${path}[${i}]`, known));
  const fields = known.get(type);
  if (typeof node !== 'object' || fields === undefined) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    if (!fields.has(key)) return [`${path}.${key}`];
    const next = fields.get(key);
    return next === undefined ? [] : below(value, next, `${path}.${key}`, known);
  });
}
