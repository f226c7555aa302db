import {
  bytes,
  cpuText,
  durationText,
  isCpu,
  isDuration,
  isMemory,
  memoryText,
  millicores,
  seconds,
} from '../../lib/spec/units';
import type { Cpu, Duration, Memory } from '../../lib/spec/units';

test.each<[Memory, number]>([
  ['1Ki', 1024],
  ['512Mi', 536_870_912],
  ['2Gi', 2_147_483_648],
])('%s is %d bytes, and back', (text, count) => {
  expect(bytes(text)).toBe(count);
  expect(memoryText(count)).toBe(text);
});

test('bytes become the largest unit that holds them whole, rounded up to a Ki', () => {
  expect([1024 ** 3 + 1024 ** 2, 1024 ** 2 + 1, 1].map(memoryText)).toEqual(['1025Mi', '1025Ki', '1Ki']);
});

test.each<[Cpu, number]>([
  ['400m', 400],
  ['2', 2000],
  ['0.5', 500],
])('%s is %d thousandths of a core', (text, milli) => {
  expect(millicores(text)).toBe(milli);
});

test('thousandths become cores where they are whole', () => {
  expect([400, 1000, 1500].map(cpuText)).toEqual(['400m', '1', '1500m']);
});

test.each<[Duration, number]>([
  ['45s', 45],
  ['90m', 5400],
  ['2h', 7200],
  ['0s', 0],
])('%s is %d seconds, and back', (text, count) => {
  expect(seconds(text)).toBe(count);
  expect(durationText(count)).toBe(text);
});

test.each(['1.5Gi', '-1Mi', '1e3Mi', '0Mi', '512', '512MB', '512 Mi', 'Mi', '', 'NaNMi'])(
  'fails to read %p as a memory',
  (text) => {
    expect(isMemory(text)).toBe(false);
  },
);

test.each(['400M', '-1', '1e3', '0m', '0.0005', '1.', '.5', '', '1 m'])(
  'fails to read %p as a CPU',
  (text) => {
    expect(isCpu(text)).toBe(false);
  },
);

test.each(['1.5h', '-5m', '5', '5d', '', 'm', '1h30m', '5 m'])('fails to read %p as a duration', (text) => {
  expect(isDuration(text)).toBe(false);
});

test('reads what it writes', () => {
  const counts = [1, 59, 60, 61, 3599, 3600, 5400, 86_400];

  expect(
    counts.every((count) => isDuration(durationText(count)) && seconds(durationText(count)) === count),
  ).toBe(true);
  expect(counts.every((count) => isCpu(cpuText(count)) && millicores(cpuText(count)) === count)).toBe(true);
  expect(
    counts.every(
      (count) => isMemory(memoryText(count * 1024)) && bytes(memoryText(count * 1024)) === count * 1024,
    ),
  ).toBe(true);
});
