// Questions to the Redis in a pod, through its own redis-cli, and its answers as values.

import { lastLineOf } from './cluster';
import type { Cluster, ContainerRef } from './cluster';
import { REDIS_PROGRAM } from './runtime';

const MARK = '@@stalk';

/** Seconds; Redis answers in milliseconds unless it hangs. */
const REDIS_PATIENCE = 15;

/** Replies to these commands, each as redis-cli prints it raw. */
export async function askRedis(
  { cluster }: { readonly cluster: Cluster },
  container: ContainerRef,
  commands: readonly string[],
): Promise<readonly string[]> {
  const { stdout, stderr, code } = await cluster.exec(container, {
    argv: ['sh', '-c', REDIS_PROGRAM, 'sh', ...commands],
    timeoutSeconds: REDIS_PATIENCE,
  });
  const replies = stdout.split(`${MARK}\n`).slice(0, -1);
  if (code !== 0 || replies.length !== commands.length)
    throw new Error(
      `redis-cli in ${container.pod} must answer, got ${lastLineOf(stdout) || lastLineOf(stderr) || code}`,
    );
  return replies.map((reply) => reply.replace(/\r?\n$/, ''));
}

/** `key:value` lines of INFO. */
export const infoOf = (reply: string): ReadonlyMap<string, string> =>
  new Map(
    reply.split(/\r?\n/).flatMap((line) => {
      const at = line.indexOf(':');
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)] as const] : [];
    }),
  );

/** Alternating lines of CONFIG GET. */
export function configOf(reply: string): ReadonlyMap<string, string> {
  const lines = reply.split('\n');
  return new Map(lines.flatMap((name, i) => (i % 2 === 0 ? [[name, lines[i + 1] ?? ''] as const] : [])));
}

/** Fields of each client in CLIENT LIST. */
export const connectedClients = (reply: string): readonly ReadonlyMap<string, string>[] =>
  reply
    .split('\n')
    .filter((line) => line.startsWith('id='))
    .map(
      (line) =>
        new Map(
          line.split(' ').map((field) => [field.split('=')[0] ?? '', field.slice(field.indexOf('=') + 1)]),
        ),
    );
