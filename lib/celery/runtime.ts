// The loader that runs inside the app's pods, as it lies in `runtime/`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Read once: a thousand tenants share it. */
export const LOADER = readFileSync(join(__dirname, 'runtime', 'stalk_celery.py'), 'utf8');

/** Where its folder is mounted. */
export const LOADER_DIR = '/opt/stalk';
