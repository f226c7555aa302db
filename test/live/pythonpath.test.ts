import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Tenant } from '../../lib';
import type { Json, Synth } from '../support/synth';
import { type Pod, answerOf, killAll, podOf, start, until } from './isolation/pods';
import { type LiveRedis, liveRedis } from './isolation/redis';
import { leavesOf, withBroker } from './place';
import { lacking, programsOf } from './python';

const CELERY = '5.6';

if (lacking.length > 0) console.warn(`PYTHONPATH is NOT proven here: ${lacking.join(' and ')} not on PATH`);

const ASKED = `import json, sys, app, extra
names = [name for name in sys.path if "/image/" in name or "/opt/stalk" in name]
print(json.dumps([app.WHERE, extra.WHERE, [name.rpartition("/")[2] for name in names]]))`;

const tenant: Tenant = {
  name: 'paths',
  app: { dialect: 'celery', image: 'paths:1', module: 'app' },
  workers: { default: { queues: ['celery'], concurrency: 1 } },
  web: { command: ['python3', '-c', ASKED], port: 8000 },
};

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

(lacking.length > 0 ? describe.skip : describe)(`an image with a PYTHONPATH with Celery ${CELERY}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'pythonpath-'));
  const image = join(folder, 'image');
  const leaf = leavesOf(withBroker, [tenant]);
  let redis: LiveRedis;
  let programs: string;

  /** As the kubelet has it: the image's variables, and the pod's in their place. */
  const pod = (objects: Synth, deployment: string): Pod => {
    const own = podOf(objects, deployment, { folder, programs, port: redis.port });
    return {
      ...own,
      env: { PYTHONPATH: ['', join(image, 'code'), join(image, 'lib')].join(delimiter), ...own.env },
    };
  };
  const objects = (): Synth => leaf('tenants/paths');

  beforeAll(async () => {
    programs = await programsOf(CELERY);
    const write = (path: string, text: string): void => {
      mkdirSync(join(image, path, '..'), { recursive: true });
      writeFileSync(join(image, path), text);
    };
    write(
      'code/app.py',
      'from celery import Celery\napp = Celery("app")\nWHERE = __file__.rpartition("/image/")[2]\n',
    );
    write('lib/extra.py', 'import os\nWHERE = os.environ["OF_THE_IMAGE"]\n');
    write('lib/sitecustomize.py', 'import os\nos.environ["OF_THE_IMAGE"] = "yes"\n');
    redis = await liveRedis(leaf('brokers/main'));
    for (const name of ['worker-default', 'web']) {
      const wait = pod(withInit(objects(), name, 'wait-for-redis'), name);
      const waited = start(wait);
      expect([(await waited.ended).code, waited.output()]).toEqual([0, expect.stringContaining('PONG')]);
    }
  });

  afterAll(async () => {
    killAll();
    await redis?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('finds its modules and runs its sitecustomize, after Stalk’s own', async () => {
    expect(await answerOf(pod(objects(), 'web'))).toEqual(['code/app.py', 'yes', ['stalk', 'code', 'lib']]);
  });

  it('works, and ends warm', async () => {
    const own = pod(objects(), 'worker-default');
    const worker = start(own);
    await until(worker, () => own.wrote('consuming'), 'it consumes');

    await worker.stop();

    expect([(await worker.ended).code, worker.output()]).toEqual([
      0,
      expect.stringContaining('Warm shutdown'),
    ]);
  });
});
