import { ALERTS } from '../../lib/observe/alerts';
import { INHIBITIONS } from '../../lib/observe/inhibitions';
import { JOBS, METRICS_CATALOGUE, type MetricName } from '../../lib/observe/metrics';
import { RECORDINGS } from '../../lib/observe/recordings';
import { type Selector, read } from './promql';
import { readings, recordings } from './rules';

const all = [...recordings.values(), ...readings.map(({ reading }) => reading)].flatMap(
  ({ selectors }) => selectors,
);

const metricOf = ({ metric }: Selector): string => metric.replace(/_(bucket|count|sum)$/, '');

describe('an alert', () => {
  it.each(readings)('asks for series and labels that exist: $name', ({ reading }) => {
    expect(reading.complaints).toEqual([]);
  });

  it.each(readings)('names a tenant, a broker or a target: $name', ({ reading }) => {
    expect(['tenant', 'broker', 'job'].some((label) => reading.labels.has(label))).toBe(true);
  });

  it.each(readings)(
    'speaks in one line, of labels that it has: $name',
    ({ summary, description, reading }) => {
      const said = [...`${summary}${description}`.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);

      expect(said.filter((label) => label === undefined || !reading.labels.has(label))).toEqual([]);
      expect([summary, description].filter((text) => text === '' || text.includes('\n'))).toEqual([]);
    },
  );

  it('has a name of its own, which a runbook can have too', () => {
    const names = readings.map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[A-Z]\w+$/.test(name))).toEqual([]);
  });

  it('stands in a group of its own name', () => {
    const names = ALERTS.map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
  });
});

describe('a recording rule', () => {
  it.each([...recordings].map(([name, reading]) => ({ name, reading })))(
    'asks for series and labels that exist: $name',
    ({ reading }) => {
      expect(reading.complaints).toEqual([]);
    },
  );

  it('has a name of its own', () => {
    expect(recordings.size).toBe(RECORDINGS.length);
  });
});

describe('a series of redis_exporter or of Prometheus', () => {
  const jobs: readonly string[] = [...Object.values(JOBS), 'stalk-.+'];

  it('is asked for by job: brokers, caches and sentinels have the same names', () => {
    const shared = all.filter((selector) =>
      ['redis_exporter', 'prometheus'].includes(
        METRICS_CATALOGUE[metricOf(selector) as MetricName]?.from ?? '',
      ),
    );
    const asked = shared.map(({ metric, matchers }) => ({
      metric,
      jobs: matchers.filter(({ label }) => label === 'job').flatMap(({ value }) => value.split('|')),
    }));

    expect(
      asked.filter((one) => one.jobs.length === 0 || one.jobs.some((job) => !jobs.includes(job))),
    ).toEqual([]);
  });
});

describe('an inhibition', () => {
  const names = new Set(readings.map(({ name }) => name));
  const labelsOf = (name: string): readonly string[] => [
    'environment',
    ...(readings.find((one) => one.name === name)?.reading.labels ?? []),
  ];
  const rows = INHIBITIONS.map(({ source_matchers, target_matchers, equal }) => ({
    causes: namesIn(source_matchers),
    silenced: namesIn(target_matchers),
    equal,
  }));

  it('speaks of alerts that exist, by labels that both have', () => {
    const wrong = rows.flatMap(({ causes, silenced, equal }) =>
      [...causes, ...silenced].filter(
        (name) => !names.has(name) || equal.some((label) => !labelsOf(name).includes(label)),
      ),
    );

    expect(wrong).toEqual([]);
  });

  it('silences no alert that silences the other one', () => {
    const pairs = rows.flatMap(({ causes, silenced }) =>
      causes.flatMap((cause) => silenced.map((target) => `${cause} > ${target}`)),
    );
    const back = pairs.filter((pair) => pairs.includes(pair.split(' > ').reverse().join(' > ')));

    expect(back).toEqual([]);
  });

  function namesIn(matchers: readonly string[]): readonly string[] {
    return matchers.flatMap((matcher) => /^alertname =~? "(.*)"$/.exec(matcher)?.[1]?.split('|') ?? []);
  }
});

describe('a reader of PromQL', () => {
  it.each([
    ['sum by (tenant) (stalk_queue_messages', 'syntax'],
    ['stalk_queue_mesages > 0', 'not in the catalogue'],
    ['stalk_task_wait_seconds > 0', 'not in the catalogue'],
    ['sum by (instance) (stalk_queue_messages)', 'label instance is not there'],
    ['stalk_queue_messages{pool="x"}', 'label pool is not there'],
    ['stalk_queue_messages > stalk_visibility_timeout_seconds', 'different labels'],
    ['stalk_queue_messages and on (pool) stalk_worker_consuming', 'label pool is not there'],
    [
      'sum by (queue) (stalk_queue_messages > on (tenant) stalk_visibility_timeout_seconds)',
      'label queue is not there',
    ],
    ['sum(stalk_queue_messages)', 'aggregates without by'],
  ])('complains about %s', (expr, complaint) => {
    expect(read(expr).complaints.join()).toContain(complaint);
  });
});
