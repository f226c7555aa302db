// The host of a Redis that somebody else runs, and what people write there instead of one.

import { isIP } from 'node:net';
import { show } from './finding';
import type { Finding } from './finding';
import type { Form } from './kind';
import { formBy } from './kind';

type Words = Pick<Finding, 'wanted' | 'fix'>;

/** `unix:///run/redis.sock`, and how Celery writes it. */
const SOCKET_URL = /^(unix|redis\+socket|socket):/i;

export const isSocketUrl = (value: unknown): boolean => typeof value === 'string' && SOCKET_URL.test(value);

export const OVER_TCP = {
  wanted: 'be reached over TCP: a socket is a file on one node, and pods run on many',
  fix: "use broker: { topology: 'standalone' }, or host and port of a Redis that listens on TCP",
} as const;

const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.?$/i;

const SECRET = 'the password comes from the Secret redis-credentials';

/** `redis://user:password@host:port/database`, as services show it. */
const REDIS_URL =
  /^(rediss?|valkeys?):\/\/(?:([^:@/]*)(?::[^@]*)?@)?([a-z0-9.-]+|\[[0-9a-f:]+\])(?::(\d+))?(?:\/(\d+))?\/?(?:\?.*)?$/i;

/** What the parts of a URL are as props; the password is nobody's to write down. */
export function propsOfUrl(url: string): string | undefined {
  const found = REDIS_URL.exec(url);
  if (found === null) return undefined;
  const [, scheme = '', user = '', host = '', port = '', database = ''] = found;
  const props: readonly (readonly [string, string])[] = [
    ['host', show(host.replace(/^\[|\]$/g, ''))],
    ['port', port],
    ['database', database === '0' ? '' : database],
    ['username', user === '' ? '' : show(user)],
    ['tls', /^(rediss|valkeys)$/i.test(scheme) ? 'true' : ''],
  ];
  return props
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
}

const REDIS = 'be a Redis: Stalk runs Celery on Redis and on nothing else';
const NO_URL = 'be a host name or an address, not a URL';

export const FOREIGN_SENTINELS =
  'name one address that always leads to the primary, such as a proxy or the endpoint of the service; or use topology "sentinel", whose sentinels Stalk runs';

const ONE_SERVER =
  'make one with cluster mode disabled, or several "standalone" brokers for more room: Celery cannot follow slots';

/** Names that look right and lead to what Celery cannot use. */
const MISLEADING: readonly (readonly [name: RegExp, words: Words])[] = [
  [
    /^(localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|::1?)$/i,
    {
      wanted: 'be reached from pods: there, this is the pod itself',
      fix: 'write the host\'s name or address in the network, or use topology "standalone"',
    },
  ],
  [
    /^clustercfg\.|\.serverless\..*\.amazonaws\.com(\.cn)?\.?$/i,
    { wanted: 'be one Redis, and this endpoint is of a cluster', fix: ONE_SERVER },
  ],
  [
    /^replica\..*\.amazonaws\.com(\.cn)?\.?$|-ro\..*\.amazonaws\.com(\.cn)?\.?$/i,
    { wanted: 'take writes, and this endpoint is of read replicas', fix: 'write the primary endpoint' },
  ],
];

/** From the most telling mistake on. */
const MISTAKES: readonly (readonly [mistake: RegExp, words: Words])[] = [
  [SOCKET_URL, OVER_TCP],
  [/^\//, OVER_TCP],
  [
    /^(py)?(amqps?|rabbitmq|librabbitmq):|rabbitmq/i,
    {
      wanted: REDIS,
      fix: 'use { topology: "standalone" } in place of RabbitMQ: queues and routes stay as they are, exchanges of other types do not',
    },
  ],
  [
    /^sqs:|^sqs\.|queue\.amazonaws/i,
    {
      wanted: REDIS,
      fix: 'use { topology: "standalone" } in place of SQS, or an ElastiCache with cluster mode disabled as host',
    },
  ],
  [
    /^(confluent)?kafka:|kafka/i,
    {
      wanted: REDIS,
      fix: 'use { topology: "standalone" } for Celery, and let the app itself speak to Kafka',
    },
  ],
  [
    /^(mongodb|postgres(ql)?|mysql|sqla?|db|gcpubsub|azureservicebus|azurestoragequeues|memory|filesystem|zookeeper|consul|etcd)(\+\w+)?:/i,
    {
      wanted: REDIS,
      fix: 'use { topology: "standalone" }',
    },
  ],
  [
    /^sentinel:|:26379\b/i,
    {
      wanted: 'be a Redis: sentinels that somebody else runs are asked by nobody here',
      fix: FOREIGN_SENTINELS,
    },
  ],
  [
    /^(rediss?|valkeys?)\+cluster:|^(rediss?|valkeys?)-cluster:/i,
    { wanted: 'be one Redis, not a cluster', fix: ONE_SERVER },
  ],
  [
    /,/,
    {
      wanted: 'be one host: Celery cannot follow the slots of a cluster',
      fix: 'name the primary, or use "sentinel" or "replicated" of a Redis that Stalk runs',
    },
  ],
  [
    /^https?:/i,
    {
      wanted: 'be a host name or an address, not the URL of an API',
      fix: 'write the endpoint of its Redis port: host, port, and tls: true beside them',
    },
  ],
  [
    /^rediss:/i,
    {
      wanted: NO_URL,
      fix: 'write host and port as props, and tls beside them',
    },
  ],
  [
    /:\/\/|@|\//,
    {
      wanted: NO_URL,
      fix: `write host, port, username and database as props; ${SECRET}`,
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

const wordsIn = (
  table: readonly (readonly [mistake: RegExp, words: Words])[],
  text: string,
): Words | undefined => table.find(([mistake]) => mistake.test(text))?.[1];

function wordsFor(text: string): Words | undefined {
  if (NAME.test(text) || isIP(text) > 0) return wordsIn(MISLEADING, text);
  const props = propsOfUrl(text);
  if (props !== undefined) return { wanted: NO_URL, fix: `write ${props}; ${SECRET}` };
  return wordsIn(MISTAKES, text) ?? OTHERWISE;
}

export const host: Form<string> = formBy(
  (value) => {
    const words = typeof value === 'string' ? wordsFor(value) : OTHERWISE;
    return words === undefined ? [] : [{ path: [], ...words, got: show(value) }];
  },
  undefined,
  { kind: 'value', value: { type: 'string', pattern: '^[^\\s/@,]+$' } },
);

/** A text in place of a whole broker, which is a place of another kind. */
export function insteadOfBroker(text: string): string | undefined {
  const props = propsOfUrl(text);
  if (props !== undefined)
    return `write { topology: "external", ${props}, cidrs: [ … ] }; the password comes from a Secret`;
  if (/^[a-z0-9+]+:\/\/|^\/|^unix:/i.test(text))
    return wordsIn(
      MISTAKES.filter(([m]) => !m.test('://')),
      text,
    )?.fix;
  return undefined;
}
