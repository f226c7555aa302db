// Redis users: they reach their own keys only, and may do what Celery does and nothing else.

import { breachUnless } from './law';
import type { Breach, Law } from './law';
import { called, ownOfKind } from './leaf';
import type { LeafView } from './leaf';
import { redisSets } from './redis-servers';
import { inWords, show } from './words';

/** What stops the server, reads everybody's traffic, or changes who may do what. */
const ADMIN = new Set(
  (
    'acl bgrewriteaof bgsave client cluster config debug failover flushall flushdb function keys latency memory ' +
    'migrate module monitor move persist psync replconf replicaof reset-all restore save scan script shutdown slaveof ' +
    'slowlog swapdb sync wait'
  ).split(' '),
);

/** Parts of those that Celery uses. */
const FREE = new Set(['script|load', 'script|exists', 'client|setinfo']);

/** The users that Redis itself needs. */
const INTERNAL: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['replica', new Set(['psync', 'replconf'])],
  [
    'sentinel',
    new Set(['slaveof', 'replicaof', 'config|rewrite', 'client|setname', 'client|kill', 'script|kill']),
  ],
]);

/** The line of rules of one user. */
export interface AclLine {
  /** ConfigMap that holds it: `redis-rules`. */
  readonly map: string;
  readonly user: string;
  readonly line: string;
  readonly words: readonly string[];
}

export const aclLinesOf = (leaf: LeafView): AclLine[] =>
  ownOfKind(leaf, 'ConfigMap')
    .filter(({ metadata }) => /^(redis|cache)-rules$/.test(metadata.name))
    .flatMap(({ metadata, data = {} }) =>
      Object.entries(data).map(([user, line]) => ({
        map: metadata.name,
        user,
        line,
        words: line.split(' '),
      })),
    );

export const about = ({ map, user }: AclLine, holds: boolean, rest: string): Breach[] =>
  breachUnless(holds, `ConfigMap/${map}`, `.data["${user}"] ${rest}`);

export const wordsAfter = (words: readonly string[], mark: string): string[] =>
  words.filter((w) => w.startsWith(mark)).map((w) => w.slice(1));

const TOKEN = /^(resetkeys|resetchannels|~\S+|&\S+|[+-]@[a-z]+|[+-][a-z]+(\|[a-z]+)?)$/;

const lines: Law = {
  name: 'every line of rules is one that ACL SETUSER reads',
  check: (leaf) =>
    aclLinesOf(leaf).flatMap((rule) => [
      ...about(
        rule,
        /^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(rule.line),
        'must be one line of words with one blank between them',
      ),
      ...rule.line
        .split(/\s+/)
        .flatMap((word) =>
          about(rule, TOKEN.test(word), `must hold words of ACL SETUSER, got ${show(word)}`),
        ),
    ]),
};

const commands: Law = {
  name: 'the users of a broker may do what is named, and nothing that is the server’s',
  check: (leaf) =>
    aclLinesOf(leaf)
      .filter(({ map }) => map === 'redis-rules')
      .flatMap((rule) => {
        const { words, user } = rule;
        const cleared = words.indexOf('-@all');
        const own = INTERNAL.get(user);
        return [
          ...about(
            rule,
            cleared >= 0 && cleared < words.findIndex((w) => w.startsWith('+')),
            'must begin with -@all, or it keeps every command',
          ),
          ...wordsAfter(words, '+').flatMap((command) => [
            ...about(rule, !command.startsWith('@'), `must name commands one by one, got +${command}`),
            ...about(
              rule,
              FREE.has(command) || own?.has(command) === true || !ADMIN.has(command.split('|')[0] ?? ''),
              `must hold no command that is the server's, got +${command}`,
            ),
          ]),
        ];
      }),
};

/** What kombu subscribes to by pattern: Redis compares these as text. */
const CHANNELS = ['.pidbox', 'ev/*', 'ev/worker.*'];

const reach: Law = {
  name: 'users of a shared broker reach their own keys and channels, Celery’s patterns spelled out',
  check: (leaf) =>
    leaf.kind !== 'broker'
      ? []
      : aclLinesOf(leaf)
          .filter(({ user }) => !INTERNAL.has(user))
          .flatMap((rule) => {
            const { words } = rule;
            const [keys, channels] = [wordsAfter(words, '~'), wordsAfter(words, '&')];
            const prefix = /^([a-z0-9.:-]+:)\*$/.exec(keys[0] ?? '')?.[1];
            return [
              ...about(
                rule,
                words[0] === 'resetkeys' && words.includes('resetchannels'),
                'must begin with resetkeys and hold resetchannels, or the user keeps what it had',
              ),
              ...about(
                rule,
                !keys.includes('*') && !channels.includes('*'),
                'must hold neither ~* nor &*, which reach everything',
              ),
              ...(prefix === undefined ? [] : within(rule, { prefix, keys, channels })),
            ];
          }),
};

interface Reach {
  readonly prefix: string;
  readonly keys: readonly string[];
  readonly channels: readonly string[];
}

const within = (rule: AclLine, { prefix, keys, channels }: Reach): Breach[] => [
  ...about(rule, keys.length === 1, `must hold one pattern of keys, got ${inWords(keys)}`),
  ...CHANNELS.flatMap((end) =>
    about(
      rule,
      channels.includes(`${prefix}/0.celery${end}`),
      `must hold the channel &${prefix}/0.celery${end}`,
    ),
  ),
];

const passwordsMatch: Law = {
  name: 'every user with rules gets a password, where the leaf says which there are',
  check: (leaf) =>
    redisSets(leaf).flatMap(({ metadata }) => {
      const component = metadata.labels['app.kubernetes.io/component'];
      const secret = called(leaf, 'Secret', `${component}-users`);
      if (secret === undefined) return [];
      return aclLinesOf(leaf)
        .filter(({ map }) => map === `${component}-rules`)
        .flatMap(({ user }) =>
          breachUnless(
            /^[A-Za-z0-9_-]{32,}$/.test(secret.stringData?.[user] ?? ''),
            secret.id,
            `.stringData["${user}"] must be a password of at least 32 letters`,
          ),
        );
    }),
};

export const redisUserLaws: readonly Law[] = [lines, commands, reach, passwordsMatch];
