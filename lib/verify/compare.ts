// Where an object in the cluster is not as it was rendered; what the API server added is nobody's difference.

import { quantityAsNumber } from '../cluster/quantity';
import { parsedJson } from '../kube/json';

export interface Difference {
  /** `spec.template.spec.containers[0].image` */
  readonly path: string;
  readonly wanted: string;
  readonly got: string;
}

export function differences(wanted: unknown, got: unknown, path = ''): readonly Difference[] {
  if (isEmpty(wanted) && isEmpty(got)) return [];
  if (Array.isArray(wanted)) return ofLists(wanted, got, path);
  if (typeof wanted === 'object' && wanted !== null) return ofRecords(wanted as Record_, got, path);
  if (isFile(wanted) && typeof got === 'string') return ofFiles(wanted, got, path);
  return same(wanted, got) ? [] : [{ path, wanted: shown(wanted), got: shown(got) }];
}

type Record_ = Readonly<Record<string, unknown>>;

/** The API server drops what says nothing. */
const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);

function ofLists(wanted: readonly unknown[], got: unknown, path: string): readonly Difference[] {
  if (!Array.isArray(got) || got.length !== wanted.length)
    return [{ path, wanted: shown(wanted), got: shown(got) }];
  return wanted.flatMap((value, i) => differences(value, got[i], `${path}[${i}]`));
}

function ofRecords(wanted: Record_, got: unknown, path: string): readonly Difference[] {
  if (typeof got !== 'object' || got === null) return [{ path, wanted: shown(wanted), got: shown(got) }];
  return Object.entries(wanted).flatMap(([name, value]) =>
    differences(value, (got as Record_)[name], path === '' ? name : `${path}.${name}`),
  );
}

/** Settings, a script, a redis.conf in a ConfigMap. */
const isFile = (value: unknown): value is string => typeof value === 'string' && value.includes('\n');

/** Where two files part: which setting of JSON, which line of any other. */
function ofFiles(wanted: string, got: string, path: string): readonly Difference[] {
  if (wanted === got) return [];
  const [ours, theirs] = [recordOf(wanted), recordOf(got)];
  if (ours && theirs) return [...differences(ours, theirs, path), ...added(ours, theirs, path)];
  const [before, after] = [wanted.split('\n'), got.split('\n')];
  const at = before.findIndex((line, i) => line !== after[i]);
  const line = at < 0 ? before.length : at;
  return [{ path: `${path} line ${line + 1}`, wanted: shown(before[line]), got: shown(after[line]) }];
}

function recordOf(text: string): Record_ | undefined {
  const value = parsedJson(text);
  return typeof value === 'object' && value !== null ? (value as Record_) : undefined;
}

/** Nobody adds to a file by itself, as the API server does to an object. */
const added = (wanted: Record_, got: Record_, path: string): readonly Difference[] =>
  differences(got, wanted, path)
    .filter((one) => one.got === NOTHING)
    .map((one) => ({ path: one.path, wanted: NOTHING, got: one.wanted }));

/** `1000m` and `1` are one quantity; the API server writes the shorter. */
function same(wanted: unknown, got: unknown): boolean {
  if (wanted === got) return true;
  if (!isScalar(wanted) || !isScalar(got)) return false;
  if (String(wanted) === String(got)) return true;
  const [a, b] = [quantityAsNumber(String(wanted)), quantityAsNumber(String(got))];
  return !Number.isNaN(a) && a === b;
}

const isScalar = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number';

/** A whole script or settings file is no sentence. */
const LONGEST = 120;

const NOTHING = 'nothing';

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? NOTHING);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** What is different, as far as one line goes. */
export function differencesInWords(found: readonly Difference[]): string {
  const first = found.slice(0, 3).map(({ path, wanted, got }) => `${path} is ${got}, not ${wanted}`);
  const rest = found.length > 3 ? [`and ${found.length - 3} more`] : [];
  return [...first, ...rest].join('; ');
}
