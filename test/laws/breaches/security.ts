// How a pod gets more rights than it may have, and how a password comes to light.

import { changeSettings } from '../../support/settings';
import { beatPod, envOf } from '../breach';
import type { Breaches } from '../breach';
import type { Json } from '../../support/synth';

export const securityBreaches: Breaches = {
  'every Namespace enforces the restricted Pod Security Standard of one version': [
    {
      when: 'a namespace only warns',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        delete byKind('Namespace', 'paless').metadata.labels['pod-security.kubernetes.io/enforce'],
      says: [
        `Namespace/paless.metadata.labels["pod-security.kubernetes.io/enforce"] must be "restricted", got nothing`,
      ],
    },
    {
      when: 'the version is that of the cluster',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) =>
        (byKind('Namespace', 'paless').metadata.labels['pod-security.kubernetes.io/warn-version'] = 'latest'),
      says: [
        `Namespace/paless.metadata.labels["pod-security.kubernetes.io/warn-version"] must be a version such as "v1.27", got "latest"; an upgrade of the cluster would change the rules`,
      ],
    },
  ],
  'every pod passes the restricted Pod Security Standard': [
    {
      when: 'a pod may run as root',
      leaf: 'production/tenants/paless',
      spoil: (objects) => delete beatPod(objects).securityContext.runAsNonRoot,
      says: ['Deployment/beat.spec.template.spec.securityContext.runAsNonRoot must be true, got nothing'],
    },
    {
      when: 'a pod runs as root',
      leaf: 'production/tenants/paless',
      spoil: (objects) => (beatPod(objects).securityContext.runAsUser = 0),
      says: ['Deployment/beat.spec.template.spec.securityContext.runAsUser must be over 0, got 0'],
    },
    {
      when: 'a pod has no seccomp profile',
      leaf: 'production/tenants/paless',
      spoil: (objects) => (beatPod(objects).securityContext.seccompProfile.type = 'Unconfined'),
      says: [
        `Deployment/beat.spec.template.spec.securityContext.seccompProfile.type must be "RuntimeDefault", got "Unconfined"`,
      ],
    },
    {
      when: 'a pod sees the network of its node',
      leaf: 'production/tenants/paless',
      spoil: (objects) => (beatPod(objects).hostNetwork = true),
      says: ['Deployment/beat.spec.template.spec.hostNetwork must be left out, got true'],
    },
    {
      when: 'a pod sees the files of its node',
      leaf: 'production/tenants/paless',
      spoil: (objects) => (beatPod(objects).volumes[0] = { name: 'tmp', hostPath: { path: '/tmp' } }),
      says: [
        `Deployment/beat.spec.template.spec.volumes[0] must be of a type that the standard allows, such as emptyDir, got hostPath ("tmp")`,
      ],
    },
  ],
  'every container passes the restricted Pod Security Standard': [
    {
      when: 'an init container may gain rights',
      leaf: 'production/tenants/paless',
      spoil: (objects) =>
        (beatPod(objects).initContainers[0].securityContext.allowPrivilegeEscalation = true),
      says: [
        'Deployment/beat.spec.template.spec.initContainers[0].securityContext.allowPrivilegeEscalation must be false, got true',
      ],
    },
    {
      when: 'a container keeps a capability',
      leaf: 'production/tenants/paless',
      spoil: (objects) => (beatPod(objects).containers[0].securityContext.capabilities.add = ['NET_RAW']),
      says: [
        'Deployment/beat.spec.template.spec.containers[0].securityContext.capabilities.add must be left out, got ["NET_RAW"]',
      ],
    },
    {
      when: 'a container is privileged and takes a port of its node',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => {
        const [redis] = byKind('StatefulSet', 'redis').spec.template.spec.containers;
        redis.securityContext.privileged = true;
        redis.ports[0].hostPort = 6379;
      },
      says: [
        'StatefulSet/redis.spec.template.spec.containers[0].securityContext.privileged must be left out, got true',
        'StatefulSet/redis.spec.template.spec.containers[0].ports[0].hostPort must be left out, got 6379',
      ],
    },
  ],
  'every root file system is read-only, or the pod says why not': [
    {
      when: 'a container may write to its root without a reason',
      leaf: 'production/tenants/paless',
      spoil: (objects) => (beatPod(objects).containers[0].securityContext.readOnlyRootFilesystem = false),
      says: [
        'Deployment/beat.spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem must be true, got false; or annotate the pod with stalk.dev/writable-root and a reason',
      ],
    },
    {
      when: 'the reason is taken away',
      leaf: 'lab/tenants/own-one',
      spoil: ({ byKind }) =>
        delete byKind('Deployment', 'worker-default').spec.template.metadata.annotations[
          'stalk.dev/writable-root'
        ],
      says: [
        'Deployment/worker-default.spec.template.spec.initContainers[0].securityContext.readOnlyRootFilesystem must be true, got false; or annotate the pod with stalk.dev/writable-root and a reason',
        'Deployment/worker-default.spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem must be true, got false; or annotate the pod with stalk.dev/writable-root and a reason',
      ],
    },
  ],
  'no pod gets a token or the addresses of Services': [
    {
      when: 'a pod gets a token',
      leaf: 'production/tenants/paless',
      spoil: (objects) => delete beatPod(objects).automountServiceAccountToken,
      says: ['Deployment/beat.spec.template.spec.automountServiceAccountToken must be false, got nothing'],
    },
    {
      when: 'a pod gets the addresses of Services',
      leaf: 'production/tenants/paless',
      spoil: (objects) => delete beatPod(objects).enableServiceLinks,
      says: ['Deployment/beat.spec.template.spec.enableServiceLinks must be false, got nothing'],
    },
    {
      when: 'the account gives tokens',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => delete byKind('ServiceAccount', 'stalk').automountServiceAccountToken,
      says: ['ServiceAccount/stalk.automountServiceAccountToken must be false, got nothing'],
    },
  ],
  'every image has a fixed tag or a digest': [
    ['has no tag', 'registry.example.com:5000/acme/jobs'],
    ['follows latest', 'acme/jobs:latest'],
  ].map(([when, image]) => ({
    when: `an image ${when}`,
    leaf: 'production/tenants/paless',
    spoil: (objects) => (beatPod(objects).containers[0].image = image),
    says: [
      `Deployment/beat.spec.template.spec.containers[0].image must have a tag other than latest, or a digest, got "${image}"`,
    ],
  })),
  'every service has a startup, a readiness and a liveness probe, the last of which looks at something else':
    [
      {
        when: 'liveness looks at what readiness looks at',
        leaf: 'production/tenants/paless',
        spoil: (objects) => {
          const [beat] = beatPod(objects).containers;
          beat.livenessProbe = { ...beat.readinessProbe, periodSeconds: 99 };
        },
        says: [
          'Deployment/beat.spec.template.spec.containers[0].livenessProbe must look at something else than readinessProbe: a pod that cannot work for a while need not restart',
        ],
      },
      {
        when: 'a probe is missing',
        leaf: 'production/brokers/shared',
        spoil: ({ byKind }) =>
          delete byKind('StatefulSet', 'redis').spec.template.spec.containers[0].startupProbe,
        says: ['StatefulSet/redis.spec.template.spec.containers[0].startupProbe must be given'],
      },
      {
        when: 'a server of the author’s own is not looked at',
        leaf: 'lab/tenants/many',
        spoil: ({ byKind }) =>
          delete byKind('Deployment', 'websockets').spec.template.spec.containers[0].readinessProbe,
        says: ['Deployment/websockets.spec.template.spec.containers[0].readinessProbe must be given'],
      },
      {
        when: 'a program without a port is looked at half the time',
        leaf: 'lab/tenants/many',
        spoil: ({ byKind }) =>
          delete byKind('Deployment', 'listener').spec.template.spec.containers[0].startupProbe,
        says: ['Deployment/listener.spec.template.spec.containers[0].startupProbe must be given'],
      },
    ],
  'outside a disposable cluster nothing looks like a password, and no Secret is rendered': [
    {
      when: 'a Secret is rendered',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('ConfigMap', 'celery-settings').kind = 'Secret'),
      says: [
        'Secret/celery-settings must come from a store or from somebody else, got a Secret in plain text',
      ],
    },
    {
      when: 'a URL holds a password',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('ConfigMap', 'paperless-config').data.URL = 'postgres://me:geheim@db/1'),
      says: ['ConfigMap/paperless-config.data.URL must hold no password; take it from a Secret'],
    },
    {
      when: 'a password of a disposable cluster is there',
      leaf: 'production/tenants/paless',
      spoil: (objects) =>
        (beatPod(objects).containers[0].env[0] = { name: 'X', value: 'not-a-secret_dev_x' }),
      says: [
        'Deployment/beat.spec.template.spec.containers[0].env[0].value must hold no password; take it from a Secret',
      ],
    },
    {
      when: 'a secret is written as a variable',
      leaf: 'production/tenants/paless',
      spoil: (objects) => (beatPod(objects).containers[0].env[0] = { name: 'API_TOKEN', value: 'abc' }),
      says: [
        'Deployment/beat.spec.template.spec.containers[0].env[0] must take its value from a Secret, got plain text',
      ],
    },
    {
      when: 'a secret lies in a ConfigMap',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('ConfigMap', 'paperless-config').data.DB_PASSWORD = 'abc'),
      says: ['ConfigMap/paperless-config.data.DB_PASSWORD must be in a Secret, got plain text'],
    },
  ],
  'the settings and URLs of Celery hold no user and no password, in no environment': [
    {
      when: 'the broker URL holds a login',
      leaf: 'dev/tenants/redline',
      spoil: (objects) => changeSettings(objects, (s) => (s.broker_url = 'redis://a:b@redis:6379/0')),
      says: [`ConfigMap/celery-settings.data["settings.json"].broker_url must hold no user and no password`],
    },
    {
      when: 'a variable of Celery holds a login',
      leaf: 'dev/tenants/redline',
      spoil: ({ byKind }) =>
        (byKind('ConfigMap', 'app-config').data.CELERY_BROKER_URL = 'redis://a@redis:6379/0'),
      says: ['ConfigMap/app-config.data.CELERY_BROKER_URL must hold no user and no password'],
    },
  ],
  'web and migration pods get the producer’s Redis user, and arguments hold no secret': [
    {
      when: 'a web pod gets the worker’s user',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => {
        const { containers, volumes } = byKind('Deployment', 'web').spec.template.spec;
        envOf(containers[0], 'STALK_USER').value = 'paless';
        volumes.find((v: Json) => v.name === 'redis-password').secret.items[0].key = 'paless';
      },
      says: [`Deployment/web: STALK_USER must be the producer's user, got "paless"`],
    },
    {
      when: 'a pod has the password of another user',
      leaf: 'production/tenants/paless',
      spoil: (objects) =>
        (beatPod(objects).volumes.find((v: Json) => v.name === 'redis-password').secret.items[0].key = 'x'),
      says: [`Deployment/beat.spec.template.spec.volumes must hold the password of "paless", got that of x`],
    },
    {
      when: 'Flower is given its password as an argument',
      leaf: 'production/tenants/typesafe',
      spoil: ({ byKind }) =>
        byKind('Deployment', 'flower').spec.template.spec.containers[0].command.push('--basic-auth=$(AUTH)'),
      says: [
        'Deployment/flower.spec.template.spec.containers[0].command must hold no variable: everybody sees arguments, got a list of 7',
      ],
    },
  ],
};
