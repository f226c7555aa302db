// TLS: no plain port beside it, every client verifies and shows what it is asked for, certificates hold the names in use.

import { changeSettings, idOf, matches, ofKind, settingsOf, unless, workloadsOf } from './law';
import type { Law, Workload } from './law';
import type { Cluster, ClusterLaw } from './judge';
import type { Json, Manifest, RenderedLeaf } from '../synth';

const confOf = (manifests: readonly Manifest[], set: string): string[] =>
  (manifests.find((m) => idOf(m) === `ConfigMap/${set}-config`)?.['data']['redis.conf'] ?? '').split('\n');

/** Secret of the volume that lies at a folder, with its files. */
function filesAt(pod: Json, container: Json, folder: string): readonly string[] {
  const mount = container.volumeMounts?.find((m: Json) => m.mountPath === folder);
  const volume = (pod.volumes ?? []).find((v: Json) => v.name === mount?.name);
  return (volume?.secret?.items ?? []).map((item: Json) => `${folder}/${item.path}`);
}

/** Redis that has certificates, by its mounts: what its configuration says of them is judged. */
const sealed = (manifests: readonly Manifest[]): Workload[] =>
  workloadsOf(manifests).filter(
    ({ manifest, pod }) =>
      manifest.kind === 'StatefulSet' && (pod.volumes ?? []).some((v: Json) => v.name === 'tls'),
  );

const WANTED = [
  'port 0',
  'tls-port 6380',
  'tls-cert-file /etc/redis-tls/tls.crt',
  'tls-key-file /etc/redis-tls/tls.key',
  'tls-ca-cert-file /etc/redis-tls/ca.crt',
  'tls-auth-clients yes',
  'tls-protocols "TLSv1.2 TLSv1.3"',
];

const portsOf = (rules: Json): number[] =>
  (rules ?? []).flatMap((r: Json) => r.ports.map((p: Json) => p.port));

const noPlainPort: Law = {
  name: 'a Redis with certificates listens for TLS alone, asks each client for one, and is reached nowhere else',
  check: ({ manifests }) =>
    sealed(manifests).flatMap(({ id, manifest, labels, pod }) => {
      const lines = confOf(manifests, manifest.metadata.name);
      const replica = labels['stalk.dev/role'] === 'replica';
      const wanted = [...WANTED, ...(replica ? ['tls-replication yes'] : [])];
      const [redis] = pod.containers;
      const mounted = filesAt(pod, redis, '/etc/redis-tls');
      const services = ofKind(manifests, 'Service').filter((s) => matches(s['spec'].selector, labels));
      const policies = ofKind(manifests, 'NetworkPolicy').filter(
        ({ spec }) => spec.podSelector.matchLabels && matches(spec.podSelector.matchLabels, labels),
      );
      const open = [
        ...redis.ports.map((p: Json) => p.containerPort),
        ...services.flatMap((s) => s['spec'].ports.map((p: Json) => p.port)),
        ...policies.flatMap(({ spec }) => [...portsOf(spec.ingress), ...portsOf(spec.egress)]),
      ];
      return [
        ...wanted.flatMap((line) => unless(lines.includes(line), `${id}: redis.conf does not say ${line}`)),
        ...['ca.crt', 'tls.crt', 'tls.key'].flatMap((file) =>
          unless(mounted.includes(`/etc/redis-tls/${file}`), `${id} does not mount ${file}`),
        ),
        ...[...new Set(open)].flatMap((port) => unless(port === 6380, `${id} is to be reached at ${port}`)),
      ];
    }),
  breaches: [
    {
      when: 'clients need no certificate',
      leaf: 'lab/brokers/sealed',
      spoil: ({ byKind }) => {
        const { data } = byKind('ConfigMap', 'redis-config');
        data['redis.conf'] = data['redis.conf'].replace('tls-auth-clients yes\n', '');
      },
      says: ['StatefulSet/redis: redis.conf does not say tls-auth-clients yes'],
    },
    {
      when: 'the plain port stays open',
      leaf: 'lab/brokers/sealed',
      spoil: ({ byKind }) => {
        const { data } = byKind('ConfigMap', 'redis-config');
        data['redis.conf'] = data['redis.conf'].replace('port 0\n', 'port 6379\n');
      },
      says: ['StatefulSet/redis: redis.conf does not say port 0'],
    },
    {
      when: 'a replica follows in plain text',
      leaf: 'lab/brokers/sealed',
      spoil: ({ byKind }) => {
        const { data } = byKind('ConfigMap', 'redis-replica-config');
        data['redis.conf'] = data['redis.conf'].replace('tls-replication yes\n', '');
      },
      says: ['StatefulSet/redis-replica: redis.conf does not say tls-replication yes'],
    },
    {
      when: 'a Service and a policy keep the plain port',
      leaf: 'lab/tenants/sealed-own',
      spoil: ({ byKind }) => {
        byKind('Service', 'redis').spec.ports[0].port = 6379;
        byKind('NetworkPolicy', 'redis').spec.ingress[0].ports.push({ port: 6378 });
      },
      says: [6379, 6378].map((port) => `StatefulSet/redis is to be reached at ${port}`),
    },
    {
      when: 'the Secret is mounted without its authority',
      leaf: 'lab/tenants/sealed-own',
      spoil: ({ byKind }) =>
        byKind('StatefulSet', 'redis')
          .spec.template.spec.volumes.find((v: Json) => v.name === 'tls')
          .secret.items.shift(),
      says: ['StatefulSet/redis does not mount ca.crt'],
    },
  ],
};

/** Every text that a container gets from its environment. */
function textsOf(manifests: readonly Manifest[], container: Json): string[] {
  const dataOf = (name: string): Json =>
    manifests.find((m) => idOf(m) === `ConfigMap/${name}`)?.['data'] ?? {};
  return [
    ...(container.envFrom ?? []).flatMap((from: Json) => Object.values(dataOf(from.configMapRef.name))),
    ...(container.env ?? []).map((v: Json) => {
      const key = v.valueFrom?.configMapKeyRef;
      return key ? (dataOf(key.name)[key.key] ?? '') : (v.value ?? '');
    }),
  ];
}

const REDIS_URL = /\brediss?:\/\/[^\s"]+/g;

/** `$(…)` is a password still to come. */
const parsed = (url: string): URL => new URL(url.replace(/\$\(\w+\)/, 'x'));

const CERTIFICATE = '/etc/stalk/tls/tls.crt';
const FILES = ['ssl_ca_certs', 'ssl_certfile', 'ssl_keyfile'] as const;

function wrongIn(url: URL, files: readonly string[], broker: URL): string[] {
  if (url.host !== broker.host) return [];
  if (url.protocol !== 'rediss:') return ['speaks plain text'];
  const option = (name: string): string | null => url.searchParams.get(name);
  const named = FILES.map(option).filter((file) => file !== null);
  return [
    ...unless(option('ssl_cert_reqs') === 'required', 'does not ask for a certificate'),
    ...unless(option('ssl_check_hostname') === 'true', 'does not look at the name'),
    ...unless(option('ssl_ca_certs') !== null, 'trusts whom the image trusts'),
    ...named.flatMap((file) => unless(files.includes(file), `names ${file}, which is not mounted`)),
    ...unless(
      option('ssl_certfile') !== null || !files.includes(CERTIFICATE),
      'does not show its certificate',
    ),
  ];
}

const clientsVerify: Law = {
  name: 'every URL of a Redis with certificates verifies it, with files that the container mounts',
  check: ({ manifests }) => {
    const broker = settingsOf(manifests)?.broker_url;
    if (broker === undefined || !broker.startsWith('rediss:')) return [];
    return workloadsOf(manifests).flatMap(({ id, pod, containers }) =>
      containers.flatMap((container) => {
        const files = filesAt(pod, container, '/etc/stalk/tls');
        const urls = textsOf(manifests, container).flatMap((text) => text.match(REDIS_URL) ?? []);
        const wrong = urls.flatMap((url) => wrongIn(parsed(url), files, parsed(broker)));
        return [...new Set(wrong)].map((what) => `${id}: ${container.name} ${what}`);
      }),
    );
  },
  breaches: [
    {
      when: 'the settings forget the authority',
      leaf: 'lab/tenants/sealed-away',
      spoil: ({ byKind }) => {
        const { data } = byKind('ConfigMap', 'celery-settings');
        data['settings.json'] = data['settings.json'].replaceAll('&ssl_ca_certs=/etc/stalk/tls/ca.crt', '');
      },
      says: ['wait-for-redis', 'worker-default'].map(
        (name) => `Deployment/worker-default: ${name} trusts whom the image trusts`,
      ),
    },
    {
      when: 'a URL with a password is plain',
      leaf: 'lab/tenants/sealed-own',
      spoil: ({ byKind }) => {
        const { env } = byKind('Deployment', 'worker-default').spec.template.spec.containers[0];
        const url = env.find((v: Json) => v.name === 'PAPERLESS_REDIS');
        url.value = url.value.replace('rediss:', 'redis:');
      },
      says: ['Deployment/worker-default: worker-default speaks plain text'],
    },
    {
      when: 'a client hides its certificate',
      leaf: 'lab/tenants/sealed-twin',
      spoil: (objects) =>
        changeSettings(
          objects,
          (s) => (s.broker_url = s.broker_url.replace(/&ssl_(certfile|keyfile)=[^&]*/g, '')),
        ),
      says: ['wait-for-redis', 'worker-default'].map(
        (name) => `Deployment/worker-default: ${name} does not show its certificate`,
      ),
    },
    {
      when: 'names are not looked at',
      leaf: 'lab/tenants/sealed-own',
      spoil: ({ byKind }) => {
        const { env } = byKind('Deployment', 'worker-default').spec.template.spec.containers[0];
        const url = env.find((v: Json) => v.name === 'PAPERLESS_REDIS');
        url.value = url.value.replace('ssl_check_hostname=true', 'ssl_check_hostname=false');
      },
      says: ['Deployment/worker-default: worker-default does not look at the name'],
    },
    {
      when: 'the container that waits has no certificate',
      leaf: 'lab/tenants/sealed-twin',
      spoil: ({ byKind }) => {
        const [wait] = byKind('Deployment', 'worker-default').spec.template.spec.initContainers;
        wait.volumeMounts = wait.volumeMounts.filter((m: Json) => m.mountPath !== '/etc/stalk/tls');
      },
      says: ['ca.crt', 'tls.crt', 'tls.key'].map(
        (file) =>
          `Deployment/worker-default: wait-for-redis names /etc/stalk/tls/${file}, which is not mounted`,
      ),
    },
  ],
};

const scalerVerifies: Law = {
  name: 'KEDA is given the certificates that the workers have',
  check: ({ manifests }) => {
    const { broker_url: broker } = settingsOf(manifests) ?? {};
    const [worker] = workloadsOf(manifests).filter(
      ({ labels }) => labels['app.kubernetes.io/component'] === 'worker',
    );
    const secret = worker?.pod.volumes.find((v: Json) => v.name === 'redis-tls')?.secret;
    return ofKind(manifests, 'TriggerAuthentication').flatMap((a) => {
      const { configMapTargetRef: plain, secretTargetRef: files } = a['spec'];
      const enable = plain.find((p: Json) => p.parameter === 'tls');
      const said = manifests.find((m) => idOf(m) === `ConfigMap/${enable?.name}`)?.['data'][enable?.key];
      const given = files
        .filter((f: Json) => ['ca', 'cert', 'key'].includes(f.parameter))
        .map((f: Json) => `${f.name}/${f.key}`);
      const wanted = (secret?.items ?? []).map((item: Json) => `${secret.secretName}/${item.key}`);
      return [
        ...unless((said === 'enable') === broker.startsWith('rediss:'), `${idOf(a)} has tls ${said}`),
        ...unless(
          given.join() === wanted.join(),
          `${idOf(a)} has ${given.join() || 'no files'}, not ${wanted}`,
        ),
      ];
    });
  },
  breaches: [
    {
      when: 'KEDA speaks plain text',
      leaf: 'lab/tenants/sealed-shared',
      spoil: ({ byKind }) => delete byKind('ConfigMap', 'celery-settings').data['scaler-tls'],
      says: ['TriggerAuthentication/redis-scaler has tls undefined'],
    },
    {
      when: 'KEDA shows no certificate',
      leaf: 'lab/tenants/sealed-shared',
      spoil: ({ byKind }) => byKind('TriggerAuthentication', 'redis-scaler').spec.secretTargetRef.splice(2),
      says: [
        'TriggerAuthentication/redis-scaler has redis-client-tls/ca.crt, not ' +
          'redis-client-tls/ca.crt,redis-client-tls/tls.crt,redis-client-tls/tls.key',
      ],
    },
  ],
};

const certificateOf = (leaf: RenderedLeaf | undefined, name: string): Json =>
  ofKind(leaf?.manifests ?? [], 'Certificate').find((m) => m.metadata.name === name)?.['spec'];

/** A star stands for the first label only. */
const covers = (name: string, host: string): boolean =>
  name === host || (name.startsWith('*.') && host.replace(/^[^.]+/, '*') === name);

/** Hosts that the clients of a leaf call its broker by: Celery's and KEDA's. */
const hostsIn = ({ manifests }: RenderedLeaf, broker: URL): string[] => [
  broker.hostname,
  ...ofKind(manifests, 'ScaledObject').flatMap((s) =>
    s['spec'].triggers.map((t: Json) => t.metadata.address.split(':')[0]),
  ),
];

const brokerOf = (cluster: Cluster, tenant: RenderedLeaf, broker: URL): RenderedLeaf | undefined => {
  const namespace = /\.([^.]+)\.svc\./.exec(broker.hostname)?.[1] ?? tenant.namespace;
  return cluster.leaves.find((leaf) => leaf.namespace === namespace);
};

const certificatesFit: ClusterLaw = {
  name: 'a certificate holds every name that clients use, and one issuer signs for both sides, each for its own use',
  check: (cluster) =>
    cluster.leaves.flatMap((tenant) => {
      const url = settingsOf(tenant.manifests)?.broker_url;
      if (url === undefined || !url.startsWith('rediss:')) return [];
      const server = certificateOf(brokerOf(cluster, tenant, new URL(url)), 'redis-tls');
      const client = certificateOf(tenant, 'redis-client-tls');
      if (server === undefined && client === undefined) return [];
      const names: string[] = server?.dnsNames ?? [];
      const say = (text: string): string => `${tenant.folder}: ${text}`;
      return [
        ...[...new Set(hostsIn(tenant, new URL(url)))].flatMap((host) =>
          unless(
            names.some((name) => covers(name, host)),
            say(`no certificate holds ${host}`),
          ),
        ),
        ...unless(
          JSON.stringify(server?.issuerRef) === JSON.stringify(client?.issuerRef),
          say('two issuers sign'),
        ),
        ...unless(client?.issuerRef.kind === 'ClusterIssuer', say('an issuer of one namespace signs')),
        ...unless(client?.usages.join() === 'client auth', say('a client may pass for Redis')),
      ];
    }),
  breaches: [
    {
      when: 'the name of the primary is missing',
      cluster: 'lab',
      spoil: (of) => {
        const { spec } = of('brokers/sealed').byKind('Certificate', 'redis-tls');
        spec.dnsNames = spec.dnsNames.filter((name: string) => !name.endsWith('.cluster.example.com'));
      },
      says: [
        'tenants/sealed-shared: no certificate holds redis-0.redis-headless.broker-sealed.svc.cluster.example.com',
      ],
    },
    {
      when: 'a client is signed by somebody else, for everything',
      cluster: 'lab',
      spoil: (of) => {
        const { spec } = of('tenants/sealed-shared').byKind('Certificate', 'redis-client-tls');
        spec.issuerRef = { ...spec.issuerRef, kind: 'Issuer' };
        spec.usages = ['server auth', 'client auth'];
      },
      says: ['two issuers sign', 'an issuer of one namespace signs', 'a client may pass for Redis'].map(
        (text) => `tenants/sealed-shared: ${text}`,
      ),
    },
  ],
};

export const tlsLaws: readonly Law[] = [noPlainPort, clientsVerify, scalerVerifies];
export const tlsClusterLaws: readonly ClusterLaw[] = [certificatesFit];
