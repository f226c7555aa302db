// The rules of each user of a Redis, written out from the ConfigMap that users.sh reads.

import type { Json, Synth } from './synth';

const linesOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '));

/** As in `redis-rules`, or another ConfigMap of rules. */
export function rulesIn({ byKind }: Pick<Synth, 'byKind'>, map = 'redis-rules'): Json {
  const { roles, users } = byKind('ConfigMap', map).data;
  const rules: Record<string, string> = {};
  for (const [name = '', own = '', ...mine] of linesOf(users))
    for (const [, ending, ...words] of mine.flatMap((role) =>
      linesOf(roles).filter(([one]) => one === role),
    )) {
      const user = ending === '-' ? name : `${name}${ending}`;
      const line = words.join(' ').replaceAll('<own>', own);
      rules[user] = rules[user] === undefined ? line : `${rules[user]} ${line}`;
    }
  return rules;
}
