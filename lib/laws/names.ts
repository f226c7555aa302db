// What objects are called: names, labels, namespaces.

import { breachUnless } from './law';
import type { Breach, Law } from './law';
import type { Base } from './kinds';
import { ownWorkloads } from './workloads';
import { CLUSTER_SCOPED, apiVersionOf } from './versions';
import { show } from './words';

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const LABEL_WANTED = 'a DNS label: at most 63 of a-z, 0-9 and -';

/** RFC 6335, as Kubernetes reads it for ports. */
const PORT_NAME = /^(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/;

const names: Law = {
  name: 'every name is a DNS label, and every port has a name',
  check: ({ objects, workloads }) => [
    ...objects.filter(({ own }) => own).flatMap(({ id, metadata }) => label(id, '.metadata', metadata.name)),
    ...workloads.flatMap(({ id, path, containers, pod }) => [
      ...containers.flatMap((c) => label(id, c.path, c.name)),
      ...(pod.volumes ?? []).flatMap(({ name }, i) => label(id, `${path}.volumes[${i}]`, name)),
    ]),
    ...ownWorkloads(workloads).flatMap(({ id, containers }) =>
      containers.flatMap((c) =>
        (c.ports ?? []).flatMap(({ name }, i) =>
          breachUnless(
            PORT_NAME.test(name ?? ''),
            id,
            `${c.path}.ports[${i}].name must be a name of at most 15 letters, got ${show(name)}`,
          ),
        ),
      ),
    ),
  ],
};

const label = (id: string, path: string, name: string | undefined): Breach[] =>
  breachUnless(DNS_LABEL.test(name ?? ''), id, `${path}.name must be ${LABEL_WANTED}, got ${show(name)}`);

const STANDARD = ['name', 'component', 'instance', 'part-of', 'managed-by'].map(
  (word) => `app.kubernetes.io/${word}`,
);
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

const labels: Law = {
  name: 'every object and pod has the standard labels, and a tenant’s its name',
  check: ({ objects, workloads, kind, namespace }) => {
    const wanted = [...STANDARD, ...(kind === 'tenant' ? ['stalk.dev/tenant'] : [])];
    const judged = [
      ...objects.map((o) => ({ id: o.id, own: o.own, path: '.metadata.labels', worn: o.metadata.labels })),
      ...workloads.map((w) => ({
        id: w.id,
        own: w.own,
        path: `${w.path.replace(/\.spec$/, '')}.metadata.labels`,
        worn: w.labels,
      })),
    ];
    return judged.flatMap(({ id, own, path, worn }) => {
      const at = (key: string): string => `${path}["${key}"]`;
      const owner = worn['stalk.dev/tenant'];
      const missing = own ? wanted.filter((key) => worn[key] === undefined) : [];
      return [
        ...missing.flatMap((key) => breachUnless(false, id, `${at(key)} must be given`)),
        ...Object.entries(worn).flatMap(([key, value]) =>
          breachUnless(
            VALUE.test(value) && (!own || value !== ''),
            id,
            `${at(key)} must be at most 63 of letters, digits, -, _ and ., got ${show(value)}`,
          ),
        ),
        ...breachUnless(
          kind !== 'tenant' || owner === undefined || owner === namespace,
          id,
          `${at('stalk.dev/tenant')} must be ${show(namespace)}, got ${show(owner)}`,
        ),
      ];
    });
  },
};

const namespaces: Law = {
  name: 'everything lies in the namespace of its leaf, and cluster-wide objects in none',
  check: ({
    objects,
    kind: leaf,
    watchedFrom,
    namespace = leaf === 'platform' ? watchedFrom : undefined,
  }) => [
    ...objects.flatMap((object) => {
      const wanted = CLUSTER_SCOPED.has(object.kind) ? undefined : namespace;
      return breachUnless(
        object.metadata.namespace === wanted || mayLieElsewhere(object, namespace),
        object.id,
        `.metadata.namespace must be ${show(wanted)}, got ${show(object.metadata.namespace)}`,
      );
    }),
    ...objects
      .filter(({ kind, own }) => own && kind === 'Namespace')
      .flatMap(({ id, metadata }) =>
        breachUnless(metadata.name === namespace, id, `.metadata.name must be ${show(namespace)}`),
      ),
  ],
};

const OTHER_WORKLOADS = new Set(['DaemonSet', 'ReplicaSet', 'Pod']);

/** Of a kind that Stalk does not know, nobody here can say whether it has a namespace. */
const mayLieElsewhere = ({ own, kind, metadata }: Base, namespace: string | undefined): boolean =>
  !own &&
  (namespace === undefined ||
    (metadata.namespace === undefined && apiVersionOf(kind) === undefined && !OTHER_WORKLOADS.has(kind)));

const once: Law = {
  name: 'no two objects have one kind and name',
  check: ({ objects }) =>
    objects.flatMap(({ id, apiVersion, own, metadata: { namespace } }, i) => {
      const first = objects.findIndex(
        (o) =>
          o.id === id &&
          ((o.own && own) || (o.apiVersion === apiVersion && o.metadata.namespace === namespace)),
      );
      return breachUnless(first === i, id, ' must be there once, got two');
    }),
};

export const nameLaws: readonly Law[] = [names, labels, namespaces, once];
