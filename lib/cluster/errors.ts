// Errors between this program and a cluster, each in one line.

/** One line: what, wanted, got, fix. */
export class ClusterError extends Error {
  constructor(
    message: string,
    /** HTTP status, where the API server answered. */
    readonly status?: number,
  ) {
    super(message);
    this.name = 'ClusterError';
  }
}

const FORBIDDEN = 403;

/** Whether the API server refused for lack of rights; the object may exist or not. */
export const isForbidden = (error: unknown): boolean =>
  error instanceof ClusterError && error.status === FORBIDDEN;

export interface ApiCall {
  readonly context: string;
  readonly server: string;
  readonly method: string;
  readonly path: string;
}

/** Cause and fix, by the error code of the system or of TLS. */
const CAUSES: readonly (readonly [RegExp, string, string])[] = [
  [/^ECONNREFUSED$/, 'connection refused', 'start the cluster, or choose another with --context'],
  [
    /^(ENOTFOUND|EAI_AGAIN)$/,
    'its name does not resolve',
    'check the server in the kubeconfig and the DNS or VPN',
  ],
  [/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET|EPIPE)$/, 'no connection', 'check the network or VPN'],
  [/^TIMEOUT$/, 'no answer in time', 'check the network or VPN, and that the API server is well'],
  [
    /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/,
    'a certificate that is not valid now',
    'check the clock here, and renew the certificates there',
  ],
  [
    /ALTNAME/,
    'a certificate for other names',
    'give server a name that the certificate has, or set tls-server-name',
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO/,
    "a certificate that is not of the kubeconfig's certificate-authority",
    'make the kubeconfig anew, as that of another or of an older cluster does not fit',
  ],
  [/^(EPROTO|ERR_SSL_\w+)$/, 'no TLS that fits', 'check that server in the kubeconfig has the right port'],
];

/** An error of the socket or of TLS. */
export function unreachable(
  { context, server }: Pick<ApiCall, 'context' | 'server'>,
  error: unknown,
): ClusterError {
  const { code = '', message = String(error) } = error as {
    readonly code?: string;
    readonly message?: string;
  };
  const [, got, fix] = CAUSES.find(([form]) => form.test(code)) ?? [
    '',
    oneLine(message),
    'check the kubeconfig',
  ];
  return new ClusterError(`context "${context}": the cluster at ${server} must answer, got ${got}; ${fix}`);
}

/** A program or file that the kubeconfig names is not there, or does not give what it should. */
export function withoutCredentials(context: string, error: unknown): ClusterError {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  const unusable = (got: string, fix: string): ClusterError =>
    new ClusterError(
      `context "${context}": its credentials and certificates must be usable, got ${got}; ${fix}`,
    );
  if (code === 'ENOENT' && syscall?.startsWith('spawn') === true)
    return unusable(`no program ${path}`, 'install this plugin, or put it on PATH');
  const got = path === undefined ? reasonOf(error) : `${reasonOf(error)} ${path}`;
  return unusable(got, 'log in again, or check its user and its cluster in the kubeconfig');
}

/** Something answers, but no API server. */
export const notKubernetes = ({ context, server }: Pick<ApiCall, 'context' | 'server'>, body: string) =>
  new ClusterError(
    `context "${context}": ${server} must be a Kubernetes API server, got the answer ${oneLine(body)}; check server in the kubeconfig, and proxies`,
  );

/** An answer that is not the object asked for. */
export function refused(
  { context, server, method, path }: ApiCall,
  status: number,
  body: string,
): ClusterError {
  const where = `context "${context}"`;
  if (status === 401)
    return new ClusterError(
      `${where}: ${server} must accept the credentials of the kubeconfig, got 401 unauthorized; log in again`,
      status,
    );
  const said = messageIn(body);
  if (status === FORBIDDEN)
    return new ClusterError(
      `${where}: ${method} ${path} must be allowed, got 403 ${said}; ask for the rights in docs/verify.md, docs/load.md or docs/status.md`,
      status,
    );
  return new ClusterError(`${where}: ${method} ${path} must succeed, got ${status} ${said}`, status);
}

function messageIn(body: string): string {
  try {
    const { message } = JSON.parse(body) as { readonly message?: string };
    return oneLine(message ?? '');
  } catch {
    return oneLine(body);
  }
}

const IN_WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'a folder',
  EACCES: 'no permission to read',
};

/** Without what a parser draws below its first line. */
export function reasonOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return IN_WORDS[code] ?? oneLine(String(message.split('\n')[0]));
}

/** An answer may be a proxy's page. */
const LONGEST = 300;

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, LONGEST);
