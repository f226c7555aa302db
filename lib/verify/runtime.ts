// The programs that verify runs inside pods, as they lie in `runtime/`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const text = (name: string): string => readFileSync(join(__dirname, 'runtime', name), 'utf8');

export const APP_PROGRAM = text('app.py');
export const METRICS_PROGRAM = text('metrics.sh');
