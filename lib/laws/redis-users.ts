// Redis users: they reach their own keys only, and may do what Celery does and nothing else.

import { breachUnless } from './law';
import type { Breach, Law } from './law';
import { called } from './leaf';
import { aboutRole, aboutUser, roleLines, rulesByUser, userLines } from './redis-rules';
import type { RoleLine } from './redis-rules';
import { INTERNAL, commands, isAddition, wordsAfter } from './redis-commands';
import { redisSets } from './redis-servers';
import { inWords, show } from './words';

const TOKEN = /^(resetkeys|resetchannels|(%R)?~\S+|&\S+|[+-]@[a-z]+|[+-][a-z_]+(\|[a-z-]+)?)$/;

const lines: Law = {
  name: 'every line of rules is one that ACL SETUSER reads',
  check: (leaf) =>
    roleLines(leaf).flatMap((role) => [
      ...aboutRole(role, /^-[a-z-]*$/.test(role.ending), 'must have an ending of its users, or - for none'),
      ...aboutRole(
        role,
        /^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(role.line),
        'must be one line of words with one blank between them',
      ),
      ...role.line
        .split(/\s+/)
        .flatMap((word) =>
          aboutRole(role, TOKEN.test(word), `must hold words of ACL SETUSER, got ${show(word)}`),
        ),
    ]),
};

const known: Law = {
  name: 'every line of users names what is theirs, and roles that are there',
  check: (leaf) => {
    const all = roleLines(leaf);
    return userLines(leaf).flatMap((user) => {
      const mine = all.filter(({ map, role }) => map === user.map && user.roles.includes(role));
      const ownless = user.own === '-' && mine.some(({ line }) => line.includes('<own>'));
      return [
        ...aboutUser(
          user,
          /^[a-z0-9][a-z0-9.-]*$/.test(user.name) && user.roles.length > 0,
          'must be a name, what is its own, and roles',
        ),
        ...aboutUser(
          user,
          /^[a-z0-9.:-]+$/.test(user.own) && !ownless,
          `must say what is its own, got ${show(user.own)}`,
        ),
        ...user.roles.flatMap((role) =>
          aboutUser(
            user,
            mine.some((one) => one.role === role),
            `must have a role of .data.roles, got ${show(role)}`,
          ),
        ),
      ];
    });
  },
};

const internal: Law = {
  name: 'the roles of Redis itself are of its own users alone',
  check: (leaf) =>
    userLines(leaf)
      .filter(({ map }) => map === 'redis-rules')
      .flatMap((user) =>
        user.roles
          .filter((role) => INTERNAL.has(role) && role !== user.name)
          .flatMap((role) => aboutUser(user, false, `must have no role of Redis itself, got ${show(role)}`)),
      ),
};

/** What kombu subscribes to by pattern: Redis compares these as text. */
const CHANNELS = ['.pidbox', 'ev/*', 'ev/worker.*'];

const reach: Law = {
  name: 'users of a shared broker reach their own keys and channels, Celery’s patterns spelled out',
  check: (leaf) =>
    leaf.kind !== 'broker'
      ? []
      : roleLines(leaf)
          .filter((rule) => rule.map === 'redis-rules' && !INTERNAL.has(rule.role) && !isAddition(rule))
          .flatMap((rule) => {
            const { words } = rule;
            const [keys, channels] = [wordsAfter(words, '~'), wordsAfter(words, '&')];
            return [
              ...aboutRole(
                rule,
                words[0] === 'resetkeys' && words.includes('resetchannels'),
                'must begin with resetkeys and hold resetchannels, or the user keeps what it had',
              ),
              ...[...keys, ...channels].flatMap((pattern) =>
                aboutRole(
                  rule,
                  pattern.includes('<own>'),
                  `must hold patterns with what is the user's own, got ${pattern}, which reaches more`,
                ),
              ),
              ...(keys.includes('<own>*') ? within(rule, keys, channels) : []),
            ];
          }),
};

const within = (rule: RoleLine, keys: readonly string[], channels: readonly string[]): Breach[] => [
  ...aboutRole(rule, keys.length === 1, `must hold one pattern of keys, got ${inWords(keys)}`),
  ...CHANNELS.flatMap((end) =>
    aboutRole(rule, channels.includes(`<own>/0.celery${end}`), `must hold the channel &<own>/0.celery${end}`),
  ),
];

/** What is before a star has to end, or one tenant's keys cover those of another whose name begins like that. */
const ended: Law = {
  name: 'what is a user’s own on a shared broker ends in a colon where a star follows it',
  check: (leaf) => {
    if (leaf.kind !== 'broker') return [];
    const open = new Set(
      roleLines(leaf)
        .filter(({ line }) => line.includes('<own>*'))
        .map(({ role }) => role),
    );
    return userLines(leaf)
      .filter(({ map, roles }) => map === 'redis-rules' && roles.some((role) => open.has(role)))
      .flatMap((user) =>
        aboutUser(user, user.own.endsWith(':'), `must have keys that end in ":", got ${show(user.own)}`),
      );
  },
};

const passwordsMatch: Law = {
  name: 'every user with rules gets a password, where the leaf says which there are',
  check: (leaf) =>
    redisSets(leaf).flatMap(({ metadata }) => {
      const component = metadata.labels['app.kubernetes.io/component'];
      const secret = called(leaf, 'Secret', `${component}-users`);
      const rules = rulesByUser(leaf, `${component}-rules`);
      if (secret === undefined || rules === undefined) return [];
      return [...rules.keys()].flatMap((user) =>
        breachUnless(
          /^[A-Za-z0-9_-]{32,}$/.test(secret.stringData?.[user] ?? ''),
          secret.id,
          `.stringData["${user}"] must be a password of at least 32 letters`,
        ),
      );
    }),
};

export const redisUserLaws: readonly Law[] = [lines, known, commands, internal, reach, ended, passwordsMatch];
