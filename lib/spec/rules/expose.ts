// Ways in from outside: the environment has one, no two lead from the same place, and Flower is behind somebody.

import type { ResolvedEnvironment, ResolvedExpose, ResolvedTenant } from '../resolved';
import { byKey } from './cross';
import type { CrossRule } from './cross';
import { pathText, show, unless } from './finding';
import type { Finding, Path, Rule } from './finding';

interface Exposed {
  /** Of the workload. */
  readonly path: Path;
  readonly expose: ResolvedExpose;
}

/** All that a tenant exposes: a new kind of process is a line. */
const exposedIn = ({ web, flower }: ResolvedTenant): readonly Exposed[] =>
  Object.entries({ web, flower }).flatMap(([name, workload]) =>
    workload?.expose ? [{ path: [name], expose: workload.expose }] : [],
  );

function hasAWay(tenant: ResolvedTenant): readonly Finding[] {
  const { name, exposure, peers } = tenant.environment;
  const missing = [
    ...(exposure === undefined ? [["exposure: { kind: 'ingress', class: … }", 'exposure'] as const] : []),
    ...(peers.ingress === undefined ? [['peers: { ingress: … }', 'peers.ingress'] as const] : []),
  ];
  if (missing.length === 0) return [];
  const lacks = missing.map(([, prop]) => prop).join(' and no ');
  const texts = missing.map(([text]) => text).join(' and ');
  return exposedIn(tenant).map(({ path, expose }) => ({
    path: [...path, 'expose'],
    wanted: `find a way in from outside, and environment ${show(name)} has no ${lacks}`,
    got: show(expose.hosts[0]),
    fix: `write ${texts} in the environment, or expose: false in the overlay of ${show(name)}`,
  }));
}

/** TLS ends at the Gateway's listener, which is not the tenant's. */
const certificateOfListener = (tenant: ResolvedTenant): readonly Finding[] =>
  tenant.environment.exposure?.kind !== 'gateway'
    ? []
    : exposedIn(tenant).flatMap(({ path, expose: { tls } }) =>
        unless(typeof tls === 'boolean', () => ({
          path: [...path, 'expose', 'tls'],
          wanted: `be true or false in environment ${show(tenant.environment.name)}: behind a Gateway its listener has the certificate`,
          got: show(tls),
          fix: 'write true, and let the platform give the listener a certificate for the host',
        })),
      );

const CLASS = 'kubernetes.io/ingress.class';

const classTwice = ({ exposure }: ResolvedEnvironment, annotations: ResolvedExpose['annotations']): boolean =>
  exposure?.kind === 'ingress' && exposure.class !== undefined && annotations[CLASS] !== undefined;

const oneClass = (tenant: ResolvedTenant): readonly Finding[] =>
  exposedIn(tenant).flatMap(({ path, expose: { annotations } }) =>
    unless(!classTwice(tenant.environment, annotations), () => ({
      path: [...path, 'expose', 'annotations', CLASS],
      wanted: 'be left out: the API server takes either the annotation or the class of exposure',
      got: show(annotations[CLASS]),
      fix: 'remove it',
    })),
  );

/** The same of the annotations of all, which a tenant cannot remove. */
export const oneClassForAll = (environment: ResolvedEnvironment): readonly Finding[] => {
  const { annotations = {} } = environment.exposure ?? {};
  return unless(!classTwice(environment, annotations), () => ({
    path: ['exposure', 'annotations', CLASS],
    wanted: 'be left out: the API server takes either the annotation or class',
    got: show(annotations[CLASS]),
    fix: 'remove one of the two',
  }));
};

/** Flower answers nothing outside of its prefix. */
const onePrefix = ({ flower }: ResolvedTenant): readonly Finding[] => {
  if (flower?.expose === undefined) return [];
  const prefix = flower.expose.path.slice(1);
  return unless(flower.urlPrefix === prefix, () => ({
    path: ['flower', 'urlPrefix'],
    wanted: `be the path of flower.expose, ${show(prefix)}`,
    got: show(flower.urlPrefix),
    fix: 'remove it: it follows from expose',
  }));
};

/** Flower asks nobody then: without a way in nobody is before it, and without an annotation the controller lets all in. */
function behindAProxy({ flower, environment: { exposure } }: ResolvedTenant): readonly Finding[] {
  if (flower?.auth !== 'proxy') return [];
  const { expose } = flower;
  if (expose === undefined)
    return [open('where Flower has no expose: nobody is before it', 'expose: { host: … } beside it')];
  const asks = exposure?.kind !== 'ingress' || Object.keys(expose.annotations).length > 0;
  return asks
    ? []
    : [
        open(
          'where no annotation of its Ingress has the controller ask who is there',
          "expose.annotations, such as 'nginx.ingress.kubernetes.io/auth-url'",
        ),
      ];
}

const open = (why: string, instead: string): Finding => ({
  path: ['flower', 'auth'],
  wanted: `be the login of a Secret ${why}`,
  got: show('proxy'),
  fix: `write ${instead}, or auth: { secret: …, key: … }`,
});

/** Whoever asks for one host and path gets one answer. */
export const waysIn: CrossRule = ({ known }) => {
  const all = known.flatMap(({ tenant }) =>
    exposedIn(tenant).flatMap(({ path, expose }) =>
      expose.hosts.map((host) => ({ tenant: tenant.name, path, host, below: expose.path })),
    ),
  );
  return [...byKey(all, ({ host, below }) => `${host}${below}`).values()].flatMap(([first, ...others]) =>
    others.map(({ tenant, path, host, below }) => ({
      tenant,
      path: [...path, 'expose'],
      wanted: `leave ${show(`${host}${below}`)} to ${pathText(first?.path ?? [])} of tenant ${show(first?.tenant)}`,
      got: `${show(`${host}${below}`)} again`,
      fix: 'choose another host or path',
    })),
  );
};

export const exposeRules: readonly Rule[] = [
  { what: 'what is exposed finds a way in', of: hasAWay },
  { what: 'behind a Gateway the certificate is its listener’s', of: certificateOfListener },
  { what: 'an Ingress has one class', of: oneClass },
  { what: 'Flower answers where it is exposed', of: onePrefix },
  { what: 'Flower is behind somebody', of: behindAProxy },
];
