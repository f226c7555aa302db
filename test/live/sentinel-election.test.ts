import { type Broker, type Pod, brokerOf } from './sentinel/pods';
import { guarded } from './sentinel/tenant';
import { eventually, missing } from './redis-server';

if (missing !== '') console.warn(`elections are NOT proven here: ${missing}`);

const startAll = (pods: readonly Pod[]): Promise<unknown> => Promise.all(pods.map((pod) => pod.start()));

/** The primary, once all others follow it with their links up. */
async function settled({ redis, primary }: Broker, without: readonly Pod[] = []): Promise<Pod> {
  let found: Pod | undefined;
  await eventually('one primary is followed by all others', async () => {
    found = await primary();
    const others = redis.filter((pod) => pod !== found && !without.includes(pod));
    const infos = await Promise.all(others.map((pod) => pod.info()));
    return (
      found !== undefined &&
      infos.every((i) => i['master_link_status'] === 'up' && i['master_port'] === String(found?.port))
    );
  });
  if (found === undefined) throw new Error('there is no primary');
  return found;
}

(missing === '' ? describe : describe.skip)('the pods of a broker with sentinels', () => {
  let broker: Broker;

  beforeEach(async () => {
    broker = await brokerOf(guarded());
    await startAll([...broker.redis, ...broker.sentinels]);
  });

  afterEach(async () => {
    await broker.remove();
  });

  it('make the first the primary where all are new', async () => {
    const primary = await settled(broker);

    expect(primary.name).toBe('redis-0');
  });
});
