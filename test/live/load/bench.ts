/** A rendered tenant on this machine, the load program in place of its web, and Redis asked all the while. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Load, type Measurement, type Sample, sampleOf } from '../../../lib/loadtest/measurement';
import { LOAD } from '../../../lib/loadtest/runtime';
import { type Pod, answerOf, killAll, podOf, start, until } from '../isolation/pods';
import { type LiveRedis, liveRedis } from '../isolation/redis';
import { programsOf } from '../python';
import type { Connection } from '../redis-connection';
import { eventually, sleep } from '../redis-server';
import { type Answers, rendered } from './tenants';

export interface LoadBench {
  readonly measure: (options: readonly string[]) => Promise<Measurement>;
  /** Begins, and stops it once it has so many results. */
  readonly stopAt: (results: number, options: readonly string[]) => Promise<string>;
  readonly keys: () => Promise<readonly string[]>;
  readonly refused: LiveRedis['refused'];
  readonly stopWorker: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

export async function loadBench(answers: Answers, celery: string): Promise<LoadBench> {
  const folder = mkdtempSync(join(tmpdir(), 'load-'));
  const { tenant, broker } = rendered(answers);
  const programs = await programsOf(celery);
  const redis = await liveRedis(broker);
  const pod = (name: string): Pod => podOf(tenant, name, { folder, programs, port: redis.port });
  const program = join(folder, 'load.py');
  writeFileSync(program, LOAD);
  const consumes = pod('worker-default');
  const worker = start(consumes);
  const remove = async (): Promise<void> => {
    killAll();
    await worker.ended;
    await redis.remove();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until(worker, () => consumes.wrote('consuming'), 'the worker consumes');
  } catch (error) {
    await remove();
    throw error;
  }
  const keys = async () => (await (await redis.admin()).send('KEYS', '*')) as readonly string[];
  const command = ['python3', program, '--app', 'jobs', '--queue', 'celery', '--run', 'live'];
  return {
    measure: async (options) => {
      const watched = watch(await redis.admin());
      const load = (await answerOf(pod('web'), [...command, ...options]).finally(watched.stop)) as Load;
      return { load, samples: await watched.samples };
    },
    stopAt: async (results, options) => {
      const load = start(pod('web'), [...command, ...options]);
      const there = async () => (await keys()).filter((key) => key.includes('celery-task-meta')).length;
      await eventually(`there are ${results} results`, async () => (await there()) >= results);
      await load.stop();
      return load.output();
    },
    keys,
    refused: redis.refused,
    stopWorker: worker.stop,
    remove,
  };
}

/** Milliseconds between two looks: a burst of 100 tasks takes some hundred. */
const LOOK = 50;

interface Watched {
  readonly samples: Promise<readonly Sample[]>;
  readonly stop: () => void;
}

function watch(connection: Connection): Watched {
  let watching = true;
  const look = async (): Promise<Sample[]> => {
    const samples: Sample[] = [];
    for (let last = false; !last; last = !watching) {
      samples.push(sampleOf(String(await connection.send('INFO'))));
      await sleep(LOOK);
    }
    return [...samples, sampleOf(String(await connection.send('INFO')))];
  };
  return { samples: look(), stop: () => (watching = false) };
}
