// Who comes into a Redis at all, and the one user that lies outside the tenant's namespace.

import { breachUnless } from './law';
import type { Law } from './law';
import { ownOfKind } from './leaf';
import { aboutRole, roleLines } from './redis-rules';
import { wordsAfter } from './redis-commands';
import { inWords, show } from './words';

/** What KEDA's script asks, and what every client says first. EVAL lets a script run these commands alone. */
const READS = new Set('ping select eval type llen hlen zcard scard'.split(' '));

/** The ending that Stalk gives the autoscaler's user. */
const SCALER = /^-scaler$/;

const scaler: Law = {
  name: 'the autoscaler’s user only reads lengths',
  check: (leaf) =>
    roleLines(leaf)
      .filter(({ map, ending }) => map === 'redis-rules' && SCALER.test(ending))
      .flatMap((rule) =>
        wordsAfter(rule.words, '+').flatMap((command) =>
          aboutRole(
            rule,
            READS.has(command),
            `must hold nothing but ${[...READS].join(' ')}, got +${command}`,
          ),
        ),
      ),
};

/** What the exporter of queues asks: a script that is run by EVALSHA_RO runs those of them alone that read. */
const COUNTS = new Set('ping select evalsha_ro script|load llen lindex hlen zrange zcard'.split(' '));

const counter: Law = {
  name: 'the user that reads the queues of all tenants changes nothing, and hears no channel',
  check: (leaf) =>
    roleLines(leaf)
      .filter(({ map, role }) => map === 'redis-rules' && role === 'queues')
      .flatMap((rule) => [
        ...aboutRole(
          rule,
          !rule.words.some((word) => /^(~|%(?!R~)|&|allkeys|allchannels)/.test(word)),
          'must hold keys to read alone, each like %R~*, and no channel',
        ),
        ...wordsAfter(rule.words, '+').flatMap((command) =>
          aboutRole(
            rule,
            COUNTS.has(command),
            `must hold nothing but ${[...COUNTS].join(' ')}, got +${command}`,
          ),
        ),
      ]),
};

/** What users.sh writes into the aclfile. */
const DEFAULT_USER = /\buser default \w+( \w+)?/g;
const OFF = 'user default off resetpass';

const defaultUser: Law = {
  name: 'nobody is Redis’ default user, which needs no password',
  check: (leaf) =>
    ownOfKind(leaf, 'ConfigMap').flatMap(({ id, data = {} }) => {
      const script = data['users.sh'];
      if (script === undefined) return [];
      const lines: readonly string[] = script.match(DEFAULT_USER) ?? [];
      return breachUnless(
        lines.length > 0 && lines.every((line) => line === OFF),
        id,
        `.data["users.sh"] must hold "${OFF}", got ${inWords(lines.map(show))}`,
      );
    }),
};

export const redisAccessLaws: readonly Law[] = [scaler, counter, defaultUser];
