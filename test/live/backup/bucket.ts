/** A bucket on this machine: a server that speaks S3, which `.ci/run` builds. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { eventually, freePort } from '../redis-server';

const S3 = process.env['GOFAKES3'] ?? resolve(__dirname, '../../../build/go/gofakes3');

/** Why there is none; empty where there is. */
export const lackingBucket = existsSync(S3) ? '' : `${S3} is not here`;

export interface Bucket {
  readonly port: number;
  readonly endpoint: string;
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly remove: () => void;
}

export const BUCKET = 'backups';

export async function bucket(): Promise<Bucket> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const server: ChildProcess = spawn(
    S3,
    ['-backend', 'memory', '-host', `127.0.0.1:${port}`, '-initialbucket', BUCKET],
    { stdio: 'ignore' },
  );
  await eventually('the server of S3 answers', () => fetch(endpoint).then(Boolean, () => false), 30);
  return {
    port,
    endpoint,
    signal: (signal) => void server.kill(signal),
    remove: () => void server.kill('SIGKILL'),
  };
}
