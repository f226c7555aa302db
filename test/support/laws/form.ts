// Every object for itself: its values, its API version, its name, its labels, its namespace.

import { API_VERSIONS, CUSTOM, unknownFields } from './kubernetes';
import { collect, idOf, settingsOf, unless, workloadsOf } from './law';
import type { Law } from './law';
import type { Json, Manifest } from '../synth';

export const noEmptyValues: Law = {
  name: 'no value is empty or a slip of JavaScript',
  check: ({ manifests }) => [
    ...manifests.flatMap((m) =>
      collect(m, (value, path) => unless(isFit(value, m, path), `${idOf(m)}${path} is ${show(value)}`)),
    ),
    ...collect(settingsOf(manifests), (value, path) =>
      unless(path === '' || isFit(value, undefined, path), `settings.json${path} is ${show(value)}`),
    ),
  ],
  breaches: [
    {
      when: 'an image is undefined in a text',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'beat').spec.template.spec.containers[0].image = 'a:undefined'),
      says: ['Deployment/beat.spec.template.spec.containers[0].image is "a:undefined"'],
    },
    {
      when: 'a number is none',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Deployment', 'beat').spec.replicas = Number.NaN),
      says: ['Deployment/beat.spec.replicas is NaN'],
    },
    {
      when: 'a value is null',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Service', 'web').spec.ports[0].targetPort = null),
      says: ['Service/web.spec.ports[0].targetPort is null'],
    },
    {
      when: 'an object became a text',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('ConfigMap', 'paperless-config').data.X = 'a [object Object]'),
      says: ['ConfigMap/paperless-config.data.X is "a [object Object]"'],
    },
    {
      when: 'a list is empty',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Deployment', 'beat').spec.template.spec.initContainers = []),
      says: ['Deployment/beat.spec.template.spec.initContainers is []'],
    },
    {
      when: 'a text is empty that is no environment value',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('PersistentVolumeClaim', 'data').spec.storageClassName = ''),
      says: ['PersistentVolumeClaim/data.spec.storageClassName is ""'],
    },
  ],
};

const SLIPS = /\bundefined\b|\bNaN\b|\[object [A-Z]\w*\]|^null$/;

/** Programs may use such words. */
const PROGRAM = /^\.data\.(stalk_celery\.py|users\.sh|probe\.sh)$/;

/** Kubernetes gives these a meaning. */
const MAY_BE_EMPTY = /\.(emptyDir|podSelector|namespaceSelector)$/;

const ENV_VALUE = /\.env\[\d+\]\.value$/;

function isFit(value: Json, manifest: Manifest | undefined, path: string): boolean {
  if (value === undefined || value === null || Number.isNaN(value)) return false;
  if (typeof value === 'string' && SLIPS.test(value)) return PROGRAM.test(path);
  if (value === '')
    return ENV_VALUE.test(path) || (manifest?.kind === 'ConfigMap' && path.startsWith('.data.'));
  return typeof value !== 'object' || Object.keys(value).length > 0 || MAY_BE_EMPTY.test(path);
}

const show = (value: Json): string => (Number.isNaN(value) ? 'NaN' : String(JSON.stringify(value)));

const oldApi: Law = {
  name: 'only API versions of Kubernetes 1.27 are used',
  check: ({ manifests }) =>
    manifests.flatMap((m) =>
      unless(
        m.apiVersion === (API_VERSIONS[m.kind] ?? CUSTOM[m.kind]),
        `${idOf(m)} has apiVersion ${m.apiVersion}`,
      ),
    ),
  breaches: [
    {
      when: 'an autoscaler is of a version that is gone',
      leaf: 'lab/tenants/on-twin',
      spoil: ({ byKind }) => (byKind('HorizontalPodAutoscaler', 'web').apiVersion = 'autoscaling/v2beta2'),
      says: ['HorizontalPodAutoscaler/web has apiVersion autoscaling/v2beta2'],
    },
  ],
};

const oldFields: Law = {
  name: 'every field is known to Kubernetes 1.27',
  check: ({ manifests }) => manifests.filter(({ kind }) => kind in API_VERSIONS).flatMap(unknownFields),
  breaches: [
    {
      when: 'a container restarts in a way of 1.28',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'beat').spec.template.spec.initContainers[0].restartPolicy = 'Always'),
      says: ['Deployment.spec.template.spec.initContainers[0].restartPolicy'],
    },
    {
      when: 'a quota has a field that nobody knows',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('ResourceQuota', 'tenant').spec.hards = { pods: '1' }),
      says: ['ResourceQuota.spec.hards'],
    },
  ],
};

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** RFC 6335, as Kubernetes reads it for ports. */
const PORT_NAME = /^(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/;

const names: Law = {
  name: 'every name is a DNS label, and every port has a name',
  check: ({ manifests }) => [
    ...manifests.flatMap((m) => unless(DNS_LABEL.test(m.metadata.name), `${idOf(m)} is no DNS label`)),
    ...workloadsOf(manifests).flatMap(({ id, containers, pod }) => [
      ...[...containers, ...(pod.volumes ?? [])].flatMap(({ name }: Json) =>
        unless(DNS_LABEL.test(name), `${id}: ${name} is no DNS label`),
      ),
      ...containers
        .flatMap((c) => c.ports ?? [])
        .flatMap(({ name }: Json) =>
          unless(PORT_NAME.test(String(name ?? '')), `${id}: ${name} is no name of a port`),
        ),
    ]),
  ],
  breaches: [
    {
      when: 'a name is too long',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Deployment', 'beat').metadata.name = 'b'.repeat(64)),
      says: [`Deployment/${'b'.repeat(64)} is no DNS label`],
    },
    {
      when: 'a volume has a dot in its name',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Deployment', 'beat').spec.template.spec.volumes[0].name = 'a.b'),
      says: ['Deployment/beat: a.b is no DNS label'],
    },
    {
      when: 'a port has no name',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        delete byKind('Deployment', 'web').spec.template.spec.containers[0].ports[0].name,
      says: ['Deployment/web: undefined is no name of a port'],
    },
  ],
};

const STANDARD = ['name', 'component', 'instance', 'part-of', 'managed-by'].map(
  (label) => `app.kubernetes.io/${label}`,
);
const VALUE = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

const labels: Law = {
  name: 'every object and pod has the standard labels, and a tenant’s its name',
  check: ({ manifests, kind, namespace }) => {
    const wanted = [...STANDARD, ...(kind === 'tenant' ? ['stalk.dev/tenant'] : [])];
    const judged = [
      ...manifests.map((m) => [idOf(m), m.metadata.labels ?? {}] as const),
      ...workloadsOf(manifests).map(({ id, labels: own }) => [`pods of ${id}`, own] as const),
    ];
    return judged.flatMap(([id, own]) => [
      ...wanted.flatMap((label) => unless(own[label] !== undefined, `${id} has no ${label}`)),
      ...Object.entries(own).flatMap(([label, value]) =>
        unless(VALUE.test(value), `${id}: ${label} has the bad value ${value}`),
      ),
      ...unless(
        kind !== 'tenant' || own['stalk.dev/tenant'] === namespace,
        `${id} says that it belongs to ${own['stalk.dev/tenant']}`,
      ),
    ]);
  },
  breaches: [
    {
      when: 'a pod does not say what it is part of',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        delete byKind('Deployment', 'beat').spec.template.metadata.labels['app.kubernetes.io/part-of'],
      says: ['pods of Deployment/beat has no app.kubernetes.io/part-of'],
    },
    {
      when: 'a label is too long',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => (byKind('Service', 'redis').metadata.labels.x = 'y'.repeat(64)),
      says: [`Service/redis: x has the bad value ${'y'.repeat(64)}`],
    },
    {
      when: 'an object names another tenant',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Service', 'web').metadata.labels['stalk.dev/tenant'] = 'redline'),
      says: ['Service/web says that it belongs to redline'],
    },
  ],
};

const CLUSTER_SCOPED = new Set(['Namespace', 'PriorityClass']);

const namespaces: Law = {
  name: 'everything lies in the namespace of its leaf, and cluster-wide objects in none',
  check: ({ manifests, namespace }) => [
    ...manifests.flatMap((m) => {
      const wanted = CLUSTER_SCOPED.has(m.kind) ? undefined : namespace;
      return unless(m.metadata.namespace === wanted, `${idOf(m)} lies in ${m.metadata.namespace}`);
    }),
    ...manifests
      .filter(({ kind }) => kind === 'Namespace')
      .flatMap((m) => unless(m.metadata.name === namespace, `${idOf(m)} is not ${namespace}`)),
  ],
  breaches: [
    {
      when: 'the Namespace lies in itself',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Namespace', 'paless').metadata.namespace = 'paless'),
      says: ['Namespace/paless lies in paless'],
    },
    {
      when: 'a Service lies elsewhere',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Service', 'web').metadata.namespace = 'default'),
      says: ['Service/web lies in default'],
    },
  ],
};

const once: Law = {
  name: 'no two objects have one kind and name',
  check: ({ manifests }) => {
    const seen = new Set<string>();
    return manifests.map(idOf).flatMap((id) => {
      const first = !seen.has(id);
      seen.add(id);
      return unless(first, `${id} is there twice`);
    });
  },
  breaches: [
    {
      when: 'a Service takes the name of another',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Service', 'web').metadata.name = 'redis'),
      says: ['Service/redis is there twice'],
    },
  ],
};

export const formLaws: readonly Law[] = [noEmptyValues, oldApi, oldFields, names, labels, namespaces, once];
