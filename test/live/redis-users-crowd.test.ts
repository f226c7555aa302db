// users.sh with 2,000 tenants: what it does is counted, as times say more of the machine.

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Environment, Tenant } from '../../lib/spec';
import { sharedUsers, userNames } from '../../lib/redis';
import { broker, plain, platformOf, tenantOf } from '../support/synth';
import { type Pod, describeInShells, podIn } from './redis-pod';
import { eventually } from './redis-server';

const TENANTS = 2000;

const environment: Environment = {
  ...plain,
  brokers: { crowd: { topology: 'standalone', memory: '32Gi', maxClients: 10_000_000 } },
};

const crowd: readonly Tenant[] = Array.from({ length: TENANTS + 1 }, (_, i) =>
  tenantOf({ name: `tenant-${String(i).padStart(4, '0')}`, broker: { shared: 'crowd' } }),
);

const rulesOf = (tenants: readonly Tenant[]): Record<string, string> => {
  const { data } = broker('crowd', environment, tenants).byKind('ConfigMap', 'redis-rules');
  return { 'rules/roles': data.roles, 'rules/users': data.users };
};

const passwordsOf = (tenants: readonly Tenant[]): Record<string, string> =>
  Object.fromEntries(
    sharedUsers(platformOf(environment, tenants).tenants)
      .flatMap(userNames)
      .map((user) => [`passwords/${user}`, `password-of-${user}-and-more`]),
  );

/** Programs that it may start; each writes a line when it does. */
const PROGRAMS = ['awk', 'cat', 'head', 'mv', 'rm', 'redis-cli', 'sha256sum', 'timeout', 'tr', 'wc'];

function counted(pod: Pod): {
  readonly env: Readonly<Record<string, string>>;
  readonly starts: () => number;
} {
  mkdirSync(pod.path('shim'));
  for (const program of PROGRAMS) {
    const file = pod.path('shim', program);
    writeFileSync(
      file,
      `#!/bin/sh\necho >>${pod.path('starts')}\nexec env PATH="\${PATH#*:}" "\${0##*/}" "$@"\n`,
    );
    chmodSync(file, 0o755);
  }
  writeFileSync(pod.path('starts'), '');
  return {
    env: { PATH: `${pod.path('shim')}:${process.env['PATH'] ?? ''}` },
    starts: () => readFileSync(pod.path('starts'), 'utf8').length,
  };
}

/** Commands of that name that Redis has been given. */
async function callsOf(pod: Pod, command: string): Promise<number> {
  const stats = String(await (await pod.admin()).send('INFO', 'commandstats'));
  return Number(new RegExp(`cmdstat_${command.replace('|', '\\|')}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
}

describeInShells('users.sh with 2,000 tenants', (run) => {
  let pod: Pod;

  beforeEach(async () => {
    pod = await podIn(run);
  });

  afterEach(() => pod.remove());

  it('builds all in as many processes as it takes for one', async () => {
    const { env, starts } = counted(pod);
    const list = crowd.slice(0, TENANTS);
    pod.mount({ ...rulesOf(list), ...passwordsOf(list) });

    const built = await pod.build(env);
    const took = starts();
    await pod.redis.start();

    expect(built.code).toBe(0);
    expect(built.output).toMatch(/^users: set:( \S+){20} and 5980 more\n$/);
    expect(await (await pod.admin()).send('ACL', 'USERS')).toHaveLength(3 + 3 * TENANTS);
    expect(took).toBeGreaterThan(10);
    expect(took).toBeLessThan(60);
  });

  it('gives a running Redis one tenant more, and nothing else', async () => {
    const list = crowd.slice(0, TENANTS);
    pod.mount({ ...rulesOf(list), ...passwordsOf(list) });
    await pod.start();
    const before = await callsOf(pod, 'acl|setuser');

    pod.mount({ ...passwordsOf(crowd.slice(TENANTS)), ...rulesOf(crowd) });
    await eventually(
      'the new tenant may come in',
      () => pod.accepts('tenant-2000', 'password-of-tenant-2000-and-more'),
      60,
    );

    expect((await callsOf(pod, 'acl|setuser')) - before).toBe(3);
    expect(await callsOf(pod, 'acl|deluser')).toBe(0);
  });
});
