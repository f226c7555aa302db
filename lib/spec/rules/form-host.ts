// The host of a Redis that somebody else runs, and what people write there instead of one.

import { isIP } from 'node:net';
import { show } from './finding';
import type { Finding } from './finding';
import type { Form } from './kind';
import { formBy, textOf } from './kind';

type Words = Pick<Finding, 'wanted' | 'fix'>;

/** `unix:///run/redis.sock`, and how Celery writes it. */
const SOCKET_URL = /^(unix|redis\+socket|socket):/i;

export const isSocketUrl = (value: unknown): boolean => typeof value === 'string' && SOCKET_URL.test(value);

export const OVER_TCP = {
  wanted: 'be reached over TCP: a socket is a file on one node, and pods run on many',
  fix: "use broker: { topology: 'standalone' }, or host and port of a Redis that listens on TCP",
} as const;

const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.?$/i;

/** From the most telling mistake on. */
const MISTAKES: readonly (readonly [mistake: RegExp, words: Words])[] = [
  [SOCKET_URL, OVER_TCP],
  [/^\//, OVER_TCP],
  [
    /,/,
    {
      wanted: 'be one host: Celery cannot follow the slots of a cluster',
      fix: 'name the primary, or use "sentinel" or "replicated" of a Redis that Stalk runs',
    },
  ],
  [
    /^rediss:/i,
    {
      wanted: 'be a host name or an address, not a URL',
      fix: 'write host and port as props, and tls beside them',
    },
  ],
  [
    /:\/\/|@|\//,
    {
      wanted: 'be a host name or an address, not a URL',
      fix: 'write host, port, username and database as props; the password comes from the Secret redis-credentials',
    },
  ],
  [
    /^[^:]+:\d+$/,
    { wanted: 'be a host name or an address alone', fix: 'write the port as a prop beside it' },
  ],
];

const OTHERWISE: Words = {
  wanted: 'be a host name or an address',
  fix: 'write it like "redis.example.com", "10.0.0.5" or "fd00::5"',
};

export const host: Form<string> = formBy(
  (value) => {
    if (typeof value === 'string' && (NAME.test(value) || isIP(value) > 0)) return [];
    const words = MISTAKES.find(([mistake]) => mistake.test(textOf(value)))?.[1];
    return [{ path: [], ...(words ?? OTHERWISE), got: show(value) }];
  },
  undefined,
  { kind: 'value', value: { type: 'string', pattern: '^[^\\s/@,]+$' } },
);
