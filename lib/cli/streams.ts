// The streams of a process as a command's Io: quiet when their reader goes away.

import type { Writable } from 'node:stream';
import { WriteStream } from 'node:tty';
import { type Io, Unread } from './io';
import { screenOf } from './screen';

export function ioOf(stdout: Writable, stderr: Writable): Io {
  const [out, err] = [lines(stdout), lines(stderr)];
  return {
    ...(stdout instanceof WriteStream && { screen: screenOf(stdout) }),
    unread: out.unread,
    out: out.write,
    err: err.write,
    progress: (text) => {
      if (err.unread()) throw new Unread();
      err.write(text);
    },
  };
}

/** Node ignores SIGPIPE, and tells of a reader that went by an `error` after the write: unheard, it ends in a stack trace. */
function lines(stream: Writable): { readonly write: Io['out']; readonly unread: () => boolean } {
  let unread = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    unread = true;
  });
  return {
    write: (text) => {
      if (!unread) stream.write(`${text}\n`);
    },
    unread: () => unread,
  };
}
