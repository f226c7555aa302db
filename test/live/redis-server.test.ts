import { createServer } from 'node:net';
import { type Redis, freePort, missing, redisIn } from './redis-server';

if (missing !== '') console.warn(`servers are NOT proven here: ${missing}`);

(missing === '' ? describe : describe.skip)('a server of the live tests', () => {
  let redis: Redis;

  afterEach(() => redis.remove());

  it('fails with one clear message where its port is in use', async () => {
    redis = await redisIn(() => '');
    const taker = createServer();
    await new Promise<void>((done) => taker.listen(redis.port, '127.0.0.1', done));

    const started = redis.start();

    await expect(started).rejects.toThrow(
      `redis-server on port ${redis.port} has ended: Could not create server TCP listening socket 127.0.0.1:${redis.port}: bind: Address already in use`,
    );
    taker.close();
  });

  it('fails with what Redis says of a configuration that it does not take', async () => {
    redis = await redisIn(() => 'no-such-directive yes');

    await expect(redis.start()).rejects.toThrow(
      /has ended: .*(no-such-directive.*Bad directive|Unresolved Configuration.*no-such-directive)/,
    );
  });

  it('gets a port that no client is given', async () => {
    redis = await redisIn(() => '');

    const ports = await Promise.all(Array.from({ length: 20 }, freePort));

    expect(Math.max(...ports)).toBeLessThan(32_768);
  });
});
