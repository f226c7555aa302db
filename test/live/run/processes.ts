/** Which processes belong to a run of the live tests. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

export interface Process {
  readonly pid: number;
  readonly command: string;
}

/**
 * Processes that were started in a folder, or with the folder in their environment, where temporary files go.
 * Not by parentage: who loses its parent belongs to nobody. Both are needed, as Redis clears its environment.
 */
export function processesOf(folder: string): Process[] {
  return pids()
    .filter((pid) => pid !== process.pid && (inside(pid, folder) || told(pid, folder)))
    .map((pid) => ({ pid, command: read(pid, 'cmdline').replaceAll('\0', ' ').trim() }))
    .filter(({ command }) => command !== ''); // a zombie has none
}

function pids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return []; // there is no /proc outside Linux: what a killed run leaves has to be ended by hand there
  }
}

const inside = (pid: number, folder: string): boolean => cwd(pid).startsWith(folder);

const told = (pid: number, folder: string): boolean => read(pid, 'environ').includes(folder);

/** Of others, and of what has just ended, nothing is known. */
const unlessGone = (look: () => string): string => {
  try {
    return look();
  } catch {
    return '';
  }
};

const cwd = (pid: number): string => unlessGone(() => readlinkSync(`/proc/${pid}/cwd`));

const read = (pid: number, file: string): string =>
  unlessGone(() => readFileSync(`/proc/${pid}/${file}`, 'utf8'));

export function kill(found: readonly Process[]): void {
  for (const { pid } of found) unlessGone(() => String(process.kill(pid, 'SIGKILL')));
}
