// The program that asks a Redis from inside its pod, as it lies in `runtime/`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REDIS_CLI } from './redis-cli';

export const REDIS_PROGRAM = REDIS_CLI + readFileSync(join(__dirname, 'runtime', 'redis.sh'), 'utf8');
