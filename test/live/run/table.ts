/** Results as the table of promises: one row each, the versions that it was shown with, what came out. */

export interface Outcome {
  /** Titles of the describes around a test, and its own. */
  readonly titles: readonly string[];
  readonly status: 'passed' | 'failed' | 'skipped';
}

export interface Row {
  readonly promise: string;
  readonly version: string;
  readonly result: string;
}

/** A describe with more promises than this is one row, and one more for each that does not hold. */
const MOST = 20;

/** `with Celery 5.6`, `(Celery 5.6)`, `, Redis 7.0`: which program a title speaks of. */
const VERSION = /[ ,(]*(?:\bwith )?\b(Celery|Redis|Valkey|kombu|Python) (\d+\.\d+)(?:\.\d+)?\)?/g;

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

interface Promised {
  readonly subject: string;
  readonly promise: string;
  readonly byVersion: Map<string, Tally>;
}

/** What follows `: ` in a title is one case of many of the same promise. */
const withoutCase = (title: string): string => title.split(': ')[0] ?? title;

const spoken = (titles: readonly string[]): string[] =>
  titles.map((title) => withoutCase(title.replace(VERSION, '')).trim()).filter((title) => title !== '');

function versionOf(titles: readonly string[], otherwise: string): string {
  const named = [...titles.join(' ').matchAll(VERSION)].map(
    ([, program, version]) => `${program} ${version}`,
  );
  return named.length > 0 ? [...new Set(named)].join(', ') : otherwise;
}

/** Rows in the order of the tests; `otherwise` is the version where a title names none. */
export function rowsOf(outcomes: readonly Outcome[], otherwise: string): Row[] {
  const promises = new Map<string, Promised>();
  for (const { titles, status } of outcomes) {
    const subject = spoken(titles.slice(0, -1)).join(', ');
    const promise = spoken(titles).join(': ');
    const known = promises.get(promise) ?? { subject, promise, byVersion: new Map<string, Tally>() };
    promises.set(promise, known);
    const version = versionOf(titles, otherwise);
    const tally = known.byVersion.get(version) ?? { passed: 0, failed: 0, skipped: 0 };
    known.byVersion.set(version, { ...tally, [status]: tally[status] + 1 });
  }
  const subjects = grouped([...promises.values()], ({ subject }) => subject);
  return [...subjects.values()].flatMap(rowsOfSubject);
}

function rowsOfSubject(promises: readonly Promised[]): Row[] {
  if (promises.length <= MOST) return promises.flatMap(rowsOfPromise);
  const together: Promised = { subject: '', promise: promises[0]?.subject ?? '', byVersion: new Map() };
  for (const { byVersion } of promises)
    for (const [version, tally] of byVersion)
      together.byVersion.set(version, sum(together.byVersion.get(version), tally));
  const broken = promises.map(onlyBroken).filter(({ byVersion }) => byVersion.size > 0);
  return [...rowsOfPromise(together), ...broken.flatMap(rowsOfPromise)];
}

const onlyBroken = (promised: Promised): Promised => ({
  ...promised,
  byVersion: new Map([...promised.byVersion].filter(([, { failed }]) => failed > 0)),
});

const sum = (a: Tally | undefined, b: Tally): Tally => ({
  passed: (a?.passed ?? 0) + b.passed,
  failed: (a?.failed ?? 0) + b.failed,
  skipped: (a?.skipped ?? 0) + b.skipped,
});

function grouped<T>(all: readonly T[], by: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  all.forEach((one) => groups.set(by(one), [...(groups.get(by(one)) ?? []), one]));
  return groups;
}

/** Versions that came out alike share a row: `Celery 5.5, 5.6, 5.7`. */
function rowsOfPromise({ promise, byVersion }: Promised): Row[] {
  const alike = grouped([...byVersion], ([, tally]) => verdict(tally));
  return [...alike.values()].map((versions) => ({
    promise,
    result: resultOf(versions.map(([, tally]) => tally).reduce(sum)),
    version: versions
      .map(([version]) => version)
      .sort()
      .reduce((all, version) =>
        all.split(' ')[0] === version.split(' ')[0] ? joined(all, version) : `${all}; ${version}`,
      ),
  }));
}

const joined = (all: string, version: string): string => `${all}, ${version.split(' ').slice(1).join(' ')}`;

function verdict({ passed, failed }: Tally): 'FAILED' | 'SKIPPED, not proven' | 'ok' {
  if (failed > 0) return 'FAILED';
  return passed === 0 ? 'SKIPPED, not proven' : 'ok';
}

function resultOf(tally: Tally): string {
  const { passed, failed, skipped } = tally;
  const run = passed + failed;
  switch (verdict(tally)) {
    case 'FAILED':
      return run > 1 ? `FAILED, ${failed} of ${run}` : 'FAILED';
    case 'SKIPPED, not proven':
      return 'SKIPPED, not proven';
    case 'ok':
      return (run > 1 ? `ok, ${run} tests` : 'ok') + (skipped > 0 ? `, ${skipped} skipped` : '');
  }
}

/** Rows under one heading, as wide as their longest words. */
export function table(rows: readonly Row[]): string {
  const all: readonly Row[] = [{ promise: 'promise', version: 'version', result: 'result' }, ...rows];
  const width = (column: keyof Row): number => Math.max(...all.map((row) => row[column].length));
  const [first, second] = [width('promise'), width('version')];
  const line = (row: Row): string =>
    `${row.promise.padEnd(first)}  ${row.version.padEnd(second)}  ${row.result}`;
  const [heading = '', ...lines] = all.map(line);
  return [heading, '-'.repeat(first + second + width('result') + 4), ...lines].join('\n');
}
