// Addresses in variables: which server a URL or a host leads to.

/** A URL with its parts; the password only says that there is one. */
export interface FoundUrl {
  readonly scheme: string;
  readonly host: string;
  readonly port?: number;
  readonly path: string;
  readonly password: boolean;
}

const URL_FORM =
  /^([a-z][a-z0-9+.-]*):\/\/(?:([^\s/@]*)@)?(\[[^\]]+\]|[^\s:/?#@,;]+)(?::(\d+))?([/?#]\S*)?$/i;

/** A value that is one URL; `redis://:$(PASSWORD)@redis:6379/0` is one too. */
export function urlIn(text: string): FoundUrl | undefined {
  const [, scheme, login = '', host, port, path = ''] = URL_FORM.exec(text.trim()) ?? [];
  if (scheme === undefined || host === undefined) return undefined;
  return {
    scheme: scheme.toLowerCase(),
    host: host.toLowerCase(),
    ...(port !== undefined && { port: Number(port) }),
    path,
    password: login.includes(':'),
  };
}

export const isRedisUrl = ({ scheme }: FoundUrl): boolean =>
  /^(rediss?|valkeys?|unix|redis\+socket)$/.test(scheme);

/** `/1`, `/1?ssl=…` and `?db=1`; 0 where the URL names none. */
export function databaseOf({ path }: FoundUrl): number {
  const [, byPath] = /^\/(\d+)/.exec(path) ?? [];
  const [, byQuery] = /[?&](?:db|virtual_host)=(\d+)/.exec(path) ?? [];
  return Number(byPath ?? byQuery ?? 0);
}

/** Every name under which a Service is reached from its own namespace. */
export const namesOf = (service: string, namespace: string | undefined): readonly string[] => [
  service,
  ...(namespace === undefined
    ? []
    : [
        `${service}.${namespace}`,
        `${service}.${namespace}.svc`,
        `${service}.${namespace}.svc.cluster.local`,
      ]),
];

/** Without the domain of a cluster: `redis.shop.svc.cluster.local` is `redis.shop`. */
export const shortHost = (host: string): string =>
  host
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/\.svc(\.[\w.-]+)?$/, '');
