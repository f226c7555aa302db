// After all stories: the table, and nothing stays.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HAS_CLUSTER } from './cluster';
import { asked } from './kubectl';
import { table } from './lanes';
import { ROOTS } from './up';

const PAGE = join(__dirname, '..', '..', 'docs', 'operating.md');
const TABLE = /(<!-- cluster -->\n)[^]*(<!-- \/cluster -->)/;

export async function down(): Promise<void> {
  if (!HAS_CLUSTER) return;
  process.stderr.write(`\n${table()}\n`);
  if (process.env.STALK_WRITE_DOCS === '1') {
    writeFileSync(PAGE, readFileSync(PAGE, 'utf8').replace(TABLE, `$1\n${table()}\n\n$2`));
  }
  // The bench goes as a whole
  if (!process.env.STALK_BENCH) await asked('delete', ...ROOTS, '--ignore-not-found');
}
