import { figuresOf } from '../../lib/loadtest/figures';
import { sampleOf } from '../../lib/loadtest/measurement';
import { percentile, timingsOf } from '../../lib/loadtest/timings';
import { measurement, phase, sample, task, unanswered } from './measured';

describe('the clocks of a load test', () => {
  const waited = (tasks: Parameters<typeof phase>[1]) =>
    timingsOf(phase('paced', tasks)).map(({ sent, started }) => Number((started - sent).toFixed(3)));

  it('count as one where the tasks do not disprove it', () => {
    expect(waited([task(0, 0.004, 0.01), task(1, 1.006, 1.02)])).toEqual([0.004, 0.006]);
  });

  it('are set back where a task begins after its answer', () => {
    expect(waited([task(0, 5.004, 0.01), task(1, 6.006, 1.02)])).toEqual([0.01, 0.012]);
  });

  it('are set forward where a task begins before it is sent', () => {
    expect(waited([task(0, -4.996, 0.01), task(1, -3.99, 1.02)])).toEqual([0, 0.006]);
  });

  it('are those of each pod', () => {
    const rows = [task(0, 0.004, 0.01, 'right'), task(1, 9, 1.02, 'ahead')];

    expect(waited(rows)).toEqual([0.004, 0.02]);
  });

  it('begin with the first task that was sent', () => {
    const rows = [task(7.5, 7.6, 7.7), task(7, 7.1, 7.2)];

    expect(timingsOf(phase('burst', rows)).map(({ sent }) => sent)).toEqual([0.5, 0]);
  });
});

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);

  it.each([
    [0.5, 50],
    [0.95, 95],
    [0.99, 99],
    [1, 100],
    [0, 1],
  ])('%d of 1 to 100 is %d', (share, value) => {
    expect(percentile(hundred, share)).toBe(value);
  });

  it('of one value is that value, of none there is none', () => {
    expect([percentile([7], 0.5), percentile([], 0.5)]).toEqual([7, undefined]);
  });
});

describe('the figures of a load test', () => {
  it('count the tasks of all phases', () => {
    const phases = [phase('first', [task(0, 1, 2)]), phase('burst', [task(3, 4, 5), unanswered(3)])];

    expect(figuresOf(measurement(phases))).toMatchObject({ sent: 3, answered: 2 });
  });

  it('take throughput from the first send to the last answer of the burst', () => {
    const burst = phase('burst', [task(1, 1.1, 1.5), task(1.2, 1.3, 3), unanswered(1)]);
    const paced = phase('paced', [task(10, 10.1, 99)]);

    expect(figuresOf(measurement([burst, paced])).throughput).toBeCloseTo(1, 6);
  });

  it('take the queue time from the paced tasks and the time to the answer from the burst', () => {
    const burst = phase('burst', [task(0, 5, 8), task(0, 5, 10)]);
    const paced = phase('paced', [task(0, 0.25, 0.5), task(1, 1.5, 2)]);

    const { queueTime, latency } = figuresOf(measurement([burst, paced]));

    expect(queueTime).toEqual({ mean: 0.375, p50: 0.25, p95: 0.5, p99: 0.5, max: 0.5 });
    expect(latency).toEqual({ mean: 9, p50: 8, p95: 10, p99: 10, max: 10 });
  });

  it('are not there where nothing was answered', () => {
    const figures = figuresOf(measurement([phase('first', [unanswered(0)])]));

    expect(figures).toEqual({ sent: 1, answered: 0 });
  });
});

describe('the memory of Redis in a load test', () => {
  const burst = phase('burst', [task(10, 11, 12)], [10, 12]);
  const memory = (...samples: ReturnType<typeof sample>[]) => figuresOf(measurement([burst], samples));

  it('counts from before all connections, which are told apart', () => {
    const figures = memory(
      sample(0, 100, 500),
      sample(9, 130, 500),
      sample(11, 170, 500),
      sample(20, 110, 500),
    );

    expect(figures).toMatchObject({ memory: 70, memoryOfConnections: 30, memoryAfter: 10 });
  });

  it('counts a moment that no look has seen, where it was a new peak', () => {
    const figures = memory(
      sample(0, 100, 140),
      sample(9, 130, 140),
      sample(11, 170, 190),
      sample(20, 110, 190),
    );

    expect(figures.memory).toBe(90);
  });

  it('is not measured where nobody looked before the burst', () => {
    expect(memory(sample(11, 100, 100)).memory).toBeUndefined();
    expect(memory().memory).toBeUndefined();
  });
});

describe('the processor of Redis in a load test', () => {
  const burst = phase('burst', [task(10, 11, 12)], [10, 12]);
  const cpu = (...samples: ReturnType<typeof sample>[]) => figuresOf(measurement([burst], samples)).cpu;

  it('is the time between the looks around the burst', () => {
    const looks = [
      [0, 1],
      [9, 2],
      [11, 3],
      [13, 4],
      [20, 9],
    ] as const;

    expect(cpu(...looks.map(([at, used]) => sample(at, 1, 1, used)))).toBe(0.5);
  });

  it('is not measured where nobody looked after it', () => {
    expect(cpu(sample(9, 1, 1, 2), sample(11, 1, 1, 3))).toBeUndefined();
  });
});

describe('a look at Redis', () => {
  const INFO = [
    '# Server\r\nserver_time_usec:1795283681958676\r\n',
    '# Memory\r\nused_memory:1500000\r\nused_memory_human:1.43M\r\nused_memory_peak:1700000\r\n',
    '# CPU\r\nused_cpu_sys:1.250000\r\nused_cpu_user:2.500000\r\nused_cpu_sys_children:7.0\r\n',
  ].join('');

  it('reads its clock, memory and processor time', () => {
    expect(sampleOf(INFO)).toEqual({ at: 1795283681.958676, memory: 1_500_000, peak: 1_700_000, cpu: 3.75 });
  });

  it('fails with the field that is missing', () => {
    expect(() => sampleOf('NOPERM')).toThrow('INFO of Redis has no server_time_usec');
  });
});
