// Certificates of Redis and its clients: which Secret holds them, where programs find the files.

import type { Tls } from '../../spec';

/** How a client meets a Redis that speaks TLS. */
export type ClientTls = FilesTls | PublicTls;

interface FilesTls {
  /** Secret in the client's namespace. */
  readonly secret: string;
  /** `mutual`: both sides show a certificate; `server`: somebody else's Redis shows one, and asks for none. */
  readonly mode: 'mutual' | 'server';
}

/** A public authority signed the certificate of somebody else's Redis: the image holds what verifies it. */
interface PublicTls {
  readonly mode: 'public';
}

export type TlsMode = ClientTls['mode'];

/** Folders of the mounted files, in Redis pods and in those of clients. */
export const SERVER_TLS_DIR = '/etc/redis-tls';
export const CLIENT_TLS_DIR = '/etc/stalk/tls';
export const CACHE_TLS_DIR = '/etc/stalk/cache-tls';
/** Of the other broker, while the tenant moves from one to another. */
export const MOVING_TLS_DIR = '/etc/stalk/moving-tls';

/** Keys of the Secret, and names of the files. */
export const CERTIFICATES: Readonly<Record<TlsMode, readonly string[]>> = {
  mutual: ['ca.crt', 'tls.crt', 'tls.key'],
  server: ['ca.crt'],
  public: [],
};

export const serverSecret = (tls: Tls): string => ('secret' in tls ? tls.secret : 'redis-tls');
export const clientSecret = (tls: Tls): string => ('secret' in tls ? tls.secret : 'redis-client-tls');

/**
 * What redis-py is told of the files in a URL; without them it takes the authorities of the image. Host names are checked
 * since redis-py 6 only, unless it is asked to; and Celery refuses a result backend that does not say what it requires.
 */
export const tlsOptions = (mode: TlsMode, folder = CLIENT_TLS_DIR): Readonly<Record<string, string>> => ({
  ssl_cert_reqs: 'required',
  ssl_check_hostname: 'true',
  ...(mode !== 'public' && { ssl_ca_certs: `${folder}/ca.crt` }),
  ...(mode === 'mutual' && {
    ssl_certfile: `${folder}/tls.crt`,
    ssl_keyfile: `${folder}/tls.key`,
  }),
});

/** The same by name, for clients that read nothing of it in a URL. */
export const namedTlsOptions = (
  mode: TlsMode,
  folder?: string,
): Readonly<Record<string, string | boolean>> => ({
  ...tlsOptions(mode, folder),
  ssl_check_hostname: true,
});
