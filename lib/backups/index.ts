// Backups of brokers as people handle them: which there are, what one holds, one more now, and back from one.

export { backUpNow } from './now';
export { countedLines, headline, snapshotLines } from './text';
export { heldIn, snapshotsOf } from './snapshot';
export type { Asking } from './snapshot';
export { restore } from './restore';
export { BackupError, brokerNamed, targetNamed } from './target';
export type { BackedUp, RestoreTarget } from './target';
