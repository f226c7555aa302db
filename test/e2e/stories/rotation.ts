// A password is rotated by the steps of docs/secrets.md while its tenant works.

import { change } from '../change';
import { redis, START, subject, until } from '../cluster';
import { asked, lines } from '../kubectl';
import { load, producer, settled } from '../load';
import { allReady, podsOf, restarted } from '../pods';
import type { Told } from '../lanes';

const TENANT = 'acme';
const { broker } = subject(TENANT);
const USERS = [TENANT, `${TENANT}-web`];

/** The kubelet's refresh of a mounted Secret, on a busy node. */
const REFRESH = 240;

const password = (user: string): string => `rotated_${user}_${'x'.repeat(32)}`;

const encoded = (value: string | null): string | null =>
  value === null ? null : Buffer.from(value).toString('base64');

function patch(namespace: string, secret: string, values: Readonly<Record<string, string | null>>) {
  const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, encoded(value)]));
  return asked(
    ...['patch', 'secret', secret, '-n', namespace, '--type=merge', '-p'],
    JSON.stringify({ data }),
  );
}

/** How many passwords Redis takes from each user. */
async function valid(): Promise<number[]> {
  const users = lines(await redis(broker, 'acl list'));
  return USERS.map((user) => {
    const words = users.find((line) => line.startsWith(`user ${user} `))?.split(' ') ?? [];
    return words.filter((word) => word.startsWith('#')).length;
  });
}

const mounted = async (workload: string): Promise<string> =>
  (await asked('exec', '-n', TENANT, workload, '--', 'cat', '/etc/stalk/redis/password')).trim();

/** Its pods, without those that hold a URL in their environment. */
async function readers(): Promise<string[]> {
  const pods = await podsOf(TENANT);
  return pods.flatMap(({ metadata }) => (metadata.name.startsWith('flower') ? [] : [metadata.uid])).sort();
}

const flower = async (): Promise<string> =>
  String((await podsOf(TENANT)).find(({ metadata }) => metadata.name.startsWith('flower'))?.metadata.uid);

/** Nothing is lost or refused, and only those restart that hold a URL. */
export async function rotates(): Promise<Told> {
  const next = Object.fromEntries(USERS.map((user) => [`${user}.next`, password(user)]));
  const fresh = Object.fromEntries(USERS.map((user) => [user, password(user)]));
  await producer(TENANT);
  const before = { readers: await readers(), flower: await flower() };
  const sending = await load(TENANT, { rate: 2, count: 100_000 });

  await patch(broker, 'redis-users', next);
  await until('Redis takes both passwords', async () => (await valid()).every((n) => n === 2), REFRESH);
  await patch(TENANT, 'redis-credentials', fresh);
  await patch(broker, 'redis-users', fresh);
  await until(
    'the pods have the new password',
    async () =>
      (await mounted('deploy/worker-default')) === password(TENANT) &&
      (await mounted('deploy/worker-threads')) === password(TENANT) &&
      (await mounted('job/producer')) === password(`${TENANT}-web`),
    REFRESH,
  );
  await change(TENANT, { credentialsVersion: '2' });
  await allReady([TENANT], START);
  await patch(broker, 'redis-users', Object.fromEntries(Object.keys(next).map((key) => [key, null])));
  await until('Redis takes one password', async () => (await valid()).every((n) => n === 1), REFRESH);
  for (const user of USERS) await redis(broker, `client kill user ${user}`);
  const sent = sending.accepted.size;
  await until('work goes on', () => sending.accepted.size >= sent + 10);
  sending.stop();
  const count = await settled(sending, REFRESH);

  expect(count.refused).toBe(0);
  expect(await readers()).toEqual(before.readers);
  expect(await flower()).not.toBe(before.flower);
  expect(restarted(await podsOf(TENANT, broker))).toEqual([]);
  return { count, note: 'of its pods only Flower was replaced' };
}
