// The form of requests and limits.

import type { Form } from './kind';
import { cpu, memory, range } from './kinds';
import { recordOf } from './shapes';

export const sizesForm = { cpu: range(cpu), memory: range(memory), disk: range(memory) };

/** In defaults the two are apart, so that an author's one lies over one of them. */
const parts = <Q>(quantity: Form<Q>) =>
  recordOf<{ readonly request: Q; readonly limit: Q }>({ request: quantity, limit: quantity });

export const sizeDefaults = { cpu: parts(cpu), memory: parts(memory), disk: parts(memory) };
