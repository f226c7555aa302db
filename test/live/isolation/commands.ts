/** All commands that a server knows, each sent with the neighbour's key wherever it takes an argument. */
import type { Reply } from '../redis-connection';
import type { Command } from './attacks';

/**
 * Commands that a tenant's user may run with such arguments: they take no keys, show nothing of others and change nothing
 * of theirs; or they say before the keys how many there are, and are attacked one by one (`attacks.ts`).
 */
export const HARMLESS: ReadonlySet<string> = new Set([
  ...['ping', 'echo', 'select', 'time', 'auth', 'hello', 'quit', 'reset'],
  ...['client|id', 'client|info', 'client|getname', 'client|setname', 'client|setinfo'],
  ...['multi', 'exec', 'discard', 'unwatch'],
  ...['script|load', 'script|exists'],
  ...['unsubscribe', 'punsubscribe', 'sunsubscribe'],
  ...['object|help', 'xgroup|help', 'xinfo|help'],
  ...['eval', 'eval_ro', 'evalsha', 'evalsha_ro', 'xread', 'xreadgroup'],
  ...['lmpop', 'blmpop', 'zmpop', 'bzmpop', 'sintercard', 'zintercard', 'zinter', 'zunion', 'zdiff'],
  ...['zinterstore', 'zunionstore', 'zdiffstore'],
]);

export interface Try {
  readonly name: string;
  readonly words: Command;
}

/** Of `COMMAND`: each entry is name, arity and, last, its subcommands in the same form. */
export function triesOf(commands: Reply | undefined, key: string): Try[] {
  return (Array.isArray(commands) ? commands : []).flatMap((entry: readonly Reply[]) => {
    const [name, arity, subcommands] = [String(entry[0]), Math.abs(Number(entry[1])), entry[9]];
    if (Array.isArray(subcommands) && subcommands.length > 0) return triesOf(subcommands, key);
    const words = name.split('|');
    return [
      { name, words: [...words, ...Array.from({ length: Math.max(0, arity - words.length) }, () => key)] },
    ];
  });
}
