import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment, Tenant } from '../../lib';
import type { Synth } from '../support/synth';
import { type Pod, type Running, answerOf, killAll, podOf, start, until } from './isolation/pods';
import { type LiveRedis, liveRedis } from './isolation/redis';
import { wanted } from './keda';
import { leavesOf, withBroker } from './place';
import { lacking, programsOf } from './python';
import { eventually } from './redis-server';

const keda = { namespace: { name: 'keda' }, pods: { app: 'keda-operator' } } as const;
const place: Environment = { ...withBroker, peers: { keda } };

const scaling = { min: 0, max: 3, queueLength: 2 } as const;

/** Its code sets ten steps and a colon, as Celery's documentation says. */
const acme: Tenant = {
  name: 'acme',
  app: {
    dialect: 'celery',
    image: 'jobs:1',
    module: 'ranked_app',
    pythonPath: [join(__dirname, 'loader/apps')],
  },
  broker: { shared: 'main', isolation: 'queue' },
  priorities: { steps: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], separator: ':' },
  workers: {
    default: { queues: ['celery'], scaling },
    reports: { queues: ['reports'], scaling },
  },
  web: { command: ['python3'], port: 8000 },
};

if (lacking.length > 0) console.warn(`scaling is NOT proven here: ${lacking.join(' and ')} not on PATH`);

(lacking.length > 0 ? describe.skip : describe).each(['5.5', '5.6'])(
  'two pools that KEDA scales, with ten priorities, with Celery %s',
  (celery) => {
    const folder = mkdtempSync(join(tmpdir(), 'scaling-'));
    const leaf = leavesOf(place, [acme]);
    const objects: Synth = leaf('tenants/acme');
    const running: Running[] = [];
    let redis: LiveRedis;
    let web: Pod;

    const pod = (deployment: string, programs: string): Pod =>
      podOf(objects, deployment, { folder, programs, port: redis.port });
    const pods = () =>
      Promise.all(['worker-default', 'worker-reports'].map((name) => wanted(objects, name, redis)));
    const send = (task: string, calls: readonly string[]) =>
      answerOf(web, [
        ...['python3', '-c'],
        `import ranked_app as r\nfor options in [${calls.join()}]: r.${task}\nprint("{}")`,
      ]);

    beforeAll(async () => {
      redis = await liveRedis(leaf('brokers/main'));
      web = pod('web', await programsOf(celery));
    });

    afterAll(async () => {
      await Promise.all(running.map((one) => one.stop()));
      killAll();
      await redis?.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    it('are both away while there is nothing to do', async () => {
      expect(await pods()).toEqual([0, 0]);
    });

    it('wants pods for tasks of priorities that Celery does not have by itself, for their pool alone', async () => {
      await send(
        'show.apply_async(("x",), **options)',
        [1, 2, 4, 5, 7].map((priority) => `{"priority": ${priority}}`),
      );

      expect(await pods()).toEqual([3, 0]);
      expect(await redis.refused()).toEqual([]);
    });

    it('keeps the pod whose task runs, and no pod of the other pool', async () => {
      const programs = await programsOf(celery);
      for (const name of ['worker-default', 'worker-reports']) {
        const own = pod(name, programs);
        const worker = start(own);
        running.push(worker);
        await until(worker, () => own.wrote('consuming'), `${name} consumes`);
      }
      await eventually('nothing is left', async () => String(await pods()) === '0,0');

      await send('work.apply_async((8,), **options)', ['{"queue": "reports"}']);
      await eventually('the task runs', () =>
        running.some((one) => one.output().includes('ranked_app.work')),
      );

      expect(await pods()).toEqual([0, 1]);
      await eventually('it has ended', async () => String(await pods()) === '0,0');
    });

    it('wants one pod for any number of tasks whose time is to come', async () => {
      await send(
        'work.apply_async((0,), countdown=3600, **options)',
        Array.from({ length: 9 }, () => '{}'),
      );
      const admin = await redis.admin();
      await eventually(
        'all are held',
        async () => (await admin.send('SCARD', 'tenant-acme.unacked.acme.default.delayed')) === 9,
      );

      expect(await pods()).toEqual([1, 0]);
      expect(await redis.refused()).toEqual([]);
    });
  },
);
