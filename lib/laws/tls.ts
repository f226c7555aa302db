// TLS in a leaf: no plain port beside it, and every client verifies and shows what it is asked for.

import { breachUnless, matches, selects, urlOf } from './law';
import type { Breach, Law } from './law';
import { called, ofKind, ownOfKind } from './leaf';
import type { LeafView } from './leaf';
import type { EgressRule, IngressRule, Parameter } from './kinds';
import type { Container, PodSpec } from './pods';
import { isOnOldSide, settingsAcross, settingsFor, settingsOf } from './settings';
import { ownWorkloads } from './workloads';
import type { WorkloadView } from './workloads';
import { inWords, show } from './words';

/** Files of the Secret that is mounted at a folder. */
export function mountedAt(pod: PodSpec, container: Container, folder: string): readonly string[] {
  const mount = container.volumeMounts?.find((m) => m.mountPath === folder);
  const volume = (pod.volumes ?? []).find((v) => v.name !== undefined && v.name === mount?.name);
  return (volume?.secret?.items ?? []).map(({ path = '' }) => `${folder}/${path}`);
}

const isSealed = ({ object, pod }: WorkloadView): boolean =>
  object.kind === 'StatefulSet' && (pod.volumes ?? []).some(({ name }) => name === 'tls');

const isOfSentinels = ({ labels }: WorkloadView): boolean =>
  labels['app.kubernetes.io/component'] === 'sentinel';

/** Redis that has certificates, by its mounts, and its sentinels: what its configuration says of them is judged. */
const sealed = (leaf: LeafView): WorkloadView[] => {
  const own = ownWorkloads(leaf.workloads);
  return own.some(isSealed) ? own.filter((one) => isSealed(one) || isOfSentinels(one)) : [];
};

/** Of Redis and of a sentinel. */
const TLS_PORTS = { redis: 6380, sentinel: 26380 } as const;

const tlsPort = (workload: WorkloadView): number => TLS_PORTS[isOfSentinels(workload) ? 'sentinel' : 'redis'];

const WANTED = [
  'port 0',
  'tls-cert-file /etc/redis-tls/tls.crt',
  'tls-key-file /etc/redis-tls/tls.key',
  'tls-ca-cert-file /etc/redis-tls/ca.crt',
  'tls-auth-clients yes',
  'tls-protocols "TLSv1.2 TLSv1.3"',
];

export const SERVER_FILES = ['ca.crt', 'tls.crt', 'tls.key'];

const noPlainPort: Law = {
  name: 'a Redis with certificates listens for TLS alone, asks each client for one, and is reached nowhere else',
  check: (leaf) => {
    const all = sealed(leaf);
    const ends: readonly Port[] = [...new Set(all.map(tlsPort))];
    return all.flatMap((workload) => {
      const { id, object, labels, path, pod, main } = workload;
      const map = `${object.metadata.name}-config`;
      const kind = isOfSentinels(workload) ? 'sentinel' : 'redis';
      const port = tlsPort(workload);
      const lines = (called(leaf, 'ConfigMap', map)?.data?.[`${kind}.conf`] ?? '').split('\n');
      const follows = labels['stalk.dev/role'] !== 'primary';
      const mounted = mountedAt(pod, main, '/etc/redis-tls');
      const wanted = [...WANTED, `tls-port ${port}`, ...(follows ? ['tls-replication yes'] : [])];
      return [
        ...wanted.flatMap((line) =>
          breachUnless(lines.includes(line), `ConfigMap/${map}`, `.data["${kind}.conf"] must say ${line}`),
        ),
        ...SERVER_FILES.flatMap((file) =>
          breachUnless(
            mounted.includes(`/etc/redis-tls/${file}`),
            id,
            `${path}.volumes must mount ${file} at /etc/redis-tls`,
          ),
        ),
        ...[...new Set(openPorts(workload, leaf))].flatMap((open) =>
          breachUnless(open === port, id, ` must be reached at ${port} alone, got ${show(open)}`),
        ),
        ...[...new Set(portsOut(workload, leaf))].flatMap((open) =>
          breachUnless(
            ends.includes(open),
            id,
            ` must reach others at ${ends.join(' and ')} alone, got ${show(open)}`,
          ),
        ),
      ];
    });
  },
};

type Port = string | number | undefined;

const policiesOf = ({ labels }: WorkloadView, leaf: LeafView) =>
  ofKind(leaf, 'NetworkPolicy').filter(
    ({ spec }) => spec?.podSelector?.matchLabels !== undefined && selects(spec.podSelector, labels),
  );

function openPorts(workload: WorkloadView, leaf: LeafView): Port[] {
  const services = ofKind(leaf, 'Service').filter(({ spec }) => matches(spec?.selector, workload.labels));
  return [
    ...(workload.main.ports ?? []).map((p) => p.containerPort),
    ...services.flatMap(({ spec }) => (spec?.ports ?? []).map(({ port }) => port)),
    ...policiesOf(workload, leaf).flatMap(({ spec }) => portsOf(spec?.ingress)),
  ];
}

/** Without the way to the store of backups, which has TLS of its own. */
const portsOut = (workload: WorkloadView, leaf: LeafView): Port[] =>
  policiesOf(workload, leaf)
    .filter(({ metadata }) => metadata.name !== 'redis-restore')
    .flatMap(({ spec }) => portsOf(spec?.egress));

/** A rule without ports opens all of them. */
const portsOf = (rules: readonly (IngressRule | EgressRule)[] = []): Port[] =>
  rules.flatMap(({ ports }) => (ports === undefined ? ['every port'] : ports.map(({ port }) => port)));

/** Every text that a container gets from its environment. */
function textsOf(leaf: LeafView, { envFrom = [], env = [] }: Container): string[] {
  const dataOf = (name: string | undefined) => called(leaf, 'ConfigMap', name)?.data ?? {};
  return [
    ...envFrom.flatMap(({ configMapRef }) => Object.values(dataOf(configMapRef?.name))),
    ...env.map(({ value, valueFrom }) => {
      const key = valueFrom?.configMapKeyRef;
      return (key ? dataOf(key.name)[key.key ?? ''] : value) ?? '';
    }),
  ];
}

const REDIS_URL = /\brediss?:\/\/[^\s"]+/g;

/** `$(…)` is a password still to come. */
const parsed = (url: string): URL | undefined => urlOf(url.replace(/\$\(\w+\)/, 'x'));

const FILES = ['ssl_ca_certs', 'ssl_certfile', 'ssl_keyfile'] as const;

/** A public authority signs for names outside of the cluster alone. */
const isOutside = ({ hostname }: URL): boolean => hostname.includes('.') && !/\.svc(\.|$)/.test(hostname);

/** What a URL of the broker says wrong. */
function wrongIn(
  url: URL,
  { files, folder }: { readonly files: readonly string[]; readonly folder: string },
  broker: URL,
): string[] {
  if (url.host !== broker.host) return [];
  if (url.protocol !== 'rediss:') return [`must begin with rediss:, got "${url.protocol}"`];
  const option = (name: string): string | null => url.searchParams.get(name);
  const named = FILES.map(option).filter((file) => file !== null);
  const wanted: readonly (readonly [boolean, string])[] = [
    [option('ssl_cert_reqs') === 'required', 'must hold ssl_cert_reqs=required'],
    [option('ssl_check_hostname') === 'true', 'must hold ssl_check_hostname=true'],
    [
      option('ssl_ca_certs') !== null || (files.length === 0 && isOutside(url)),
      'must hold ssl_ca_certs, or it trusts what the image trusts',
    ],
    ...named.map(
      (file) => [files.includes(file), `must name a file that is mounted, got "${file}"`] as const,
    ),
    [
      option('ssl_certfile') !== null || !files.includes(`${folder}/tls.crt`),
      'must hold ssl_certfile, as the broker asks for it',
    ],
  ];
  return wanted.flatMap(([holds, text]) => (holds ? [] : [text]));
}

const clientsVerify: Law = {
  name: 'every URL of a Redis with certificates verifies it, with files that the container mounts',
  check: (leaf) => {
    return ownWorkloads(leaf.workloads).flatMap(({ id, pod, containers }) =>
      containers.flatMap((container): Breach[] => {
        const urls = textsOf(leaf, container).flatMap((text) => text.match(REDIS_URL) ?? []);
        const wrong = [
          { settings: settingsFor(leaf, container), folder: '/etc/stalk/tls' },
          { settings: settingsAcross(leaf, container), folder: '/etc/stalk/moving-tls' },
        ].flatMap(({ settings, folder }) => {
          const broker = urlOf(settings?.brokerUrl);
          if (broker?.protocol !== 'rediss:') return [];
          const files = mountedAt(pod, container, folder);
          return urls.flatMap((url) => {
            const read = parsed(url);
            return read === undefined ? [] : wrongIn(read, { files, folder }, broker);
          });
        });
        return [...new Set(wrong)].flatMap((what) =>
          breachUnless(false, id, `${container.path}: its URL of the broker ${what}`),
        );
      }),
    );
  },
};

/** By their port: their URL names no certificates. */
export const isSealedUrl = (url: URL | undefined): boolean =>
  url?.protocol === 'rediss:' || (url?.protocol === 'sentinel:' && url.port === String(TLS_PORTS.sentinel));

const KEDA_FILES = new Set(['ca', 'cert', 'key']);

const scalerVerifies: Law = {
  name: 'KEDA is given the certificates that the workers have',
  check: (leaf) => {
    const worker = ownWorkloads(leaf.workloads).find(
      ({ labels, main }) => labels['app.kubernetes.io/component'] === 'worker' && !isOnOldSide(main),
    );
    const secret = worker?.pod.volumes?.find(({ name }) => name === 'redis-tls')?.secret;
    const wanted = (secret?.items ?? []).map(({ key }) => `${secret?.secretName}/${key}`);
    const sealedBroker = isSealedUrl(urlOf(settingsOf(leaf)?.brokerUrl));
    return ownOfKind(leaf, 'TriggerAuthentication').flatMap(({ id, spec }) => {
      const { configMapTargetRef: plain = [], secretTargetRef: files = [] } = spec ?? {};
      const said = saidBy(
        leaf,
        plain.find(({ parameter }) => parameter === 'tls'),
      );
      const given = files
        .filter(({ parameter = '' }) => KEDA_FILES.has(parameter))
        .map(({ name, key }) => `${name}/${key}`);
      return [
        ...breachUnless(
          (said === 'enable') === sealedBroker,
          id,
          `.spec.configMapTargetRef: tls must be ${sealedBroker ? `"enable"` : 'left out'}, got ${show(said)}`,
        ),
        ...breachUnless(
          given.join() === wanted.join(),
          id,
          `.spec.secretTargetRef must hold ${inWords(wanted)}, got ${inWords(given)}`,
        ),
      ];
    });
  },
};

/** What the ConfigMap says that a parameter is taken from. */
export const saidBy = (leaf: LeafView, from: Parameter | undefined): string | undefined =>
  called(leaf, 'ConfigMap', from?.name)?.data?.[from?.key ?? ''];

export const tlsLaws: readonly Law[] = [noPlainPort, clientsVerify, scalerVerifies];
