// What Redis users are for: a command that is left out has a name here.

import { rulesIn } from '../support/rules';
import { settingsOf } from '../support/settings';
import { broker, plain, synth, tenantOf } from '../support/synth';

const data = rulesIn(broker('main', plain, [tenantOf({ broker: { shared: 'main' } })]));

const commandsOf = (user: string): string[] =>
  data[user].split(' ').flatMap((word: string) => (word.startsWith('+') ? [word.slice(1)] : []));

describe('a user of a broker', () => {
  test.each([
    ['take tasks', 'brpop rpop llen'],
    ['note what it holds', 'zadd hset multi exec'],
    ['acknowledge a task', 'zrem hdel multi exec'],
    ['give back what another held and lost', 'zrevrangebyscore hget watch unwatch lpush rpush'],
    ['send tasks of its own', 'lpush sadd smembers'],
    ['write results', 'set setex get expire publish'],
    ['wait for results', 'subscribe unsubscribe get mget'],
    ['count a chord', 'incrby zadd zcount zrange expire del'],
    ['hear remote control', 'psubscribe punsubscribe publish'],
    ['run the scripts of kombu 5.7', 'evalsha script|load script|exists'],
  ])('lets a worker %s', (_, commands) => {
    expect(commandsOf('acme')).toEqual(expect.arrayContaining(commands.split(' ')));
  });

  test.each([
    ['send tasks', 'lpush smembers sadd multi exec'],
    ['wait for results', 'subscribe unsubscribe get mget del'],
    ['ask workers', 'publish brpop llen srem expire'],
    ['count what waits', 'llen'],
  ])('lets a producer %s', (_, commands) => {
    expect(commandsOf('acme-web')).toEqual(expect.arrayContaining(commands.split(' ')));
  });

  test('lets no producer take what workers hold', () => {
    const commands = commandsOf('acme-web');

    expect(commands.filter((command) => ['hget', 'hdel', 'rpop', 'psubscribe'].includes(command))).toEqual(
      [],
    );
  });

  test('lets a worker hear remote control on the channels that its settings name', () => {
    const { all } = synth(tenantOf({ broker: { shared: 'main' } }));
    const { fanout_prefix, global_keyprefix } = settingsOf(all).broker_transport_options;

    expect(data['acme'].split(' ')).toContain(`&${global_keyprefix}${fanout_prefix}celery.pidbox`);
  });

  test('reaches no queue of a tenant whose name begins with its own', () => {
    const queue = tenantOf({ broker: { shared: 'main', isolation: 'queue' } });
    const rules = rulesIn(broker('main', plain, [queue]))['acme'];

    const patterns: readonly string[] = rules.split(' ').filter((word: string) => word.startsWith('~tenant'));

    expect(patterns).toContain('~tenant-acme.*');
    expect(patterns.filter((word) => /^~tenant-acme[*?]/.test(word))).toEqual([]);
  });

  test('reaches the lists of priorities, however its tenant parts them from the queue', () => {
    const queue = tenantOf({
      broker: { shared: 'main', isolation: 'queue' },
      priorities: { separator: ':' },
    });
    const rules = rulesIn(broker('main', plain, [queue]));

    for (const user of ['acme', 'acme-web', 'acme-scaler'])
      expect(rules[user].split(' ')).toContain('~tenant-acme[^-0-9A-Za-z._]*');
  });

  test('lets the autoscaler ask for the length of every kind of queue', () => {
    expect(commandsOf('acme-scaler')).toEqual(
      expect.arrayContaining(['eval', 'type', 'llen', 'hlen', 'zcard', 'scard']),
    );
  });
});
