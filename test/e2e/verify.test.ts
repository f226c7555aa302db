// `stalk verify` says of every tenant that all is as rendered and works.

import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { tenants as reference } from '../../tenants';
import { atOnce } from './lanes';
import type { Told } from './lanes';
import { ROOT, verified } from './verified';

const SIX = reference.map(({ name }) => name);

/** Where a reader sees what the command makes. */
const EXAMPLES = join(ROOT, 'docs', 'examples');

async function holds(): Promise<Told> {
  const { code, folder, checks } = await verified(SIX);
  if (process.env.STALK_WRITE_DOCS === '1') {
    for (const kind of ['md', 'html']) {
      copyFileSync(join(folder, `report.${kind}`), join(EXAMPLES, `verify-report.${kind}`));
    }
  }
  expect(checks.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
  expect(code).toBe(0);
  return {
    note: `${checks.filter(({ verdict }) => verdict === 'ok').length} of ${checks.length} checks hold`,
  };
}

atOnce('stalk verify', { 'the six tenants': { 'verify says that all holds': holds } });
