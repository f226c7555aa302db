// How a Redis with certificates is reached without them.

import { changeSettings } from '../../support/settings';
import type { Breaches, ClusterBreaches } from '../breach';
import type { Json } from '../../support/synth';

export const tlsBreaches: Breaches = {
  'every file of certificates that settings name is mounted where they name it': [
    {
      when: 'sentinels are asked with files of another folder',
      leaf: 'lab/tenants/sealed-guarded',
      spoil: (objects) =>
        changeSettings(objects, ({ broker_transport_options: { sentinel_kwargs } }) => {
          sentinel_kwargs.ssl_ca_certs = '/etc/stalk/moving-tls/ca.crt';
        }),
      says: ['flower', 'worker-default'].flatMap((name) =>
        ['initContainers', 'containers'].map(
          (containers) =>
            `Deployment/${name}.spec.template.spec.${containers}[0]: its settings must name files that it mounts, got "/etc/stalk/moving-tls/ca.crt"`,
        ),
      ),
    },
  ],
  'a Redis with certificates listens for TLS alone, asks each client for one, and is reached nowhere else': [
    {
      when: 'clients need no certificate',
      leaf: 'lab/brokers/sealed',
      spoil: ({ byKind }) => {
        const { data } = byKind('ConfigMap', 'redis-config');
        data['redis.conf'] = data['redis.conf'].replace('tls-auth-clients yes\n', '');
      },
      says: [`ConfigMap/redis-config.data["redis.conf"] must say tls-auth-clients yes`],
    },
    {
      when: 'the plain port stays open',
      leaf: 'lab/brokers/sealed',
      spoil: ({ byKind }) => {
        const { data } = byKind('ConfigMap', 'redis-config');
        data['redis.conf'] = data['redis.conf'].replace('port 0\n', 'port 6379\n');
      },
      says: [`ConfigMap/redis-config.data["redis.conf"] must say port 0`],
    },
    {
      when: 'a replica follows in plain text',
      leaf: 'lab/brokers/sealed',
      spoil: ({ byKind }) => {
        const { data } = byKind('ConfigMap', 'redis-replica-config');
        data['redis.conf'] = data['redis.conf'].replace('tls-replication yes\n', '');
      },
      says: [`ConfigMap/redis-replica-config.data["redis.conf"] must say tls-replication yes`],
    },
    {
      when: 'sentinels look at Redis in plain text, or have no certificates at all',
      leaf: 'lab/tenants/sealed-guarded',
      spoil: ({ byKind }) => {
        const { data } = byKind('ConfigMap', 'sentinel-config');
        data['sentinel.conf'] = data['sentinel.conf'].replace('tls-replication yes\n', '');
        const { spec } = byKind('StatefulSet', 'sentinel').spec.template;
        spec.volumes = spec.volumes.filter((v: Json) => v.name !== 'tls');
        byKind('Service', 'sentinel').spec.ports[0].port = 26379;
      },
      says: [
        'ConfigMap/sentinel-config.data["sentinel.conf"] must say tls-replication yes',
        'StatefulSet/sentinel.spec.template.spec.volumes must mount ca.crt at /etc/redis-tls',
        'StatefulSet/sentinel.spec.template.spec.volumes must mount tls.crt at /etc/redis-tls',
        'StatefulSet/sentinel.spec.template.spec.volumes must mount tls.key at /etc/redis-tls',
        'StatefulSet/sentinel must be reached at 26380 alone, got 26379',
      ],
    },
    {
      when: 'a replica may be a primary that others copy in plain text',
      leaf: 'lab/tenants/sealed-guarded',
      spoil: ({ byKind }) => {
        const { data } = byKind('ConfigMap', 'redis-config');
        data['redis.conf'] = data['redis.conf'].replace('tls-replication yes\n', '');
        byKind('NetworkPolicy', 'redis-sentinels').spec.egress[0].ports[0].port = 26379;
      },
      says: [
        'ConfigMap/redis-config.data["redis.conf"] must say tls-replication yes',
        'StatefulSet/redis must reach others at 6380 and 26380 alone, got 26379',
      ],
    },
    {
      when: 'a Service and a policy keep the plain port',
      leaf: 'lab/tenants/sealed-own',
      spoil: ({ byKind }) => {
        byKind('Service', 'redis').spec.ports[0].port = 6379;
        byKind('NetworkPolicy', 'redis').spec.ingress[0].ports.push({ port: 6378 });
      },
      says: [
        'StatefulSet/redis must be reached at 6380 alone, got 6379',
        'StatefulSet/redis must be reached at 6380 alone, got 6378',
      ],
    },
    {
      when: 'the Secret is mounted without its authority',
      leaf: 'lab/tenants/sealed-own',
      spoil: ({ byKind }) =>
        byKind('StatefulSet', 'redis')
          .spec.template.spec.volumes.find((v: Json) => v.name === 'tls')
          .secret.items.shift(),
      says: ['StatefulSet/redis.spec.template.spec.volumes must mount ca.crt at /etc/redis-tls'],
    },
  ],
  'every URL of a Redis with certificates verifies it, with files that the container mounts': [
    {
      when: 'the settings forget the authority',
      leaf: 'lab/tenants/sealed-away',
      spoil: ({ byKind }) => {
        const { data } = byKind('ConfigMap', 'celery-settings');
        data['settings.json'] = data['settings.json'].replaceAll('&ssl_ca_certs=/etc/stalk/tls/ca.crt', '');
      },
      says: [
        'Deployment/worker-default.spec.template.spec.initContainers[0]: its URL of the broker must hold ssl_ca_certs, or it trusts what the image trusts',
        'Deployment/worker-default.spec.template.spec.containers[0]: its URL of the broker must hold ssl_ca_certs, or it trusts what the image trusts',
      ],
    },
    {
      when: 'a broker in the cluster is verified by the authorities of the image',
      leaf: 'lab/tenants/sealed-own',
      spoil: ({ all }) => {
        for (const { kind, data, spec } of all) {
          if (kind === 'ConfigMap' && data?.['settings.json'] !== undefined)
            data['settings.json'] = data['settings.json'].replaceAll(
              /&ssl_(ca_certs|certfile|keyfile)=[^&"]*/g,
              '',
            );
          for (const pod of kind === 'Deployment' && spec.replicas > 0 ? [spec.template.spec] : [])
            for (const container of [...(pod.initContainers ?? []), ...pod.containers]) {
              container.volumeMounts = container.volumeMounts.filter((m: Json) => m.name !== 'redis-tls');
              container.env = container.env.filter((v: Json) => v.name !== 'PAPERLESS_REDIS');
            }
        }
      },
      says: [
        'Deployment/worker-default.spec.template.spec.initContainers[0]: its URL of the broker must hold ssl_ca_certs, or it trusts what the image trusts',
        'Deployment/worker-default.spec.template.spec.containers[0]: its URL of the broker must hold ssl_ca_certs, or it trusts what the image trusts',
      ],
    },
    {
      when: 'a URL with a password is plain',
      leaf: 'lab/tenants/sealed-own',
      spoil: ({ byKind }) => {
        const { env } = byKind('Deployment', 'worker-default').spec.template.spec.containers[0];
        const url = env.find((v: Json) => v.name === 'PAPERLESS_REDIS');
        url.value = url.value.replace('rediss:', 'redis:');
      },
      says: [
        `Deployment/worker-default.spec.template.spec.containers[0]: its URL of the broker must begin with rediss:, got "redis:"`,
      ],
    },
    {
      when: 'a client hides its certificate',
      leaf: 'lab/tenants/sealed-twin',
      spoil: (objects) =>
        changeSettings(
          objects,
          (s) => (s.broker_url = s.broker_url.replace(/&ssl_(certfile|keyfile)=[^&]*/g, '')),
        ),
      says: [
        'Deployment/worker-default.spec.template.spec.initContainers[0]: its URL of the broker must hold ssl_certfile, as the broker asks for it',
        'Deployment/worker-default.spec.template.spec.containers[0]: its URL of the broker must hold ssl_certfile, as the broker asks for it',
      ],
    },
    {
      when: 'names are not looked at',
      leaf: 'lab/tenants/sealed-own',
      spoil: ({ byKind }) => {
        const { env } = byKind('Deployment', 'worker-default').spec.template.spec.containers[0];
        const url = env.find((v: Json) => v.name === 'PAPERLESS_REDIS');
        url.value = url.value.replace('ssl_check_hostname=true', 'ssl_check_hostname=false');
      },
      says: [
        'Deployment/worker-default.spec.template.spec.containers[0]: its URL of the broker must hold ssl_check_hostname=true',
      ],
    },
    {
      when: 'the container that waits has no certificate',
      leaf: 'lab/tenants/sealed-twin',
      spoil: ({ byKind }) => {
        const [wait] = byKind('Deployment', 'worker-default').spec.template.spec.initContainers;
        wait.volumeMounts = wait.volumeMounts.filter((m: Json) => m.mountPath !== '/etc/stalk/tls');
      },
      says: [
        `Deployment/worker-default.spec.template.spec.initContainers[0]: its URL of the broker must name a file that is mounted, got "/etc/stalk/tls/ca.crt"`,
        `Deployment/worker-default.spec.template.spec.initContainers[0]: its URL of the broker must name a file that is mounted, got "/etc/stalk/tls/tls.crt"`,
        `Deployment/worker-default.spec.template.spec.initContainers[0]: its URL of the broker must name a file that is mounted, got "/etc/stalk/tls/tls.key"`,
      ],
    },
  ],
  'clients of sentinels with certificates verify them and every Redis, with files that their pods mount': [
    {
      when: 'sentinels are asked in plain text, and results by a client that checks no names',
      leaf: 'lab/tenants/sealed-guarded',
      spoil: (objects) =>
        changeSettings(objects, (s) => {
          delete s.broker_transport_options.sentinel_kwargs.ssl;
          s.redis_backend_use_ssl.ssl_check_hostname = false;
          delete s.broker_use_ssl.ssl_ca_certs;
        }),
      says: [
        'ConfigMap/celery-settings.data["settings.json"]: broker_use_ssl.ssl_ca_certs must be "/etc/stalk/tls/ca.crt", got nothing',
        'ConfigMap/celery-settings.data["settings.json"]: redis_backend_use_ssl.ssl_check_hostname must be true, got false',
        'ConfigMap/celery-settings.data["settings.json"]: broker_transport_options.sentinel_kwargs.ssl must be true, got nothing',
      ],
    },
    {
      when: 'the container that waits has no certificate',
      leaf: 'lab/tenants/sealed-guarded',
      spoil: ({ byKind }) => {
        const [wait] = byKind('Deployment', 'worker-default').spec.template.spec.initContainers;
        wait.volumeMounts = wait.volumeMounts.filter((m: Json) => m.mountPath !== '/etc/stalk/tls');
      },
      says: [
        'Deployment/worker-default.spec.template.spec.initContainers[0].volumeMounts must hold ca.crt, tls.crt and tls.key at /etc/stalk/tls',
      ],
    },
  ],
  'KEDA is given the certificates that the workers have': [
    {
      when: 'KEDA asks sentinels in plain text',
      leaf: 'lab/tenants/sealed-guarded',
      spoil: ({ byKind }) => delete byKind('ConfigMap', 'celery-settings').data['scaler-tls'],
      says: [`TriggerAuthentication/redis-scaler.spec.configMapTargetRef: tls must be "enable", got nothing`],
    },
    {
      when: 'KEDA speaks plain text',
      leaf: 'lab/tenants/sealed-shared',
      spoil: ({ byKind }) => delete byKind('ConfigMap', 'celery-settings').data['scaler-tls'],
      says: [`TriggerAuthentication/redis-scaler.spec.configMapTargetRef: tls must be "enable", got nothing`],
    },
    {
      when: 'KEDA shows no certificate',
      leaf: 'lab/tenants/sealed-shared',
      spoil: ({ byKind }) => byKind('TriggerAuthentication', 'redis-scaler').spec.secretTargetRef.splice(2),
      says: [
        'TriggerAuthentication/redis-scaler.spec.secretTargetRef must hold redis-client-tls/ca.crt, redis-client-tls/tls.crt and redis-client-tls/tls.key, got redis-client-tls/ca.crt',
      ],
    },
  ],
};

export const tlsClusterBreaches: ClusterBreaches = {
  'a certificate holds every name that clients use, and one issuer signs for both sides, each for its own use':
    [
      {
        when: 'the name of the primary is missing',
        cluster: 'lab',
        spoil: (of) => {
          const { spec } = of('brokers/sealed').byKind('Certificate', 'redis-tls');
          spec.dnsNames = spec.dnsNames.filter((name: string) => !name.endsWith('.cluster.example.com'));
        },
        says: [
          'brokers/sealed: Certificate/redis-tls.spec.dnsNames must hold redis-0.redis-headless.broker-sealed.svc.cluster.example.com, by which tenants/moving-in calls it, got redis, redis.broker-sealed, redis.broker-sealed.svc, redis-replicas, redis-replicas.broker-sealed, redis-replicas.broker-sealed.svc and *.redis-headless.broker-sealed.svc',
          'brokers/sealed: Certificate/redis-tls.spec.dnsNames must hold redis-0.redis-headless.broker-sealed.svc.cluster.example.com, by which tenants/sealed-shared calls it, got redis, redis.broker-sealed, redis.broker-sealed.svc, redis-replicas, redis-replicas.broker-sealed, redis-replicas.broker-sealed.svc and *.redis-headless.broker-sealed.svc',
        ],
      },
      {
        when: 'the names of sentinels are missing, and those of Redis',
        cluster: 'lab',
        spoil: (of) => {
          const { spec } = of('tenants/sealed-guarded').byKind('Certificate', 'redis-tls');
          spec.dnsNames = ['sentinel'];
        },
        says: ['sentinel-0', 'redis-0', 'sentinel-1', 'sentinel-2'].map(
          (pod) =>
            `tenants/sealed-guarded: Certificate/redis-tls.spec.dnsNames must hold ${pod}.${pod.replace(/-\d/, '')}-headless.sealed-guarded.svc.cluster.example.com, by which tenants/sealed-guarded calls it, got sentinel`,
        ),
      },
      {
        when: 'a client is signed by somebody else, for everything',
        cluster: 'lab',
        spoil: (of) => {
          const { spec } = of('tenants/sealed-shared').byKind('Certificate', 'redis-client-tls');
          spec.issuerRef = { ...spec.issuerRef, kind: 'Issuer' };
          spec.usages = ['server auth', 'client auth'];
        },
        says: [
          'tenants/sealed-shared: Certificate/redis-client-tls.spec.issuerRef must be that of the broker, {"group":"cert-manager.io","kind":"ClusterIssuer","name":"internal"}, got {"group":"cert-manager.io","kind":"Issuer","name":"internal"}',
          `tenants/sealed-shared: Certificate/redis-client-tls.spec.issuerRef.kind must be "ClusterIssuer", got "Issuer"`,
          `tenants/sealed-shared: Certificate/redis-client-tls.spec.usages must be ["client auth"], or a client may pass for Redis, got ["server auth","client auth"]`,
        ],
      },
    ],
};
