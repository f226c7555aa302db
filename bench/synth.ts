// Time and memory of rendering: how they grow, and how they compare with one stock cdk8s App. Prints ratios of one run.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

interface Figures {
  readonly seconds: number;
  readonly megabytes: number;
}

/** Fresh processes, alternating, so that a noisy minute hits all of them. */
const ROUNDS = 3;

const run = (program: string, count: number): Figures =>
  JSON.parse(
    execFileSync(
      process.execPath,
      [
        '--require',
        join(__dirname, '..', 'scripts', 'register.cjs'),
        join(__dirname, program),
        String(count),
      ],
      { encoding: 'utf8' },
    ),
  ) as Figures;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const cases = [
  { name: 'stalk, 100 tenants', program: 'ours.ts', count: 100 },
  { name: 'stalk, 1,000 tenants', program: 'ours.ts', count: 1000 },
  { name: 'stock cdk8s, 1,000 tenants', program: 'stock.ts', count: 1000 },
] as const;

const rounds = Array.from({ length: ROUNDS }, (_, i) => {
  console.error(`round ${i + 1} of ${ROUNDS}`);
  return cases.map(({ program, count }) => run(program, count));
});
const [hundred, thousand, stock] = cases.map((_, i) => ({
  seconds: median(rounds.map((round) => round[i]?.seconds ?? Number.NaN)),
  megabytes: median(rounds.map((round) => round[i]?.megabytes ?? Number.NaN)),
}));

for (const [i, { name }] of cases.entries()) {
  const figures = [hundred, thousand, stock][i];
  console.log(`${name.padEnd(28)} ${figures?.seconds.toFixed(2)} s  ${figures?.megabytes.toFixed(0)} MB`);
}
if (hundred && thousand && stock) {
  console.log(
    `t(1,000) / t(100)            ${(thousand.seconds / hundred.seconds).toFixed(1)}  (aim: at most 11)`,
  );
  console.log(
    `stock / stalk, 1,000         ${(stock.seconds / thousand.seconds).toFixed(1)}  (aim: at least 6)`,
  );
  console.log(`memory at 1,000              ${thousand.megabytes.toFixed(0)} MB  (aim: under 250)`);
}
