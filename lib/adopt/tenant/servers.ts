// Which Redis is the broker and which the cache, by the variables that lead to them.

import type { Inventory, SeenVariable } from '../facts';
import { databaseOf, isRedisUrl, namesOf, shortHost, urlIn } from '../urls';
import { isApp } from '../units';
import type { Unit } from '../units';
import type { SeenRedis, BrokerAndCache } from './context';

/** A host of a Redis, as a variable of the app names it. */
export interface RedisUse {
  readonly host: string;
  readonly database: number | undefined;
  readonly variable: string;
  readonly url: boolean;
}

const BROKER = /broker|celery|queue|task|amqp/i;
const CACHE = /cache|session|limiter|rate|activity|throttl|channel|lock/i;

export const textOfVariable = ({ value }: SeenVariable): string | undefined =>
  value.kind === 'secret' ? undefined : value.text;

/** All that the app's variables say about a Redis. */
export function redisUses(units: readonly Unit[]): readonly RedisUse[] {
  const uses = units
    .filter(isApp)
    .flatMap(({ program, line }) => [...program.env.flatMap(useOf), ...optionUse(line?.options['broker'])]);
  return [...new Map(uses.map((use) => [`${use.variable} ${use.host} ${use.database}`, use])).values()];
}

function useOf(variable: SeenVariable): readonly RedisUse[] {
  const text = textOfVariable(variable);
  if (text === undefined || text === '') return [];
  const { name } = variable;
  const url = urlIn(text);
  if (url !== undefined && isRedisUrl(url))
    return [{ host: url.host, database: databaseOf(url), variable: name, url: true }];
  return /(redis|valkey|broker).*(host|server|addr)/i.test(name) && /^[\w.-]+(:\d+)?$/.test(text)
    ? [{ host: text.replace(/:\d+$/, '').toLowerCase(), database: undefined, variable: name, url: false }]
    : [];
}

const optionUse = (broker: string | undefined): readonly RedisUse[] => {
  const url = broker === undefined ? undefined : urlIn(broker);
  return url !== undefined && isRedisUrl(url)
    ? [{ host: url.host, database: databaseOf(url), variable: '--broker', url: true }]
    : [];
};

export function serversOf(units: readonly Unit[], inventory: Inventory): BrokerAndCache {
  const found = serversAmong(units, inventory);
  const uses = redisUses(units);
  const of = (pattern: RegExp): SeenRedis | undefined =>
    found.find(({ hosts }) =>
      uses.some(({ host, variable }) => pattern.test(variable) && hosts.has(shortHost(host))),
    );
  const named = (pattern: RegExp): SeenRedis | undefined =>
    found.find(({ unit, hosts }) => pattern.test([unit?.pod.name, ...hosts].join(' ')));
  const broker =
    of(BROKER) ?? named(BROKER) ?? found.find((server) => server !== (of(CACHE) ?? named(CACHE))) ?? found[0];
  const others = found.filter((server) => server !== broker);
  const cache =
    others.find((server) => server === of(CACHE)) ??
    others.find((server) => server === named(CACHE)) ??
    others[0];
  return {
    ...(broker !== undefined && { broker }),
    ...(cache !== undefined && { cache }),
    database: databaseAmong(uses, broker),
  };
}

function databaseAmong(uses: readonly RedisUse[], broker: SeenRedis | undefined): number {
  const here = uses.filter(({ host, url }) => url && broker?.hosts.has(shortHost(host)) === true);
  const isResult = ({ variable }: RedisUse): boolean => /result|backend|cache/i.test(variable);
  const use =
    here.find((one) => BROKER.test(one.variable) && !isResult(one)) ??
    here.find((one) => !isResult(one)) ??
    here[0];
  return use?.database ?? 0;
}

/** Those that run here, and hosts that only variables name. */
function serversAmong(units: readonly Unit[], { namespace, addresses }: Inventory): readonly SeenRedis[] {
  const running = units
    .filter(({ role }) => role === 'redis')
    .map((unit) => ({
      unit,
      hosts: new Set(
        [unit.pod.name, ...unit.addresses.map(({ name }) => name)].flatMap((name) =>
          namesOf(name, namespace).map(shortHost),
        ),
      ),
    }));
  const joined = running.reduce<SeenRedis[]>(joinedReplicas, []);
  const known = (host: string): boolean => joined.some(({ hosts }) => hosts.has(host));
  const elsewhere = [
    ...new Set(redisUses(units).map(({ host }) => shortHost(resolved(host, addresses)))),
  ].filter((host) => !known(host) && host !== 'localhost' && !host.includes('$'));
  return [...joined, ...elsewhere.map((host) => ({ hosts: new Set([host]) }))];
}

/** A Service of kind ExternalName is another name of its host. */
const resolved = (host: string, addresses: Inventory['addresses']): string =>
  addresses.find(({ name, external }) => external !== undefined && name === host)?.external ?? host;

/** Primary and replicas are one server; their names differ in these words alone. */
export const baseOfRedis = (name: string): string =>
  name.replaceAll(/[-_](master|primary|leader|replicas?|slaves?|followers?|node|sentinels?)\b/g, '');

function joinedReplicas(all: SeenRedis[], server: SeenRedis): SeenRedis[] {
  const base = (one: SeenRedis): string => baseOfRedis(one.unit?.pod.name ?? '');
  const twin = all.find((one) => base(one) === base(server));
  if (twin === undefined) return [...all, server];
  const [first, second] = isReplica(twin.unit) ? [server, twin] : [twin, server];
  const both: SeenRedis = { ...first, hosts: new Set([...first.hosts, ...second.hosts]) };
  return all.map((one) => (one === twin ? both : one));
}

export const isReplica = (unit: Unit | undefined): boolean =>
  /replica|slave|follower/.test(`${unit?.pod.name} ${unit?.pod.podLabels['app.kubernetes.io/component']}`);
