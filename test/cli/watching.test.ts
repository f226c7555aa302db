// A command that looks again and again: in place on a terminal, until Ctrl-C, and it gives the terminal back.

import { Unread } from '../../lib/cli/io';
import type { Io } from '../../lib/cli/io';
import { screenOf } from '../../lib/cli/screen';
import { watching } from '../../lib/cli/watching';

const ioTo = (said: string[], more: Partial<Io> = {}): Io => ({
  out: (text) => said.push(text),
  err: (text) => said.push(text),
  progress: (text) => said.push(text),
  ...more,
});

/** Looks that count; Ctrl-C comes after the last. */
const looks = (count: number, failing: readonly number[] = []) => {
  let seen = 0;
  return {
    look: () => {
      seen++;
      if (seen === count) setTimeout(() => process.emit('SIGINT'), 5);
      return failing.includes(seen)
        ? Promise.reject(new Error('the cluster must answer, got no connection'))
        : Promise.resolve(seen);
    },
    lines: (look: number, complaint?: string) => [
      ...(complaint === undefined ? [] : [complaint]),
      `look ${look}`,
    ],
    every: 0.02,
  };
};

test('looks come one after the other where there is no terminal, until Ctrl-C', async () => {
  const said: string[] = [];

  await watching(ioTo(said), looks(3));

  expect(said).toEqual(['look 1', 'look 2', 'look 3']);
  expect(process.listenerCount('SIGINT')).toBe(0);
});

test('a terminal is drawn on in place, and comes back as it was', async () => {
  const written: string[] = [];
  const screen = screenOf({
    columns: 80,
    rows: 24,
    hasColors: () => true,
    write: (text: string) => written.push(text) > 0,
  });

  await watching(ioTo([], { screen }), looks(2));

  expect(written).toEqual([
    '\x1b[?1049h\x1b[?25l\x1b[Hlook 1\x1b[K\n\x1b[J',
    '\x1b[Hlook 2\x1b[K\n\x1b[J',
    '\x1b[?25h\x1b[?1049l',
  ]);
});

test('lines without room on a terminal are counted', () => {
  const written: string[] = [];
  const screen = screenOf({
    columns: 80,
    rows: 4,
    hasColors: () => false,
    write: (text: string) => written.push(text) > 0,
  });

  screen.draw(['one', 'two', 'three', 'four', 'five']);

  expect(written.join('')).toContain(
    'two\x1b[K\n… 3 more lines: a higher terminal has room for them\x1b[K\n\x1b[J',
  );
});

test('a look that fails leaves what was seen last, and says why', async () => {
  const said: string[] = [];

  await watching(ioTo(said), looks(3, [2]));

  expect(said[1]).toBe(
    'No answer; this is what was seen last. the cluster must answer, got no connection\nlook 1\n',
  );
  expect(said[2]).toBe('look 3');
});

test('fails where the first look does', async () => {
  await expect(watching(ioTo([]), looks(9, [1]))).rejects.toThrow('no connection');
});

test('ends when its reader goes away', async () => {
  await expect(watching(ioTo([], { unread: () => true }), looks(9))).rejects.toThrow(Unread);
});
