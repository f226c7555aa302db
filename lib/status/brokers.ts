// What one look means for a broker: its primary, memory and connections, and what is wrong with them.

import { isReady, withCause } from '../cluster';
import { ALERT_LIMITS } from '../observe/limits';
import { brokerPlan, isRunByStalk } from '../plan/redis/broker';
import type { BrokerSeen } from './ask-broker';
import { shortMemory } from './durations';
import type { BrokerStatus, Share, Trouble } from './status';
import type { WatchedBroker } from './watched';

type BrokerFacts = Omit<BrokerStatus, 'state' | 'troubles'>;
type Info = ReadonlyMap<string, string>;

export interface JudgedBroker {
  readonly facts: BrokerFacts;
  readonly troubles: readonly Trouble[];
}

export function judgedBroker(broker: WatchedBroker, clusterDomain: string, seen: BrokerSeen): JudgedBroker {
  const { name, kind, redis } = broker;
  const primaries = [...seen.infos].filter(([, info]) => info.get('role') === 'master');
  const [, info] = primaries[0] ?? [...seen.infos][0] ?? [];
  const memory = info && share(info, 'used_memory', Number(info.get('maxmemory')));
  const connections = info && share(info, 'connected_clients', redis.maxClients);
  const facts: BrokerFacts = {
    name,
    kind,
    primaries: kind === 'external' ? [] : primaries.map(([pod]) => pod),
    pods: {
      ready: seen.pods.filter(isReady).length,
      wanted: isRunByStalk(redis)
        ? brokerPlan({ redis, namespace: broker.namespace, clusterDomain })
            .servers.filter((server) => server.kind === 'redis')
            .reduce((sum, { replicas }) => sum + replicas, 0)
        : 0,
    },
    ...(memory && { memory }),
    ...(connections && { connections }),
  };
  return {
    facts,
    troubles: [
      ...(kind === 'external' ? [] : ofServers(facts, seen)),
      ...[...seen.infos].flatMap(([pod, one]) => ofInfo(pod, one)),
      ...full(facts),
      ...seen.errors.map((text): Trouble => ({ state: 'unknown', text })),
    ],
  };
}

/** INFO of somebody else's Redis may leave it out. */
function share(info: Info, used: string, max: number): Share | undefined {
  const value = info.get(used);
  return value === undefined || !(max > 0) ? undefined : { used: Number(value), max };
}

function ofServers({ primaries, pods }: BrokerFacts, seen: BrokerSeen): Trouble[] {
  const away = seen.pods.filter((pod) => !isReady(pod)).map(withCause);
  const why = away.length > 0 ? `: ${away.join(', ')}` : '';
  if (seen.infos.size === 0) {
    // A question that got no answer says why by itself
    const down: Trouble = { state: 'critical', alert: 'BrokerDown', text: `no Redis answers${why}` };
    return seen.errors.length > 0 && pods.ready > 0 ? [] : [down];
  }
  return [
    ...(primaries.length === 0
      ? [critical('BrokerWithoutPrimary', `no Redis is primary: nothing can be sent or taken${why}`)]
      : []),
    ...(primaries.length > 1
      ? [critical('BrokerTwoPrimaries', `${primaries.join(' and ')} are both primary`)]
      : []),
    ...(pods.ready < pods.wanted && primaries.length > 0
      ? [
          {
            state: 'warning' as const,
            alert: 'ReplicaCutOff',
            text: `${pods.ready} of ${pods.wanted} Redis are ready${why}`,
          },
        ]
      : []),
  ];
}

const critical = (alert: string, text: string): Trouble => ({ state: 'critical', alert, text });

function ofInfo(pod: string, info: Info): Trouble[] {
  const cutOff = info.get('role') === 'slave' && info.get('master_link_status') === 'down';
  const wrong = ['aof_last_write_status', 'aof_last_bgrewrite_status', 'rdb_last_bgsave_status'].filter(
    (field) => info.get(field) === 'err',
  );
  return [
    ...(cutOff ? [critical('ReplicaCutOff', `${pod} has lost its primary`)] : []),
    ...(wrong.length > 0
      ? [critical('BrokerCannotPersist', `${pod} cannot write to its volume: ${wrong.join(', ')}`)]
      : []),
  ];
}

const mostOf = ({ max }: Share): number =>
  Math.min(ALERT_LIMITS.connections, max * ALERT_LIMITS.connectionShare);

function full({ memory, connections }: BrokerFacts): Trouble[] {
  return [
    ...(memory && memory.used > memory.max * ALERT_LIMITS.memory
      ? [
          warning(
            'BrokerMemoryHigh',
            `${shortMemory(memory.used)} of ${shortMemory(memory.max)} used: once it is full, no task can be sent`,
          ),
        ]
      : []),
    ...(connections && connections.used > mostOf(connections)
      ? [warning('BrokerConnectionsHigh', `${connections.used} of ${connections.max} connections`)]
      : []),
  ];
}

const warning = (alert: string, text: string): Trouble => ({ state: 'warning', alert, text });
