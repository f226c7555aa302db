// One command in one container, with what it prints, how it ends, and an end to waiting.

import { PassThrough, Writable } from 'node:stream';
import type { Readable } from 'node:stream';
import type { Exec, V1Status } from '@kubernetes/client-node';
import type { Command, ContainerRef, Executed } from './cluster';
import { ClusterError, refused, unreachable } from './errors';

/** As far as it is used here; the client's own type needs a package that it does not bring. */
interface Socket {
  addEventListener(event: 'close', listener: () => void): void;
  close(): void;
}

interface Target {
  readonly context: string;
  readonly server: string;
}

export async function runInContainer(
  api: Exec,
  target: Target,
  where: ContainerRef,
  { argv, stdin, timeoutSeconds }: Command,
): Promise<Executed> {
  const [out, err] = [gather(), gather()];
  const name = `${where.namespace} pod/${where.pod} container ${where.container}`;
  const input = stdin === undefined ? null : openEnded(stdin);
  let timer: NodeJS.Timeout | undefined;
  let socket: Socket | undefined;
  try {
    const status = await new Promise<V1Status>((resolve, reject) => {
      const end = (why: string): void => reject(new ClusterError(`${name}: a command ${why}`));
      timer = setTimeout(
        () =>
          end(`must end within ${timeoutSeconds} s, got no end; raise --max-wait if the pod is only slow`),
        timeoutSeconds * 1000,
      );
      api
        .exec(
          where.namespace,
          where.pod,
          where.container,
          [...argv],
          out.stream,
          err.stream,
          input,
          false,
          resolve,
        )
        .then((opened) => {
          socket = opened as Socket;
          socket.addEventListener('close', () =>
            setImmediate(end, 'must end by itself, got a closed connection'),
          );
        }, reject);
    });
    return { stdout: out.text(), stderr: err.text(), code: exitCode(status, name) };
  } catch (error) {
    throw translated(error, target, name);
  } finally {
    clearTimeout(timer);
    input?.destroy();
    socket?.close();
  }
}

/** Stays open after the last byte: closing it would close the connection on API servers before 1.30. */
function openEnded(text: string): Readable {
  const stream = new PassThrough();
  stream.write(text);
  return stream;
}

function gather(): { readonly stream: Writable; readonly text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}

function exitCode({ status, details, message }: V1Status, name: string): number {
  if (status === 'Success') return 0;
  const cause = details?.causes?.find(({ reason }) => reason === 'ExitCode');
  if (cause?.message !== undefined) return Number(cause.message);
  // What the container's runtime says where there is no such program
  if (/executable file not found|no such file or directory/.test(String(message))) return NOT_FOUND;
  throw new ClusterError(`${name}: a command must start, got ${String(message)}`);
}

/** As a shell says it. */
const NOT_FOUND = 127;

/** The socket's error events are no errors, and hold the status only in words. */
function translated(error: unknown, { context, server }: Target, name: string): Error {
  if (error instanceof ClusterError) return error;
  const { message = '', error: inner } = error as { readonly message?: string; readonly error?: unknown };
  const status = /Unexpected server response: (\d+)/.exec(message)?.[1];
  if (status === undefined) return unreachable({ context, server }, inner ?? error);
  if (status === '404' || status === '400')
    return new ClusterError(`${name}: must run for a command in it, got none such`, Number(status));
  return refused({ context, server, method: 'exec in', path: name }, Number(status), '');
}
