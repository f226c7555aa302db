import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tenant } from '../../lib';
import type { Json, Synth } from '../support/synth';
import { type Pod, answerOf, killAll, podOf, start, until } from './isolation/pods';
import { type LiveRedis, liveRedis } from './isolation/redis';
import { leavesOf, withBroker } from './place';
import { passes } from './probes/kubelet';
import { lacking, programsOf } from './python';

const CELERY = '5.6';

if (lacking.length > 0) console.warn(`entrypoints are NOT proven here: ${lacking.join(' and ')} not on PATH`);

const tenant = (entrypoint: readonly string[]): Tenant => ({
  name: 'wrapped',
  app: {
    dialect: 'celery',
    image: 'wrapped:1',
    module: 'busy',
    pythonPath: [join(__dirname, 'probes/app')],
    entrypoint,
  },
  workers: { default: { queues: ['celery'], concurrency: 1 } },
  web: {
    command: ['python3', '-c', 'import busy, json; print(json.dumps(busy.app.conf.task_acks_late))'],
    port: 8000,
  },
  env: { NEEDED: 'yes' },
});

/** The same objects, with an init container in place of the main one. */
const withInit = (objects: Synth, deployment: string, name: string): Synth => ({
  ...objects,
  byKind: (kind, called) => {
    const found = structuredClone(objects.byKind(kind, called));
    if (kind !== 'Deployment' || called !== deployment) return found;
    const { spec } = found.spec.template;
    const init = spec.initContainers.find((one: Json) => one.name === name);
    spec.containers = [{ ...spec.containers[0], ...init }];
    return found;
  },
});

(lacking.length > 0 ? describe.skip : describe)(
  `an image whose programs are found by its entrypoint alone with Celery ${CELERY}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'entrypoint-'));
    const script = join(folder, 'entrypoint.sh');
    const leaf = leavesOf(withBroker, [tenant([script])]);
    let redis: LiveRedis;
    let programs: string;

    /** As its image has it: nothing of the app is on PATH. */
    const pod = (objects: Synth, deployment: string): Pod => {
      const own = podOf(objects, deployment, { folder, programs, port: redis.port });
      return { ...own, env: { ...own.env, PATH: '/usr/local/bin:/usr/bin:/bin' } };
    };
    const objects = (): Synth => leaf('tenants/wrapped');

    beforeAll(async () => {
      programs = await programsOf(CELERY);
      writeFileSync(
        script,
        `#!/bin/sh\nset -eu\n: "$NEEDED"\nPATH=${programs}:$PATH\nexport PATH\nexec "$@"\n`,
      );
      chmodSync(script, 0o755);
      redis = await liveRedis(leaf('brokers/main'));
    });

    afterAll(async () => {
      killAll();
      await redis?.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    it('waits for its Redis behind it', async () => {
      const wait = pod(withInit(objects(), 'worker-default', 'wait-for-redis'), 'worker-default');

      const asked = start(wait);

      expect([(await asked.ended).code, asked.output()]).toEqual([0, expect.stringContaining('PONG')]);
    });

    it('starts its web behind it', async () => {
      expect(await answerOf(pod(objects(), 'web'))).toBe(true);
    });

    it('works, passes its probes, and ends warm', async () => {
      const own = pod(objects(), 'worker-default');
      const worker = start(own);
      await until(worker, () => own.wrote('consuming'), 'it consumes');

      expect(await passes(own, own.probes.readiness)).toBe(true);
      expect(await passes(own, own.probes.liveness)).toBe(true);
      await worker.stop();
      expect([(await worker.ended).code, worker.output()]).toEqual([
        0,
        expect.stringContaining('Warm shutdown'),
      ]);
    });
  },
);
