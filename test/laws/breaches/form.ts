// How the form of an object goes wrong.

import type { Breaches } from '../breach';

export const formBreaches: Breaches = {
  'every field has a value of its type, and none that Kubernetes needs is missing': [
    {
      when: 'a value is null',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Service', 'web').spec.ports[0].targetPort = null),
      says: [
        'Service/web.spec.ports[0].targetPort must be text or a whole number, got null; leave the field out',
      ],
    },
    {
      when: 'a number is text',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Deployment', 'web').spec.replicas = '3'),
      says: [`Deployment/web.spec.replicas must be a whole number, got "3"; write 3`],
    },
    {
      when: 'a text is a number',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('ConfigMap', 'paperless-config').data.X = 1),
      says: [`ConfigMap/paperless-config.data.X must be text, got 1; write "1"`],
    },
    {
      when: 'a list is an object',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Deployment', 'web').spec.template.spec.containers = {}),
      says: ['Deployment/web.spec.template.spec.containers must be a list, got {}'],
    },
    {
      when: 'the pods of a Deployment are null',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Deployment', 'web').spec.template = null),
      says: ['Deployment/web.spec.template must be an object, got null; leave the field out'],
    },
    {
      when: 'a field is gone that Kubernetes needs',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => delete byKind('Deployment', 'web').spec.template.spec.containers,
      says: ['Deployment/web.spec.template.spec.containers must be given'],
    },
    {
      when: 'a quantity is none',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('ResourceQuota', 'tenant').spec.hard['limits.memory'] = '2 GB'),
      says: [
        `ResourceQuota/tenant.spec.hard["limits.memory"] must be a quantity such as 500m or 1Gi, got "2 GB"`,
      ],
    },
    {
      when: 'an object has no metadata',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => delete byKind('Service', 'web').metadata,
      says: ['Service/?.metadata.name must be given'],
    },
    {
      when: 'an object of an operator has a wrong type',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => (byKind('ScaledObject', 'worker-default').spec.triggers = 'none'),
      says: [`ScaledObject/worker-default.spec.triggers must be a list, got "none"`],
    },
    {
      when: 'an object is none',
      leaf: 'production/tenants/paless',
      spoil: (_, leaf) => leaf.manifests.push(JSON.parse('null')),
      says: [
        '?/?.apiVersion must be text, got nothing',
        '?/?.kind must be text, got nothing',
        '?/?.metadata must be given',
        '?/? must be a value, got null; leave the field out',
      ],
    },
  ],
  'no value is empty or a slip of JavaScript': [
    {
      when: 'an image is undefined in a text',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'beat').spec.template.spec.containers[0].image = 'a:undefined'),
      says: [
        `Deployment/beat.spec.template.spec.containers[0].image must be text that somebody wrote, got "a:undefined"`,
      ],
    },
    {
      when: 'a number is none',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Deployment', 'beat').spec.replicas = Number.NaN),
      says: ['Deployment/beat.spec.replicas must be a value, got NaN'],
    },
    {
      when: 'an object became a text',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('ConfigMap', 'paperless-config').data.X = 'a [object Object]'),
      says: [`ConfigMap/paperless-config.data.X must be text that somebody wrote, got "a [object Object]"`],
    },
    {
      when: 'a list is empty',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Deployment', 'beat').spec.template.spec.initContainers = []),
      says: [
        'Deployment/beat.spec.template.spec.initContainers must hold something, got []; leave the field out',
      ],
    },
    {
      when: 'a text is empty that is no environment value',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('PersistentVolumeClaim', 'data').spec.storageClassName = ''),
      says: [`PersistentVolumeClaim/data.spec.storageClassName must be text, got ""; leave the field out`],
    },
  ],
  'only API versions of Kubernetes 1.27 are used': [
    {
      when: 'an autoscaler is of a version that is gone',
      leaf: 'lab/tenants/on-twin',
      spoil: ({ byKind }) => (byKind('HorizontalPodAutoscaler', 'web').apiVersion = 'autoscaling/v2beta2'),
      says: [`HorizontalPodAutoscaler/web.apiVersion must be "autoscaling/v2", got "autoscaling/v2beta2"`],
    },
  ],
  'every field is known to Kubernetes 1.27': [
    {
      when: 'a quota has a field that nobody knows',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('ResourceQuota', 'tenant').spec.hards = { pods: '1' }),
      says: [
        'ResourceQuota/tenant.spec.hards must be a field of Kubernetes 1.27, got an unknown one; did you mean hard',
      ],
    },
  ],
  'every name is a DNS label, and every port has a name': [
    {
      when: 'a name is too long',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Deployment', 'beat').metadata.name = 'b'.repeat(64)),
      says: [
        `Deployment/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb.metadata.name must be a DNS label: at most 63 of a-z, 0-9 and -, got "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"`,
      ],
    },
    {
      when: 'a volume has a dot in its name',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Deployment', 'beat').spec.template.spec.volumes[0].name = 'a.b'),
      says: [
        `Deployment/beat.spec.template.spec.volumes[0].name must be a DNS label: at most 63 of a-z, 0-9 and -, got "a.b"`,
      ],
    },
    {
      when: 'a port has no name',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        delete byKind('Deployment', 'web').spec.template.spec.containers[0].ports[0].name,
      says: [
        'Deployment/web.spec.template.spec.containers[0].ports[0].name must be a name of at most 15 letters, got nothing',
      ],
    },
  ],
  'every object and pod has the standard labels, and a tenant’s its name': [
    {
      when: 'a pod does not say what it is part of',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        delete byKind('Deployment', 'beat').spec.template.metadata.labels['app.kubernetes.io/part-of'],
      says: [`Deployment/beat.spec.template.metadata.labels["app.kubernetes.io/part-of"] must be given`],
    },
    {
      when: 'a label is too long',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => (byKind('Service', 'redis').metadata.labels.x = 'y'.repeat(64)),
      says: [
        `Service/redis.metadata.labels["x"] must be at most 63 of letters, digits, -, _ and ., got "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"`,
      ],
    },
    {
      when: 'an object names another tenant',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Service', 'web').metadata.labels['stalk.dev/tenant'] = 'redline'),
      says: [`Service/web.metadata.labels["stalk.dev/tenant"] must be "paless", got "redline"`],
    },
  ],
  'everything lies in the namespace of its leaf, and cluster-wide objects in none': [
    {
      when: 'the Namespace lies in itself',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Namespace', 'paless').metadata.namespace = 'paless'),
      says: [`Namespace/paless.metadata.namespace must be nothing, got "paless"`],
    },
    {
      when: 'a Service lies elsewhere',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Service', 'web').metadata.namespace = 'default'),
      says: [`Service/web.metadata.namespace must be "paless", got "default"`],
    },
  ],
  'no two objects have one kind and name': [
    {
      when: 'a Service takes the name of another',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Service', 'web').metadata.name = 'redis'),
      says: ['Service/redis must be there once, got two'],
    },
  ],
};
