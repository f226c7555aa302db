// The `restricted` Pod Security Standard computed from the rendered pods, and what a reviewer asks beyond it.

import {
  collect,
  envOf,
  idOf,
  ofKind,
  services,
  settingsOf,
  unless,
  changeSettings,
  workloadsOf,
} from './law';
import type { Law } from './law';
import type { Json } from '../synth';

const beatPod = ({ byKind }: { readonly byKind: (kind: string, name: string) => Json }): Json =>
  byKind('Deployment', 'beat').spec.template.spec;

const VOLUME_TYPES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

const restrictedPod: Law = {
  name: 'every pod passes the restricted Pod Security Standard',
  check: ({ manifests }) =>
    workloadsOf(manifests).flatMap(({ id, pod }) => {
      const context = pod.securityContext ?? {};
      const host = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => pod[field] === true);
      return [
        ...unless(context.runAsNonRoot === true, `${id} may run as root`),
        ...unless(context.runAsUser > 0, `${id} runs as ${context.runAsUser}`),
        ...unless(context.seccompProfile?.type === 'RuntimeDefault', `${id} has no seccomp profile`),
        ...unless(context.sysctls === undefined, `${id} sets sysctls`),
        ...host.map((field) => `${id} has ${field}`),
        ...(pod.volumes ?? []).flatMap(({ name, ...volume }: Json) =>
          Object.keys(volume).flatMap((type) =>
            unless(VOLUME_TYPES.has(type), `${id}: volume ${name} is a ${type}`),
          ),
        ),
      ];
    }),
  breaches: [
    {
      when: 'a pod may run as root',
      leaf: 'production/tenants/paless',
      spoil: (objects) => delete beatPod(objects).securityContext.runAsNonRoot,
      says: ['Deployment/beat may run as root'],
    },
    {
      when: 'a pod runs as root',
      leaf: 'production/tenants/paless',
      spoil: (objects) => (beatPod(objects).securityContext.runAsUser = 0),
      says: ['Deployment/beat runs as 0'],
    },
    {
      when: 'a pod has no seccomp profile',
      leaf: 'production/tenants/paless',
      spoil: (objects) => (beatPod(objects).securityContext.seccompProfile.type = 'Unconfined'),
      says: ['Deployment/beat has no seccomp profile'],
    },
    {
      when: 'a pod sees the network of its node',
      leaf: 'production/tenants/paless',
      spoil: (objects) => (beatPod(objects).hostNetwork = true),
      says: ['Deployment/beat has hostNetwork'],
    },
    {
      when: 'a pod sees the files of its node',
      leaf: 'production/tenants/paless',
      spoil: (objects) => (beatPod(objects).volumes[0] = { name: 'tmp', hostPath: { path: '/tmp' } }),
      says: ['Deployment/beat: volume tmp is a hostPath'],
    },
  ],
};

const restrictedContainer: Law = {
  name: 'every container passes the restricted Pod Security Standard',
  check: ({ manifests }) =>
    workloadsOf(manifests).flatMap(({ id, containers }) =>
      containers.flatMap(({ name, securityContext = {}, ports = [] }) => [
        ...unless(securityContext.allowPrivilegeEscalation === false, `${id}: ${name} may gain rights`),
        ...unless(securityContext.privileged !== true, `${id}: ${name} is privileged`),
        ...unless(
          securityContext.capabilities?.drop?.join() === 'ALL' &&
            securityContext.capabilities.add === undefined,
          `${id}: ${name} keeps capabilities`,
        ),
        ...ports.flatMap(({ hostPort }: Json) =>
          unless(hostPort === undefined, `${id}: ${name} has a port of its node`),
        ),
      ]),
    ),
  breaches: [
    {
      when: 'an init container may gain rights',
      leaf: 'production/tenants/paless',
      spoil: (objects) =>
        (beatPod(objects).initContainers[0].securityContext.allowPrivilegeEscalation = true),
      says: ['Deployment/beat: wait-for-redis may gain rights'],
    },
    {
      when: 'a container keeps a capability',
      leaf: 'production/tenants/paless',
      spoil: (objects) => (beatPod(objects).containers[0].securityContext.capabilities.add = ['NET_RAW']),
      says: ['Deployment/beat: beat keeps capabilities'],
    },
    {
      when: 'a container is privileged and takes a port of its node',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) => {
        const [redis] = byKind('StatefulSet', 'redis').spec.template.spec.containers;
        redis.securityContext.privileged = true;
        redis.ports[0].hostPort = 6379;
      },
      says: ['StatefulSet/redis: redis is privileged', 'StatefulSet/redis: redis has a port of its node'],
    },
  ],
};

const readOnlyRoot: Law = {
  name: 'every root file system is read-only, or the pod says why not',
  check: ({ manifests }) =>
    workloadsOf(manifests).flatMap(({ id, template, containers }) => {
      const reason = template.metadata.annotations?.['stalk.dev/writable-root'];
      if (typeof reason === 'string' && reason.length > 0) return [];
      return containers.flatMap(({ name, securityContext }) =>
        unless(securityContext?.readOnlyRootFilesystem === true, `${id}: ${name} may write to its root`),
      );
    }),
  breaches: [
    {
      when: 'a container may write to its root without a reason',
      leaf: 'production/tenants/paless',
      spoil: (objects) => (beatPod(objects).containers[0].securityContext.readOnlyRootFilesystem = false),
      says: ['Deployment/beat: beat may write to its root'],
    },
    {
      when: 'the reason is taken away',
      leaf: 'lab/tenants/own-one',
      spoil: ({ byKind }) =>
        delete byKind('Deployment', 'worker-default').spec.template.metadata.annotations[
          'stalk.dev/writable-root'
        ],
      says: ['wait-for-redis', 'worker-default'].map(
        (c) => `Deployment/worker-default: ${c} may write to its root`,
      ),
    },
  ],
};

const tokens: Law = {
  name: 'no pod gets a token or the addresses of Services',
  check: ({ manifests }) => [
    ...workloadsOf(manifests).flatMap(({ id, pod }) => [
      ...unless(pod.automountServiceAccountToken === false, `${id} gets a token`),
      ...unless(pod.enableServiceLinks === false, `${id} gets the addresses of Services`),
    ]),
    ...ofKind(manifests, 'ServiceAccount').flatMap((account) =>
      unless(account['automountServiceAccountToken'] === false, `${idOf(account)} gives tokens`),
    ),
  ],
  breaches: [
    {
      when: 'a pod gets a token',
      leaf: 'production/tenants/paless',
      spoil: (objects) => delete beatPod(objects).automountServiceAccountToken,
      says: ['Deployment/beat gets a token'],
    },
    {
      when: 'a pod gets the addresses of Services',
      leaf: 'production/tenants/paless',
      spoil: (objects) => delete beatPod(objects).enableServiceLinks,
      says: ['Deployment/beat gets the addresses of Services'],
    },
    {
      when: 'the account gives tokens',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => delete byKind('ServiceAccount', 'stalk').automountServiceAccountToken,
      says: ['ServiceAccount/stalk gives tokens'],
    },
  ],
};

/** `name:tag`, where the tag says which, or a digest. */
const FIXED_IMAGE = /^[^\s@]+(:(?!latest$)[\w][\w.-]*|@sha256:[0-9a-f]{64})$/;

const images: Law = {
  name: 'every image has a fixed tag or a digest',
  check: ({ manifests }) =>
    workloadsOf(manifests).flatMap(({ id, containers }) =>
      containers.flatMap(({ name, image }) =>
        unless(FIXED_IMAGE.test(image), `${id}: ${name} runs ${image}`),
      ),
    ),
  breaches: [
    ['has no tag', 'registry.example.com:5000/acme/jobs'],
    ['follows latest', 'acme/jobs:latest'],
  ].map(([when, image]) => ({
    when: `an image ${when}`,
    leaf: 'production/tenants/paless',
    spoil: (objects) => (beatPod(objects).containers[0].image = image),
    says: [`Deployment/beat: beat runs ${image}`],
  })),
};

const LOOKS = ['exec', 'httpGet', 'tcpSocket', 'grpc'];
const lookOf = (probe: Json): string => JSON.stringify(LOOKS.map((kind) => probe?.[kind]));

const probes: Law = {
  name: 'every service has a startup, a readiness and a liveness probe, the last of which looks at something else',
  check: ({ manifests }) =>
    services(manifests).flatMap(({ id, pod: { containers } }) => {
      const [{ startupProbe, readinessProbe, livenessProbe }] = containers;
      return [
        ...unless(startupProbe !== undefined, `${id} has no startup probe`),
        ...unless(readinessProbe !== undefined, `${id} has no readiness probe`),
        ...unless(livenessProbe !== undefined, `${id} has no liveness probe`),
        ...unless(
          lookOf(readinessProbe) !== lookOf(livenessProbe),
          `${id} is restarted when it only cannot work for a while`,
        ),
      ];
    }),
  breaches: [
    {
      when: 'liveness looks at what readiness looks at',
      leaf: 'production/tenants/paless',
      spoil: (objects) => {
        const [beat] = beatPod(objects).containers;
        beat.livenessProbe = { ...beat.readinessProbe, periodSeconds: 99 };
      },
      says: ['Deployment/beat is restarted when it only cannot work for a while'],
    },
    {
      when: 'a probe is missing',
      leaf: 'production/brokers/shared',
      spoil: ({ byKind }) =>
        delete byKind('StatefulSet', 'redis').spec.template.spec.containers[0].startupProbe,
      says: ['StatefulSet/redis has no startup probe'],
    },
  ],
};

/** `redis://user:password@host`, where the password is more than a reference to a variable. */
const PASSWORD_IN_URL = /[a-z]:\/\/[^\s/:@]*:(?!\$\()[^\s/@]+@/;
const MADE_OF_NAMES = /not-a-secret/;
const SECRET_NAME = /(PASSWORD|PASSWD|SECRET|TOKEN|API_KEY|DBPASS|SECRET_KEY)$/;

/** What lies beside a password and is none. */
const PROGRAM = /\.data\.(stalk_celery\.py|users\.sh|probe\.sh)$/;

const noSecrets: Law = {
  name: 'outside a disposable cluster nothing looks like a password, and no Secret is rendered',
  check: ({ manifests, disposable }) => {
    if (disposable) return [];
    return manifests.flatMap((m) => [
      ...unless(m.kind !== 'Secret', `${idOf(m)} is rendered`),
      ...collect(m, (value, path) =>
        unless(
          typeof value !== 'string' ||
            PROGRAM.test(path) ||
            !(PASSWORD_IN_URL.test(value) || MADE_OF_NAMES.test(value)),
          `${idOf(m)}${path} holds a password`,
        ),
      ),
      ...collect(m, (value, path) =>
        unless(
          !(typeof value?.value === 'string' && value.value !== '' && SECRET_NAME.test(String(value.name))),
          `${idOf(m)}${path} is a secret in plain text`,
        ),
      ),
      ...(m.kind === 'ConfigMap' ? Object.keys(m['data'] ?? {}) : []).flatMap((key) =>
        unless(
          !SECRET_NAME.test(key) || m['data'][key] === '',
          `${idOf(m)}.data.${key} is a secret in plain text`,
        ),
      ),
    ]);
  },
  breaches: [
    {
      when: 'a Secret is rendered',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('ConfigMap', 'celery-settings').kind = 'Secret'),
      says: ['Secret/celery-settings is rendered'],
    },
    {
      when: 'a URL holds a password',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('ConfigMap', 'paperless-config').data.URL = 'postgres://me:geheim@db/1'),
      says: ['ConfigMap/paperless-config.data.URL holds a password'],
    },
    {
      when: 'a password of a disposable cluster is there',
      leaf: 'production/tenants/paless',
      spoil: (objects) =>
        (beatPod(objects).containers[0].env[0] = { name: 'X', value: 'not-a-secret_dev_x' }),
      says: ['Deployment/beat.spec.template.spec.containers[0].env[0].value holds a password'],
    },
    {
      when: 'a secret is written as a variable',
      leaf: 'production/tenants/paless',
      spoil: (objects) => (beatPod(objects).containers[0].env[0] = { name: 'API_TOKEN', value: 'abc' }),
      says: ['Deployment/beat.spec.template.spec.containers[0].env[0] is a secret in plain text'],
    },
    {
      when: 'a secret lies in a ConfigMap',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => (byKind('ConfigMap', 'paperless-config').data.DB_PASSWORD = 'abc'),
      says: ['ConfigMap/paperless-config.data.DB_PASSWORD is a secret in plain text'],
    },
  ],
};

const settingsHoldNoPassword: Law = {
  name: 'the settings and URLs of Celery hold no user and no password, in no environment',
  check: ({ manifests }) => [
    ...collect(settingsOf(manifests), (value, path) =>
      unless(typeof value !== 'string' || !/:\/\/[^/]*@/.test(value), `settings.json${path} holds a login`),
    ),
    ...ofKind(manifests, 'ConfigMap').flatMap((m) =>
      ['CELERY_BROKER_URL', 'CELERY_RESULT_BACKEND'].flatMap((key) =>
        unless(!/:\/\/[^/]*@/.test(m['data']?.[key] ?? ''), `${idOf(m)}: ${key} holds a login`),
      ),
    ),
  ],
  breaches: [
    {
      when: 'the broker URL holds a login',
      leaf: 'dev/tenants/redline',
      spoil: (objects) => changeSettings(objects, (s) => (s.broker_url = 'redis://a:b@redis:6379/0')),
      says: ['settings.json.broker_url holds a login'],
    },
    {
      when: 'a variable of Celery holds a login',
      leaf: 'dev/tenants/redline',
      spoil: ({ byKind }) =>
        (byKind('ConfigMap', 'app-config').data.CELERY_BROKER_URL = 'redis://a@redis:6379/0'),
      says: ['ConfigMap/app-config: CELERY_BROKER_URL holds a login'],
    },
  ],
};

const PRODUCERS = new Set(['web', 'migrate']);

const producers: Law = {
  name: 'web and migration pods get the producer’s Redis user, and arguments hold no secret',
  check: ({ manifests }) =>
    workloadsOf(manifests).flatMap(({ id, pod, labels }) => {
      const [main] = pod.containers;
      const user = envOf(main, 'STALK_USER')?.value;
      const keys = (pod.volumes ?? []).flatMap((v: Json) =>
        v.name === 'redis-password' ? v.secret.items.map((item: Json) => item.key) : [],
      );
      const producer = PRODUCERS.has(labels['app.kubernetes.io/component'] ?? '');
      return [
        ...unless(
          user === undefined || keys.join() === user,
          `${id} is ${user} with the password of ${keys}`,
        ),
        ...unless(!producer || /-web$|^app$/.test(user), `${id} produces as ${user}`),
        ...unless(!JSON.stringify(main.command).includes('$('), `${id} shows a variable in its arguments`),
      ];
    }),
  breaches: [
    {
      when: 'a web pod gets the worker’s user',
      leaf: 'production/tenants/paless',
      spoil: ({ byKind }) => {
        const { containers, volumes } = byKind('Deployment', 'web').spec.template.spec;
        envOf(containers[0], 'STALK_USER').value = 'paless';
        volumes.find((v: Json) => v.name === 'redis-password').secret.items[0].key = 'paless';
      },
      says: ['Deployment/web produces as paless'],
    },
    {
      when: 'a pod has the password of another user',
      leaf: 'production/tenants/paless',
      spoil: (objects) =>
        (beatPod(objects).volumes.find((v: Json) => v.name === 'redis-password').secret.items[0].key = 'x'),
      says: ['Deployment/beat is paless with the password of x'],
    },
    {
      when: 'Flower is given its password as an argument',
      leaf: 'production/tenants/typesafe',
      spoil: ({ byKind }) =>
        byKind('Deployment', 'flower').spec.template.spec.containers[0].command.push('--basic-auth=$(AUTH)'),
      says: ['Deployment/flower shows a variable in its arguments'],
    },
  ],
};

export const securityLaws: readonly Law[] = [
  restrictedPod,
  restrictedContainer,
  readOnlyRoot,
  tokens,
  images,
  probes,
  noSecrets,
  settingsHoldNoPassword,
  producers,
];
