// URLs of a Redis, as its clients read them.

import type { ResolvedTenant } from '../../spec';
import { hostAndPort } from './endpoint';
import type { Endpoint, Sentinels } from './endpoint';
import { tlsOptions } from './tls';

/**
 * `redis://redis:6379/0`, or all sentinels, parted by `;`: without credentials, which a client reads from its own mounted
 * file.
 */
export const url = (endpoint: Endpoint, database: number): string =>
  endpoint.sentinels ? sentinelUrls(endpoint.sentinels, database) : address(endpoint, '', database, {});

const sentinelUrls = ({ hosts, port }: Sentinels, database: number): string =>
  hosts.map((host) => `sentinel://${host}:${port}/${database}`).join(';');

type Options = Readonly<Record<string, string | number>>;

/** The one place that writes URLs of a Redis: whatever a client is given verifies the server. */
function address(endpoint: Endpoint, login: string, database: number, more: Options): string {
  const { tls } = endpoint;
  const options = { ...(tls && tlsOptions(tls.mode, endpoint.tlsFolder)), ...more };
  const query = Object.entries(options)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const scheme = tls ? 'rediss' : 'redis';
  return `${scheme}://${login}${hostAndPort(endpoint)}/${database}${query === '' ? '' : `?${query}`}`;
}

export interface Login {
  readonly user: string;
  /** Variable of the process that holds the password, filled in from a Secret. */
  readonly variable: string;
  readonly database: number;
}

/** For clients that take all they need from the URL. */
export const urlWithPassword = (endpoint: Endpoint, login: Login, options: Options): string =>
  address(endpoint, `${login.user}:$(${login.variable})@`, login.database, options);

/** Connection options as redis-py reads them in a URL; none where the author asked for nothing. */
export function urlOptions({ max, connectTimeout, urlTimeout }: ResolvedTenant['connections']): Options {
  if (max === undefined && urlTimeout === undefined) return {};
  return {
    ...(max !== undefined && { max_connections: max }),
    socket_connect_timeout: connectTimeout,
    ...(urlTimeout !== undefined && { socket_timeout: urlTimeout }),
  };
}
