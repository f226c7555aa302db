// Secrets and ConfigMaps of somebody else: their files lie in places of their own, and none holds everybody's passwords.

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

const noPasswords = (tenant: ResolvedTenant): readonly Finding[] =>
  placesOf(tenant).flatMap(([at, { envFrom, files }]) =>
    [
      ...envFrom.map((source, index) => [[...at, 'envFrom', index], source] as const),
      ...Object.entries(files).map(([path, source]) => [[...at, 'files', path], source] as const),
    ].flatMap(([path, source]) =>
      unless(!('secret' in source) || !PASSWORDS.has(source.secret), () => ({
        path,
        wanted:
          'be of a Secret of your own, as this one holds the passwords of all Redis users of the tenant',
        got: show('secret' in source ? source.secret : undefined),
        fix: "write env: { NAME: { from: 'broker.password' } }, the password of the process' own user",
      })),
    ),
  );

export const foreignRules: readonly Rule[] = [
  { what: 'files have places of their own', of: placesOfTheirOwn },
  { what: 'no process reads the passwords of the others', of: noPasswords },
];
