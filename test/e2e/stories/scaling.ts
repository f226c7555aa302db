// The autoscaler follows the load up and down, and cuts off no task.

import { until } from '../cluster';
import { asked } from '../kubectl';
import { comes } from '../later';
import { load, producer, settled, total } from '../load';
import { elastic } from '../render';
import { REDELIVERED } from './struck';
import type { Told } from '../lanes';

const TENANT = 'elastic';

/** Each burns 0.6 s of CPU, of which a pod has 0.3 in a second: more than three pods can do, for a minute. */
const BURST = { rate: 1.8, count: 110, task: { busy: 0.6 } } as const;

/** Long ones that burn nothing: under way while the pods are taken away. */
const LONG = { rate: 0.8, count: 200, task: { seconds: 3 } } as const;

/** Seconds: the metrics of a pod come each 10 s, and those of its start do not count. */
const PATIENCE = 240;

const replicas = async (): Promise<number> =>
  Number(await asked('get', 'deploy', 'worker-default', '-n', TENANT, '-o', 'jsonpath={.status.replicas}'));

export async function follows(): Promise<Told> {
  await comes(elastic);
  await producer(TENANT);
  const burst = await load(TENANT, BURST);
  await until('three workers', async () => (await replicas()) === 3, PATIENCE);
  await burst.sent;
  const first = await settled(burst, REDELIVERED);
  const long = await load(TENANT, LONG);
  await until('one worker', async () => (await replicas()) === 1, PATIENCE);
  long.stop();
  const count = total([first, await settled(long, REDELIVERED)]);

  expect(count).toMatchObject({ again: 0, twice: 0, refused: 0 });
  return { count, note: 'from 1 to 3 workers and back, by CPU' };
}
