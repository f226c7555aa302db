import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename } from 'node:path';
import type { Connection } from './redis-connection';
import {
  type Pod,
  OF_TENANTS,
  RULES,
  TWO_TENANTS,
  besides,
  describeInShells,
  podIn,
  usersWith,
} from './redis-pod';
import { eventually, finished, sleep } from './redis-server';

const alive = async (connection: Connection): Promise<unknown> =>
  connection.closed() ? 'closed' : connection.send('CLIENT', 'ID');

/** SIGKILL for the process below the one that the container starts. */
async function killWorker(pod: Pod): Promise<void> {
  const parent = String(pod.sidecar()?.pid);
  const below = (): readonly string[] =>
    spawnSync('pgrep', ['-P', parent], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
  const isShell = (id: string): boolean => readFileSync(`/proc/${id}/cmdline`, 'utf8').includes('users.sh');
  await eventually('it has a worker', () => below().some(isShell));
  below()
    .filter(isShell)
    .forEach((id) => process.kill(Number(id), 'SIGKILL'));
}

describeInShells('users.sh watch', (run) => {
  let pod: Pod;
  let replica: Pod | undefined;
  const create = async (config?: string): Promise<void> => {
    pod = await podIn(run, config);
  };
  const started = async (): Promise<void> => {
    await create();
    pod.mount(TWO_TENANTS);
    await pod.start();
  };

  afterEach(async () => {
    await Promise.all([pod.remove(), replica?.remove()]);
    replica = undefined;
  });

  it('adds a user to a running Redis and to the aclfile', async () => {
    await started();
    const other = await pod.as('tenant-b', 'first-password-of-b');
    const id = await alive(other);

    pod.mount({ ...besides({ 'tenant-c': RULES }), 'passwords/tenant-c': 'password-of-c' });
    await pod.says('set: tenant-c\n');

    expect(await pod.accepts('tenant-c', 'password-of-c')).toBe(true);
    await eventually('users.acl has it', () => pod.file('run/users.acl').includes('user tenant-c on #'));
    expect(await alive(other)).toBe(id);
  });

  it('rotates a password while connections live on', async () => {
    await started();
    const [own, other] = [
      await pod.as('tenant-a', 'first-password-of-a'),
      await pod.as('tenant-b', 'first-password-of-b'),
    ];
    const ids = [await alive(own), await alive(other)];
    await own.send('LPUSH', 'tenant:a:list', '1');

    pod.mount({ 'passwords/tenant-a.next': 'second' });
    await eventually('both passwords are valid', () => pod.accepts('tenant-a', 'second'));
    const both = await pod.accepts('tenant-a', 'first-password-of-a');
    pod.mount({ 'passwords/tenant-a': 'second', 'passwords/tenant-a.next': undefined });
    await eventually(
      'the first is gone',
      async () => !(await pod.accepts('tenant-a', 'first-password-of-a')),
    );

    expect(both).toBe(true);
    expect(await pod.accepts('tenant-a', 'second')).toBe(true);
    expect([await alive(own), await alive(other)]).toEqual(ids);
    expect(await own.send('LPUSH', 'tenant:a:list', '2')).toBe(2);
  });

  it('changes rules for connections that live on, without a moment without rights', async () => {
    await started();
    const own = await pod.as('tenant-a', 'first-password-of-a');
    const id = await alive(own);
    const replies = new Set<unknown>();

    for (let round = 0; round < 6; round += 1) {
      const rules = round % 2 === 0 ? RULES.replace('+lpush', '') : RULES;
      pod.mount(besides({ 'tenant-a': rules }));
      const wanted = round % 2 === 0 ? 'NOPERM' : 'ERR|^1';
      await eventually(`round ${round} applies`, async () => {
        for (let i = 0; i < 200; i += 1) replies.add(await own.send('SET', 'tenant:a:x', '1'));
        return new RegExp(wanted).test(String(await own.send('LPUSH', `tenant:a:${round}`, '1')));
      });
    }

    expect([...replies]).toEqual(['OK']);
    expect(await alive(own)).toBe(id);
  });

  it('removes a user and exactly its connections', async () => {
    await started();
    const [own, other] = [
      await pod.as('tenant-a', 'first-password-of-a'),
      await pod.as('tenant-b', 'first-password-of-b'),
    ];
    const id = await alive(other);

    pod.mount({
      ...usersWith({ 'tenant-b': OF_TENANTS['tenant-b'] }),
      'passwords/tenant-a': undefined,
    });
    await pod.says('removed: tenant-a\n');

    await eventually('its connection is gone', () => own.closed());
    expect(await alive(other)).toBe(id);
    await eventually('users.acl lost it', () => !pod.file('run/users.acl').includes('tenant-a'));
  });

  it('reports a refused rule once, keeps the rule before it, and applies the others', async () => {
    await started();
    const own = await pod.as('tenant-a', 'first-password-of-a');
    const before = pod
      .file('run/users.acl')
      .split('\n')
      .find((line) => line.startsWith('user tenant-a'));

    pod.mount({
      ...besides({ 'tenant-a': `${RULES} +nonsense`, 'tenant-c': RULES }),
      'passwords/tenant-c': 'c',
    });
    await eventually('tenant-c is there', () => pod.accepts('tenant-c', 'c'));
    await eventually('users.acl is written', () => pod.file('run/users.acl').includes('tenant-c'));
    await sleep(500);

    expect(
      pod.log().match(/tenant-a: Redis refuses this change.*'\+nonsense': Unknown command/g),
    ).toHaveLength(1);
    expect(pod.file('run/users.acl').split('\n')).toContain(before);
    expect(await own.send('SET', 'tenant:a:x', '1')).toBe('OK');
  });

  it.each([
    [
      'rules half written',
      besides({ 'tenant-a': '' }),
      'tenant-a has rules of role tenant-a that are not one line of printable text: kept as it is',
    ],
    ['its password gone', { 'passwords/tenant-a': undefined }, 'tenant-a has no password yet: kept as it is'],
    ['its password empty', { 'passwords/tenant-a': '' }, 'tenant-a has no password yet: kept as it is'],
  ])('keeps a user with %s as it is', async (_, files, line) => {
    await started();

    pod.mount({ ...files, 'passwords/tenant-b': 'second' });
    await pod.says(line);
    await eventually('tenant-b changes', () => pod.accepts('tenant-b', 'second'));

    expect(await pod.accepts('tenant-a', 'first-password-of-a')).toBe(true);
  });

  it('goes on by itself when its worker is killed, again and again', async () => {
    await started();

    for (const round of ['1', '2', '3']) {
      await killWorker(pod);
      pod.mount({ 'passwords/tenant-a': `password-${round}` });
      await eventually(`round ${round} is applied`, () => pod.accepts('tenant-a', `password-${round}`));
    }

    expect(pod.log().match(/its worker ended with 137: starting it again/g)).toHaveLength(3);
  });

  it.each(['rules', 'passwords'])('keeps everybody while %s is empty or missing', async (folder) => {
    await started();
    const before = pod.file('run/users.acl');

    readdirSync(pod.path(folder)).forEach((file) => rmSync(pod.path(folder, file)));
    await pod.says('is missing or empty: users stay as they are');
    rmSync(pod.path(folder), { recursive: true });
    await sleep(400);

    expect(pod.file('run/users.acl')).toBe(before);
    expect(await pod.accepts('tenant-a', 'first-password-of-a')).toBe(true);
    mkdirSync(pod.path(folder));
    pod.mount({ ...TWO_TENANTS, 'passwords/tenant-a': 'second' });
    await eventually('changes apply again', () => pod.accepts('tenant-a', 'second'));
  });

  it('follows the symlink that Kubernetes swaps', async () => {
    await create();
    const swap = (folder: string, version: string, files: Readonly<Record<string, string>>): void => {
      mkdirSync(pod.path(folder, version));
      Object.entries(files).forEach(([file, text]) => writeFileSync(pod.path(folder, version, file), text));
      symlinkSync(version, pod.path(folder, '..data_tmp'));
      renameSync(pod.path(folder, '..data_tmp'), pod.path(folder, '..data'));
    };
    swap('rules', '..2024_1', { roles: `tenant-a - ${RULES}\n`, users: 'tenant-a - tenant-a\n' });
    swap('passwords', '..2024_1', { 'tenant-a': 'first' });
    ['rules/roles', 'rules/users', 'passwords/tenant-a'].forEach((file) =>
      symlinkSync(`..data/${basename(file)}`, pod.path(file)),
    );
    await pod.start();
    const first = await pod.accepts('tenant-a', 'first');

    swap('passwords', '..2024_2', { 'tenant-a': 'second' });
    rmSync(pod.path('passwords/..2024_1'), { recursive: true });
    await eventually('the second password works', () => pod.accepts('tenant-a', 'second'));

    expect(first).toBe(true);
    expect(await pod.accepts('tenant-a', 'first')).toBe(false);
  });

  it('applies everything again to a restarted Redis, once it has loaded', async () => {
    await create('save 3600 1\nloading-process-events-interval-bytes 1024');
    pod.mount(TWO_TENANTS);
    await pod.start();
    const admin = await pod.admin();
    await admin.send('DEBUG', 'POPULATE', '2000');
    await admin.send('SAVE');
    const stale = pod.file('run/users.acl');
    await pod.redis.stop();
    await pod.says('users: Redis is not ready, waiting: Could not connect');
    pod.mount({ ...besides({ 'tenant-c': RULES }), 'passwords/tenant-c': 'c' });
    pod.mount({
      'run/users.acl': `${stale.replace(/user tenant-b.*\n/, '')}user stranger on nopass +ping\n`,
    });

    await pod.redis.start('--key-load-delay', '1000');
    const loading = await (await pod.admin()).send('PING');
    await pod.says('users: Redis is back');
    await pod.says('removed: stranger');
    await eventually('tenant-c works', () => pod.accepts('tenant-c', 'c'));

    expect(loading).toMatch(/^-LOADING/);
    expect(await (await pod.admin()).send('ACL', 'USERS')).toEqual([
      'admin',
      'default',
      'probe',
      'tenant-a',
      'tenant-b',
      'tenant-c',
    ]);
    expect(await pod.accepts('tenant-b', 'first-password-of-b')).toBe(true);
    expect(pod.log().match(/Redis is not ready/g)).toHaveLength(1);
    expect(pod.log().match(/Redis is back/g)).toHaveLength(1);
    await eventually('users.acl is whole', () => /tenant-b[^]*tenant-c/.test(pod.file('run/users.acl')));
    expect(pod.file('run/users.acl')).not.toContain('stranger');
  });

  it('gives a running replica the new password of its primary', async () => {
    await create();
    pod.mount({
      ...TWO_TENANTS,
      ...besides({ replica: '+psync +replconf +ping' }),
      'passwords/replica': 'one',
    });
    await pod.start();
    const admin = await pod.admin();
    const before = await admin.send('CONFIG', 'GET', 'masterauth');

    pod.mount({ 'passwords/replica': 'two' });
    await eventually(
      'auth.conf changes',
      () => pod.file('run/auth.conf') === 'masteruser replica\nmasterauth two\n',
    );

    expect(before).toEqual(['masterauth', 'one']);
    expect(await admin.send('CONFIG', 'GET', 'masterauth')).toEqual(['masterauth', 'two']);
    expect(await admin.send('CONFIG', 'GET', 'masteruser')).toEqual(['masteruser', 'replica']);
  });

  it('keeps a replica linked through a rotation of its password', async () => {
    const replicaUser = { ...usersWith({ replica: '+psync +replconf +ping' }), 'passwords/replica': 'one' };
    await create('repl-diskless-sync-delay 0');
    pod.mount(replicaUser);
    await pod.start();
    replica = await podIn(run, `replicaof 127.0.0.1 ${pod.redis.port}`);
    replica.mount(replicaUser);
    await replica.start();
    const { file: replicaFile } = replica;
    const admin = await replica.admin();
    const linked = async (): Promise<boolean> =>
      String(await admin.send('INFO', 'replication')).includes('master_link_status:up');
    await eventually('the replica is linked', linked);

    pod.mount({ 'passwords/replica.next': 'two' });
    await eventually('the primary takes both', () => pod.accepts('replica', 'two'));
    replica.mount({ 'passwords/replica': 'two' });
    await eventually('the replica has it', () => replicaFile('run/auth.conf').includes('masterauth two'));
    pod.mount({ 'passwords/replica': 'two', 'passwords/replica.next': undefined });
    await eventually('the first is gone', async () => !(await pod.accepts('replica', 'one')));
    const through = await linked();
    const primary = await pod.admin();
    const link = async (): Promise<string | undefined> =>
      /id=(\d+)/.exec(String(await primary.send('CLIENT', 'LIST', 'TYPE', 'replica')))?.[1];
    const before = await link();
    const killed = await primary.send('CLIENT', 'KILL', 'TYPE', 'replica');
    await eventually('the replica logs in again', async () => ![before, undefined].includes(await link()));

    expect(through).toBe(true);
    expect(killed).toBe(1);
  });

  it.each(['runs', 'hangs'])('ends within a second of SIGTERM while Redis %s', async (state) => {
    await create();
    pod.mount(TWO_TENANTS);
    await pod.build();
    await pod.redis.start();
    if (state === 'hangs') pod.redis.signal('SIGSTOP');
    const watcher = pod.watch({ USERS_INTERVAL: '60' });
    await sleep(700);

    const asked = Date.now();
    watcher.kill('SIGTERM');
    const { code } = await finished(watcher);

    expect(code).toBe(0);
    expect(Date.now() - asked).toBeLessThan(1000);
  });
});
