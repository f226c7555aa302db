// A terminal that a command draws on again and again, in place, and gives back as it was.

import type { WriteStream } from 'node:tty';

export interface Screen {
  readonly columns: number;
  readonly colour: boolean;
  /** Replaces what was drawn before. Lines without room below are left out, and counted. */
  draw(lines: readonly string[]): void;
  /** What stood there before comes back. */
  restore(): void;
}

type Terminal = Pick<WriteStream, 'columns' | 'rows' | 'write' | 'hasColors'>;

const OTHER_SCREEN = '\x1b[?1049h\x1b[?25l';
const BACK = '\x1b[?25h\x1b[?1049l';
const HOME = '\x1b[H';
const REST_OF_LINE = '\x1b[K';
const REST_OF_SCREEN = '\x1b[J';

export function screenOf(terminal: Terminal): Screen {
  let drawn = false;
  return {
    get columns() {
      return terminal.columns;
    },
    colour: terminal.hasColors(), // NO_COLOR asks for none: https://no-color.org
    draw(lines) {
      const room = terminal.rows - 1;
      const left = lines.length - room;
      const shown =
        left > 0
          ? [...lines.slice(0, room - 1), `… ${left + 1} more lines: a higher terminal has room for them`]
          : lines;
      const text = shown.map((line) => `${line}${REST_OF_LINE}\n`).join('');
      terminal.write(`${drawn ? '' : OTHER_SCREEN}${HOME}${text}${REST_OF_SCREEN}`);
      drawn = true;
    },
    restore() {
      if (drawn) terminal.write(BACK);
      drawn = false;
    },
  };
}
