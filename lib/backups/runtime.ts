// The programs that count and prepare a living Redis, as they lie in `runtime/`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REDIS_CLI } from '../cluster';

const own = (name: string): string => readFileSync(join(__dirname, 'runtime', name), 'utf8');
const ofRedis = (name: string): string => readFileSync(join(__dirname, '../redis/runtime', name), 'utf8');

/** As the drill counts: its own script, in the pod of a living Redis. */
export const COUNT_PROGRAM = REDIS_CLI + ofRedis('count.sh') + own('broker.sh');
export const COUNT_LUA = ofRedis('count.lua');

export const GUEST_PROGRAM = REDIS_CLI + own('guest.sh');
export const CLEAR_PROGRAM = REDIS_CLI + own('clear.sh');
