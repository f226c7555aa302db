// What the users of a Redis may do: what Celery does, or all commands on data of their own.

import type { Law } from './law';
import { aboutRole, roleLines } from './redis-rules';
import type { RoleLine } from './redis-rules';

/** What stops the server, reads everybody's traffic, or changes who may do what. */
const ADMIN = new Set(
  (
    'acl bgrewriteaof bgsave client cluster config debug failover flushall flushdb function keys latency memory ' +
    'migrate module monitor move psync replconf replicaof reset-all restore save scan script shutdown slaveof ' +
    'slowlog swapdb sync wait'
  ).split(' '),
);

/** Parts of those that are about the script or the connection of the user itself. */
const FREE = new Set([
  'script|load',
  'script|exists',
  ...['client|setinfo', 'client|id', 'client|info', 'client|getname', 'client|setname'],
]);

/** Where the Redis is the tenant's alone, these show what is its own. */
const FREE_ALONE = new Set(['keys', 'client|list']);

/** Types of data: their commands name the keys that they touch. */
const TYPES = new Set('@string @hash @list @set @sortedset @stream @bitmap @hyperloglog @geo'.split(' '));

/** What is closed again behind all commands of a type, and behind all commands. */
const BEHIND_TYPES = ['-@dangerous', '-pfmerge'];
const BEHIND_ALL = ['-@admin', '-@dangerous'];

/** The users that Redis itself needs, the one that counts the queues of all tenants, and the one that dumps them. */
export const INTERNAL: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['replica', new Set(['psync', 'replconf'])],
  [
    'sentinel',
    new Set(['slaveof', 'replicaof', 'config|rewrite', 'client|setname', 'client|kill', 'script|kill']),
  ],
  ['queues', new Set()],
  ['backup', new Set(['sync', 'replconf'])],
]);

export const wordsAfter = (words: readonly string[], mark: string): string[] =>
  words.filter((w) => w.startsWith(mark)).map((w) => w.slice(1));

/** Words that add to the rules of another role. */
export const isAddition = ({ words }: RoleLine): boolean =>
  words.every((word) => /^[+-]/.test(word)) && !words.includes('-@all');

/** Whether all commands of a category may be open: what is dangerous among them is closed behind. */
function mayOpen(category: string, words: readonly string[], alone: boolean): boolean {
  const last = Math.max(...words.map((word, i) => (word.startsWith('+@') ? i : -1)));
  const closed = (behind: readonly string[]): boolean =>
    behind.every((word) => words.lastIndexOf(word) > last);
  return (
    (TYPES.has(category) && closed(BEHIND_TYPES)) || (category === '@all' && alone && closed(BEHIND_ALL))
  );
}

function mayRun(command: string, role: string, alone: boolean): boolean {
  if (FREE.has(command) || INTERNAL.get(role)?.has(command) === true) return true;
  return (alone && FREE_ALONE.has(command)) || !ADMIN.has(command.split('|')[0] ?? '');
}

export const commands: Law = {
  name: 'the users of a broker may do what is named, and nothing that is the server’s',
  check: (leaf) =>
    roleLines(leaf)
      .filter(({ map }) => map === 'redis-rules')
      .flatMap((rule) => {
        const { words, role } = rule;
        const cleared = words.indexOf('-@all');
        const alone = leaf.kind !== 'broker';
        return [
          ...aboutRole(
            rule,
            isAddition(rule) || (cleared >= 0 && cleared < words.findIndex((w) => w.startsWith('+'))),
            'must begin with -@all, or it keeps every command',
          ),
          ...wordsAfter(words, '+').flatMap((command) =>
            command.startsWith('@')
              ? aboutRole(
                  rule,
                  mayOpen(command, words, alone),
                  `must name commands one by one, got +${command}`,
                )
              : aboutRole(
                  rule,
                  mayRun(command, role, alone),
                  `must hold no command that is the server's, got +${command}`,
                ),
          ),
        ];
      }),
};
