// Secrets and ConfigMaps of somebody else: their files lie in places of their own, and none holds everybody's passwords.

import { besideOf } from '../beside';
import { partsOf } from '../parts';
import type { ResolvedTenant } from '../resolved';
import type { Runs } from '../runs';
import { show, unless } from './finding';
import type { Finding, Path, Rule } from './finding';

type Part = Pick<Runs, 'envFrom' | 'files'>;
type Placed = readonly [path: Path, part: Part];

const placesOf = (tenant: ResolvedTenant): readonly Placed[] => [[[], tenant], ...partsOf(tenant)];

/** Stalk's own folders, and what lies in them. */
const STALKS = /^(\/tmp$|\/(opt|run|etc|var\/lib)\/stalk(\/|$))/;

const isIn = (path: string, folder: string): boolean => path.startsWith(`${folder}/`);

/** What is mounted at a path or over it, so that a file there could not be, in the words of its author. */
function inTheWay(tenant: ResolvedTenant, { files }: Part, path: string): string | undefined {
  const { writable, volumes } = tenant.app;
  const folders = [
    ...writable.map(({ path: folder }) => [folder, 'app.writable'] as const),
    ...Object.entries(volumes).map(([name, volume]) => [volume.path, `app.volumes.${name}`] as const),
  ];
  if (STALKS.test(path)) return 'Stalk';
  if (path === '/data' && tenant.beat?.scheduler === 'file') return 'the schedule of beat';
  const [, same] = folders.find(([folder]) => folder === path || isIn(folder, path)) ?? [];
  const others = Object.keys({ ...tenant.files, ...files });
  return same ?? (others.some((other) => isIn(path, other)) ? 'a read-only folder of files' : undefined);
}

const placesOfTheirOwn = (tenant: ResolvedTenant): readonly Finding[] =>
  placesOf(tenant).flatMap(([at, part]) =>
    Object.keys(part.files).flatMap((path) => {
      const by = inTheWay(tenant, part, path);
      return unless(by === undefined, () => ({
        path: [...at, 'files', path],
        wanted: `lie in a place of its own, and ${by} is there`,
        got: show(path),
        fix: 'use another path, or remove one of the two',
      }));
    }),
  );

/** With the passwords of all of the tenant's Redis users. */
const PASSWORDS: ReadonlySet<string> = new Set([
  'redis-users',
  'redis-credentials',
  'cache-users',
  'cache-credentials',
]);

/**
 * All that may read a whole Secret. In `env` an app names one key of it, the password of one user; a program beside it
 * has no reason to know any by its key.
 */
const readersIn = (tenant: ResolvedTenant): readonly (readonly [path: Path, reads: Partial<Reader>])[] => [
  ...placesOf(tenant).map(([path, { envFrom, files }]) => [path, { envFrom, files }] as const),
  ...besideOf(tenant, 'sidecars'),
  ...besideOf(tenant, 'initContainers'),
];

type Reader = Part & Pick<Runs, 'env'>;

const sourcesIn = ({ env = {}, envFrom = [], files = {} }: Partial<Reader>) => [
  ...Object.entries(env).map(([name, source]) => [['env', name], source] as const),
  ...envFrom.map((source, index) => [['envFrom', index], source] as const),
  ...Object.entries(files).map(([path, source]) => [['files', path], source] as const),
];

const noPasswords = (tenant: ResolvedTenant): readonly Finding[] =>
  readersIn(tenant).flatMap(([at, reads]) =>
    sourcesIn(reads).flatMap(([path, source]) => {
      const secret = typeof source === 'object' && 'secret' in source ? source.secret : undefined;
      return unless(secret === undefined || !PASSWORDS.has(secret), () => ({
        path: [...at, ...path],
        wanted:
          'be of a Secret of your own, as this one holds the passwords of all Redis users of the tenant',
        got: show(secret),
        fix: "write env: { NAME: { from: 'broker.password' } }, the password of the process' own user",
      }));
    }),
  );

export const foreignRules: readonly Rule[] = [
  { what: 'files have places of their own', of: placesOfTheirOwn },
  { what: 'nothing in a pod reads the passwords of the others', of: noPasswords },
];
