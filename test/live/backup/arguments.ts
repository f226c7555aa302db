/** Arguments of the processes of this run, as anybody on their node may read them. */
import { readFileSync, readdirSync } from 'node:fs';

export interface Arguments {
  /** All that were seen so far. */
  readonly seen: () => string;
  readonly stop: () => void;
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it has ended
  }
};

/** Looks all the time; what ends within milliseconds may be missed: `recorded.ts` misses none. */
export function argumentsOf(folder: string): Arguments {
  const all = new Set<string>();
  const looked = new Set<string>();
  const look = (): void => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name) && !looked.has(name))) {
      const line = textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
      const isOurs = textOf(`/proc/${pid}/environ`).includes(folder) || line.includes(folder);
      if (!isOurs) looked.add(pid);
      else all.add(line);
    }
  };
  const timer = setInterval(look, 20);
  return {
    seen: () => [...all].join('\n'),
    stop: () => clearInterval(timer),
  };
}
