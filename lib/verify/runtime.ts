// The two programs that verify runs inside pods, as they lie in `runtime/`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REDIS_CLI } from '../cluster';

const text = (name: string): string => readFileSync(join(__dirname, 'runtime', name), 'utf8');

export const APP_PROGRAM = text('app.py');
export const REDIS_PROGRAM = REDIS_CLI + text('redis.sh');
