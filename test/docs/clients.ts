// The table of docs/clients.md: libraries, what they do, and what becomes of it on each place.

import { readFileSync } from 'node:fs';
import { LIST, type Outcome, USES } from '../live/clients/table';
import { PLACES } from '../live/clients/tenants';
import { table } from './rendered';

/** Why Redis says no, by how the refusal begins. */
const REASONS: readonly (readonly [begins: string, letter: string])[] = [
  ['FLUSH', 'a'],
  ['SCAN', 'b'],
  ['KEYS', 'b'],
  ['DBSIZE', 'b'],
  ['a command in a script', 'b'],
  ['a key', 'c'],
  ['a pattern', 'd'],
  ['INFO', 'e'],
  ['CONFIG', 'f'],
];

function cell(outcome: Outcome): string {
  if (outcome === 'works') return 'works';
  const what = outcome.replace('refused: ', '');
  const letter = REASONS.find(([begins]) => what.startsWith(begins))?.[1];
  if (letter === undefined) throw new Error(`no reason for ${outcome}`);
  return `refused: ${what.replace('|', ' ')} (${letter})`;
}

const HEAD = ['library', 'use', ...PLACES];

/** Of docs/clients.md; the name of a library stands in its first row. */
export function docsTable(): string {
  const lines = readFileSync(LIST, 'utf8').trim().split('\n');
  const versions = new Map(lines.map((line) => line.toLowerCase().split('==') as [string, string]));
  const rows = USES.map(({ library, does, outcome }, i) => {
    const name = `${library} ${versions.get(library.toLowerCase()) ?? ''}`.trim();
    const first = USES[i - 1]?.library === library ? '' : name;
    return [first, does, ...PLACES.map((place) => cell(outcome[place]))];
  });
  return table([HEAD, ...rows]);
}
