// Destinations outside the namespace, and what people write there: host names, URLs, bare addresses.

import { isIP } from 'node:net';
import { show } from './finding';
import { hinted, passing, proposing, impossible, textOf } from './kind';
import { isRecord } from '../../kube/json';

/** `10.20.0.0/16` or `fd00::/8`; a prefix length is required, as in a network policy. */
function isCidr(value: unknown): boolean {
  const [address, length, ...more] = textOf(value).split('/');
  const version = isIP(address ?? '');
  const bits = version === 4 ? 32 : 128;
  return version > 0 && more.length === 0 && /^\d{1,3}$/.test(length ?? '') && Number(length) <= bits;
}

/** One address is a range of its own. */
function likelyCidr(value: unknown): string | undefined {
  const version = isIP(textOf(value));
  return version === 0 ? undefined : `${textOf(value)}/${version === 4 ? 32 : 128}`;
}

export const cidr = hinted(
  proposing(
    passing<string>(
      isCidr,
      {
        wanted: 'be addresses with the length of their prefix',
        fix: 'write them like "10.20.0.0/16"',
      },
      { type: 'string', pattern: '^[0-9a-fA-F.:]+/[0-9]{1,3}$' },
    ),
    likelyCidr,
  ),
  (value) => (hostIn(value) === undefined ? undefined : `write the addresses of the host: ${POLICIES}`),
);

const POLICIES = 'network policies know addresses and pods, no host names';

/** The host of `pg.example.com`, `https://api.example.com/v1` or `db:5432`. */
function hostIn(value: unknown): string | undefined {
  const [, host = ''] =
    /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^@/\s]*@)?([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::\d+)?(?:\/\S*)?$/i.exec(
      textOf(value),
    ) ?? [];
  return typeof value !== 'string' || host === '' || isIP(host) > 0 || /^[\d.]+$/.test(host)
    ? undefined
    : host;
}

const EVERYWHERE = /^(\*|any|all|everywhere|everything|world|public|external|0\.0\.0\.0(\/0)?|::\/0)$/i;

/** What a text was meant to be. */
function likely(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (EVERYWHERE.test(value)) return 'write "internet"';
  const range = isCidr(value) ? value : likelyCidr(value);
  if (range !== undefined) return `write { cidr: ${show(range)} }`;
  return hostIn(value) === undefined
    ? undefined
    : `write { cidr } with its addresses, { pods, namespace } or "internet": ${POLICIES}`;
}

const WANTED = 'be "internet", { cidr } or { pods, namespace }';

export const internet = hinted(
  passing<'internet'>(
    (value) => value === 'internet',
    { wanted: WANTED, fix: 'write one of these' },
    { const: 'internet' },
  ),
  likely,
);

/** `{ host: … }` and the like. */
const NAMED = ['host', 'hostname', 'dns', 'fqdn', 'domain', 'url', 'service'];
export const isNamed = (value: unknown): boolean => isRecord(value) && NAMED.some((key) => key in value);

export const notADestination = impossible({
  wanted: WANTED,
  fix: `write one of these: ${POLICIES}`,
});
