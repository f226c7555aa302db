import { type Command, attacks, seed, thingsOf } from './isolation/attacks';
import { type LiveRedis, liveRedis } from './isolation/redis';
import { NAMES, rendered } from './isolation/tenants';
import { HARMLESS, triesOf } from './isolation/commands';
import type { Reply } from './redis-connection';
import { missing } from './redis-server';

const [OWN, NEIGHBOUR] = NAMES;
const SHARED = ['queue', 'prefix', 'hybrid'] as const;
/** The users of the tenant that attacks. */
const USERS = [OWN, `${OWN}-web`, `${OWN}-scaler`] as const;

/** The ways in which Redis says no: to a user, to a script, to a login, to a command that the server has locked. */
const REFUSED =
  /^-(NOPERM|WRONGPASS|NOAUTH|EXECABORT|ERR .*(executing the script can't|ACL failure in script|not allowed from script|command not allowed))/;

if (missing !== '') console.warn(`attacks are NOT proven here: ${missing}`);

(missing === '' ? describe : describe.skip).each(
  SHARED.flatMap((isolation) => USERS.map((user) => [isolation, user] as const)),
)('a tenant on a shared broker: isolation %s, as %s', (isolation, user) => {
  const [a, b] = [thingsOf(isolation, OWN), thingsOf(isolation, NEIGHBOUR)];
  let redis: LiveRedis;
  let before: Reply[];

  const send = async (as: string, commands: readonly Command[]): Promise<Reply[]> => {
    const connection = await (as === 'admin' ? redis.admin() : redis.as(as));
    const replies: Reply[] = [];
    for (const command of commands) replies.push(await connection.send(...command));
    connection.close();
    return replies;
  };
  const state = (): Promise<Reply[]> =>
    send('admin', [...seed(b).map(([, key = '']) => ['DUMP', key]), ['KEYS', '*stolen*'], ['ACL', 'USERS']]);

  beforeAll(async () => {
    const asked = { isolation, celery: '5.6', events: true, scheduler: 'redbeat' } as const;
    redis = await liveRedis(rendered(asked).broker(OWN));
    const seeds = [...seed(a), ...seed(b)];
    await send('admin', [...seeds, ['SELECT', '1'], ...seeds]);
    before = await state();
  });

  afterAll(() => redis.remove());

  it('may work on its own', async () => {
    const [length] = await send(user, [['LLEN', a.queue]]);

    expect(length).toBe(2);
  });

  it('may run no command on what it does not name, but for those that are known', async () => {
    const [commands] = await send('admin', [['COMMAND']]);
    const tries = triesOf(commands, b.result);
    const replies = await send(
      'admin',
      tries.map(({ words }) => ['ACL', 'DRYRUN', user, ...words]),
    );

    const allowed = tries.filter((_, i) => replies[i] === 'OK').map(({ name }) => name);
    expect(tries.length).toBeGreaterThan(300);
    expect(allowed.filter((name) => !HARMLESS.has(name))).toEqual([]);
  });

  it.each(attacks(a, b, NEIGHBOUR))('fails to reach its neighbour: $title', async ({ commands }) => {
    const replies = await send(user, commands);

    expect(replies.at(-1)).toMatch(REFUSED);
    expect(JSON.stringify(replies)).not.toContain('secret');
  });

  it('has left the neighbour as it was', async () => {
    expect(await state()).toEqual(before);
  });
});
