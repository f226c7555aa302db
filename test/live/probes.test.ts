import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAll } from './isolation/pods';
import { type LiveRedis, liveRedis } from './isolation/redis';
import { onPage, table } from './probes/page';
import { others, workers } from './probes/programs';
import { redisScene } from './probes/redis-scene';
import { type Found, brokerScene, busyScene } from './probes/scenes';
import { rendered } from './probes/tenants';
import { lacking } from './python';

/** They take three minutes here, mostly waiting; a busy machine takes longer. */
const PATIENCE = 420_000;

if (lacking.length > 0) console.warn(`probes are NOT proven here: ${lacking.join(' and ')} not on PATH`);

(lacking.length > 0 ? describe.skip : describe)('the rendered probes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'probes-'));
  const servers: LiveRedis[] = [];
  let found: Readonly<Record<'broker' | 'busy' | 'redis', Found>>;

  beforeAll(async () => {
    const { busy, calm, broker } = rendered();
    const passwords = broker.byKind('Secret', 'redis-users').stringData;
    const server = async (): Promise<LiveRedis> => {
      const started = await liveRedis(broker);
      servers.push(started);
      return started;
    };
    const scene = async (play: (redis: LiveRedis) => Promise<Found>): Promise<Found> => play(await server());
    const place = (name: string, { port }: LiveRedis) => ({ folder: join(folder, name), port });
    const [first, second, third] = await Promise.all([
      scene((redis) =>
        brokerScene(
          redis,
          (user) => passwords[user],
          async () => [
            ...(await workers(busy, place('broker', redis))),
            ...(await others(busy, calm, place('broker', redis))),
          ],
        ),
      ),
      scene((redis) => busyScene(() => workers(busy, place('busy', redis)))),
      scene((redis) => redisScene(redis, broker)),
    ]);
    found = { broker: first, busy: second, redis: third };
  }, PATIENCE);

  afterAll(async () => {
    killAll();
    servers.forEach((server) => server.signal('SIGCONT'));
    await Promise.all(servers.map((server) => server.remove()));
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['broker', 'busy', 'redis'] as const)('say in each state what the page shows: %s', (name) => {
    const measured = table(found[name]);

    console.info(measured);
    expect(onPage(name, measured)).toBe(measured);
  });
});
