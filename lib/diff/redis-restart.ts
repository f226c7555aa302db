// What a person looks at before a Redis restarts with less memory, or with certificates.

import { quantityAsNumber } from '../cluster/quantity';
import type { Change, FieldChange } from './model';
import { volumeIn } from './pods';

const LIMIT = 'spec.template.spec.containers[redis].resources.limits.memory';
const PORT = 'spec.template.spec.containers[redis].ports[redis].containerPort';

const fieldAt = ({ fields }: Change, path: string): FieldChange | undefined =>
  fields.find((field) => field.path === path);

/** It loads what it has, whatever `maxmemory` says; beyond the container's limit the kernel ends it. */
export function lessMemory(change: Change): readonly string[] {
  const { before, after } = fieldAt(change, LIMIT) ?? {};
  if (before === undefined || after === undefined) return [];
  if (quantityAsNumber(after) >= quantityAsNumber(before)) return [];
  return [
    `see that it holds less than 70 % of ${after} (used_memory in INFO): above that it refuses sends until workers have made room, above ${after} it ends at each start until it has ${before} again; nothing is lost`,
  ];
}

/** Its port changes, and with it the Service: old clients and the new server, or the other way round, never meet. */
export function sealing(change: Change): readonly string[] {
  const { before, after } = fieldAt(change, PORT) ?? {};
  if (before === undefined || after === undefined) return [];
  const secret = certificateOf(change);
  return [
    ...(secret === undefined
      ? []
      : [
          `see that Secret ${secret} is in ${change.namespace}, and each client's in its namespace: the old pod is gone while the new one waits for it. Apply Certificates alone first, and wait until they are Ready`,
        ]),
    `port ${before} becomes ${after}: clients are away from the apply until they have rolled; sends try again for 26 s, and what a worker has in hand runs again after the visibility timeout`,
  ];
}

const certificateOf = ({ after }: Change): string | undefined => volumeIn(after, 'tls')?.secret?.secretName;
