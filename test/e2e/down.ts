// After all stories: the table, and nothing stays.

import { asked } from './kubectl';
import { HAS_CLUSTER } from './cluster';
import { ROOTS } from './up';
import { table } from './stories';

export async function down(): Promise<void> {
  if (!HAS_CLUSTER) return;
  process.stderr.write(`\n${table()}\n`);
  // The bench goes as a whole
  if (!process.env.STALK_BENCH) await asked('delete', ...ROOTS, '--ignore-not-found');
}
