// A password is rotated by the steps of docs/secrets.md while its tenant works: nothing is lost, nothing restarts.

import { asked, lines } from '../api/kubectl';
import { HAS_CLUSTER, redis, subject, until } from './cluster';
import { load, producer, settled } from './load';
import { podsOf, restarted } from './pods';
import { story } from './stories';

const TENANT = 'acme';
const { broker } = subject(TENANT);

/** The kubelet's refresh of a mounted Secret, on a busy node. */
const REFRESH = 240;

const password = (user: string): string => `rotated_${user}_${'x'.repeat(32)}`;

const change = (namespace: string, secret: string, values: Readonly<Record<string, string | null>>): string =>
  asked(
    ...['patch', 'secret', secret, '-n', namespace, '--type=merge', '-p'],
    JSON.stringify({
      data: Object.fromEntries(
        Object.entries(values).map(([key, value]) => [
          key,
          value === null ? null : Buffer.from(value).toString('base64'),
        ]),
      ),
    }),
  );

/** How many passwords Redis takes from a user. */
const valid = (user: string): number =>
  lines(redis(broker, `acl list`))
    .filter((line) => line.startsWith(`user ${user} `))
    .flatMap((line) => line.split(' ').filter((word) => word.startsWith('#'))).length;

const mounted = (workload: string): string =>
  asked(...['exec', '-n', TENANT, workload, '--', 'cat', '/etc/stalk/redis/password']).trim();

const pods = (): string[] =>
  podsOf(TENANT)
    .map(({ metadata }) => metadata.uid)
    .sort();

(HAS_CLUSTER ? describe : describe.skip)('the password of a tenant under load', () => {
  it('is rotated without a failed send, a lost task or a restart', async () => {
    const users = [TENANT, `${TENANT}-web`];
    const next = Object.fromEntries(users.map((user) => [`${user}.next`, password(user)]));
    const fresh = Object.fromEntries(users.map((user) => [user, password(user)]));
    producer(TENANT);
    const before = pods();
    const sending = await load(TENANT, { rate: 2, count: 100_000 });

    change(broker, 'redis-users', next);
    await until('Redis takes both passwords', () => users.every((user) => valid(user) === 2), REFRESH);
    change(TENANT, 'redis-credentials', fresh);
    change(broker, 'redis-users', fresh);
    await until(
      'the pods have the new password',
      () =>
        mounted('deploy/worker-default') === password(TENANT) &&
        mounted('job/producer') === password(`${TENANT}-web`),
      REFRESH,
    );
    change(broker, 'redis-users', Object.fromEntries(Object.keys(next).map((key) => [key, null])));
    await until('Redis takes one password', () => users.every((user) => valid(user) === 1), REFRESH);
    for (const user of users) redis(broker, `client kill user ${user}`);
    await until('work goes on', goesOn(sending));
    sending.stop();
    const count = await settled(sending, REFRESH);

    story(`password rotated (${TENANT})`, { result: count.lost.length === 0 ? 'ok' : 'LOST', count });
    expect(count).toMatchObject({ lost: [], refused: 0 });
    expect(pods()).toEqual(before);
    expect(restarted([...podsOf(TENANT), ...podsOf(broker)])).toEqual([]);
  });
});

/** Ten more sends are accepted. */
function goesOn({ accepted }: { readonly accepted: ReadonlySet<number> }): () => boolean {
  const before = accepted.size;
  return () => accepted.size >= before + 10;
}
