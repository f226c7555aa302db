// What refers to what inside a leaf: selectors, Services, volumes, configuration, budgets, scalers.

import { idOf, matches, ofKind, services, unless, workloadsOf } from './law';
import type { Law, Workload } from './law';
import type { Json, Manifest } from '../synth';

const nameSet = (manifests: readonly Manifest[], kind: string): ReadonlySet<string> =>
  new Set(ofKind(manifests, kind).map(({ metadata }) => metadata.name));

const list = (names: readonly string[]): string => (names.length === 0 ? 'nothing' : names.join(' and '));

const selectors: Law = {
  name: 'a workload selects its own pods and no other',
  check: ({ manifests }) =>
    services(manifests).flatMap(({ id, manifest }) => {
      const selector = manifest['spec'].selector.matchLabels;
      const selected = workloadsOf(manifests)
        .filter(({ labels }) => matches(selector, labels))
        .map((other) => other.id);
      return unless(selected.join() === id, `${id} selects pods of ${list(selected)}`);
    }),
  breaches: [
    {
      when: 'a pod wears another label than is selected',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'beat').spec.template.metadata.labels['app.kubernetes.io/instance'] = 'bet'),
      says: ['Deployment/beat selects pods of nothing'],
    },
    {
      when: 'a selector takes in the pods of another pool',
      leaf: 'lab/tenants/on-twin',
      spoil: ({ byKind }) =>
        delete byKind('Deployment', 'worker-mail').spec.selector.matchLabels['app.kubernetes.io/instance'],
      says: ['Deployment/worker-mail selects pods of Deployment/worker-default and Deployment/worker-mail'],
    },
  ],
};

/** Pods that a Service of this name is for. */
function wantedBy(service: string, { manifest, labels }: Workload): boolean {
  const name = manifest.metadata.name;
  switch (service) {
    case 'redis':
      return (
        labels['app.kubernetes.io/name'] === 'redis' &&
        labels['stalk.dev/role'] === 'primary' &&
        name === 'redis'
      );
    case 'redis-headless':
      return labels['app.kubernetes.io/component'] === 'redis';
    case 'redis-replicas':
      return labels['stalk.dev/role'] === 'replica';
    case 'cache-headless':
      return name === 'cache';
    case 'sentinel-headless':
      return name === 'sentinel';
    default:
      return name === service;
  }
}

const servicesFindPods: Law = {
  name: 'a Service finds the pods that it is for, and their port by its name',
  check: ({ manifests }) =>
    ofKind(manifests, 'Service').flatMap((service) => {
      const { selector, ports } = service['spec'];
      const found = workloadsOf(manifests).filter(({ labels }) => matches(selector, labels));
      const wanted = workloadsOf(manifests).filter((w) => wantedBy(service.metadata.name, w));
      const ids = (all: readonly Workload[]) => list(all.map(({ id }) => id));
      return [
        ...unless(
          found.length > 0 && ids(found) === ids(wanted),
          `${idOf(service)} finds ${ids(found)}, not ${ids(wanted)}`,
        ),
        ...found.flatMap(({ id, containers }) =>
          ports.flatMap(({ targetPort }: Json) =>
            unless(
              containers.some((c) => c.ports?.some((port: Json) => port.name === targetPort)),
              `${idOf(service)} finds no port ${targetPort} in ${id}`,
            ),
          ),
        ),
      ];
    }),
  breaches: [
    {
      when: 'a port is called differently in the pod',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'web').spec.template.spec.containers[0].ports[0].name = 'www'),
      says: ['Service/web finds no port http in Deployment/web'],
    },
    {
      when: 'the Service of the primary finds replicas',
      leaf: 'lab/brokers/twin',
      spoil: ({ byKind }) => delete byKind('Service', 'redis').spec.selector['app.kubernetes.io/instance'],
      says: ['Service/redis finds StatefulSet/redis and StatefulSet/redis-replica, not StatefulSet/redis'],
    },
    {
      when: 'a Service finds nobody',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Service', 'web').spec.selector.x = 'y'),
      says: ['Service/web finds nothing, not Deployment/web'],
    },
  ],
};

const headless: Law = {
  name: 'a StatefulSet is named by a headless Service that tells of its pods before they are ready',
  check: ({ manifests }) =>
    ofKind(manifests, 'StatefulSet').flatMap(({ metadata, spec }) => {
      const service = ofKind(manifests, 'Service').find((s) => s.metadata.name === spec.serviceName);
      const { clusterIP, publishNotReadyAddresses, selector } = service?.['spec'] ?? {};
      const id = `StatefulSet/${metadata.name}`;
      if (service === undefined) return [`${id} has no Service ${spec.serviceName}`];
      return [
        ...unless(clusterIP === 'None', `${id}: Service ${spec.serviceName} has an address`),
        ...unless(
          publishNotReadyAddresses === true,
          `${id}: Service ${spec.serviceName} hides pods that start`,
        ),
        ...unless(
          matches(selector, spec.template.metadata.labels),
          `${id}: Service ${spec.serviceName} does not find it`,
        ),
      ];
    }),
  breaches: [
    {
      when: 'the Service is not there',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Service', 'redis-headless').metadata.name = 'redis-pods'),
      says: ['StatefulSet/redis has no Service redis-headless'],
    },
    {
      when: 'the Service has an address',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => delete byKind('Service', 'redis-headless').spec.clusterIP,
      says: ['StatefulSet/redis: Service redis-headless has an address'],
    },
    {
      when: 'the Service waits for readiness',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => delete byKind('Service', 'redis-headless').spec.publishNotReadyAddresses,
      says: ['StatefulSet/redis: Service redis-headless hides pods that start'],
    },
    {
      when: 'the Service does not find the replicas',
      leaf: 'lab/brokers/twin',
      spoil: ({ byKind }) =>
        (byKind('Service', 'redis-headless').spec.selector['app.kubernetes.io/instance'] = 'redis'),
      says: ['StatefulSet/redis-replica: Service redis-headless does not find it'],
    },
  ],
};

const mounts: Law = {
  name: 'every mount has a volume, every volume is mounted, and no path is mounted twice',
  check: ({ manifests }) =>
    workloadsOf(manifests).flatMap(({ id, manifest, pod, containers }) => {
      const templates = manifest['spec'].volumeClaimTemplates ?? [];
      const volumes: string[] = [
        ...(pod.volumes ?? []).map((v: Json) => v.name),
        ...templates.map((t: Json) => t.metadata.name),
      ];
      const mounted = new Set(containers.flatMap((c) => (c.volumeMounts ?? []).map((m: Json) => m.name)));
      return [
        ...[...mounted].flatMap((name) =>
          unless(volumes.includes(name), `${id} mounts ${name}, which is no volume`),
        ),
        ...volumes.flatMap((name, i) => [
          ...unless(mounted.has(name), `${id} has the volume ${name}, which nobody mounts`),
          ...unless(volumes.indexOf(name) === i, `${id} has two volumes ${name}`),
        ]),
        ...containers.flatMap((c) => {
          const paths: string[] = (c.volumeMounts ?? []).map((m: Json) => m.mountPath);
          return paths.flatMap((path, i) =>
            unless(paths.indexOf(path) === i, `${id}: ${c.name} mounts ${path} twice`),
          );
        }),
      ];
    }),
  breaches: [
    {
      when: 'a volume is missing',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => byKind('Deployment', 'beat').spec.template.spec.volumes.pop(),
      says: ['Deployment/beat mounts beat-schedule, which is no volume'],
    },
    {
      when: 'two volumes lie on one path',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'beat').spec.template.spec.containers[0].volumeMounts.at(-1).mountPath =
          '/tmp'),
      says: ['Deployment/beat: beat mounts /tmp twice'],
    },
    {
      when: 'the claim of a StatefulSet is not mounted',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) =>
        byKind('StatefulSet', 'redis').spec.template.spec.containers[0].volumeMounts.pop(),
      says: ['StatefulSet/redis has the volume redis-data, which nobody mounts'],
    },
  ],
};

/** ConfigMaps or Secrets that a pod reads, with the keys that it needs of them. */
interface Read {
  readonly name: string;
  readonly keys: readonly string[];
}

function reads({ pod, containers }: Workload, kind: 'ConfigMap' | 'Secret'): Read[] {
  const [volume, nameOf, ref, from] =
    kind === 'ConfigMap'
      ? (['configMap', 'name', 'configMapKeyRef', 'configMapRef'] as const)
      : (['secret', 'secretName', 'secretKeyRef', 'secretRef'] as const);
  return [
    ...(pod.volumes ?? [])
      .map((v: Json) => v[volume])
      .filter((v: Json) => v !== undefined)
      .map((v: Json) => ({ name: v[nameOf], keys: (v.items ?? []).map((item: Json) => item.key) })),
    ...containers.flatMap((c) => [
      ...(c.env ?? [])
        .map((v: Json) => v.valueFrom?.[ref])
        .filter((v: Json) => v !== undefined)
        .map((v: Json) => ({ name: v.name, keys: [v.key] })),
      ...(c.envFrom ?? [])
        .map((v: Json) => v[from])
        .filter((v: Json) => v !== undefined)
        .map((v: Json) => ({ name: v.name, keys: [] })),
    ]),
  ];
}

const configuration: Law = {
  name: 'every ConfigMap that a pod reads is rendered beside it, with every key',
  check: ({ manifests }) =>
    workloadsOf(manifests).flatMap((workload) =>
      reads(workload, 'ConfigMap').flatMap(({ name, keys }) => {
        const map = ofKind(manifests, 'ConfigMap').find(({ metadata }) => metadata.name === name);
        if (map === undefined) return [`${workload.id} reads ConfigMap/${name}, which is not rendered`];
        return keys.flatMap((key) =>
          unless(
            map['data']?.[key] !== undefined,
            `${workload.id} reads ${key} of ConfigMap/${name}, which has none`,
          ),
        );
      }),
    ),
  breaches: [
    {
      when: 'a ConfigMap has another name',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('ConfigMap', 'redis-rules').metadata.name = 'rules'),
      says: ['StatefulSet/redis reads ConfigMap/redis-rules, which is not rendered'],
    },
    {
      when: 'a key is missing',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => (byKind('ConfigMap', 'celery-settings').data = { other: '{}' }),
      says: [
        'Deployment/web',
        'Deployment/web',
        'Deployment/worker-default',
        'Deployment/worker-default',
      ].map((id) => `${id} reads settings.json of ConfigMap/celery-settings, which has none`),
    },
  ],
};

/** What cert-manager writes. */
const OF_CERTIFICATES = ['ca.crt', 'tls.crt', 'tls.key'];

/** Keys of the Secrets that come up with the leaf; `true` where a store decides which. */
function secretKeys(manifests: readonly Manifest[]): ReadonlyMap<string, readonly string[] | true> {
  const keysOf = (m: Manifest): readonly string[] | true => {
    if (m.kind === 'Secret') return Object.keys(m['stringData'] ?? {});
    if (m.kind === 'Certificate') return OF_CERTIFICATES;
    return m['spec'].dataFrom === undefined ? m['spec'].data.map((d: Json) => d.secretKey) : true;
  };
  const nameOf = (m: Manifest): string =>
    m.kind === 'Secret' ? m.metadata.name : (m['spec'].secretName ?? m['spec'].target.name);
  return new Map(
    ofKind(manifests, 'Secret', 'ExternalSecret', 'Certificate').map((m) => [nameOf(m), keysOf(m)]),
  );
}

const secrets: Law = {
  name: 'every Secret that a pod reads comes up with it, or the pod says that somebody else owns one',
  check: ({ manifests }) => {
    const known = secretKeys(manifests);
    return workloadsOf(manifests).flatMap((workload) => {
      const { id, template } = workload;
      const needed = reads(workload, 'Secret');
      const foreign = needed.filter(({ name }) => !known.has(name));
      const marked = template.metadata.annotations?.['stalk.dev/secret'] === 'existing';
      return [
        ...(marked ? [] : foreign.map(({ name }) => `${id} reads Secret/${name}, which nothing brings`)),
        ...unless(!marked || foreign.length > 0, `${id} claims a Secret of somebody else, and has none`),
        ...needed.flatMap(({ name, keys }) => {
          const own = known.get(name);
          if (own === undefined || own === true) return [];
          return keys.flatMap((key) =>
            unless(own.includes(key), `${id} reads ${key} of Secret/${name}, which has none`),
          );
        }),
      ];
    });
  },
  breaches: [
    {
      when: 'the Secret of a disposable cluster is missing',
      leaf: 'dev/tenants/redline',
      spoil: ({ byKind }) => (byKind('Secret', 'cache-users').metadata.name = 'users'),
      says: ['StatefulSet/cache', 'Deployment/web', 'Deployment/worker-default'].map(
        (id) => `${id} reads Secret/cache-users, which nothing brings`,
      ),
    },
    {
      when: 'a key is not among those that are fetched',
      leaf: 'lab-operator/tenants/by-queue',
      spoil: ({ byKind }) => (byKind('ExternalSecret', 'redis-credentials').spec.data[0].secretKey = 'other'),
      says: ['Deployment/worker-default reads by-queue of Secret/redis-credentials, which has none'],
    },
    {
      when: 'nobody makes the certificate of a client',
      leaf: 'lab-throwaway/tenants/sealed-twin',
      spoil: ({ byKind }) => (byKind('Certificate', 'redis-client-tls').spec.secretName = 'other'),
      says: ['Deployment/worker-default reads Secret/redis-client-tls, which nothing brings'],
    },
    {
      when: 'a pod does not say that somebody else owns its Secret',
      leaf: 'staging/brokers/shared',
      spoil: ({ byKind }) =>
        delete byKind('StatefulSet', 'redis').spec.template.metadata.annotations['stalk.dev/secret'],
      says: ['StatefulSet/redis reads Secret/redis-users, which nothing brings'],
    },
    {
      when: 'a pod says so without a reason',
      leaf: 'dev/brokers/shared',
      spoil: ({ byKind }) =>
        (byKind('StatefulSet', 'redis').spec.template.metadata.annotations['stalk.dev/secret'] = 'existing'),
      says: ['StatefulSet/redis claims a Secret of somebody else, and has none'],
    },
  ],
};

const claims: Law = {
  name: 'every claim that a pod mounts is rendered beside it or known to be there, and none is rendered for nobody',
  check: ({ manifests, existingClaims }) => {
    const rendered = nameSet(manifests, 'PersistentVolumeClaim');
    const mounted = workloadsOf(manifests).flatMap(({ id, pod }) =>
      (pod.volumes ?? []).flatMap((v: Json) =>
        v.persistentVolumeClaim === undefined ? [] : [{ id, claim: v.persistentVolumeClaim.claimName }],
      ),
    );
    return [
      ...mounted.flatMap(({ id, claim }) =>
        unless(
          rendered.has(claim) || existingClaims.includes(claim),
          `${id} mounts the claim ${claim}, which is nowhere`,
        ),
      ),
      ...[...rendered].flatMap((name) =>
        unless(
          mounted.some(({ claim }) => claim === name),
          `PersistentVolumeClaim/${name} is mounted by nobody`,
        ),
      ),
    ];
  },
  breaches: [
    {
      when: 'a claim has another name than its mount',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => (byKind('PersistentVolumeClaim', 'data').metadata.name = 'files'),
      says: [
        'Deployment/web mounts the claim data, which is nowhere',
        'Deployment/worker-default mounts the claim data, which is nowhere',
        'PersistentVolumeClaim/files is mounted by nobody',
      ],
    },
  ],
};

/** These are replaced whole, as two of them would do harm. */
const ALONE = new Set(['beat', 'flower']);

const budgets: Law = {
  name: 'every workload that drains pod by pod has a budget of its own, which never blocks a drain',
  check: ({ manifests }) => {
    const all = ofKind(manifests, 'PodDisruptionBudget');
    const selected = (budget: Manifest) =>
      workloadsOf(manifests).filter(({ labels }) => matches(budget['spec'].selector.matchLabels, labels));
    return [
      ...all.flatMap((budget) => [
        ...unless(
          selected(budget).length === 1,
          `${idOf(budget)} is about ${list(selected(budget).map(({ id }) => id))}`,
        ),
        ...unless(
          budget['spec'].maxUnavailable === 1 && budget['spec'].minAvailable === undefined,
          `${idOf(budget)} may block a drain`,
        ),
      ]),
      ...services(manifests)
        .filter(({ manifest }) => !ALONE.has(manifest.metadata.name))
        .flatMap(({ id }) =>
          unless(
            all.filter((budget) => selected(budget).some((w) => w.id === id)).length === 1,
            `${id} has no budget or several`,
          ),
        ),
    ];
  },
  breaches: [
    {
      when: 'a budget lets no pod go',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('PodDisruptionBudget', 'web').spec.maxUnavailable = 0),
      says: ['PodDisruptionBudget/web may block a drain'],
    },
    {
      when: 'a budget is about no pods',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('PodDisruptionBudget', 'web').spec.selector.matchLabels.x = 'y'),
      says: ['PodDisruptionBudget/web is about nothing', 'Deployment/web has no budget or several'],
    },
  ],
};

const accounts: Law = {
  name: 'the ServiceAccount of every pod is rendered beside it',
  check: ({ manifests }) =>
    workloadsOf(manifests).flatMap(({ id, pod }) =>
      unless(
        nameSet(manifests, 'ServiceAccount').has(pod.serviceAccountName),
        `${id} runs as ${pod.serviceAccountName}, which is not there`,
      ),
    ),
  breaches: [
    {
      when: 'a pod runs as nobody',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => (byKind('ServiceAccount', 'stalk').metadata.name = 'other'),
      says: ['StatefulSet/redis runs as stalk, which is not there'],
    },
  ],
};

export const wiringLaws: readonly Law[] = [
  selectors,
  servicesFindPods,
  headless,
  mounts,
  configuration,
  secrets,
  claims,
  budgets,
  accounts,
];
