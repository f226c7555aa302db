/** A primary and a read replica as rendered: Celery works with the first, whoever reads may ask the second. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synth, tenantOf } from '../support/synth';
import { type Pod, answerOf, killAll, podOf, start, until } from './isolation/pods';
import { type LiveRedis, liveRedis } from './isolation/redis';
import { place } from './place';
import { lacking, programsOf } from './python';
import { eventually } from './redis-server';

if (lacking.length > 0) console.warn(`replicas are NOT proven here: ${lacking.join(' and ')} not on PATH`);

const objects = synth(
  tenantOf({
    app: {
      dialect: 'celery',
      image: 'jobs:1',
      module: 'plain_app',
      pythonPath: [join(__dirname, 'loader/apps')],
    },
    broker: { topology: 'replicated', replicas: 1 },
    workers: { default: { queues: ['celery', 'reports', 'other'] } },
    web: { command: ['serve'], port: 8000 },
  }),
  place,
);

const WORK = `
import json
from celery import chord
from plain_app import add, flaky, total
sent = [add.delay(1, 1), flaky.delay(), add.apply_async((3, 0), countdown=1)]
sent.append(chord([add.s(i, i) for i in range(4)], total.s())())
print(json.dumps([result.get(timeout=60) for result in sent]))
`;

/** Seconds; a bound against hanging. */
const PATIENCE = 60;

(lacking.length > 0 ? describe.skip : describe).each(['5.5', '5.6', '5.7'])(
  'a primary with a read replica, with Celery %s',
  (celery) => {
    const folder = mkdtempSync(join(tmpdir(), 'replicated-'));
    let primary: LiveRedis;
    let replica: LiveRedis;
    let web: Pod;

    const told = async (redis: LiveRedis, ...command: readonly string[]): Promise<string> =>
      String(await (await redis.admin()).send(...command));

    beforeAll(async () => {
      primary = await liveRedis(objects);
      replica = await liveRedis(objects, { server: 'redis-replica', primary: primary.port });
      await eventually(
        'the replica follows',
        async () => (await told(replica, 'INFO', 'replication')).includes('master_link_status:up'),
        PATIENCE,
      );
      const place = { folder, programs: await programsOf(celery), port: primary.port };
      const worker = podOf(objects, 'worker-default', place);
      web = podOf(objects, 'web', place);
      await until(start(worker), () => worker.wrote('consuming'), 'the worker consumes');
    });

    afterAll(async () => {
      killAll();
      await replica?.remove();
      await primary?.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    it('never has a worker or a producer on the replica', async () => {
      const answer = await answerOf(web, ['python3', '-c', WORK]);

      const users = async (redis: LiveRedis): Promise<readonly string[]> =>
        [...(await told(redis, 'CLIENT', 'LIST')).matchAll(/ user=(\S+)/g)].map(([, user]) => String(user));
      expect(answer).toEqual([2, ['celery', 2], 3, 12]);
      expect(await users(primary)).toEqual(expect.arrayContaining(['acme', 'replica']));
      expect((await users(replica)).filter((user) => user.startsWith('acme'))).toEqual([]);
      expect(await replica.refused()).toEqual([]);
    });

    it('lets an app read from the replica what its workers wrote, and write nothing', async () => {
      const reader = await replica.as('acme');

      await eventually(
        'the results arrive',
        async () => (await told(replica, 'DBSIZE')) === (await told(primary, 'DBSIZE')),
        PATIENCE,
      );
      const refused = await reader.send('LPUSH', 'celery', 'task').catch(String);

      expect(String(await reader.send('LLEN', 'celery'))).toBe('0');
      expect(String(refused)).toContain('READONLY');
    });
  },
);
