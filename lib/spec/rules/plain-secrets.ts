// Secrets in plain sight: what is rendered lies in Git, so that only a cluster to throw away may have them.

import { besideOf } from '../beside';
import { partsOf } from '../parts';
import type { ResolvedEnvironment, ResolvedTenant } from '../resolved';
import { derivedFor } from './celery';
import { nearest } from '../nearest';
import type { Tenant } from '../tenant';
import { instead } from './env';
import { HIDDEN, pathText, show, unless } from './finding';
import type { Finding, Path, Rule } from './finding';
import { isPlain, namesSecret, secretIn } from './secret-patterns';
import { isRecord } from '../../kube/json';

const FROM_A_SECRET = 'write { secret: …, key: … }';
const IN_A_VARIABLE = 'read it from a variable: env: { NAME: { secret: …, key: … } }';

interface Place {
  readonly path: Path;
  readonly value: unknown;
  readonly fix: string;
}

/** What a user writes and pods read as it stands. */
function placesOf(tenant: ResolvedTenant): readonly Place[] {
  const { web, beat, migrate, processes, env, celery, patches } = tenant;
  const variables = (value: ResolvedTenant['env'] | undefined, ...path: Path): Place => ({
    path,
    value: value && only(value, (name, variable) => instead(name, variable, tenant, path) === undefined),
    fix: FROM_A_SECRET,
  });
  const others = (value: unknown, ...path: Path): Place => ({ path, value, fix: IN_A_VARIABLE });
  return [
    variables(env, 'env'),
    ...partsOf(tenant).map(([path, part]) => variables(part.env, ...path, 'env')),
    ...besideOf(tenant, 'sidecars').flatMap(([path, one]) => [
      variables(one.env, ...path, 'env'),
      others(one.command, ...path, 'command'),
      others(one.args, ...path, 'args'),
    ]),
    ...besideOf(tenant, 'initContainers').flatMap(([path, one]) => [
      variables(one.env, ...path, 'env'),
      others(one.command, ...path, 'command'),
    ]),
    others(tenant.app.entrypoint, 'app', 'entrypoint'),
    ...tenant.workers.map(({ name, args }) => others(args, 'workers', name, 'args')),
    ...ownEntrypoints(tenant).map(([path, entrypoint]) => others(entrypoint, ...path)),
    others(web?.command, 'web', 'command'),
    others(web?.health.headers, 'web', 'health', 'headers'),
    ...processes.flatMap((process) => {
      const path = ['processes', process.name];
      return [
        others(process.command, ...path, 'command'),
        ...('port' in process ? [others(process.health.headers, ...path, 'health', 'headers')] : []),
      ];
    }),
    others(migrate?.command, 'migrate', 'command'),
    others(migrate?.check, 'migrate', 'check'),
    others(
      only(celery, (name) => !Object.hasOwn(derivedFor(tenant), name)),
      'celery',
    ),
    others(beat?.schedule, 'beat', 'schedule'),
    ...patches.filter(({ owner }) => owner === 'tenant').map((layer) => others(layer.patches, ...layer.path)),
  ];
}

/** Where a pool or a process has one that is not the tenant's. */
const ownEntrypoints = ({ app, workers, processes }: ResolvedTenant): readonly (readonly [Path, unknown])[] =>
  Object.entries({ workers, processes }).flatMap(([top, all]) =>
    all.flatMap(({ name, app: { entrypoint } }) =>
      entrypoint === app.entrypoint ? [] : [[[top, name, 'app', 'entrypoint'], entrypoint] as const],
    ),
  );

/** Without what another rule tells to remove. */
const only = <T>(
  values: Readonly<Record<string, T>>,
  keeps: (name: string, value: T) => boolean,
): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(values).filter((entry) => keeps(...entry)));

/** Every secret in a value; of a command as a whole too, as a flag and its password may be two words. */
function secretsIn(value: unknown, path: Path, name: string): readonly (readonly [Path, string])[] {
  if (typeof value === 'string') {
    const what = secretIn(value) ?? (namesSecret(name) && !isPlain(value) ? 'one by its name' : undefined);
    return what === undefined ? [] : [[path, what]];
  }
  if (Array.isArray(value)) return inList(value, path, name);
  if (!isRecord(value) || isReference(value)) return [];
  return Object.entries(value).flatMap(([key, part]) => secretsIn(part, [...path, key], key));
}

function inList(list: readonly unknown[], path: Path, name: string): readonly (readonly [Path, string])[] {
  const found = list.flatMap((part, index) => secretsIn(part, [...path, index], name));
  const whole = list.every((word) => typeof word === 'string') ? secretIn(list.join(' ')) : undefined;
  return found.length === 0 && whole !== undefined ? [[path, whole]] : found;
}

/** `{ secret, key }` and `{ from }` of a variable hold names. */
const isReference = (value: Readonly<Record<string, unknown>>): boolean =>
  ['from', 'key,secret'].includes(Object.keys(value).sort().join());

function plainSecrets(tenant: ResolvedTenant): readonly Finding[] {
  if (tenant.environment.disposable) return [];
  return placesOf(tenant)
    .flatMap(findingsAt)
    .filter(({ where }) => !tenant.notSecret.includes(where))
    .map(({ where, finding }) => ({
      ...finding,
      fix: `${finding.fix}, or add '${where}' to notSecret if it is none`,
    }));
}

const findingsAt = ({ path, value, fix }: Place): readonly { where: string; finding: Finding }[] =>
  secretsIn(value, path, '').map(([where, what]) => ({
    where: pathText(where),
    finding: {
      path: where,
      wanted: `come from a Secret where the environment is not disposable: it looks like ${what}`,
      got: HIDDEN,
      fix,
    },
  }));

/** Texts of which the tenant says that they are no secret, for whoever finds them in what is rendered. */
export const saidToBePlain = (tenant: ResolvedTenant): readonly string[] =>
  placesOf(tenant)
    .flatMap(({ value, path }) => textsIn(value, path))
    .filter(([where]) => tenant.notSecret.some((said) => leadsTo(said, where)))
    .map(([, text]) => text);

/** Whether a path is that of a value, or of what it lies in. */
const leadsTo = (said: string, where: string): boolean =>
  where === said || (/^[.[]/.test(where.slice(said.length)) && where.startsWith(said));

function textsIn(value: unknown, path: Path): readonly (readonly [where: string, text: string])[] {
  if (typeof value === 'string') return [[pathText(path), value]];
  if (Array.isArray(value)) return value.flatMap((part, index) => textsIn(part, [...path, index]));
  return isRecord(value) ? Object.entries(value).flatMap(([key, part]) => textsIn(part, [...path, key])) : [];
}

/** Whatever stands there: an overlay may take a text away, or put a Secret in its place. */
const placesIn = (value: unknown, path: Path): readonly string[] =>
  isRecord(value)
    ? Object.entries(value).flatMap(([key, part]) => placesIn(part, [...path, key]))
    : [pathText(path)];

/** An environment's own patches reach many tenants. */
export const plainSecretsInPatches = ({ disposable, patches }: ResolvedEnvironment): readonly Finding[] =>
  disposable
    ? []
    : findingsAt({ path: ['patches'], value: patches, fix: IN_A_VARIABLE }).map(({ finding }) => finding);

/** A path that leads to nothing frees nothing; an overlay of another environment may hold the value. */
function unknownPaths(tenant: ResolvedTenant, asked: Tenant): readonly Finding[] {
  const known = [
    ...placesOf(tenant)
      .flatMap(({ value, path }) => textsIn(value, path))
      .map(([where]) => where),
    ...Object.values(asked.overlays ?? {}).flatMap((overlay) => placesIn(overlay, [])),
  ];
  return tenant.notSecret.flatMap((said, index) => {
    const near = nearest(said, known);
    return unless(
      known.some((where) => leadsTo(said, where)),
      () => ({
        path: ['notSecret', index],
        wanted: 'be the path of a text, as the message about it spells it',
        got: show(said),
        fix: near === undefined ? 'remove it, or write it like "env.DSN"' : `write ${show(near)}`,
      }),
    );
  });
}

export const secrets: readonly Rule[] = [
  { what: 'no secret lies in plain sight', of: plainSecrets },
  { what: 'what is no secret is there', of: unknownPaths },
];
