// The form of brokers, caches and places on shared brokers.

import type {
  BrokerUse,
  Cache,
  Cluster,
  External,
  Replicated,
  Sentinel,
  Standalone,
  TlsIssuer,
  TlsSecret,
} from '../redis';
import { host } from './form-host';
import { probes } from './form-probes';
import { sizeDefaults } from './form-sizes';
import { cidr } from './form-values';
import {
  cpu,
  flag,
  isRecord,
  label,
  list,
  memory,
  objectName,
  oneOf,
  port,
  range,
  prop,
  record,
  runtime,
  someText,
  text,
  that,
  when,
  whole,
} from './kinds';
import type { Kind } from './kinds';

/** With a `:` at its end no prefix begins a longer word of another: `acme:` against `acme-eu:`. */
const PREFIX = /^[a-z0-9.:-]+:$/;

const NO_PREFIX = {
  wanted: 'end in : and hold lower case, digits, ., - and : only',
  fix: 'write it like acme:',
};

const prefix = text(PREFIX, NO_PREFIX);
const prefixOrNone = text(new RegExp(`${PREFIX.source}|^$`), NO_PREFIX);

const image = someText;

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

const tls = when(hasIssuer, record<TlsIssuer>({ issuer: objectName }), tlsSecret);

/** Nobody here can make a certificate for the Redis of somebody else. */
const foreignTls = when(
  hasIssuer,
  record({
    issuer: that(() => false, {
      wanted: 'be left out for a Redis that somebody else runs, who has its certificate already',
      fix: 'write secret, the name of a Secret whose ca.crt verifies it',
    }),
  }),
  tlsSecret,
);

const topology = oneOf('standalone', 'replicated', 'sentinel', 'external');

const BROKER = {
  ...SERVER,
  topology,
  storage: memory,
  storageClass: objectName,
  databases: whole(1),
  prefix: prefixOrNone,
  database: whole(0),
  alsoCache: flag,
  runtime,
  tls,
};

const standalone = record<Standalone>(BROKER, 'topology');
const replicated = record<Replicated>({ ...BROKER, replicas: whole(1) }, 'topology', 'replicas');
const sentinel = record<Sentinel>(
  { ...BROKER, replicas: whole(1), sentinels: whole(3) },
  'topology',
  'replicas',
);

const EXTERNAL = {
  topology,
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

const external = record<External>(EXTERNAL, 'topology', 'host', 'cidrs', 'username');

const cluster = record<Cluster>({
  topology: that(() => false, {
    wanted: "be a Redis that carries Celery's messages: Celery cannot follow the slots of a cluster",
    fix: 'use replicated for copies, or several standalone brokers for more room',
  }),
});

const BY_TOPOLOGY: Readonly<Record<string, Kind>> = { standalone, replicated, sentinel, external, cluster };

/** A Redis as asked for; an unknown topology is told as such. */
export const redis: Kind = (value) => {
  const known = isRecord(value) ? BY_TOPOLOGY[String(value.topology)] : undefined;
  return (known ?? prop('topology', topology))(value);
};

export const cache = record<Cache>({ ...SERVER, persistence: flag, storage: memory });

/** A place on one of these brokers. */
export const place = (brokers: readonly string[]): Kind =>
  record<BrokerUse>(
    {
      shared: that((name) => brokers.includes(String(name)), {
        wanted: 'name a shared broker of the environment',
        fix:
          brokers.length > 0
            ? `use ${brokers.join(' or ')}`
            : 'add it to the environment or ask for a topology',
      }),
      isolation: oneOf('queue', 'prefix', 'hybrid'),
      prefix,
      database: whole(0),
      group: label,
      alsoCache: flag,
    },
    'shared',
  );

/** What the environment's defaults may say of each. */
export const sharedDefaults = record({ isolation: oneOf('queue', 'prefix', 'hybrid'), database: whole(0) });
export const externalDefaults = record({
  port,
  maxClients: whole(1),
  databases: whole(1),
  prefix: prefixOrNone,
  database: whole(0),
});
export const cacheDefaults = record({ ...SERVER, ...sizeDefaults, persistence: flag, storage: memory });
export const redisDefaults = record({
  ...SERVER,
  ...sizeDefaults,
  storage: memory,
  databases: whole(1),
  prefix: prefixOrNone,
  database: whole(0),
});
