import { reportOf } from '../../lib/loadtest';
import { checksOf, reportHtml, reportHolds, reportMarkdown } from '../../lib/report';
import { measurement, phase, sample, task, unanswered } from './measured';

const ABOUT = {
  tenant: 'acme',
  environment: 'dev',
  cluster: 'kind-dev at 10.0.0.1:6443',
  command: 'stalk loadtest acme --env dev',
  started: '2026-01-20T10:00:00.000Z',
  seconds: 42,
};

/** A hundred tasks at once, one answered each hundredth of a second; then one paced. */
const burst = phase(
  'burst',
  Array.from({ length: 100 }, (_, i) => task(10, 10 + i / 100, 10.01 + i / 100)),
);
const good = measurement(
  [phase('first', [task(0, 1, 2)]), burst, phase('paced', [task(20, 20.004, 20.01)])],
  [sample(9, 1_000_000, 2_000_000, 1), sample(13, 1_500_000, 2_000_000, 1.2)],
);

describe('the report of a load test', () => {
  it('has a check for each figure, and holds when all are well', () => {
    const report = reportOf(good, ABOUT);

    expect(checksOf(report).map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      'load.answered ok',
      'load.throughput ok',
      'load.queue-time ok',
      'load.latency ok',
      'load.memory ok',
      'load.cpu ok',
    ]);
    expect(checksOf(report)[1]).toMatchObject({
      expected: '> 50 tasks/s, acceptable > 20 tasks/s',
      found: '100 tasks/s: as expected',
    });
    expect(reportHolds(report)).toBe(true);
  });

  it('does not hold when nobody answers; what was not measured is skipped', () => {
    const report = reportOf(measurement([phase('first', [unanswered(0)])]), ABOUT);

    expect(checksOf(report).map(({ verdict }) => verdict)).toEqual(['failed', ...Array(5).fill('skipped')]);
    expect(checksOf(report)[0]).toMatchObject({ found: '0.00 %: needs investigation' });
    expect(reportHolds(report)).toBe(false);
  });

  it('does not judge the time in the queue where tasks came faster than the burst was done, and says what to do', () => {
    const fast = phase(
      'paced',
      Array.from({ length: 51 }, (_, i) => task(20 + i / 200, 20 + i / 50, 20.01 + i / 50)),
    );
    const report = reportOf(measurement([phase('first', [task(0, 1, 2)]), burst, fast], []), ABOUT);

    expect(checksOf(report).find(({ id }) => id === 'load.queue-time')).toMatchObject({
      verdict: 'poor',
      found: expect.stringMatching(
        /: not judged, paced at 200.0 tasks\/s, more than the 100.0 of the burst$/,
      ),
      detail: expect.stringMatching(/Measure again with --rate 80\.$/),
    });
    expect(reportHolds(report)).toBe(true);
  });

  it('draws how long answers took, what waited, and the throughput', () => {
    const [section] = reportOf(good, ABOUT).sections;
    const [histogram, shares, waiting, throughput] = (section?.charts ?? []).map(({ series }) =>
      series.find(({ name }) => name === 'burst'),
    );
    const sum = (points: typeof histogram) => points?.points.reduce((all, [, y]) => all + y, 0);

    expect(sum(histogram)).toBe(100);
    expect(shares?.points.at(-1)).toEqual([1000, 100]);
    expect(shares?.points.find(([, y]) => y === 48)).toEqual([480, 48]);
    expect(waiting?.points[0]).toEqual([0, 99]);
    expect(waiting?.points.at(-1)).toEqual([1, 0]);
    expect(throughput?.points.every(([, y]) => y > 70 && y < 130)).toBe(true);
  });

  it('can be read as Markdown and as a page with drawings', () => {
    const report = reportOf(good, ABOUT);

    expect(reportMarkdown(report)).toContain('| queue time when paced, 95th percentile | 4.00 ms |');
    expect(reportHtml(report).match(/<svg/g)).toHaveLength(4);
  });
});
