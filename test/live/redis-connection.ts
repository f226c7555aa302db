/** Speaks to a Redis: just enough RESP2 to log in, send commands and see a connection die. */
import { createConnection, type Socket } from 'node:net';

export type Reply = string | number | null | readonly Reply[];

export interface Connection {
  /** Sends one command; an error reply is returned as text that begins with `-`. */
  readonly send: (...command: readonly string[]) => Promise<Reply>;
  readonly closed: () => boolean;
  readonly close: () => void;
}

/** Opens a connection to a port of this machine or to a socket, as a user where one is given. */
export async function connect(at: number | string, user?: string, password?: string): Promise<Connection> {
  const socket = typeof at === 'string' ? createConnection(at) : createConnection(at, '127.0.0.1');
  let closed = false;
  socket.once('close', () => (closed = true)).on('error', () => (closed = true));
  await new Promise((done) => socket.once('connect', done).once('error', done));
  const send = sender(socket);
  if (user !== undefined) {
    const reply = await send('AUTH', user, password ?? '');
    if (reply !== 'OK') throw new Error(`cannot log in as ${user}: ${String(reply)}`);
  }
  return { send, closed: () => closed, close: () => socket.destroy() };
}

function sender(socket: Socket): Connection['send'] {
  let buffer = Buffer.alloc(0);
  const waiting: ((reply: Reply) => void)[] = [];
  socket.on('data', (data: Buffer) => {
    buffer = Buffer.concat([buffer, data]);
    for (let parsed = parse(buffer, 0); parsed !== undefined; parsed = parse(buffer, 0)) {
      buffer = buffer.subarray(parsed.end);
      waiting.shift()?.(parsed.reply);
    }
  });
  socket.on('close', () => waiting.splice(0).forEach((done) => done('-closed')));
  return (...command) =>
    new Promise((done) => {
      if (socket.destroyed) return done('-closed');
      waiting.push(done);
      const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
      socket.write(`*${command.length}\r\n${parts.join('')}`);
    });
}

interface Parsed {
  readonly reply: Reply;
  readonly end: number;
}

/** Reads one RESP2 value; undefined while it is not complete. */
function parse(buffer: Buffer, start: number): Parsed | undefined {
  const newline = buffer.indexOf('\r\n', start);
  if (newline < 0) return undefined;
  const head = buffer.toString('utf8', start + 1, newline);
  const end = newline + 2;
  const type = String.fromCharCode(buffer[start] ?? 0);
  if (type === ':') return { reply: Number(head), end };
  if (type === '+') return { reply: head, end };
  if (type === '-') return { reply: `-${head}`, end };
  if (head === '-1') return { reply: null, end };
  return type === '$' ? bulk(buffer, end, Number(head)) : list(buffer, end, Number(head));
}

function bulk(buffer: Buffer, start: number, length: number): Parsed | undefined {
  const end = start + length + 2;
  return buffer.length < end ? undefined : { reply: buffer.toString('utf8', start, end - 2), end };
}

function list(buffer: Buffer, start: number, length: number): Parsed | undefined {
  const replies: Reply[] = [];
  let end = start;
  while (replies.length < length) {
    const next = parse(buffer, end);
    if (next === undefined) return undefined;
    replies.push(next.reply);
    end = next.end;
  }
  return { reply: replies, end };
}
