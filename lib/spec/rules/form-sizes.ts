// The form of requests and limits.

import type { Kind } from './kind';
import { cpu, memory, range } from './kinds';
import { record } from './shapes';

export const sizes = { cpu: range(cpu), memory: range(memory), disk: range(memory) };

/** In defaults the two are apart, so that an author's one lies over one of them. */
const parts = (kind: Kind): Kind => record({ request: kind, limit: kind });

export const sizeDefaults = { cpu: parts(cpu), memory: parts(memory), disk: parts(memory) };
