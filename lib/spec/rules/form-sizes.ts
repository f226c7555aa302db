// The form of requests and limits.

import { cpu, memory, range, record } from './kinds';
import type { Kind } from './kinds';

export const sizes = { cpu: range(cpu), memory: range(memory), disk: range(memory) };

/** In defaults the two are apart, so that an author's one lies over one of them. */
const parts = (kind: Kind): Kind => record({ request: kind, limit: kind });

export const sizeDefaults = { cpu: parts(cpu), memory: parts(memory), disk: parts(memory) };
