// Alerts and recordings as one list, with the labels that each result may have.

import type { Alert } from '../../lib/observe/alert';
import { ALERTS } from '../../lib/observe/alerts';
import { RECORDINGS } from '../../lib/observe/recordings';
import { type Reading, type Recorded, read } from './promql';

/** Each rule adds the environment to what it gives. */
const ADDED = 'environment';

/** In the order in which Prometheus works them out: each may ask for those before it. */
export const recordings: ReadonlyMap<string, Reading> = RECORDINGS.reduce(
  (before, { record, expr }) => new Map([...before, [record, read(expr, labels(before))]]),
  new Map<string, Reading>(),
);

const alerts: readonly Alert[] = ALERTS.flatMap((group) => group.alerts);

export const readings: readonly (Alert & { readonly reading: Reading })[] = alerts.map((alert) => ({
  ...alert,
  reading: read(alert.expr, labels(recordings)),
}));

function labels(found: ReadonlyMap<string, Reading>): Recorded {
  return new Map([...found].map(([record, reading]) => [record, new Set([...reading.labels, ADDED])]));
}
