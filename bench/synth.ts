// Time and memory of rendering: how they grow, and how they compare with one stock cdk8s App. Prints ratios of one run.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

interface Figures {
  readonly seconds: number;
  readonly megabytes: number;
}

const register = join(__dirname, '..', 'scripts', 'register.cjs');

/** In a process of its own, so that each begins with nothing. */
function run(program: string, count: number): Figures {
  console.error(`${program.replace('.ts', '')}: ${count} tenants`);
  const args = ['--require', register, join(__dirname, program), String(count)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Figures;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const middle = (all: readonly Figures[]): Figures => ({
  seconds: median(all.map(({ seconds }) => seconds)),
  megabytes: median(all.map(({ megabytes }) => megabytes)),
});

const row = (name: string, { seconds, megabytes }: Figures): void =>
  console.log(`${name.padEnd(28)} ${seconds.toFixed(2)} s  ${megabytes.toFixed(0)} MB`);

/** The stock App once, as it takes minutes, between rounds of ours: a noisy minute hits both. */
const before = [run('ours.ts', 100), run('ours.ts', 1000)] as const;
const stock = run('stock.ts', 1000);
const after = [run('ours.ts', 100), run('ours.ts', 1000), run('ours.ts', 100), run('ours.ts', 1000)] as const;

const hundred = middle([before[0], after[0], after[2]]);
const thousand = middle([before[1], after[1], after[3]]);

row('stalk, 100 tenants', hundred);
row('stalk, 1,000 tenants', thousand);
row('stock cdk8s, 1,000 tenants', stock);
console.log(
  `t(1,000) / t(100)            ${(thousand.seconds / hundred.seconds).toFixed(1)}  (aim: at most 11)`,
);
console.log(
  `stock / stalk, 1,000         ${(stock.seconds / thousand.seconds).toFixed(1)}  (aim: at least 6)`,
);
console.log(`memory at 1,000              ${thousand.megabytes.toFixed(0)} MB  (aim: under 250)`);
