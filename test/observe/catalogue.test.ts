// The catalogue of metrics, by itself: names of Prometheus' form, units and labels that say what they are.

import { JOBS, METRICS_CATALOGUE, TARGET_LABELS } from '../../lib/observe/metrics';
import type { Metric } from '../../lib/observe/metrics';

const metrics = Object.entries<Metric>(METRICS_CATALOGUE);
const own = metrics.filter(([, { from }]) => from === 'loader' || from === 'queues');

test.each(own)('%s has the name of its type and unit', (name, { type, unit }) => {
  expect(name).toMatch(/^stalk_[a-z_]+$/);
  expect(name.endsWith('_total')).toBe(type === 'counter');
  if (type !== 'counter') expect(name.endsWith('_seconds')).toBe(unit === 'seconds');
});

/** Of the target: what says them in its exposition as well would get `exported_…` in their place. */
test.each(metrics.filter(([, { from }]) => from === 'loader'))(
  '%s leaves labels of its target alone',
  (_, { labels }) => {
    const ofTarget: readonly string[] = TARGET_LABELS[JOBS.celery];

    expect(labels.filter((label) => ofTarget.includes(label))).toEqual([]);
  },
);

test.each(metrics)('%s says what it is in one line', (_, { help }) => {
  expect(help).toMatch(/^\S[^\n]{3,90}\S$/);
});
