import { existsSync, mkdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from './redis-connection';
import { type Pod, RULES, TWO_TENANTS, besides, describeInShells, podIn } from './redis-pod';
import { eventually } from './redis-server';

describeInShells('users.sh build', (run) => {
  let pod: Pod;
  const create = async (config?: string): Promise<void> => {
    pod = await podIn(run, config);
  };

  afterEach(() => pod.remove());

  it('builds an aclfile that Redis starts with', async () => {
    await create();
    pod.mount({
      ...TWO_TENANTS,
      'passwords/tenant-a': 'ends-with-a-newline\n',
      'passwords/tenant-a.next': 'next',
    });

    const built = await pod.build();
    await pod.redis.start();

    expect(built).toEqual({ code: 0, output: 'users: set: tenant-a tenant-b\n' });
    const a = await pod.as('tenant-a', 'ends-with-a-newline');
    expect(await a.send('SET', 'tenant:a:x', '1')).toBe('OK');
    expect(await a.send('SET', 'tenant:b:x', '1')).toMatch(/^-NOPERM/);
    expect(await pod.accepts('tenant-a', 'next')).toBe(true);
    expect(await pod.accepts('tenant-a', 'ends-with-a-newline\n')).toBe(false);
    expect(pod.file('run/auth.conf')).toBe('');
  });

  it('leaves nobody in without a password, and gives probe no keys', async () => {
    await create();

    await pod.build();
    await pod.redis.start();

    const nobody = await connect(pod.redis.port);
    expect(await nobody.send('PING')).toMatch(/^-NOAUTH/);
    expect(await nobody.send('AUTH', 'default', '')).toMatch(/^-WRONGPASS/);
    expect(await nobody.send('AUTH', '')).toMatch(/^-WRONGPASS/);
    nobody.close();
    const probe = await pod.as('probe', pod.file('run/probe'));
    expect(await probe.send('PING')).toBe('PONG');
    expect(await probe.send('GET', 'x')).toMatch(/^-NOPERM/);
    expect(await (await pod.admin()).send('SET', 'x', '1')).toBe('OK');
    expect(pod.file('run/admin')).toMatch(/^[0-9a-f]{64}$/);
    expect(pod.file('run/admin')).not.toBe(pod.file('run/probe'));
  });

  describe('for redis_exporter', () => {
    const asked = (REDIS_ADDR: string): Readonly<Record<string, string>> => {
      mkdirSync(pod.path('shared'));
      return {
        REDIS_ADDR,
        EXPORTER_RULES: 'resetkeys resetchannels -@all +info +slowlog|len',
        REDIS_PASSWORD_FILE: pod.path('shared/passwords'),
      };
    };
    const exporterPasswords = (): Readonly<Record<string, string>> =>
      JSON.parse(pod.file('shared/passwords')) as Record<string, string>;

    it('makes a user of its rules, whose password is new with each pod and lies in its folder alone', async () => {
      await create();
      pod.mount(TWO_TENANTS);

      const built = await pod.build(asked('redis://127.0.0.1:6379'));
      await pod.redis.start();

      expect(built).toEqual({ code: 0, output: 'users: set: tenant-a tenant-b\n' });
      const passwords = exporterPasswords();
      const [password = ''] = Object.values(passwords);
      expect(password).toMatch(/^[0-9a-f]{64}$/);
      expect(passwords).toEqual({
        'redis://127.0.0.1:6379': password,
        'redis://exporter@127.0.0.1:6379': password,
      });
      const exporter = await pod.as('exporter', password);
      expect(await exporter.send('INFO', 'server')).toContain('redis_version');
      expect(await exporter.send('SLOWLOG', 'LEN')).toBe(0);
      expect(await exporter.send('CONFIG', 'GET', '*')).toMatch(/^-NOPERM/);
      expect(await exporter.send('GET', 'x')).toMatch(/^-NOPERM/);
      expect(await pod.accepts('exporter', pod.file('run/probe'))).toBe(false);
      expect(existsSync(pod.path('run/exporter'))).toBe(false);
    });

    it('leads from the usual place of the socket to its folder', async () => {
      await create();
      const at = pod.path('shared/redis.sock');

      await pod.build(asked(`unix://${at}`));
      await pod.redis.start('--unixsocket', at);

      expect(Object.keys(exporterPasswords())).toEqual([`unix://${at}`, `unix://exporter@${at}`]);
      expect(readlinkSync(pod.path('run/redis.sock'))).toBe(at);
      expect((await pod.probe('live', { REDIS_TLS: pod.path('none') })).code).toBe(0);
    });

    it('lets Redis start and be probed where Redis does not know its rules, and says so', async () => {
      await create();
      pod.mount(TWO_TENANTS);
      const at = pod.path('shared/redis.sock');

      const built = await pod.build({ ...asked(`unix://${at}`), EXPORTER_RULES: '-@all +no' });
      await pod.redis.start('--unixsocket', at);

      expect(built.code).toBe(0);
      expect(built.output).toContain(
        "users: exporter: Redis refuses its rules, nobody can be it: ERR Error in ACL SETUSER modifier '+no'",
      );
      expect(await (await pod.admin()).send('ACL', 'USERS')).not.toContain('exporter');
      expect(await pod.accepts('tenant-a', 'first-password-of-a')).toBe(true);
      expect(existsSync(pod.path('shared/passwords'))).toBe(true);
      expect((await pod.probe('live', { REDIS_TLS: pod.path('none') })).code).toBe(0);
    });

    it('keeps its user when Redis has restarted and gets its users again', async () => {
      await create();
      pod.mount(TWO_TENANTS);
      await pod.build(asked('redis://127.0.0.1:6379'));
      await pod.redis.start();
      await (await pod.admin()).send('ACL', 'SETUSER', 'made-by-hand');

      pod.watch();
      const admin = await pod.admin();
      await eventually(
        'the user made by hand is gone',
        async () => !String(await admin.send('ACL', 'USERS')).includes('made-by-hand'),
      );

      expect(await admin.send('ACL', 'USERS')).toContain('exporter');
    });

    it('is no user of monitoring that is off', async () => {
      await create();

      await pod.build();

      expect(pod.file('run/users.acl')).not.toContain('exporter');
      expect(existsSync(pod.path('run/redis.sock'))).toBe(false);
    });
  });

  it('names client libraries only where Redis knows the command', async () => {
    await create();
    pod.mount(TWO_TENANTS);

    await pod.build();
    await pod.redis.start();

    const tenant = await pod.as('tenant-a', 'first-password-of-a');
    const known = await (await pod.admin()).send('CLIENT', 'SETINFO', 'LIB-NAME', 'x');
    const reply = await tenant.send('CLIENT', 'SETINFO', 'LIB-NAME', 'x');
    expect(reply).toEqual(known === 'OK' ? 'OK' : expect.stringMatching(/unknown subcommand|NOPERM/i));
    expect(pod.file('run/users.acl').includes('+client|setinfo')).toBe(known === 'OK');
  });

  it.each<[string, Readonly<Record<string, string>>, string | undefined, string]>([
    ['no password', { x: RULES }, undefined, 'x has no password yet: left out until one arrives'],
    ['an empty password', { x: RULES }, '', 'x has no password yet: left out until one arrives'],
    ['a password of two lines', { x: RULES }, 'a\nb', 'x has a password that is not one line'],
    ['a password with a space', { x: RULES }, 'a b', 'x has a password that is not one line'],
    ['no rules', { x: '' }, 'p', 'x has rules of role x that are not one line of printable text: left out'],
    [
      'nopass',
      { x: '+ping NoPass' },
      'p',
      'x has rules of role x with a word that does not belong there (NoPass)',
    ],
    [
      'a password in its rules',
      { x: '+ping >p' },
      'p',
      'x has rules of role x with a word that does not belong',
    ],
    ['a quote in its rules', { x: '~"a +ping' }, 'p', 'x has rules of role x that are not one line'],
    [
      'an unknown command',
      { x: '+ping +no' },
      'p',
      "x: Redis refuses this change, nothing of it applies: ERR Error in ACL SETUSER modifier '+no'",
    ],
    ['an internal name', { admin: RULES }, 'p', 'admin is no name for a user: refused'],
    ['the name of redis_exporter', { exporter: RULES }, 'p', 'exporter is no name for a user: refused'],
    ['a strange name', { Tenant_A: RULES }, 'p', 'Tenant_A is no name for a user: refused'],
    ['the name of a password', { 'a.next': RULES }, 'p', 'a.next is no name for a user: refused'],
  ])('leaves out a user with %s, and says so once', async (_, rules, password, line) => {
    await create();
    pod.mount({ ...TWO_TENANTS, ...besides(rules) });
    if (password !== undefined) pod.mount({ [`passwords/${Object.keys(rules)[0]}`]: password });

    const built = await pod.build();
    await pod.redis.start();

    expect(built.code).toBe(0);
    expect(built.output.split(`users: ${line}`)).toHaveLength(2);
    expect(await (await pod.admin()).send('ACL', 'USERS')).toEqual([
      'admin',
      'default',
      'probe',
      'tenant-a',
      'tenant-b',
    ]);
    expect(await pod.accepts('tenant-a', 'first-password-of-a')).toBe(true);
    expect(await pod.accepts('admin', 'p')).toBe(false);
  });

  it.each([
    [
      'a role that is not there',
      'x - nobody',
      'x has a role that is not there (nobody): left out until it is right',
    ],
    ['no role', 'x -', 'x has no role: left out until it is right'],
    ['a word of its own that is none', 'x a* x', 'x has a word of its own that does not belong there (a*)'],
    ['a line that is there', 'tenant-a - tenant-b', 'tenant-a is there twice: the first counts'],
  ])('leaves out a line of users with %s, and says so once', async (_, user, line) => {
    await create();
    const files = besides({});
    pod.mount({ ...TWO_TENANTS, 'rules/users': `${files['rules/users']}${user}\n`, 'passwords/x': 'p' });

    const built = await pod.build();

    expect(built.code).toBe(0);
    expect(built.output.split(`users: ${line}`)).toHaveLength(2);
    expect(pod.file('run/users.acl')).toMatch(/^user tenant-a on #[0-9a-f]{64} resetkeys ~tenant:a:\* /m);
  });

  it('gives one line several users, each the rules of its roles with what is its own', async () => {
    await create();
    pod.mount({
      'rules/roles': 'tenant - resetkeys ~<own>* -@all +get\ntenant -web ~<own>w* -@all +set\nmore - +ping\n',
      'rules/users': 'acme acme: tenant more\n',
      'passwords/acme': 'a',
      'passwords/acme-web': 'b',
    });

    await pod.build();

    const users = pod.file('run/users.acl').replace(/#[0-9a-f]{64}/g, '#');
    expect(users).toMatch(/^user acme on # resetkeys ~acme:\* -@all \+get \+ping( \+client\|setinfo)?$/m);
    expect(users).toMatch(/^user acme-web on # ~acme:w\* -@all \+set( \+client\|setinfo)?$/m);
  });

  it('uses the current password when only the next one is wrong', async () => {
    await create();
    pod.mount({ ...TWO_TENANTS, 'passwords/tenant-a.next': 'two words' });

    const built = await pod.build();
    await pod.redis.start();

    expect(built.output).toContain('(tenant-a.next): not used');
    expect(await pod.accepts('tenant-a', 'first-password-of-a')).toBe(true);
  });

  it('builds with both folders missing', async () => {
    await create();
    rmSync(pod.path('rules'), { recursive: true });
    rmSync(pod.path('passwords'), { recursive: true });

    const built = await pod.build();
    await pod.redis.start();

    expect(built).toEqual({ code: 0, output: '' });
    expect(await (await pod.admin()).send('ACL', 'USERS')).toEqual(['admin', 'default', 'probe']);
  });

  /** Puts shell scripts in front of programs on PATH; `real` in their text runs the program itself. */
  const inFrontOf = (programs: readonly string[], script: string): Readonly<Record<string, string>> => {
    mkdirSync(pod.path('shim'));
    const real = 'exec env PATH="${PATH#*:}" "${0##*/}" "$@"';
    programs.forEach((program) =>
      writeFileSync(pod.path('shim', program), `#!/bin/sh\n${script.replace('real', real)}\n`, {
        mode: 0o755,
      }),
    );
    return { PATH: `${pod.path('shim')}:${process.env['PATH'] ?? ''}` };
  };

  it('shows no password in the arguments of a process', async () => {
    await create();
    const env = inFrontOf(
      ['redis-cli', 'redis-server', 'timeout', 'sha256sum'],
      `echo "$0 $*" >>${pod.path('arguments')}\nreal`,
    );
    pod.mount({
      ...TWO_TENANTS,
      ...besides({ replica: '+psync' }),
      'passwords/replica': 'password-of-the-replica\n',
    });

    mkdirSync(pod.path('shared'));
    const exporter = {
      REDIS_ADDR: 'unix:///socket',
      EXPORTER_RULES: '-@all +info',
      REDIS_PASSWORD_FILE: pod.path('shared/passwords'),
    };
    await pod.build({ ...env, ...exporter });
    await pod.redis.start();
    pod.watch(env);
    pod.mount({ 'passwords/replica': 'next-password-of-the-replica\n' });
    await eventually('the new password', () => pod.file('run/auth.conf').includes('next-password'));

    const seen = pod.file('arguments');
    expect(seen).toMatch(/redis-cli .*--user admin/);
    expect(seen).not.toMatch(/password-of|#[0-9a-f]{64}/);
    expect(seen).not.toContain(pod.file('run/admin'));
  });

  it.each([
    // Without care, tenant-a would get the hash of tenant-b's password, and in the second case that of no password
    ['is left out', 'case "$*" in *passwords/tenant-a*) shift && set -- "$@" "$@" ;; esac'],
    ['is emptied', 'case "$*" in *passwords/tenant-a*) [ ! -e "$0.seen" ] || : >"$1"; : >"$0.seen" ;; esac'],
  ])('fails when a password %s while all are hashed', async (_, meanwhile) => {
    await create();
    const env = inFrontOf(['sha256sum'], `${meanwhile}\nreal`);
    pod.mount(TWO_TENANTS);

    const built = await pod.build(env);

    expect(built).toEqual({ code: 1, output: 'users: files changed while they were read: trying again\n' });
    expect(existsSync(pod.path('run/users.acl'))).toBe(false);
  });
});
