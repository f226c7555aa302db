// The rules of each Redis as a server has them, compared with lines that were written out for each user.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Pod, describeInShells, podIn } from './redis-pod';
import { worlds } from './rules/worlds';

/** Rules by user, by ConfigMap, by world: as Stalk rendered them when each user had a line of its own. */
type Lines = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

const lines = JSON.parse(readFileSync(join(__dirname, 'rules/lines.json'), 'utf8')) as Lines;

const all = Object.entries(lines).flatMap(([world, maps]) =>
  Object.entries(maps).map(([map, users]) => ({ world, map, users })),
);

/** A server knows no command of a sentinel, whose users are therefore compared as text. */
const [servers, sentinels] = [true, false].map((server) =>
  all.filter(({ map }) => (map !== 'sentinel-rules') === server),
) as [typeof all, typeof all];

const passwordOf = (user: string): string => `password-of-${user}`;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Lines of an aclfile. */
const aclOf = (users: Readonly<Record<string, string>>): string[] =>
  Object.entries(users).map(([user, line]) => `user ${user} on #${sha256(passwordOf(user))} ${line}`);

describeInShells('users of a real Redis', (run) => {
  let pod: Pod;

  afterEach(() => pod.remove());

  const mounted = async ({ world, map, users }: (typeof all)[number]): Promise<void> => {
    pod = await podIn(run);
    const rendered = worlds[world]?.().byKind('ConfigMap', map).data;
    const passwords = Object.keys(users).map((user) => [`passwords/${user}`, passwordOf(user)]);
    pod.mount({
      'rules/roles': rendered.roles,
      'rules/users': rendered.users,
      ...Object.fromEntries(passwords),
    });
  };

  it.each(servers)('of $world ($map) are byte for byte those written out one by one', async (one) => {
    await mounted(one);
    const { users } = one;

    const built = await pod.build();
    await pod.redis.start();
    const expanded = await (await pod.admin()).send('ACL', 'LIST');
    const acl = pod.file('run/users.acl');
    const internal = acl.split('\n').slice(0, 3);
    const more = acl.includes('+client|setinfo') ? ' +client|setinfo' : '';
    pod.mount({
      'run/users.acl': [...internal, ...aclOf(users).map((line) => line + more), 'user loaded off', ''].join(
        '\n',
      ),
    });
    // In the same process, as Redis 7.0 lists commands in an order of its own at each start; it drops all connections
    await (await pod.admin()).send('ACL', 'LOAD').catch(() => undefined);
    const written = await (await pod.admin()).send('ACL', 'LIST');

    expect(built.code).toBe(0);
    expect(expanded).toHaveLength(3 + Object.keys(users).length);
    expect(written).toContainEqual(expect.stringMatching(/^user loaded off /));
    expect(expanded).toEqual(
      (written as readonly string[]).filter((line) => !line.startsWith('user loaded ')),
    );
  });

  it.each(sentinels)('of $world ($map) stand in the aclfile of a sentinel as written out', async (one) => {
    await mounted(one);

    const built = await pod.build({ USERS_OF: 'sentinel' });

    const found = pod.file('run/users.acl').replaceAll(' +client|setinfo', '').split('\n');
    expect(built.code).toBe(0);
    expect(found.slice(3, -1).sort()).toEqual(aclOf(one.users).sort());
  });
});
