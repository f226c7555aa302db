// `stalk verify` says of every tenant that all is as rendered and works.

import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { tenants as reference } from '../reference/tenants';
import { ROOT, VERIFY } from './cli';
import { atOnce } from './lanes';
import type { Told } from './lanes';
import { allHolds } from './stories/commands';

const SIX = reference.map(({ name }) => name);

/** Where a reader sees what the command makes. */
const EXAMPLES = join(ROOT, 'docs', 'examples');

async function holds(): Promise<Told> {
  const told = await allHolds(SIX);
  if (process.env.STALK_WRITE_DOCS === '1') {
    for (const kind of ['md', 'html']) {
      copyFileSync(join(VERIFY, `report.${kind}`), join(EXAMPLES, `verify-report.${kind}`));
    }
  }
  return told;
}

atOnce('stalk verify', { 'the six tenants': { 'verify says that all holds': holds } });
