// Whether one version of Redis reads the data of another.

import type { Change, FieldChange } from './model';

export interface RedisVersion {
  readonly family: 'redis' | 'valkey';
  readonly text: string;
  /** Of the files that it writes, and the newest that it reads. */
  readonly format: number;
}

type Format = readonly [major: number, minor: number, format: number];

/** First version of each format: `src/rdb.h` of redis and valkey. */
const FORMATS: Readonly<Record<RedisVersion['family'], readonly Format[]>> = {
  redis: [
    [5, 0, 9],
    [7, 0, 10],
    [7, 2, 11],
    [7, 4, 12],
    [8, 6, 13],
    [8, 8, 14],
    [8, 10, 15],
  ],
  valkey: [
    [7, 2, 11],
    [9, 0, 80],
    [9, 2, 81],
  ],
};

/** Formats from here to Valkey's own are of Redis alone. */
const PARTED = 12;

/** Of an image that says in its name and tag what it is; others may be anything. */
export function redisVersion(image: string): RedisVersion | undefined {
  const [, name = '', major = '', minor = ''] =
    /(?:^|\/)(redis|valkey)(?:-(?:server|stack-server))?:v?(\d+)\.(\d+)/.exec(image) ?? [];
  if (name !== 'redis' && name !== 'valkey') return undefined;
  const [high, low] = [Number(major), Number(minor)];
  const known = FORMATS[name].filter(([first, second]) => high > first || (high === first && low >= second));
  const [, , format] = known.at(-1) ?? [];
  return format === undefined ? undefined : { family: name, text: `${name} ${high}.${low}`, format };
}

/** Up to 11 both families write the same; later ones refuse each other. */
export const reads = (reader: RedisVersion, writer: RedisVersion): boolean =>
  writer.format <= reader.format && (writer.format < PARTED || writer.family === reader.family);

/** Two versions of a Redis that keeps its data. */
export interface VersionChange {
  readonly field: FieldChange;
  readonly from: RedisVersion;
  readonly to: RedisVersion;
}

const IMAGE = /^spec\.template\.spec\.containers\[redis\]\.image$/;

export function versionChange({ kind, fields, before, after }: Change): VersionChange | undefined {
  const kept = [before, after].every((one) => one?.spec?.['volumeClaimTemplates'] !== undefined);
  if (kind !== 'StatefulSet' || !kept) return undefined;
  const field = fields.find(({ path }) => IMAGE.test(path));
  const [from, to] = [field?.before, field?.after].map((image) =>
    image === undefined ? undefined : redisVersion(image),
  );
  return field && from && to && { field, from, to };
}

/** The way back with its data: files of commands, which every version reads. */
export const wayBack = ({ from, to }: VersionChange, { namespace, name }: Change): readonly string[] => [
  `keep ${from.text}: ${to.text} cannot read what it has written, and ends at each start`,
  `or have it write its data as commands first, in ${namespace} pod/${name}-0, as admin: CONFIG SET save "", CONFIG SET aof-use-rdb-preamble no, BGREWRITEAOF; wait for aof_rewrite_in_progress:0 in INFO, and apply at once (docs/upgrades.md, "Another version of Redis")`,
];
