// What a real API server refuses to change is what `stalk diff` says cannot be applied, field by field.

import { stringify } from 'yaml';
import { diffOf, sideOf } from '../../lib/diff';
import type { Manifest } from '../../lib/output/manifest';
import type { Json } from '../support/synth';
import { apply, asked } from './kubectl';
import type { Ended } from './kubectl';

const { KUBECONFIG } = process.env;
if (!KUBECONFIG) console.warn('SKIPPED: set KUBECONFIG to a cluster that may be changed');

const NAME = 'stalk-immutable';
const namespace = NAME;
const CLUSTER = new Set([
  'PriorityClass',
  'StorageClass',
  'ClusterRoleBinding',
  'RuntimeClass',
  'IngressClass',
]);

const template = {
  metadata: { labels: { app: 'it' } },
  spec: { containers: [{ name: 'it', image: 'it:1' }], restartPolicy: 'Always' },
};
const selector = { matchLabels: { app: 'it' } };
const claim = {
  accessModes: ['ReadWriteOnce'],
  storageClassName: NAME,
  volumeMode: 'Filesystem',
  resources: { requests: { storage: '2Gi' } },
};
const reference = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
const subjects = [{ kind: 'ServiceAccount', name: 'it', namespace }];

type Edits = Readonly<Record<string, (manifest: Json) => void>>;

interface Case {
  readonly of: string;
  readonly content: Json;
  readonly edits: Edits;
}

/** Kinds of a rendered tree, and those that somebody may add; each edit is one that a person could make. */
const CASES: readonly Case[] = [
  {
    of: 'apps/v1 StatefulSet',
    content: {
      spec: {
        serviceName: 'it',
        replicas: 1,
        podManagementPolicy: 'Parallel',
        selector,
        template,
        minReadySeconds: 1,
        revisionHistoryLimit: 9,
        volumeClaimTemplates: [
          { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec: claim },
        ],
      },
    },
    edits: {
      'a larger claim': ({ spec }) => (spec.volumeClaimTemplates[0].spec.resources.requests.storage = '4Gi'),
      'a smaller claim': ({ spec }) => (spec.volumeClaimTemplates[0].spec.resources.requests.storage = '1Gi'),
      'another class': ({ spec }) => (spec.volumeClaimTemplates[0].spec.storageClassName = 'other'),
      'another access mode': ({ spec }) =>
        (spec.volumeClaimTemplates[0].spec.accessModes = ['ReadWriteMany']),
      'a label of a claim': ({ spec }) => (spec.volumeClaimTemplates[0].metadata.labels = { a: 'b' }),
      'another name of a claim': ({ spec }) => (spec.volumeClaimTemplates[0].metadata.name = 'other'),
      'no claims': ({ spec }) => delete spec.volumeClaimTemplates,
      'another serviceName': ({ spec }) => (spec.serviceName = 'other'),
      'another policy': ({ spec }) => (spec.podManagementPolicy = 'OrderedReady'),
      'another selector': ({ spec }) => {
        spec.selector = { matchLabels: { app: 'it', more: 'x' } };
        spec.template.metadata.labels.more = 'x';
      },
      'more replicas': ({ spec }) => (spec.replicas = 2),
      'another image': ({ spec }) => (spec.template.spec.containers[0].image = 'it:2'),
      'a partition': ({ spec }) => (spec.updateStrategy = { rollingUpdate: { partition: 1 } }),
      'claims that go with it': ({ spec }) =>
        (spec.persistentVolumeClaimRetentionPolicy = { whenDeleted: 'Delete', whenScaled: 'Retain' }),
      minReadySeconds: ({ spec }) => (spec.minReadySeconds = 2),
      revisionHistoryLimit: ({ spec }) => (spec.revisionHistoryLimit = 8),
      ordinals: ({ spec }) => (spec.ordinals = { start: 1 }),
    },
  },
  {
    of: 'apps/v1 Deployment',
    content: { spec: { replicas: 1, selector, template, strategy: { type: 'Recreate' } } },
    edits: {
      'another selector': ({ spec }) => {
        spec.selector = { matchLabels: { app: 'it', more: 'x' } };
        spec.template.metadata.labels.more = 'x';
      },
      'another strategy': ({ spec }) => (spec.strategy = { type: 'RollingUpdate' }),
      'another image': ({ spec }) => (spec.template.spec.containers[0].image = 'it:2'),
      progressDeadlineSeconds: ({ spec }) => (spec.progressDeadlineSeconds = 700),
    },
  },
  {
    of: 'apps/v1 DaemonSet',
    content: { spec: { selector, template } },
    edits: {
      'another selector': ({ spec }) => {
        spec.selector = { matchLabels: { app: 'it', more: 'x' } };
        spec.template.metadata.labels.more = 'x';
      },
      minReadySeconds: ({ spec }) => (spec.minReadySeconds = 2),
    },
  },
  {
    of: 'apps/v1 ReplicaSet',
    content: { spec: { replicas: 0, selector, template } },
    edits: {
      'another selector': ({ spec }) => {
        spec.selector = { matchLabels: { app: 'it', more: 'x' } };
        spec.template.metadata.labels.more = 'x';
      },
    },
  },
  {
    of: 'v1 PersistentVolume',
    content: {
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        hostPath: { path: '/a' },
        volumeMode: 'Filesystem',
        storageClassName: 'other',
        persistentVolumeReclaimPolicy: 'Delete',
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }],
          },
        },
      },
    },
    edits: {
      'another place': ({ spec }) => (spec.hostPath.path = '/b'),
      'another node': ({ spec }) =>
        (spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].values = ['c']),
      'another mode': ({ spec }) => (spec.volumeMode = 'Block'),
      'more of it': ({ spec }) => (spec.capacity.storage = '2Gi'),
      'another class': ({ spec }) => (spec.storageClassName = 'another'),
      'other access': ({ spec }) => (spec.accessModes = ['ReadWriteMany']),
      'another policy': ({ spec }) => (spec.persistentVolumeReclaimPolicy = 'Retain'),
    },
  },
  {
    of: 'discovery.k8s.io/v1 EndpointSlice',
    content: { addressType: 'IPv4', endpoints: [], ports: [{ port: 1 }] },
    edits: {
      'another type': (one) => (one.addressType = 'FQDN'),
      'another port': (one) => (one.ports = [{ port: 2 }]),
    },
  },
  {
    of: 'batch/v1 Job',
    content: {
      spec: {
        backoffLimit: 1,
        completions: 1,
        parallelism: 1,
        completionMode: 'NonIndexed',
        podReplacementPolicy: 'Failed',
        template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } },
      },
    },
    edits: {
      'another image': ({ spec }) => (spec.template.spec.containers[0].image = 'it:2'),
      completions: ({ spec }) => (spec.completions = 2),
      completionMode: ({ spec }) => (spec.completionMode = 'Indexed'),
      podReplacementPolicy: ({ spec }) => (spec.podReplacementPolicy = 'TerminatingOrFailed'),
      'more at once': ({ spec }) => (spec.parallelism = 2),
      backoffLimit: ({ spec }) => (spec.backoffLimit = 2),
      activeDeadlineSeconds: ({ spec }) => (spec.activeDeadlineSeconds = 600),
      ttlSecondsAfterFinished: ({ spec }) => (spec.ttlSecondsAfterFinished = 60),
      suspend: ({ spec }) => (spec.suspend = true),
    },
  },
  {
    of: 'batch/v1 CronJob',
    content: {
      spec: {
        schedule: '0 1 * * *',
        jobTemplate: {
          spec: { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } },
        },
      },
    },
    edits: {
      'another image': ({ spec }) => (spec.jobTemplate.spec.template.spec.containers[0].image = 'it:2'),
      'another time': ({ spec }) => (spec.schedule = '0 2 * * *'),
    },
  },
  {
    of: 'v1 Service',
    content: {
      spec: { type: 'ClusterIP', clusterIP: 'None', selector: { app: 'it' }, ports: [{ port: 1 }] },
    },
    edits: {
      'an address': ({ spec }) => (spec.clusterIP = '10.96.0.99'),
      'another selector': ({ spec }) => (spec.selector = { app: 'other' }),
      'another port': ({ spec }) => (spec.ports = [{ port: 2 }]),
      'its pods also while not ready': ({ spec }) => (spec.publishNotReadyAddresses = true),
    },
  },
  {
    of: 'v1 PersistentVolumeClaim',
    content: { spec: claim },
    edits: {
      'a smaller one': ({ spec }) => (spec.resources.requests.storage = '1Gi'),
      'another class': ({ spec }) => (spec.storageClassName = 'other'),
      'another access mode': ({ spec }) => (spec.accessModes = ['ReadWriteMany']),
      'another selector': ({ spec }) => (spec.selector = selector),
      'another mode of the volume': ({ spec }) => (spec.volumeMode = 'Block'),
    },
  },
  {
    of: 'v1 ConfigMap',
    content: { immutable: true, data: { a: '1' } },
    edits: {
      'other content': (map) => (map.data = { a: '2' }),
      'more content': (map) => (map.data.b = '2'),
      'its seal broken': (map) => (map.immutable = false),
      'no seal': (map) => delete map.immutable,
      'a label': ({ metadata }) => (metadata.labels = { a: 'b' }),
    },
  },
  {
    of: 'v1 Secret',
    content: { type: 'Opaque', data: { a: 'MQ==' } },
    edits: {
      'another type': (secret) => (secret.type = 'other/type'),
      'other content': (secret) => (secret.data = { a: 'Mg==' }),
      'a seal': (secret) => (secret.immutable = true),
    },
  },
  {
    of: 'policy/v1 PodDisruptionBudget',
    content: { spec: { maxUnavailable: 1, selector } },
    edits: {
      'another selector': ({ spec }) => (spec.selector = { matchLabels: { app: 'other' } }),
      'another number': ({ spec }) => (spec.maxUnavailable = 2),
      unhealthyPodEvictionPolicy: ({ spec }) => (spec.unhealthyPodEvictionPolicy = 'AlwaysAllow'),
    },
  },
  {
    of: 'scheduling.k8s.io/v1 PriorityClass',
    content: { value: 7, preemptionPolicy: 'PreemptLowerPriority', description: 'a' },
    edits: {
      'another value': (one) => (one.value = 8),
      'another policy': (one) => (one.preemptionPolicy = 'Never'),
      'another description': (one) => (one.description = 'b'),
    },
  },
  {
    of: 'storage.k8s.io/v1 StorageClass',
    content: {
      provisioner: 'example.com/it',
      parameters: { a: 'b' },
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
    edits: {
      'another provisioner': (one) => (one.provisioner = 'example.com/other'),
      'another parameter': (one) => (one.parameters = { a: 'c' }),
      reclaimPolicy: (one) => (one.reclaimPolicy = 'Retain'),
      volumeBindingMode: (one) => (one.volumeBindingMode = 'Immediate'),
      'growth allowed': (one) => (one.allowVolumeExpansion = true),
      'options of mounts': (one) => (one.mountOptions = ['noatime']),
    },
  },
  {
    of: 'rbac.authorization.k8s.io/v1 RoleBinding',
    content: { roleRef: reference, subjects },
    edits: {
      'another role': (one) => (one.roleRef = { ...reference, name: 'edit' }),
      'another subject': (one) => (one.subjects = []),
    },
  },
  {
    of: 'rbac.authorization.k8s.io/v1 ClusterRoleBinding',
    content: { roleRef: reference, subjects },
    edits: { 'another role': (one) => (one.roleRef = { ...reference, name: 'edit' }) },
  },
  {
    of: 'node.k8s.io/v1 RuntimeClass',
    content: { handler: 'a' },
    edits: { 'another handler': (one) => (one.handler = 'b') },
  },
  {
    of: 'networking.k8s.io/v1 IngressClass',
    content: { spec: { controller: 'example.com/it' } },
    edits: { 'another controller': ({ spec }) => (spec.controller = 'example.com/other') },
  },
  {
    of: 'autoscaling/v2 HorizontalPodAutoscaler',
    content: {
      spec: { maxReplicas: 2, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' } },
    },
    edits: { 'another target': ({ spec }) => (spec.scaleTargetRef.name = 'b') },
  },
  {
    of: 'v1 ResourceQuota',
    content: { spec: { hard: { pods: '9' }, scopes: ['NotTerminating'] } },
    edits: {
      'more room': ({ spec }) => (spec.hard = { pods: '10' }),
      'another scope': ({ spec }) => (spec.scopes = ['Terminating']),
    },
  },
];

function manifestOf({ of, content }: Case): Manifest {
  const [apiVersion = '', kind = ''] = of.split(' ');
  const metadata = { name: NAME, ...(!CLUSTER.has(kind) && { namespace }) };
  return { apiVersion, kind, metadata, ...structuredClone(content) } as Manifest;
}

function edited(one: Case, edit: (manifest: Json) => void): Manifest {
  const manifest = manifestOf(one);
  edit(manifest);
  return manifest;
}

/** As a GitOps controller does; what nobody allowed to own is taken over. */
const applied = (manifest: Manifest, ...more: readonly string[]): Ended =>
  apply(['--force-conflicts', ...more, '-f', '-'], stringify(manifest));

const cannot = (before: Manifest, after: Manifest): boolean => {
  const item = (manifest: Manifest) => [{ environment: 'e', folder: 'tenants/it', manifest }];
  return diffOf(sideOf('before', item(before)), sideOf('after', item(after))).consequences.some(
    ({ type }) => type === 'cannot-apply',
  );
};

(KUBECONFIG ? describe : describe.skip)('a real API server', () => {
  beforeAll(() => {
    asked('create', 'namespace', NAME);
    for (const one of CASES) {
      const { code, errors } = applied(manifestOf(one));
      if (code !== 0) throw new Error(errors);
    }
  });

  afterAll(() => {
    const roots = CASES.map(({ of }) => String(of.split(' ')[1])).filter((kind) => CLUSTER.has(kind));
    asked('delete', '--ignore-not-found', ...roots.map((kind) => `${kind}/${NAME}`));
    asked('delete', 'namespace', NAME, '--wait=false');
  });

  const edits = CASES.flatMap((one) =>
    Object.entries(one.edits).map(([name, edit]) => [String(one.of.split(' ')[1]), name, one, edit] as const),
  );

  it.each(edits)('%s with %s is refused where the diff says so, and nowhere else', (_, __, one, edit) => {
    const after = edited(one, edit);

    const { code, errors } = applied(after, '--dry-run=server');

    expect({ refused: code !== 0, says: errors }).toEqual({
      refused: cannot(manifestOf(one), after),
      says:
        code === 0 ? '' : expect.stringMatching(/immutable|forbidden|Forbidden|may not change|not supported/),
    });
  });
});
