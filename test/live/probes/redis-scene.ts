/** The states that a Redis may be in. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, Synth } from '../../support/synth';
import type { LiveRedis } from '../isolation/redis';
import { eventually } from '../redis-server';
import { type Looked, verdict } from './kubelet';
import type { Found } from './scenes';

/** The rendered probes of the container, with this machine's folders. */
function looked(broker: Synth, { port, folder }: LiveRedis): Looked {
  const { containers } = broker.byKind('StatefulSet', 'redis').spec.template.spec;
  const container = containers.find(({ name }: Json) => name === 'redis');
  const probe = ({ exec, ...timing }: Json): Json => ({
    ...timing,
    command: exec.command.map((word: string) => word.replace(/^\/opt\/redis/, join(folder, 'scripts'))),
  });
  return {
    env: {
      PATH: process.env['PATH'] ?? '',
      USERS_RUN: join(folder, 'run'),
      REDIS_PORT: String(port),
    },
    probes: {
      startup: probe(container.startupProbe),
      readiness: probe(container.readinessProbe),
      liveness: probe(container.livenessProbe),
    },
  };
}

/** Microseconds for each key: long enough to be seen loading, for as many keys. */
const SLOWLY = ['--key-load-delay', '20000', '--loading-process-events-interval-bytes', '1024'];
const KEYS = "for i = 1, 500 do redis.call('set', 'key' .. i, string.rep('x', 100)) end";

/** Keys in the AOF's base, where a Redis that loads looks up often enough to answer. */
async function rewritten(redis: LiveRedis): Promise<void> {
  const admin = await redis.admin();
  await admin.send('BGREWRITEAOF');
  await eventually('the AOF is rewritten', async () => {
    const said = String(await admin.send('INFO', 'persistence'));
    return said.includes('aof_rewrite_in_progress:0') && said.includes('aof_rewrite_scheduled:0');
  });
}

export async function redisScene(redis: LiveRedis, broker: Synth): Promise<Found> {
  const pod = looked(broker, redis);
  const found: [string, { readonly redis: string }][] = [];
  const see = async (state: string): Promise<void> => {
    found.push([state, { redis: await verdict(pod) }]);
  };
  const loaded = () =>
    eventually('it has loaded', async () => (await (await redis.admin()).send('PING')) === 'PONG');
  await see('idle');
  await (await redis.admin()).send('EVAL', KEYS, '0');
  await rewritten(redis);
  await redis.stop();
  await see('gone');
  await redis.start(...SLOWLY);
  await see('loading');
  await loaded();
  redis.signal('SIGSTOP');
  await see('hung');
  redis.signal('SIGCONT');
  await see('goes on');
  const script = (await redis.admin()).send('EVAL', 'while true do end', '0');
  await eventually('it is busy', async () =>
    String(await (await redis.admin()).send('PING')).startsWith('-BUSY'),
  );
  await see('runs a long script');
  await (await redis.admin()).send('SCRIPT', 'KILL');
  await script;
  writeFileSync(join(redis.folder, 'run/probe'), '');
  await see('no password for the probe');
  rmSync(join(redis.folder, 'run/probe'));
  return found;
}
