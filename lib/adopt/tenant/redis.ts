// The broker and the cache of a tenant, from the Redis that ran.

import type { Memory } from '../../spec';
import { bytes, memoryText } from '../../spec/units';
import type { SeenClaim, Mount } from '../facts';
import { binaryMemoryOf } from '../read/quantities';
import { guess, lose, say } from '../sheet';
import type { SheetPath } from '../sheet';
import type { Unit } from '../units';
import { unitSource } from './context';
import type { SeenRedis, Writing } from './context';
import { redisSettings } from './redis-facts';
import { baseOfRedis, isReplica } from './servers';
import { sayRange } from './sizes';

export function writeRedis(writing: Writing): void {
  const { servers, sheet, units } = writing;
  writeServer(writing, servers.broker, 'broker');
  if (servers.database !== 0)
    say(sheet, ['broker', 'database'], servers.database, 'the URL of the broker in the variables of the app');
  if (servers.cache !== undefined) writeServer(writing, servers.cache, 'cache');
  const known = [servers.broker, servers.cache];
  const more = units.filter((unit) => unit.role === 'redis' && !known.some((server) => isOf(unit, server)));
  for (const unit of more)
    lose(sheet, unit.pod.source, {
      what: 'a third Redis',
      why: 'a tenant has a broker and a cache',
      nearest: 'keep it where it is, and open egress to it; or use databases of one of the two',
    });
}

function writeServer(writing: Writing, server: SeenRedis | undefined, use: 'broker' | 'cache'): void {
  if (server === undefined) return writeNone(writing);
  if (server.unit === undefined) return writeElsewhere(writing, server, [use]);
  return use === 'broker' ? writeBroker(writing, server.unit) : writeCache(writing, server.unit);
}

const isOf = (unit: Unit, server: SeenRedis | undefined): boolean =>
  server?.hosts.has(unit.pod.name.toLowerCase()) === true;

function writeBroker(writing: Writing, unit: Unit): void {
  const { sheet } = writing;
  const source = unitSource(unit);
  writeTopology(writing, unit);
  writeSizes(writing, unit, ['broker']);
  const { 'maxmemory-policy': policy, databases } = redisSettings(unit, writing.inventory);
  if (policy !== undefined && policy !== 'noeviction')
    lose(sheet, source, {
      what: `maxmemory-policy ${policy}`,
      why: 'an evicting broker deletes tasks that it accepted; Stalk sets noeviction',
      nearest: 'a cache of its own: cache: {}',
    });
  if (databases !== undefined && Number(databases) > 16)
    say(sheet, ['broker', 'databases'], Number(databases), source);
  writeStorage(writing, unit, ['broker']);
}

function writeTopology({ sheet, units }: Writing, unit: Unit): void {
  const family = units.filter(
    (one) => one.role === 'redis' && baseOfRedis(one.pod.name) === baseOfRedis(unit.pod.name),
  );
  const source = family.map(({ pod }) => pod.source).join(', ');
  const guarded = family.some(
    (one) => one.product === 'sentinel' || one.sidecars.some(({ name }) => /sentinel/.test(name)),
  );
  const replicas = family
    .filter((one) => isReplica(one))
    .reduce((sum, { pod }) => sum + (pod.replicas ?? 1), 0);
  const members = unit.pod.replicas ?? 1;
  if (guarded) {
    say(sheet, ['broker', 'topology'], 'sentinel', source);
    say(sheet, ['broker', 'replicas'], Math.max(1, replicas, members - 1), source);
  } else if (replicas > 0 && !isReplica(unit)) {
    say(sheet, ['broker', 'topology'], 'replicated', source);
    say(sheet, ['broker', 'replicas'], replicas, source);
  } else say(sheet, ['broker', 'topology'], 'standalone', source);
}

/** `maxmemory` is 70 % of the container's limit, so a limit follows from it where there is none. */
function writeSizes(writing: Writing, unit: Unit, path: SheetPath): void {
  const { sheet, inventory } = writing;
  const source = unitSource(unit);
  sayRange(writing, unit, path, 'cpu');
  if (unit.program.sizes.limit?.memory !== undefined) return sayRange(writing, unit, path, 'memory');
  const most = binaryMemoryOf(redisSettings(unit, inventory)['maxmemory']);
  if (most === undefined) return sayRange(writing, unit, path, 'memory');
  const limit: Memory = memoryText(Math.ceil(bytes(most) / 0.7 / MIB) * MIB);
  say(
    sheet,
    [...path, 'memory'],
    { request: most, limit },
    `${source}: maxmemory ${most}, which is 70 % of the limit here`,
  );
}

const MIB = 2 ** 20;

function writeStorage(writing: Writing, unit: Unit, path: SheetPath): void {
  const { sheet } = writing;
  const claim = claimOfRedis(writing, unit);
  if (claim?.size !== undefined) say(sheet, [...path, 'storage'], claim.size, claim.source);
  if (claim?.storageClass !== undefined && path[0] === 'broker')
    say(sheet, [...path, 'storageClass'], claim.storageClass, claim.source);
}

function claimOfRedis({ inventory }: Writing, { pod, program }: Unit): SeenClaim | undefined {
  const names = program.mounts.flatMap(({ behind }: Mount) =>
    behind.kind === 'claim' ? [behind.claim] : [],
  );
  return names
    .map((name) => pod.claimTemplates[name] ?? inventory.claims.find((claim) => claim.name === name))
    .find((claim) => claim !== undefined);
}

/** Policies that the contract has words for. */
const EVICTIONS = /^(noeviction|allkeys-lru|allkeys-lfu|volatile-lru|volatile-ttl|allkeys-random)$/;

function writeCache(writing: Writing, unit: Unit): void {
  const { sheet, inventory } = writing;
  const source = unitSource(unit);
  const { 'maxmemory-policy': policy, appendonly } = redisSettings(unit, inventory);
  say(sheet, ['cache'], {}, source);
  if (policy !== undefined && EVICTIONS.test(policy)) say(sheet, ['cache', 'eviction'], policy, source);
  else if (policy !== undefined)
    lose(sheet, source, {
      what: `maxmemory-policy ${policy}`,
      why: 'a cache has other policies',
      nearest: 'cache.eviction',
    });
  writeSizes(writing, unit, ['cache']);
  if (appendonly !== 'yes' && claimOfRedis(writing, unit) === undefined) return;
  say(sheet, ['cache', 'persistence'], true, source);
  writeStorage(writing, unit, ['cache']);
}

/** A short name is a Service of a chart that was not rendered; one with dots is run by somebody else. */
function writeElsewhere({ sheet }: Writing, { hosts }: SeenRedis, path: SheetPath): void {
  const [host = ''] = hosts;
  if (!host.includes('.')) {
    const value = path[0] === 'cache' ? {} : { topology: 'standalone' };
    return guess(sheet, path, value, `the variables name a Redis "${host}", which is not among the files`);
  }
  say(sheet, path, { topology: 'external', host }, `the variables of the app name the host ${host}`);
  guess(sheet, [...path, 'cidrs'], ['10.0.0.0/8'], `the addresses of ${host} are not in the files`);
  sheet.checks.add(
    `Who logs in to ${host}: users of their own, or one for all (username); whether it speaks TLS (tls).`,
  );
}

function writeNone({ sheet, units }: Writing): void {
  const other = units.find(({ product }) => product === 'RabbitMQ');
  if (other !== undefined)
    lose(sheet, other.pod.source, {
      what: 'RabbitMQ as the broker',
      why: 'Stalk runs Celery on Redis and on nothing else',
      nearest: "broker: { topology: 'standalone' }, a Redis; priorities and routing by exchange differ",
    });
  guess(
    sheet,
    ['broker'],
    { topology: 'standalone' },
    'the files name no Redis; an own one holds every tenant apart',
  );
}
