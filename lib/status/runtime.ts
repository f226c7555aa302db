// The programs that status runs inside pods, as they lie in `runtime/`.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REDIS_CLI } from '../cluster';

const text = (name: string): string => readFileSync(join(__dirname, 'runtime', name), 'utf8');

export const BROKER_PROGRAM = REDIS_CLI + text('broker.sh');
export const EXTERNAL_PROGRAM = text('external.py');

/** A script that Redis keeps, and its name there. */
export interface RedisScript {
  readonly text: string;
  readonly sha: string;
}

const script = (name: string): RedisScript => {
  const lua = text(name);
  return { text: lua, sha: createHash('sha1').update(lua).digest('hex') };
};

export const QUEUE = script('queue.lua');
export const TENANT = script('tenant.lua');
