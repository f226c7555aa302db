import { cases } from './cases';
import { readings } from './rules';

/** `1h30m` in minutes. */
const minutes = (time: string): number =>
  [...time.matchAll(/(\d+)([hm])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unit === 'h' ? 60 : 1),
    0,
  );

describe('an alert', () => {
  it.each(readings)('has a story in which it fires, and is silent afterwards: $name', ({ name }) => {
    const told = cases.filter(({ fires, silent }) => {
      const last = Math.max(...fires.filter(({ alert }) => alert === name).map(({ at }) => minutes(at)));
      return silent.some(({ alert, at }) => alert === name && at.some((one) => minutes(one) > last));
    });

    expect(told.filter(({ fires }) => fires.some(({ alert }) => alert === name))).not.toEqual([]);
  });
});

describe('a story', () => {
  it('has a title of its own, and speaks of alerts that exist', () => {
    const titles = cases.map(({ title }) => title);
    const names = new Set(readings.map(({ name }) => name));
    const spoken = cases.flatMap(({ fires, silent }) => [...fires, ...silent].map(({ alert }) => alert));

    expect(new Set(titles).size).toBe(titles.length);
    expect(spoken.filter((name) => !names.has(name))).toEqual([]);
  });
});
