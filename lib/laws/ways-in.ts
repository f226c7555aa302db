// Ways in from outside: each leads to a port that answers and is open to it, and no two begin at one place.

import { enters, entersFrom, neighbour, networkOf } from './firewall';
import type { NetworkPod, NetworkView } from './firewall';
import type { HTTPRouteSpec, IngressSpec, Kinds } from './kinds';
import { breachUnless, matches, unlessIn } from './law';
import type { ClusterBreach, ClusterLaw, ClusterView, Law } from './law';
import { called, ofKind, ownOfKind } from './leaf';
import type { LeafView } from './leaf';
import { inWords, show } from './words';

/** An Ingress or a route, in words that both have. */
interface WayIn {
  readonly id: string;
  readonly own: boolean;
  readonly leaf: LeafView;
  /** Hosts with a path, such as `shop.example.org/cart`; a host that is missing is every host. */
  readonly places: readonly string[];
  readonly backends: readonly Backend[];
}

interface Backend {
  readonly service: string;
  /** Number or name of the Service's. */
  readonly port: number | string | undefined;
}

const waysIn = (leaf: LeafView): readonly WayIn[] => [
  ...ofKind(leaf, 'Ingress').map((object) => ({ ...about(object, leaf), ...ofIngress(object.spec) })),
  ...ofKind(leaf, 'HTTPRoute').map((object) => ({ ...about(object, leaf), ...ofRoute(object.spec) })),
];

const about = ({ id, own }: Kinds['Ingress' | 'HTTPRoute'], leaf: LeafView) => ({ id, own, leaf });

const EVERY_HOST = '*';

function ofIngress({ rules = [], defaultBackend }: IngressSpec = {}): Pick<WayIn, 'places' | 'backends'> {
  const paths = rules.flatMap(({ host = EVERY_HOST, http }) =>
    (http?.paths ?? []).map((one) => ({ ...one, host })),
  );
  return {
    places: [
      ...paths.map(({ host, path = '/' }) => `${host}${path}`),
      ...(defaultBackend ? [`${EVERY_HOST}/`] : []),
    ],
    backends: [...paths.map(({ backend }) => backend), defaultBackend].flatMap((backend) =>
      backend?.service
        ? {
            service: backend.service.name ?? '',
            port: backend.service.port?.number ?? backend.service.port?.name,
          }
        : [],
    ),
  };
}

function ofRoute({ hostnames = [EVERY_HOST], rules = [] }: HTTPRouteSpec = {}): Pick<
  WayIn,
  'places' | 'backends'
> {
  const paths = rules.flatMap(({ matches: found = [{}] }) => found.map(({ path }) => path?.value ?? '/'));
  return {
    places: hostnames.flatMap((host) => paths.map((path) => `${host}${path}`)),
    backends: rules.flatMap(({ backendRefs = [] }) =>
      backendRefs
        .filter(({ kind = 'Service' }) => kind === 'Service')
        .map(({ name = '', port }) => ({ service: name, port })),
    ),
  };
}

const portsOf = (leaf: LeafView, { service }: Backend) => called(leaf, 'Service', service)?.spec?.ports ?? [];

const portIn = (leaf: LeafView, backend: Backend) =>
  portsOf(leaf, backend).find(
    ({ port, name }) => backend.port !== undefined && [port, name].includes(backend.port),
  );

const lead: Law = {
  name: 'a way in leads to a port of a Service beside it, and says for which hosts',
  check: (leaf) =>
    waysIn(leaf)
      .filter(({ own }) => own)
      .flatMap(({ id, backends, places }) => [
        ...breachUnless(backends.length > 0, id, ' must lead to a Service, got none'),
        ...backends.flatMap((backend) =>
          breachUnless(
            portIn(leaf, backend) !== undefined,
            id,
            ` must lead to a port of a Service in its namespace, got ${backend.service}:${backend.port ?? '?'}`,
          ),
        ),
        ...places
          .filter((place) => place.startsWith(`${EVERY_HOST}/`))
          .map((place) => ({
            object: id,
            text: `${id} must say its hosts, got every host at ${place.slice(1)}`,
          })),
      ]),
};

const ISSUERS = ['cert-manager.io/cluster-issuer', 'cert-manager.io/issuer'];

/** cert-manager refuses to make one Secret for two. */
const oneMaker: Law = {
  name: 'one Ingress alone has a certificate made in a Secret',
  check: (leaf) => {
    const makers = ownOfKind(leaf, 'Ingress').filter(({ metadata: { annotations = {} } }) =>
      ISSUERS.some((name) => annotations[name] !== undefined),
    );
    const made = makers.flatMap(({ id, spec }) =>
      (spec?.tls ?? []).map(({ secretName }) => ({ id, secretName })),
    );
    const others = ofKind(leaf, 'Certificate').map(({ id, spec }) => ({ id, secretName: spec?.secretName }));
    return made.flatMap(({ id, secretName }) => [
      ...breachUnless(
        secretName !== undefined,
        id,
        '.spec.tls must name the Secret that cert-manager fills, got none',
      ),
      ...[...made, ...others]
        .filter((other) => other.id !== id && other.secretName === secretName && secretName !== undefined)
        .map((other) => ({
          object: id,
          text: `${id}.spec.tls must name a Secret of its own, got ${show(secretName)}, which ${other.id} has made as well`,
        })),
    ]);
  },
};

const apart: ClusterLaw = {
  name: 'no two ways in begin at one host and path',
  check: ({ leaves }) => {
    const first = new Map<string, WayIn>();
    return leaves.flatMap(waysIn).flatMap((way) =>
      way.places.flatMap((place) => {
        const taken = first.get(place);
        first.set(place, taken ?? way);
        return unlessIn(
          taken === undefined,
          way.leaf,
          way.id,
          ` must leave ${place} to ${taken?.leaf.folder}/${taken?.id}, which begins there`,
        );
      }),
    );
  },
};

const open: ClusterLaw = {
  name: 'the port behind a way in is open to the ingress of the environment',
  check: (cluster) => {
    const world = networkOf(cluster);
    return cluster.leaves
      .flatMap(waysIn)
      .filter(({ own }) => own)
      .flatMap((way) => distinct(way.backends).flatMap((backend) => openTo(cluster, world, way, backend)));
  },
};

/** Several hosts lead to one. */
const distinct = (backends: readonly Backend[]): readonly Backend[] => [
  ...new Map(backends.map((backend) => [`${backend.service}:${backend.port}`, backend])).values(),
];

function openTo({ peers }: ClusterView, world: NetworkView, way: WayIn, backend: Backend): ClusterBreach[] {
  const { ingress } = peers;
  if (ingress === undefined)
    return unlessIn(
      false,
      way.leaf,
      way.id,
      ' must have a peer that brings its requests, got no peers.ingress',
    );
  const target = portIn(way.leaf, backend)?.targetPort;
  const selector = called(way.leaf, 'Service', backend.service)?.spec?.selector;
  const pods = world.pods.filter(
    (pod) => pod.folder === way.leaf.folder && selector !== undefined && matches(selector, pod.labels),
  );
  const closed = pods.filter((pod) => !lets(world, ingress, pod, numberOf(pod, target)));
  return [
    ...unlessIn(
      pods.length > 0,
      way.leaf,
      way.id,
      ` must lead to pods, got none behind Service/${backend.service}`,
    ),
    ...unlessIn(
      closed.length === 0,
      way.leaf,
      way.id,
      ` must find its way open, got ${inWords(closed.map(({ id }) => id))} closed to the ingress at port ${target ?? '?'}`,
    ),
  ];
}

const numberOf = ({ ports }: NetworkPod, target: number | string | undefined): number | undefined =>
  typeof target === 'number' ? target : ports.find(({ name }) => name === target)?.containerPort;

function lets(
  world: NetworkView,
  ingress: NonNullable<ClusterView['peers']['ingress']>,
  to: NetworkPod,
  port: number | undefined,
): boolean {
  if (port === undefined) return false;
  if ('cidrs' in ingress) return ingress.cidrs.every((block) => entersFrom(world, block, to, { port }));
  const { world: wide, pod: from } = neighbour(world, 'ingress', ingress);
  return enters(wide, from, to, { port });
}

export const wayInLaws: readonly Law[] = [lead, oneMaker];
export const wayInClusterLaws: readonly ClusterLaw[] = [apart, open];
