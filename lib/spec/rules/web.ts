// The HTTP side: its probe asks for a host that the app answers to.

import type { ResolvedTenant, ResolvedWeb } from '../resolved';
import { show } from './finding';
import type { Finding, Path, Rule } from './finding';

/** Variables that say to which names an app answers. `PAPERLESS_URL` is one of Paperless' own. */
const HOSTS = /(^|_)(ALLOWED|TRUSTED)_HOSTS?$|^(FLASK_)?SERVER_NAME$|^PAPERLESS_URL$/i;

/** Variables that send plain HTTP elsewhere. */
const TO_HTTPS = /(^|_)(SSL_REDIRECT|HTTPS_REDIRECT|FORCE_(HTTPS|SSL))$/i;
const ON = /^(1|true|yes|on)$/i;

const WANTED = 'say the host that the probe asks for';

type Env = ResolvedTenant['env'];

const plain = (env: Env, name: RegExp): readonly string[] =>
  Object.entries(env).flatMap(([key, value]) => (name.test(key) && typeof value === 'string' ? [value] : []));

/** `.acme.example.com,localhost`, `["acme.example.com"]` and `https://acme.example.com` name hosts. */
const hostsIn = (value: string): readonly string[] =>
  value.split(/[\s,;"'[\]]+/).flatMap((one) => {
    const [, host = ''] = /^(?:https?:\/\/)?\*?\.?([^/]*)/.exec(one) ?? [];
    return /[.*]|^localhost/.test(one) ? [host === '' ? '*' : host] : [];
  });

/** Why the server would refuse a request for the pod's IP, or nothing. */
function refusal({ app }: ResolvedTenant, env: Env, hosts: readonly string[]): string | undefined {
  const toAll = hosts.includes('*');
  if (app.dialect === 'django' && !toAll) return 'Django answers 400 to all that is not in ALLOWED_HOSTS';
  if (hosts.length > 0 && !toAll) return `the app answers to ${show(hosts[0])}`;
  return plain(env, TO_HTTPS).some((value) => ON.test(value))
    ? 'the app sends plain HTTP to https://<IP>'
    : undefined;
}

/** A patch that gives the probes their headers is an answer too. */
const patchesHeaders = ({ patches }: ResolvedTenant): boolean =>
  JSON.stringify(patches).includes('httpHeaders');

function asksForAHost(tenant: ResolvedTenant, server: ResolvedWeb, at: Path): readonly Finding[] {
  if (server.health.host !== undefined) return [];
  const env = { ...tenant.env, ...server.env };
  const hosts = plain(env, HOSTS).flatMap(hostsIn);
  const why = refusal(tenant, env, hosts);
  if (why === undefined || patchesHeaders(tenant)) return [];
  const { path } = server.health;
  const host = hosts.find((name) => name !== '*') ?? 'acme.example.com';
  return [
    {
      path: [...at, 'health'],
      wanted: `${WANTED}, which is the pod's IP otherwise: ${why}`,
      got: show(path),
      fix: `write { path: '${path}', host: '${host}' }, or host: '*' if it answers to any name`,
    },
  ];
}

/** Web and its like, with their paths. */
const serversOf = ({ web, processes }: ResolvedTenant): readonly (readonly [ResolvedWeb, Path])[] => [
  ...(web ? [[web, ['web']] as const] : []),
  ...processes.flatMap((one) => ('port' in one ? [[one, ['processes', one.name]] as const] : [])),
];

export const webRules: readonly Rule[] = [
  {
    what: 'a probe asks for a host of the app',
    of: (tenant) => serversOf(tenant).flatMap(([server, path]) => asksForAHost(tenant, server, path)),
  },
];
