// Time of rendering one shared broker with 500, 1,000 and 2,000 tenants: it must grow as they do. Prints ratios of one run.

import { manifestsOf } from '../lib/output/manifests';
import { platforms } from '../lib/platform';
import type { Leaf } from '../lib/platform';
import { environment, madeTenants } from './tenants';

/** The broker's leaf; its tenants are resolved before the clock starts. */
function leafOf(count: number): Leaf {
  const tenants = madeTenants(count).map((tenant) => ({ ...tenant, broker: { shared: 'main' } }));
  const leaf = platforms({
    environments: [{ ...environment, secrets: { strategy: 'existing' } }],
    tenants,
  })[0]?.leaves.find(({ kind }) => kind === 'broker');
  if (leaf === undefined) throw new Error('the environment has no broker');
  return leaf;
}

interface Figures {
  readonly seconds: number;
  readonly bytes: number;
}

function measured(leaf: Leaf): Figures {
  const started = process.hrtime.bigint();
  const text = JSON.stringify(manifestsOf(leaf).map(({ manifest }) => manifest));
  return { seconds: Number(process.hrtime.bigint() - started) / 1e9, bytes: text.length };
}

const COUNTS = [500, 1000, 2000] as const;
const leaves = COUNTS.map(leafOf);
for (const leaf of leaves) measured(leaf); // modules and machine code are made once
const rounds = Array.from({ length: 5 }, () => leaves.map(measured));

/** The best of the rounds: what else runs on the machine only adds. */
const best = COUNTS.map((count, i) => {
  const all = rounds.flatMap((round) => round[i] ?? []);
  const seconds = Math.min(...all.map((one) => one.seconds));
  const [{ bytes } = { bytes: Number.NaN }] = all;
  console.log(`${String(count).padEnd(6)} tenants  ${seconds.toFixed(3)} s  ${bytes} bytes`);
  return { seconds, bytes };
});

const [small, , large] = best;
if (small && large) {
  const ratio = (large.seconds / small.seconds).toFixed(1);
  console.log(`t(2,000) / t(500)              ${ratio}  (aim: at most 5)`);
  console.log(`bytes for one more tenant      ${((large.bytes - small.bytes) / 1500).toFixed(0)}`);
}
