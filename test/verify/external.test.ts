// What `stalk verify` says of a Redis that somebody else runs, by the answers of its clients.

import type { CheckOutcome } from '../../lib/verify/section';
import { verdicts } from '../../lib/verify/checks/external';
import type { ServerAnswer } from '../../lib/verify/checks/external';

const good = {
  redis_version: '7.1.0',
  maxmemory_policy: 'noeviction',
  evicted_keys: 0,
  role: 'master',
  cluster_enabled: 0,
  connected_clients: 40,
};

const said = (answer: Partial<ServerAnswer>): readonly CheckOutcome[] =>
  verdicts(
    'redis.example.com:6379',
    { maxClients: 100 },
    { info: good, databases: { '0': 'OK' }, ...answer },
  );

const of = (outcomes: readonly CheckOutcome[], verdict: string): readonly string[] =>
  outcomes.filter((one) => one.verdict === verdict).map(({ id }) => id);

test('is ok where it never evicts, is a primary without slots and has the databases', () => {
  expect(said({}).every(({ verdict }) => verdict === 'ok')).toBe(true);
});

test.each<[string, Readonly<Record<string, string | number>>, string]>([
  ['it evicts, as services do by themselves', { maxmemory_policy: 'volatile-lru' }, 'redis.policy'],
  ['it has evicted', { evicted_keys: 3 }, 'redis.evicted'],
  ['it is old', { redis_version: '6.0.14' }, 'redis.version'],
  ['it is a replica', { role: 'slave' }, 'redis.role'],
  ['it is a cluster', { cluster_enabled: 1 }, 'redis.cluster'],
  ['its plan has fewer connections', { connected_clients: 101 }, 'redis.connections'],
])('fails when %s', (_, info, id) => {
  expect(of(said({ info: { ...good, ...info } }), 'failed')).toEqual([id]);
});

test('fails when it has no such database', () => {
  const outcomes = said({ databases: { '0': 'OK', '3': 'DB index is out of range' } });

  expect(of(outcomes, 'failed')).toEqual(['redis.databases']);
  expect(outcomes.at(-1)?.found).toBe('3: DB index is out of range');
});

test('tells what INFO does not say, and why, and fails nothing for it', () => {
  const outcomes = said({ info: {}, refused: 'no permissions' });

  expect(of(outcomes, 'failed')).toEqual([]);
  expect(outcomes[0]?.found).toBe('INFO is refused: no permissions; ask whoever runs it');
  expect(said({ info: { role: 'master' } })[0]?.found).toBe(
    'its INFO has no maxmemory_policy; ask whoever runs it',
  );
});
