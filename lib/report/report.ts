// What a program found out about a cluster, as data: sections of checks, each with expected, found and verdict.

/** `poor` is worth a look and no failure; a skipped check says in `found` why it was skipped, and is none either. */
export type CheckVerdict = 'ok' | 'poor' | 'failed' | 'skipped';

export interface Check {
  /** Stable name for programs that compare reports: `redis.memory`. Not unique: each subject has one. */
  readonly id: string;
  /** What was looked at, as a person types it: `tenant-a Deployment/beat`. */
  readonly subject: string;
  /** In the words of a report: units included. */
  readonly expected: string;
  readonly found: string;
  readonly verdict: CheckVerdict;
  readonly seconds: number;
  /** What to do about it, or what else is worth knowing; lines are kept. */
  readonly detail?: string;
}

/** Figures beside the checks, where a sentence is not enough. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Lines over a common x axis; drawn in HTML, listed as figures in Markdown. */
export interface Chart {
  readonly title: string;
  /** With its unit: `seconds since the start`. */
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
  /** Horizontal lines: thresholds. */
  readonly bounds?: readonly { readonly name: string; readonly value: number }[];
}

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Section {
  /** Stable, as it becomes an anchor: `[a-z0-9-]+`. */
  readonly id: string;
  readonly title: string;
  readonly checks: readonly Check[];
  readonly tables?: readonly Table[];
  readonly charts?: readonly Chart[];
}

export interface Report {
  readonly title: string;
  /** The command that made it, without anything secret. */
  readonly command: string;
  readonly environment: string;
  /** Context and address of the cluster that was asked. */
  readonly cluster: string;
  readonly tenants: readonly string[];
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly seconds: number;
  /** What was looked at, one row a part of the platform: shown before all checks. */
  readonly overview?: Table;
  readonly sections: readonly Section[];
}

export type Counts = Readonly<Record<CheckVerdict, number>>;

export const checksOf = ({ sections }: Pick<Report, 'sections'>): readonly Check[] =>
  sections.flatMap(({ checks }) => checks);

const URGENCY: Readonly<Record<CheckVerdict, number>> = { failed: 0, poor: 1, skipped: 2, ok: 3 };

/** Failed checks first, then the order in which they ran: a person on call looks for the failures. */
export const worstFirst = (checks: readonly Check[]): readonly Check[] =>
  [...checks].sort((a, b) => URGENCY[a.verdict] - URGENCY[b.verdict]);

export function verdictCounts(checks: readonly Check[]): Counts {
  const count = (verdict: CheckVerdict): number => checks.filter((check) => check.verdict === verdict).length;
  return { ok: count('ok'), poor: count('poor'), failed: count('failed'), skipped: count('skipped') };
}

/** Whether nothing failed and something was found to hold: a report that skipped everything proves nothing. */
export function reportHolds(report: Pick<Report, 'sections'>): boolean {
  const { ok, poor, failed } = verdictCounts(checksOf(report));
  return failed === 0 && ok + poor > 0;
}

/** `12 ok, 1 poor, 1 failed, 2 skipped`; nothing is said of poor where none is. */
export const countsText = ({ ok, poor, failed, skipped }: Counts): string =>
  `${ok} ok, ${poor > 0 ? `${poor} poor, ` : ''}${failed} failed, ${skipped} skipped`;

/** Rounded to tenths of a second: nothing here is measured more finely. */
export const inSeconds = (seconds: number): string => `${seconds.toFixed(1)} s`;

/** `ok       beat.ticks  tenant-a: 1, last tick 3 s ago (0.2 s)` */
export function checkLine({ verdict, id, subject, expected, found, seconds, detail }: Check): string {
  const head = `${verdict.padEnd(8)} ${id.padEnd(21)} ${subject}: ${found} (${inSeconds(seconds)})`;
  if (verdict !== 'failed' && verdict !== 'poor') return head;
  return [
    head,
    `         expected: ${expected}`,
    ...(detail === undefined ? [] : [`         ${detail.replaceAll('\n', '\n         ')}`]),
  ].join('\n');
}
