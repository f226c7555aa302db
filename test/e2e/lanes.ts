// What each story found, kept in a file, as every suite runs in a world of its own: the table at the end is made of it.

import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HAS_CLUSTER } from './cluster';
import type { Count } from './load';
import { keepLogs } from './logs';

export const STORIES = join(__dirname, '..', '..', 'build', 'e2e-stories.jsonl');

export interface Told {
  /** What became of the tasks that were sent meanwhile. */
  readonly count?: Count;
  readonly note?: string;
}

interface Row extends Told {
  readonly name: string;
  readonly result: 'ok' | 'FAILED';
  readonly seconds: number;
}

export function tell(row: Row): void {
  mkdirSync(dirname(STORIES), { recursive: true });
  appendFileSync(STORIES, `${JSON.stringify(row)}\n`);
}

/** Writes down how it went; what was accepted has to have been executed in every story. */
export async function story(name: string, run: () => Promise<Told>): Promise<void> {
  const began = Date.now();
  const row = (result: Row['result'], told: Told): Row => ({
    name,
    result,
    seconds: Math.round((Date.now() - began) / 1000),
    ...told,
  });
  let told: Told;
  try {
    told = await run();
  } catch (error) {
    tell(row('FAILED', { note: String(error).split('\n')[0] ?? '' }));
    await keepLogs(name);
    throw error;
  }
  const lost = told.count?.lost ?? [];
  if (lost.length === 0) return tell(row('ok', told));
  const failed = await keepLogs(name);
  tell(row('FAILED', { ...told, note: [told.note, ...failed.slice(0, 3)].join(' ') }));
  expect({ lost, failed }).toEqual({ lost: [], failed: expect.anything() });
}

/** Stories by tenant: those of one come one after another, all tenants have theirs at the same time. Each is a test. */
type Lanes = Readonly<Record<string, Readonly<Record<string, () => Promise<Told>>>>>;

export function atOnce(name: string, lanes: Lanes): void {
  const stories = Object.entries(lanes).flatMap(([lane, own]) =>
    Object.entries(own).map(([title, run]) => ({ lane, title: `${title} (${lane})`, run })),
  );
  (HAS_CLUSTER ? describe : describe.skip)(name, () => {
    const running = new Map<string, Promise<void>>();

    beforeAll(() => {
      const last = new Map<string, Promise<unknown>>();
      for (const { lane, title, run } of stories) {
        const ends = Promise.resolve(last.get(lane)).then(() => story(title, run));
        running.set(title, ends);
        last.set(
          lane,
          ends.catch(() => undefined), // its own test tells
        );
      }
    });

    it.each(stories.map(({ title }) => title))('%s', (title) => running.get(title));
  });
}

const HEADS = [
  'story',
  'result',
  'seconds',
  'accepted',
  'executed',
  'lost',
  'again',
  'twice',
  'refused',
  'note',
];

/** Markdown as prettier leaves it. */
export function table(): string {
  const text = existsSync(STORIES) ? readFileSync(STORIES, 'utf8').trim() : '';
  const rows = text === '' ? [] : text.split('\n').map((line) => cells(JSON.parse(line) as Row));
  const widths = HEADS.map((head, i) =>
    Math.max(3, head.length, ...rows.map((row) => String(row[i]).length)),
  );
  const line = (row: readonly string[], fill = ' '): string =>
    `| ${row.map((cell, i) => cell.padEnd(Number(widths[i]), fill)).join(' | ')} |`;
  const rule = line(
    HEADS.map(() => ''),
    '-',
  );
  return [line(HEADS), rule, ...rows.map((row) => line(row))].join('\n');
}

const cells = ({ name, result, seconds, count, note = '' }: Row): string[] => [
  name,
  result,
  String(seconds),
  ...(count
    ? [count.accepted, count.executed, count.lost.length, count.again, count.twice, count.refused].map(String)
    : Array.from({ length: 6 }, () => '-')),
  note,
];
