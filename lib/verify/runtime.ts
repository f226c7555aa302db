// The program that verify runs inside an app's pods, as it lies in `runtime/`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const APP_PROGRAM = readFileSync(join(__dirname, 'runtime', 'app.py'), 'utf8');
