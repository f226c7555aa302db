// What the app reaches: databases and other hosts, as its variables name them.

import type { Inventory, SeenPod, SeenVariable } from '../facts';
import { comment, say } from '../sheet';
import { isRedisUrl, shortHost, urlIn } from '../urls';
import type { FoundUrl } from '../urls';
import { isApp } from '../units';
import type { Writing } from './context';
import { textOfVariable } from './servers';

interface Destination {
  readonly host: string;
  readonly port: number | undefined;
  readonly variable: string;
}

/** Ports by what begins a URL, or by what a variable is called after. */
const PORTS: readonly (readonly [RegExp, number])[] = [
  [/^postgres|^postgis|^psql|^pg|^timescale|^cockroach/i, 5432],
  [/^mysql|^mariadb/i, 3306],
  [/^mongo/i, 27017],
  [/^amqp|rabbit/i, 5672],
  [/memcache/i, 11211],
  [/elastic|opensearch|^es(_|$)/i, 9200],
  [/^s3|minio/i, 443],
  [/^smtps?$|email|mail|smtp/i, 587],
  [/^https$/i, 443],
  [/^http$/i, 80],
];

const portFor = (name: string): number | undefined => PORTS.find(([form]) => form.test(name))?.[1];

const DATABASE =
  /^(\w*?)(DB_?|DATABASE_?|POSTGRES(?:QL)?_?|PG_?|MYSQL_?|MARIADB_?|MONGO(?:DB)?_?|MEMCACHED?_?|ELASTIC\w*?_?|EMAIL_?|SMTP_?|SQL_?)\w*?(HOST(?:NAME)?|SERVER|ADDRESS|ENDPOINT)$/i;

export function writeEgress(writing: Writing): void {
  const all = destinations(writing);
  const rows: Row[] = [];
  for (const one of all) {
    const row = rowOf(writing, one);
    if (row !== undefined) rows.push(row);
  }
  const merged = mergedRows(rows);
  if (merged.length > 0) {
    const comments = merged.map(({ why }) => why);
    say(
      writing.sheet,
      ['egress'],
      merged.map(({ to, ports }) => ({ to, ...(ports.length > 0 && { ports }) })),
      'hosts in the variables of the app',
    );
    for (const why of comments) comment(writing.sheet, ['egress'], why);
    for (const { why } of merged.filter((row) => row.why.startsWith('guess')))
      writing.sheet.guesses.push({ path: ['egress'], why: why.replace(/^guess: /, '') });
  }
  writing.sheet.checks.add(
    'What else the app calls (mail, object stores, APIs, other services): what egress does not name stays closed, DNS and Redis apart.',
  );
}

interface Row {
  readonly to: unknown;
  readonly ports: readonly number[];
  readonly why: string;
}

function destinations({ units, servers, inventory }: Writing): readonly Destination[] {
  const variables = units
    .filter(isApp)
    .flatMap(({ program }) => program.env.map((one) => ({ one, env: program.env })));
  const found = variables.flatMap(({ one, env }) => destinationOf(one, env));
  const redis = new Set([...(servers.broker?.hosts ?? []), ...(servers.cache?.hosts ?? [])]);
  const own = new Set(inventory.entrances.map(({ host }) => host));
  const others = found.filter(({ host }) => !redis.has(shortHost(host)) && !own.has(host));
  return [...new Map(others.map((one) => [`${one.host}:${one.port}`, one])).values()];
}

function destinationOf(variable: SeenVariable, env: readonly SeenVariable[]): readonly Destination[] {
  const text = textOfVariable(variable)?.trim() ?? '';
  const url = urlIn(text);
  if (url !== undefined) return ofUrl(url, variable.name);
  const [, , family] = DATABASE.exec(variable.name) ?? [];
  const [, host, port] = /^([a-z0-9][\w.-]*)(?::(\d+))?$/i.exec(text) ?? [];
  if (family === undefined || host === undefined) return [];
  const number = Number(port ?? portBeside(variable.name, env));
  return [
    { host: host.toLowerCase(), port: number > 0 ? number : usualPort(family), variable: variable.name },
  ];
}

/** Most hosts whose variable names no product are of PostgreSQL. */
const usualPort = (family: string): number => portFor(family) ?? 5432;

/** `DB_PORT` beside `DB_HOST`. */
function portBeside(name: string, env: readonly SeenVariable[]): string | undefined {
  const port = name.replace(/(HOST(NAME)?|SERVER|ADDRESS|ENDPOINT)$/i, 'PORT');
  const beside = env.find((one) => one.name === port);
  return beside === undefined ? undefined : textOfVariable(beside);
}

/** The app's own address in the world is no destination. */
function ofUrl(url: FoundUrl, name: string): readonly Destination[] {
  if (isRedisUrl(url) || url.host === 'localhost' || /^127\.|^0\.0\.0\.0|\$/.test(url.host)) return [];
  if (OF_ITSELF.test(name)) return [];
  return [{ host: url.host, port: url.port ?? portFor(url.scheme), variable: name }];
}

/** Variables by which an app knows its own address in the world. */
const OF_ITSELF =
  /SITE|BASE_URL|PUBLIC|ORIGIN|DOMAIN|ROOT_URL|EXTERNAL|FRONTEND|WEB_URL|HEALTH|CSRF|CORS|ALLOWED|REDIRECT|CALLBACK/i;

const IP = /^\d{1,3}(\.\d{1,3}){3}$/;

/** A host here is pods; an address is itself; a name in the world is the internet; any other name is a guess. */
function rowOf({ inventory, name }: Writing, { host, port, variable }: Destination): Row | undefined {
  const ports = port === undefined ? [] : [port];
  const pod = podAt(inventory, shortHost(host));
  if (pod !== undefined) {
    const namespace = inventory.namespace ?? name;
    const from =
      inventory.namespace === undefined
        ? 'guess: in the namespace of the tenant'
        : `in namespace ${namespace}`;
    return {
      to: { pods: labelsFor(pod), namespace },
      ports,
      why: `${from}: ${variable} leads to ${pod.source}`,
    };
  }
  if (IP.test(host)) return { to: { cidr: `${host}/32` }, ports, why: `${variable} names ${host}` };
  if (isWorld(host, port)) return { to: 'internet', ports, why: `${variable} leads to ${host}` };
  return {
    to: { cidr: '10.0.0.0/8' },
    ports,
    why: `guess: the addresses of ${host} (${variable}) are not in the files; narrow this`,
  };
}

/** A name with dots that no cluster and no private zone has, and a port that the world listens on. */
const isWorld = (host: string, port: number | undefined): boolean =>
  /\./.test(host) &&
  !/\.(svc|local|internal|lan|intern|corp)(\.|$)/.test(host) &&
  [80, 443, 25, 465, 587].includes(Number(port));

function podAt({ addresses, pods }: Inventory, host: string): SeenPod | undefined {
  const service = addresses.find(({ name }) => name.toLowerCase() === host.split('.')[0]);
  const selector = Object.entries(service?.selector ?? {});
  if (selector.length === 0) return undefined;
  return pods.find(({ podLabels }) => selector.every(([name, value]) => podLabels[name] === value));
}

const labelsFor = ({ podLabels, name, kind }: SeenPod): Readonly<Record<string, string>> => {
  if (kind === 'service') return { app: name };
  const stable = Object.entries(podLabels).filter(([key]) =>
    /(^|\/)(app|name|component|instance)$/.test(key),
  );
  return Object.fromEntries(stable.length > 0 ? stable : Object.entries(podLabels));
};

function mergedRows(rows: readonly Row[]): readonly Row[] {
  const byTarget = new Map<string, Row>();
  for (const row of rows) {
    const key = JSON.stringify(row.to);
    const there = byTarget.get(key);
    byTarget.set(key, there === undefined ? row : joined(there, row));
  }
  return [...byTarget.values()];
}

const joined = (a: Row, b: Row): Row => ({
  to: a.to,
  ports:
    a.ports.length === 0 || b.ports.length === 0
      ? []
      : [...new Set([...a.ports, ...b.ports])].sort((x, y) => x - y),
  why: a.why === b.why ? a.why : `${a.why}; ${b.why.replace(/^guess: /, '')}`,
});
