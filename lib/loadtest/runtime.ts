// The program that makes the load, as it lies in `runtime/`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const LOAD = readFileSync(join(__dirname, 'runtime', 'load.py'), 'utf8');
