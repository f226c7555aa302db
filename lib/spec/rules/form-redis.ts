// The form of brokers, caches and places on shared brokers.

import { nearest } from '../nearest';
import type {
  BrokerUse,
  Cache,
  RedisCluster,
  External,
  Redis,
  Replicated,
  Sentinel,
  Standalone,
  TlsIssuer,
  TlsSecret,
} from '../redis';
import { show } from './finding';
import type { Finding } from './finding';
import { host } from './form-host';
import { image } from './form-image';
import { probes } from './form-probes';
import { sizeDefaults } from './form-sizes';
import { cidr } from './form-egress';
import { BROKERS } from './form-guesses';
import { hinted, proposing, passing, textOf, formBy } from './kind';
import type { Form, Hint } from './kind';
import { cpu, flag, label, memory, objectName, oneOf, port, range, runtime, text, whole } from './kinds';
import { isRecord } from '../../kube/json';
import { has, list, marked, named, only, prop, record, recordOf, when } from './shapes';

/** With a `:` at its end no prefix begins a longer word of another: `acme:` against `acme-eu:`. */
const PREFIX = /^[\w.:-]+:$/;

const NO_PREFIX = {
  wanted: 'end in : and hold letters, digits, _, ., - and : only',
  fix: 'write it like "acme:"',
};

const likelyPrefix = (value: unknown): string => `${textOf(value).replace(/:*$/, '')}:`;
const prefix = proposing(text(PREFIX, NO_PREFIX), likelyPrefix);
const prefixOrNone = proposing(text(new RegExp(`${PREFIX.source}|^$`), NO_PREFIX), likelyPrefix);

const SERVER = {
  cpu: range(cpu),
  memory: range(memory),
  image,
  eviction: oneOf(
    'noeviction',
    'allkeys-lru',
    'allkeys-lfu',
    'volatile-lru',
    'volatile-ttl',
    'allkeys-random',
  ),
  maxClients: whole(1),
  probes,
};

const tlsSecret = record<TlsSecret>({ secret: objectName }, 'secret');

const hasIssuer = (value: unknown): boolean => isRecord(value) && 'issuer' in value;

const tls = marked({ issuer: record<TlsIssuer>({ issuer: objectName }), secret: tlsSecret });

/** Nobody here can make a certificate for the Redis of somebody else. */
const foreignTls = when(
  hasIssuer,
  recordOf<never>({
    issuer: passing<string>(() => false, {
      wanted: 'be left out for a Redis that somebody else runs, who has its certificate already',
      fix: 'write secret, the name of a Secret whose ca.crt verifies it',
    }),
  }),
  tlsSecret,
);

const topology: Form<Exclude<Redis['topology'], 'cluster'>> = hinted(
  oneOf('standalone', 'replicated', 'sentinel', 'external'),
  BROKERS,
);

const BROKER = {
  ...SERVER,
  storage: memory,
  storageClass: objectName,
  databases: whole(1),
  prefix: prefixOrNone,
  database: whole(0),
  alsoCache: flag,
  runtime,
  tls,
};

const standalone = record<Standalone>({ topology: only(topology), ...BROKER }, 'topology');
const replicated = record<Replicated>(
  { topology: only(topology), ...BROKER, replicas: whole(1) },
  'topology',
  'replicas',
);
const sentinel = record<Sentinel>(
  { topology: only(topology), ...BROKER, replicas: whole(1), sentinels: whole(3) },
  'topology',
  'replicas',
);

const EXTERNAL = {
  host,
  port,
  cidrs: list(cidr, { least: 1 }),
  username: text(/^[\w.-]+$/, {
    wanted: 'be the name of a Redis user',
    fix: 'use letters, digits, _, - and .',
  }),
  maxClients: whole(1),
  databases: whole(1),
  prefix: prefixOrNone,
  database: whole(0),
  tls: foreignTls,
};

const external = record<External>(
  { topology: only(topology), ...EXTERNAL },
  'topology',
  'host',
  'cidrs',
  'username',
);

const cluster = record<RedisCluster>({
  topology: passing<'cluster'>(() => false, {
    wanted: "be a Redis that carries Celery's messages: Celery cannot follow the slots of a cluster",
    fix: 'use "replicated" for copies, or several "standalone" brokers for more room',
  }),
});

const BY_TOPOLOGY = { standalone, replicated, sentinel, external, cluster };

/** A Redis as asked for; an unknown topology is told as such. */
const redis: Form<Redis> = named('topology', BY_TOPOLOGY, prop('topology', topology));

export const cache = record<Cache>({ ...SERVER, persistence: flag, storage: memory });

/** A text where a record belongs: a topology, a URL, the name of another message broker. */
const notARecord: Hint = (value) => {
  if (typeof value !== 'string') return undefined;
  if (Object.hasOwn(BY_TOPOLOGY, value) && value !== 'cluster') return `write { topology: ${show(value)} }`;
  if (/^(rediss?|unix|sentinel):/i.test(value))
    return 'write { topology: "external", host, cidrs, username }; the password comes from a Secret';
  return BROKERS(value);
};

const ofRecord = <T>(form: Form<T>): Form<T> => {
  const noRecord = hinted(recordOf<T>({}), notARecord);
  return formBy((value) => (isRecord(value) ? form : noRecord)(value), form.shape);
};

export const sharedRedisForm = ofRecord(redis);

/** Where a tenant's messages go: a place on one of these brokers, or a Redis of its own. */
export const brokerOf = (brokers: readonly string[]): Form<BrokerUse | Redis> =>
  hinted(ofRecord(placeOr(place(brokers), redis)), (value) =>
    brokers.includes(textOf(value)) ? `write { shared: ${show(value)} }` : undefined,
  );

/** Props of a place alone say that it is one, without its name too. */
const isPlace = (value: unknown): boolean =>
  has('shared')(value) || (!has('topology')(value) && (has('isolation')(value) || has('group')(value)));

/** Which broker it is, under nearly the right name: without it nothing is known of the other props. */
function misspelt(value: unknown): readonly Finding[] | undefined {
  if (!isRecord(value) || has('shared')(value) || has('topology')(value)) return undefined;
  const found = Object.keys(value).flatMap((key) => {
    const meant = nearest(key, ['shared', 'topology']);
    return meant === undefined
      ? []
      : [{ path: [key], wanted: 'be a known prop', got: show(value[key]), fix: `write ${meant}` }];
  });
  return found.length > 0 ? found : undefined;
}

/** Another kind of broker begins anew: what keeps keys apart on a shared Redis says nothing about one's own. */
const placeOr = (use: Form<BrokerUse>, own: Form<Redis>): Form<BrokerUse | Redis> =>
  formBy((value) => misspelt(value) ?? (isPlace(value) ? use : own)(value), {
    kind: 'apart',
    mark: 'shared',
    marked: use,
    other: own,
  });

function place(brokers: readonly string[]): Form<BrokerUse> {
  const shared = passing<string>((name) => brokers.includes(textOf(name)), {
    wanted: 'name a shared broker of the environment',
    fix:
      brokers.length > 0
        ? `use ${brokers.map(show).join(' or ')}`
        : 'add it to the environment or ask for a topology',
  });
  return record<BrokerUse>(
    {
      shared: hinted(shared, (name) => {
        const near = nearest(textOf(name), brokers);
        return near === undefined ? BROKERS(name) : `use ${show(near)}`;
      }),
      isolation: oneOf('queue', 'prefix', 'hybrid'),
      prefix,
      database: whole(0),
      group: label,
      alsoCache: flag,
    },
    'shared',
  );
}

/** What the environment's defaults may say of each. */
export const sharedDefaults = recordOf({ isolation: oneOf('queue', 'prefix', 'hybrid'), database: whole(0) });
export const externalDefaults = recordOf({
  port,
  maxClients: whole(1),
  databases: whole(1),
  prefix: prefixOrNone,
  database: whole(0),
});
export const cacheDefaults = recordOf({ ...SERVER, ...sizeDefaults, persistence: flag, storage: memory });
export const redisDefaults = recordOf({
  ...SERVER,
  ...sizeDefaults,
  storage: memory,
  databases: whole(1),
  prefix: prefixOrNone,
  database: whole(0),
});
