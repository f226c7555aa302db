// Passwords of Redis users in a stack's configuration: their keys, and what is wrong with those that are set.

import type { WantedSecret } from '../../plan/secrets/wanted';
import type { PlannedLeaf } from './plan';

/** Begins the key of every password: `stalk:password/brokers/shared/acme`. */
export const PASSWORD = 'password/';

/** Behind a user while it is rotated: the broker takes both, clients get the one without it. */
const NEXT = '.next';

/** Keys in the stack's configuration, by key of the Secret. */
export function keysOf(
  { users, of, take }: WantedSecret,
  configured: { has(key: string): boolean },
): Map<string, string> {
  const key = (user: string): string => `${PASSWORD}${of}/${user}`;
  const next = take === 'all' ? users.map((user) => `${user}${NEXT}`) : [];
  return new Map([...users, ...next.filter((user) => configured.has(key(user)))].map((u) => [u, key(u)]));
}

/** They enter URLs, and no password is shorter than those of Stalk's own. */
const SAFE = /^[A-Za-z0-9_-]{32,}$/;

/** One password as it is configured. */
export interface Configured {
  readonly value: string;
  /** Whether it was set with `--secret`: it is in plain sight in `Pulumi.<stack>.yaml` otherwise. */
  readonly secret: boolean;
}

/** Every password that is missing, left over, unsafe or in plain sight, with the command that mends it. */
export function passwordProblems(
  leaves: readonly PlannedLeaf[],
  configured: ReadonlyMap<string, Configured>,
  stack: string,
): string[] {
  const wanted = leaves.flatMap(({ objects }) => objects.flatMap(({ fill }) => (fill ? [fill] : [])));
  const keys = (of: readonly WantedSecret[]) => of.flatMap((one) => [...keysOf(one, configured).values()]);
  const used = new Set(keys(wanted));
  const free = new Set(keys(wanted.filter(({ anyText }) => anyText)));
  const set = (key: string): string =>
    `openssl rand -hex 24 | pulumi config set --secret stalk:${key} -s ${stack}`;
  return [
    ...[...used].flatMap((key) => {
      const found = configured.get(key);
      const wrong = found ? wrongWith(found, free.has(key)) : 'be set, got nothing';
      return wrong === undefined ? [] : [`stalk:${key} must ${wrong}; ${set(key)}`];
    }),
    ...[...configured.keys()]
      .filter((key) => !used.has(key))
      .map(
        (key) =>
          `stalk:${key} must belong to a Redis user whose password this stack sets, got none; pulumi config rm stalk:${key} -s ${stack}`,
      ),
  ];
}

function wrongWith({ value, secret }: Configured, isFree: boolean): string | undefined {
  if (!secret) return 'be a secret, got plain text';
  if (isFree) return value.trim() === '' ? 'be a text, got nothing' : undefined;
  if (!SAFE.test(value)) return 'be 32 or more letters, digits, - or _, got other text';
  return undefined;
}
