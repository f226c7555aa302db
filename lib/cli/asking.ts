// What commands of backups share: a cluster to ask, patience, and errors in one line.

import { BackupError } from '../backups';
import type { Asking, BackedUp } from '../backups';
import { isDuration, seconds } from '../spec/units';
import type { Duration } from '../spec/units';
import { connectedTo } from './connected';
import { CannotRun } from './io';
import type { Io } from './io';

export interface ClusterFlags {
  readonly env: string;
  readonly context?: string;
  readonly from?: string;
  /** Seconds. */
  readonly maxWait: number;
}

/** What restic calls the newest. */
export const NEWEST_SNAPSHOT = 'latest';

/** Milliseconds between two looks at a pod. */
const EVERY = 1000;

export async function asking(
  of: BackedUp,
  flags: Omit<ClusterFlags, 'from'>,
  say: Asking['say'],
): Promise<Asking> {
  const cluster = await connectedTo(flags.context);
  return { cluster, of, patience: flags.maxWait, every: EVERY, say };
}

export const saidOf =
  (io: Io): Asking['say'] =>
  (text) =>
    io.progress(text);

/** What the list or the cluster does not allow is no fault of the program. */
export async function withoutStack<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw error instanceof BackupError ? new CannotRun([error.message]) : error;
  }
}

export const isDurationText = (text: string): number | undefined =>
  isDuration(text) ? seconds(text as Duration) : undefined;
