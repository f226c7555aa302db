// CPU time and memory of rendering: how they grow, and how they compare with plain writing and one stock cdk8s App.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figures } from './measured';

const register = join(__dirname, '..', 'scripts', 'register.cjs');
const root = mkdtempSync(join(tmpdir(), 'stalk-bench-'));

/** In a process of its own, so that each begins with nothing. */
function run(program: string, count: number, folder: string): Figures {
  console.error(`${program.replace('.ts', '')}: ${count} tenants`);
  const args = ['--require', register, join(__dirname, program), String(count), join(root, folder)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Figures;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const middle = (all: readonly Figures[]): Figures => ({
  seconds: median(all.map(({ seconds }) => seconds)),
  megabytes: median(all.map(({ megabytes }) => megabytes)),
});

const row = (name: string, { seconds, megabytes }: Figures): void =>
  console.log(`${name.padEnd(34)} ${seconds.toFixed(2)} s  ${megabytes.toFixed(0)} MB`);

const ratio = (name: string, [over, under]: readonly [Figures, Figures], aim: string): void =>
  console.log(`${name.padEnd(34)} ${(over.seconds / under.seconds).toFixed(1)}  (aim: ${aim})`);

/** A round of all but the stock App: a noisy minute hits all of them. */
function round(number: number) {
  return {
    hundred: run('ours.ts', 100, `hundred-${number}`),
    floor: run('floor.ts', 1000, `floor-${number}`),
    thousand: run('ours.ts', 1000, `thousand-${number}`),
    again: run('ours.ts', 1000, `thousand-${number}`),
  };
}

try {
  // The stock App takes minutes: once, or not at all with `npm run bench -- short`
  const isShort = process.argv.includes('short');
  const first = round(1);
  const stock = isShort ? undefined : run('stock.ts', 1000, 'stock');
  const rounds = [first, round(2), round(3)];
  const of = (key: keyof typeof first): Figures => middle(rounds.map((one) => one[key]));
  const [hundred, thousand, again, floor] = [of('hundred'), of('thousand'), of('again'), of('floor')];

  row('floor: serialise and write, 1,000', floor);
  row('stalk, 100 tenants', hundred);
  row('stalk, 1,000 tenants', thousand);
  row('stalk, 1,000, nothing changed', again);
  if (stock) row('stock cdk8s, 1,000 tenants', stock);
  ratio('stalk / floor', [thousand, floor], 'at most 3');
  ratio('nothing changed / floor', [again, floor], 'at most 2');
  ratio('t(1,000) / t(100)', [thousand, hundred], 'at most 11');
  if (stock) ratio('stock / stalk, 1,000', [stock, thousand], 'at least 6');
  console.log(`${'memory at 1,000'.padEnd(34)} ${thousand.megabytes.toFixed(0)} MB  (aim: under 250)`);
} finally {
  rmSync(root, { recursive: true, force: true });
}
