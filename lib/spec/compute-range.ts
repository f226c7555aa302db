// Requests and limits of what a person may have written as one quantity for both.

import type { RequestLimit, Resources } from './compute';
import type { Cpu, Memory, Range } from './units';

export interface AskedSizes {
  readonly cpu: Range<Cpu>;
  readonly memory: Range<Memory>;
  readonly disk: Range<Memory>;
}

export const requestAndLimit = <Q>(range: Range<Q>): RequestLimit<Q> =>
  typeof range === 'object' && range !== null && 'request' in range
    ? range
    : { request: range, limit: range };

/** Request and limit of each. */
export const resources = ({ cpu, memory, disk }: AskedSizes): Resources => ({
  cpu: requestAndLimit(cpu),
  memory: requestAndLimit(memory),
  disk: requestAndLimit(disk),
});
