// What a Redis of theirs was told: by arguments, by redis.conf, by the variables of its image.

import type { Inventory } from '../facts';
import { lookupIn } from '../units';
import type { Unit } from '../units';

/** `maxmemory`, `maxmemory-policy`, `appendonly`, `databases`, and what else it is told, by name. */
export function redisSettings(unit: Unit, { configs }: Inventory): Readonly<Record<string, string>> {
  const { program, script } = unit;
  const lookup = lookupIn(program);
  const flags = [lookup('REDIS_EXTRA_FLAGS'), lookup('REDIS_ARGS'), lookup('VALKEY_EXTRA_FLAGS')].join(' ');
  const words = [...script.commands.map((one) => one.join(' ')), flags].join(' ');
  const mounted = program.mounts.flatMap(({ behind }) =>
    behind.kind === 'configMap' ? Object.values(configs[behind.name] ?? {}) : [],
  );
  return {
    ...Object.fromEntries(mounted.flatMap(linesOfConf)),
    ...Object.fromEntries(
      [...words.matchAll(/--([a-z][a-z-]*)[ =]("[^"]*"|'[^']*'|\S+)/g)].map(([, name = '', value = '']) => [
        name,
        value.replaceAll(/^["']|["']$/g, ''),
      ]),
    ),
    ...(/^(yes|true)$/.test(lookup('REDIS_AOF_ENABLED') ?? '') && { appendonly: 'yes' }),
  };
}

const linesOfConf = (text: string): readonly (readonly [string, string])[] =>
  [...text.matchAll(/^\s*([a-z][a-z-]*)\s+"?([^"\n#]+?)"?\s*$/gm)].map(
    ([, name = '', value = '']) => [name, value] as const,
  );
