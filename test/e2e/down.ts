// After all stories: the table, and nothing stays.

import { asked } from '../api/kubectl';
import { HAS_CLUSTER } from './cluster';
import { ROOTS } from './up';
import { table } from './stories';

export function down(): void {
  if (!HAS_CLUSTER) return;
  process.stderr.write(`\n${table()}\n`);
  // The bench goes as a whole
  if (!process.env.STALK_BENCH) asked('delete', ...ROOTS, '--ignore-not-found');
}
