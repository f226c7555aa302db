// How references inside a leaf break.

import type { Breaches } from '../breach';

export const wiringBreaches: Breaches = {
  'every file of Stalk that a container names lies in a folder that it mounts': [
    {
      when: 'the loader is not mounted',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        byKind('Deployment', 'worker-default').spec.template.spec.containers[0].volumeMounts.splice(1, 1),
      says: [
        'Deployment/worker-default.spec.template.spec.containers[0].volumeMounts must hold the folders of /opt/stalk, got /tmp, /etc/stalk/redis, /run/stalk, /usr/src/paperless/consume, /usr/src/paperless/data and /usr/src/paperless/media',
      ],
    },
    {
      when: 'the folder of a probe is not mounted',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => {
        const [redis] = byKind('StatefulSet', 'redis').spec.template.spec.containers;
        redis.volumeMounts = redis.volumeMounts.filter(
          (m: { mountPath: string }) => m.mountPath !== '/opt/redis',
        );
      },
      says: [
        'StatefulSet/redis.spec.template.spec.containers[0].volumeMounts must hold the folders of /opt/redis/data.sh and /opt/redis/probe.sh, got /tmp, /etc/redis, /run/redis and /data',
      ],
    },
  ],
  'a workload selects its own pods and no other': [
    {
      when: 'a pod wears another label than is selected',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'beat').spec.template.metadata.labels['app.kubernetes.io/instance'] = 'bet'),
      says: [
        'Deployment/beat.spec.selector must select its own pods alone, got those of nothing; make it and the labels of the pods agree',
      ],
    },
    {
      when: 'a selector takes in the pods of another pool',
      leaf: 'lab/tenants/on-twin',
      spoil: ({ byKind }) =>
        delete byKind('Deployment', 'worker-mail').spec.selector.matchLabels['app.kubernetes.io/instance'],
      says: [
        'Deployment/worker-mail.spec.selector must select its own pods alone, got those of Deployment/worker-default and Deployment/worker-mail; make it and the labels of the pods agree',
      ],
    },
  ],
  'a Service finds the pods that it is for, and their port by its name': [
    {
      when: 'a port is called differently in the pod',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'web').spec.template.spec.containers[0].ports[0].name = 'www'),
      says: [`Service/web.spec.ports[0].targetPort must be a port of Deployment/web, got "http"`],
    },
    {
      when: 'the Service of the primary finds replicas',
      leaf: 'lab/brokers/twin',
      spoil: ({ byKind }) => {
        const { selector } = byKind('Service', 'redis').spec;
        delete selector['app.kubernetes.io/instance'];
        delete selector['stalk.dev/role'];
      },
      says: [
        'Service/redis.spec.selector must find StatefulSet/redis, got StatefulSet/redis and StatefulSet/redis-replica',
      ],
    },
    {
      when: 'a Service finds nobody',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Service', 'web').spec.selector.x = 'y'),
      says: ['Service/web.spec.selector must find Deployment/web, got nothing'],
    },
  ],
  'a StatefulSet is named by a headless Service that tells of its pods before they are ready': [
    {
      when: 'the Service is not there',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('Service', 'redis-headless').metadata.name = 'redis-pods'),
      says: [`StatefulSet/redis.spec.serviceName must name a Service of this folder, got "redis-headless"`],
    },
    {
      when: 'the Service has an address',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => delete byKind('Service', 'redis-headless').spec.clusterIP,
      says: [`Service/redis-headless.spec.clusterIP must be "None", got nothing`],
    },
    {
      when: 'the Service waits for readiness',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => delete byKind('Service', 'redis-headless').spec.publishNotReadyAddresses,
      says: [
        'Service/redis-headless.spec.publishNotReadyAddresses must be true, got nothing; pods that start need their names',
      ],
    },
    {
      when: 'the Service does not find the replicas',
      leaf: 'lab/brokers/twin',
      spoil: ({ byKind }) =>
        (byKind('Service', 'redis-headless').spec.selector['app.kubernetes.io/instance'] = 'redis'),
      says: [
        'Service/redis-headless.spec.selector must find the pods of StatefulSet/redis-replica, got {"app.kubernetes.io/component":"redis","app.kubernetes.io/instance":"redis"}',
      ],
    },
  ],
  'every mount has a volume, every volume is mounted, and no path is mounted twice': [
    {
      when: 'a volume is missing',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => byKind('Deployment', 'beat').spec.template.spec.volumes.pop(),
      says: [
        `Deployment/beat.spec.template.spec.volumes must hold the volume "beat-schedule" that a container mounts, got tmp, stalk-loader, redis-password, stalk-run, writable-usr-src-paperless-consume, data and media`,
      ],
    },
    {
      when: 'two volumes lie on one path',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        (byKind('Deployment', 'beat').spec.template.spec.containers[0].volumeMounts.at(-1).mountPath =
          '/tmp'),
      says: [
        `Deployment/beat.spec.template.spec.containers[0].volumeMounts[7].mountPath must be another than "/tmp", which is taken`,
      ],
    },
    {
      when: 'the claim of a StatefulSet is not mounted',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) =>
        byKind('StatefulSet', 'redis').spec.template.spec.containers.forEach(
          (container: { volumeMounts: { name: string }[] }) =>
            (container.volumeMounts = container.volumeMounts.filter(({ name }) => name !== 'redis-data')),
        ),
      says: [
        `StatefulSet/redis.spec.template.spec.volumes: a container must mount "redis-data", got nobody; mount it or take it away`,
      ],
    },
  ],
  'every ConfigMap that a pod reads is rendered beside it, with every key, or known to be there': [
    {
      when: 'a ConfigMap has another name',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('ConfigMap', 'redis-rules').metadata.name = 'rules'),
      says: [
        `StatefulSet/redis must read a ConfigMap of this folder or one that the tenant names, got "redis-rules"`,
      ],
    },
    {
      when: 'a key is missing',
      leaf: 'production/tenants/redline',
      spoil: ({ byKind }) => (byKind('ConfigMap', 'celery-settings').data = { other: '{}' }),
      says: [
        `Deployment/web must read a key of ConfigMap/celery-settings, got "settings.json", which it does not have`,
        `Deployment/web must read a key of ConfigMap/celery-settings, got "settings.json", which it does not have`,
        `Deployment/worker-default must read a key of ConfigMap/celery-settings, got "settings.json", which it does not have`,
        `Deployment/worker-default must read a key of ConfigMap/celery-settings, got "settings.json", which it does not have`,
      ],
    },
  ],
  'every Secret that a pod reads comes up with it, or the pod says that somebody else owns one': [
    {
      when: 'the Secret of a disposable cluster is missing',
      leaf: 'dev/tenants/redline',
      spoil: ({ byKind }) => (byKind('Secret', 'cache-users').metadata.name = 'users'),
      says: [
        `StatefulSet/cache must read a Secret of this folder, got "cache-users"; if somebody else makes it, annotate the pod with stalk.dev/secret: existing`,
        `Deployment/web must read a Secret of this folder, got "cache-users"; if somebody else makes it, annotate the pod with stalk.dev/secret: existing`,
        `Deployment/worker-default must read a Secret of this folder, got "cache-users"; if somebody else makes it, annotate the pod with stalk.dev/secret: existing`,
      ],
    },
    {
      when: 'a key is not among those that are fetched',
      leaf: 'lab-operator/tenants/by-queue',
      spoil: ({ byKind }) => (byKind('ExternalSecret', 'redis-credentials').spec.data[0].secretKey = 'other'),
      says: [
        `Deployment/worker-default must read a key of Secret/redis-credentials, got "by-queue", which it does not have`,
      ],
    },
    {
      when: 'nobody makes the certificate of a client',
      leaf: 'lab-throwaway/tenants/sealed-twin',
      spoil: ({ byKind }) => (byKind('Certificate', 'redis-client-tls').spec.secretName = 'other'),
      says: [
        `Deployment/worker-default must read a Secret of this folder, got "redis-client-tls"; if somebody else makes it, annotate the pod with stalk.dev/secret: existing`,
      ],
    },
    {
      when: 'a pod does not say that somebody else owns its Secret',
      leaf: 'staging/brokers/shared',
      spoil: ({ byKind }) =>
        delete byKind('StatefulSet', 'redis').spec.template.metadata.annotations['stalk.dev/secret'],
      says: [
        `StatefulSet/redis must read a Secret of this folder, got "redis-users"; if somebody else makes it, annotate the pod with stalk.dev/secret: existing`,
      ],
    },
    {
      when: 'a pod says so without a reason',
      leaf: 'dev/brokers/shared',
      spoil: ({ byKind }) =>
        (byKind('StatefulSet', 'redis').spec.template.metadata.annotations['stalk.dev/secret'] = 'existing'),
      says: [
        `StatefulSet/redis: the pods' annotation stalk.dev/secret must be left out: every Secret that they read comes from this folder`,
      ],
    },
  ],
  'every claim that a pod mounts is rendered beside it or known to be there, and none is rendered for nobody':
    [
      {
        when: 'a claim has another name than its mount',
        leaf: 'production/tenants/redline',
        spoil: ({ byKind }) => (byKind('PersistentVolumeClaim', 'data').metadata.name = 'files'),
        says: [
          `Deployment/web must mount a claim of this folder or one that the tenant names, got "data"`,
          `Deployment/worker-default must mount a claim of this folder or one that the tenant names, got "data"`,
          'PersistentVolumeClaim/files must be mounted by a pod, got nobody',
        ],
      },
    ],
  'every workload that drains pod by pod has a budget of its own, which never blocks a drain': [
    {
      when: 'a budget lets no pod go',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('PodDisruptionBudget', 'web').spec.maxUnavailable = 0),
      says: [
        'PodDisruptionBudget/web.spec.maxUnavailable must be 1, got 0; another number may block a drain',
      ],
    },
    {
      when: 'a budget is about no pods',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('PodDisruptionBudget', 'web').spec.selector.matchLabels.x = 'y'),
      says: [
        'PodDisruptionBudget/web.spec.selector must find the pods of one workload, got those of nothing',
        'Deployment/web must have one PodDisruptionBudget, got nothing',
      ],
    },
  ],
  'a process that is replaced whole is one, and nothing scales it': [
    {
      when: 'a listener that must not run twice has two pods',
      leaf: 'lab/tenants/many',
      spoil: ({ byKind }) => (byKind('Deployment', 'listener').spec.replicas = 2),
      says: [
        'Deployment/listener.spec.replicas must be 1 or 0, got 2; two of it do harm, and an autoscaler would start them',
      ],
    },
    {
      when: 'an autoscaler decides over it',
      leaf: 'lab/tenants/many',
      spoil: ({ byKind }) => delete byKind('Deployment', 'admin').spec.replicas,
      says: [
        'Deployment/admin.spec.replicas must be 1 or 0, got nothing; two of it do harm, and an autoscaler would start them',
      ],
    },
  ],
  'the ServiceAccount of every pod is rendered beside it or known to be there': [
    {
      when: 'a pod runs as nobody',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => (byKind('ServiceAccount', 'stalk').metadata.name = 'other'),
      says: [
        `StatefulSet/redis.spec.template.spec.serviceAccountName must name a ServiceAccount of this folder or one that the tenant names, got "stalk"`,
      ],
    },
  ],
};
