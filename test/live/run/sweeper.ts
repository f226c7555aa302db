// Ends what a run of the live tests started, and removes its folder, when the run itself has ended in any way.
//
// It is nobody's foreground, so Ctrl-C does not reach it. The end of its stdin is the end of jest, also by SIGKILL.
import { rmSync } from 'node:fs';
import { kill, processesOf } from './processes';

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: sweeper.ts FOLDER');

process.stdin.resume().on('end', () => {
  // Twice: what was born while the first round looked
  kill(processesOf(folder));
  kill(processesOf(folder));
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});
