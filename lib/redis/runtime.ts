// The scripts that run inside Redis pods, as they lie in `runtime/`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const script = (name: string): string => readFileSync(join(__dirname, 'runtime', name), 'utf8');

/** Read once: a thousand tenants share them. */
export const SCRIPTS: Readonly<Record<string, string>> = {
  'users.sh': script('users.sh'),
  'probe.sh': script('probe.sh'),
};

/** Where sentinels say who the primary is. */
export const SENTINEL_SCRIPTS: Readonly<Record<string, string>> = {
  ...SCRIPTS,
  'ask.sh': script('ask.sh'),
  'start.sh': script('start.sh'),
  'sentinel.sh': script('sentinel.sh'),
};
