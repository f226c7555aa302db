// What an object of the user's own has to say before it may stand beside the rendered ones.

import { show } from '../spec/rules';
import type { Manifest } from './manifest';

/** Where the object goes, and the file it comes from. */
interface Where {
  readonly file: string;
  /** Absent in the platform's folder. */
  readonly namespace?: string;
  readonly disposable: boolean;
}

/** Kinds of Kubernetes itself that lie in no namespace; those of operators are told by their scope in the cluster only. */
const CLUSTER_SCOPED = new Set([
  'APIService',
  'ClusterIssuer',
  'ClusterRole',
  'ClusterRoleBinding',
  'ClusterSecretStore',
  'CustomResourceDefinition',
  'IngressClass',
  'MutatingWebhookConfiguration',
  'Namespace',
  'PersistentVolume',
  'PriorityClass',
  'RuntimeClass',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
]);

/** One line for each thing that is wrong. */
export function manifestProblems(manifest: Manifest, where: Where): readonly string[] {
  const { file } = where;
  const missing = (['apiVersion', 'kind'] as const).filter((key) => typeof manifest[key] !== 'string');
  if (missing.length > 0)
    return missing.map((key) => `${file}: ${key} must be a text, got ${show(manifest[key])}; write it`);
  if (manifest.kind === 'List')
    return [`${file}: kind must be of one object, got "List"; part its items by ---`];
  const name: unknown = (manifest.metadata as Manifest['metadata'] | undefined)?.name;
  if (typeof name !== 'string')
    return [`${file}: ${manifest.kind}: metadata.name must be a text, got ${show(name)}; write it`];
  const id = `${file}: ${manifest.kind}/${name}`;
  return [...namespaceProblems(manifest, id, where), ...secretProblems(manifest, id, where)];
}

function namespaceProblems(
  { kind, metadata }: Manifest,
  id: string,
  { namespace }: Where,
): readonly string[] {
  if (namespace === undefined || metadata.namespace === namespace) return [];
  if (metadata.namespace === undefined && CLUSTER_SCOPED.has(kind)) return [];
  return [
    `${id}: metadata.namespace must be "${namespace}", as its folder says, got ${show(metadata.namespace)}; ` +
      'what lies elsewhere goes to the folder "platform"',
  ];
}

/** SOPS keeps its own key beside encrypted values. */
function secretProblems(manifest: Manifest, id: string, { disposable }: Where): readonly string[] {
  const plain = manifest.kind === 'Secret' && !('sops' in manifest);
  if (disposable || !plain || (manifest.data === undefined && manifest.stringData === undefined)) return [];
  return [
    `${id}: data must not be in Git outside a disposable environment; use an ExternalSecret, a SealedSecret or SOPS`,
  ];
}
