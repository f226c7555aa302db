// What each story found, kept in a file, as every suite runs in a world of its own: the table at the end is made of it.

import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Count } from './load';

export const STORIES = join(__dirname, '..', '..', 'build', 'e2e-stories.jsonl');

export interface Outcome {
  readonly result: string;
  readonly count?: Count;
  readonly note?: string;
}

interface Row extends Outcome {
  readonly name: string;
}

export function story(name: string, outcome: Outcome): void {
  mkdirSync(dirname(STORIES), { recursive: true });
  appendFileSync(STORIES, `${JSON.stringify({ name, ...outcome })}\n`);
}

const HEADS = ['story', 'result', 'accepted', 'executed', 'lost', 'twice', 'refused', 'note'];

export function table(): string {
  const text = existsSync(STORIES) ? readFileSync(STORIES, 'utf8').trim() : '';
  const rows = text === '' ? [] : text.split('\n').map((line) => cells(JSON.parse(line) as Row));
  const all = [HEADS, ...rows];
  const widths = HEADS.map((_, column) => Math.max(...all.map((row) => String(row[column]).length)));
  return all.map((row) => row.map((cell, i) => cell.padEnd(Number(widths[i]))).join('  ')).join('\n');
}

const cells = ({ name, result, count, note = '' }: Row): string[] => [
  name,
  result,
  ...(count
    ? [count.accepted, count.executed, count.lost.length, count.twice, count.refused].map(String)
    : Array.from({ length: 5 }, () => '-')),
  note,
];
