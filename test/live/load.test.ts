import { type Figures, figuresOf } from '../../lib/loadtest/figures';
import type { Measurement } from '../../lib/loadtest/measurement';
import { details, holds, rowsOf } from '../../lib/loadtest/verdicts';
import { type LoadBench, loadBench } from './load/bench';
import { type Run, report } from './load/report';
import type { Answers } from './load/tenants';
import { lacking } from './python';

const CASES: readonly (readonly [Answers, string])[] = [
  ['results', '5.5'],
  ['results', '5.6'],
  ['results', '5.7'],
  ['callbacks', '5.6'],
];

/** The load test of the reference systems. */
const LOAD = ['--tasks', '100', '--rate', '20', '--concurrent', '10'];
const SENT = 10 + 100 + 100;

if (lacking.length > 0) console.warn(`the load is NOT measured here: ${lacking.join(' and ')} not on PATH`);

(lacking.length > 0 ? describe.skip : describe)('the rendered configuration under load', () => {
  const runs: Run[] = [];

  afterAll(() => report(runs));

  describe.each(CASES)('with answers as %s, Celery %s', (answers, celery) => {
    let bench: LoadBench;
    let before: readonly string[];
    let measured: Measurement;
    let figures: Figures;

    beforeAll(async () => {
      bench = await loadBench(answers, celery);
      before = await bench.keys();
      measured = await bench.measure(LOAD);
      figures = figuresOf(measured);
      runs.push({ title: `Celery ${celery}, ${answers}`, figures });
    });

    afterAll(async () => {
      await bench?.remove();
    });

    it('answers every task', () => {
      expect(figures).toMatchObject({ sent: SENT, answered: SENT });
    });

    it('asks the way that the tenant answers', () => {
      expect(measured.load).toMatchObject({ answers, queue: 'tenant-acme' });
    });

    it('needs little memory of Redis', () => {
      const [memory] = rowsOf(figures).filter(({ figure }) => figure.startsWith('memory'));

      expect(memory?.verdict).toMatch(/^(as expected|acceptable)$/);
    });

    it('measures every figure', () => {
      const missing = [
        ...rowsOf(figures).map(({ figure, measured: value }) => [figure, value]),
        ...details(figures),
      ].filter(([, value]) => value === '-');

      expect(missing).toEqual([]);
    });

    it('sends at the pace that was asked for', () => {
      const paced = measured.load.phases.find(({ name }) => name === 'paced');
      const sent = (paced?.tasks ?? []).map(([, at]) => Number(at));

      expect(Math.max(...sent) - Math.min(...sent)).toBeGreaterThan(4.5);
    });

    it('leaves no key behind, and tries nothing that its user may not', async () => {
      const after = await bench.keys();

      expect(after.filter((key) => !before.includes(key) && !/binding_deadlines|pidbox/.test(key))).toEqual(
        [],
      );
      expect(await bench.refused()).toEqual([]);
    });
  });

  it('deletes its results when it is stopped half-way', async () => {
    const bench = await loadBench('results', '5.6');

    const said = await bench.stopAt(120, LOAD);

    expect(said).toBe('stopped\n');
    const left = (await bench.keys().finally(bench.remove)).filter((key) => key.includes('celery-task-meta'));
    expect(left).toEqual([]);
  });

  it('says that nobody answers, and waits no longer than it was told', async () => {
    const bench = await loadBench('results', '5.6');
    await bench.stopWorker();

    const measured = await bench.measure([...LOAD, '--patience', '2']).finally(bench.remove);

    expect(figuresOf(measured)).toMatchObject({ sent: 10, answered: 0, throughput: undefined });
    expect(holds(rowsOf(figuresOf(measured)))).toBe(false);
    expect(measured.load.phases.map(({ name }) => name)).toEqual(['first']);
  });
});
