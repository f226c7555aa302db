import { deploy } from '../../lib/output/pulumi';
import type { Configured } from '../../lib/output/pulumi/passwords';
import type { Tenant } from '../../lib/spec';
import { environments } from '../reference/environments';
import { plain, platformOf, referenceEnvironment, tenantOf } from '../support/synth';
import { deployed, keyOf, manifestOf, options, plainText, registrations } from './pulumi-engine';
import type { Registration } from './pulumi-engine';

jest.setTimeout(60_000); // hundreds of registrations on a busy machine

/** Long enough, safe in URLs, and found again wherever it leaks. */
const passwordOf = (key: string, version = 1): string =>
  `v${version}-${key}`.replace(/[^A-Za-z0-9_-]/g, '_').padEnd(32, 'x');

const secretly = (keys: readonly string[]): Map<string, Configured> =>
  new Map(keys.map((key) => [key, { value: passwordOf(key), secret: true }]));

const shared = ['replica', 'acme', 'acme-web', 'acme-scaler']
  .slice(1)
  .map((u) => `password/brokers/main/${u}`);

const fill = (tenant: Tenant, passwords: ReadonlyMap<string, Configured>, environment = plain) =>
  deployed(platformOf(environment, [tenant]).leaves, { fill: true, passwords });

const secretsOf = (all: readonly Registration[]) =>
  Object.fromEntries(
    all
      .filter(({ type }) => type === 'kubernetes:core/v1:Secret')
      .map((one) => [one.name, decoded(manifestOf(one)['data'])]),
  );

const decoded = (data: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );

const changed = (before: readonly Registration[], after: readonly Registration[]): string[] =>
  after.filter((one) => !before.some((old) => JSON.stringify(old) === JSON.stringify(one))).map(keyOf);

/** The error that names every password which is missing, and so all that there are. */
async function wantedIn(environment: string): Promise<string[]> {
  const { leaves } = platformOf(referenceEnvironment(environment));
  const error: unknown = await registrations(() => deploy(leaves, { ...options, fill: true })).catch(
    (e) => e,
  );
  return [...String(error).matchAll(/stalk:(\S+) must be set/g)].map(([, key]) => key ?? '');
}

describe('passwords from the configuration of a stack', () => {
  test('fill the broker side and the tenant side of a shared broker', async () => {
    const all = await fill(tenantOf(), secretly(shared));

    const values = Object.fromEntries(
      ['acme', 'acme-web', 'acme-scaler'].map((user) => [user, passwordOf(`password/brokers/main/${user}`)]),
    );
    expect(secretsOf(all)).toEqual({
      'broker-main/redis-users': values,
      'acme/redis-credentials': values,
    });
  });

  test('fill one Secret for both sides of a dedicated broker, and one for a cache', async () => {
    const keys = ['acme', 'acme-web', 'acme-scaler'].map((user) => `password/tenants/acme/redis/${user}`);
    const cache = 'password/tenants/acme/cache/acme';
    const tenant = tenantOf({ broker: { topology: 'standalone' }, cache: {} });

    const all = await fill(tenant, secretly([...keys, cache]), { ...plain, brokers: {} });

    expect(Object.keys(secretsOf(all)['acme/redis-users'] ?? {}).sort()).toEqual([
      'acme',
      'acme-scaler',
      'acme-web',
    ]);
    expect(secretsOf(all)['acme/cache-users']).toEqual({ acme: passwordOf(cache) });
  });

  test('include that of the replicas, on the side of the broker alone', async () => {
    const environment = { ...plain, brokers: { main: { topology: 'replicated', replicas: 1 } } } as const;

    const all = await fill(tenantOf(), secretly([...shared, 'password/brokers/main/replica']), environment);

    expect(secretsOf(all)['broker-main/redis-users']).toHaveProperty('replica');
    expect(secretsOf(all)['acme/redis-credentials']).not.toHaveProperty('replica');
  });

  test('fill what the pods of an external broker read', async () => {
    const external = {
      topology: 'external',
      host: 'redis.example.com',
      cidrs: ['10.9.0.7/32'],
      username: 'app',
    };
    const key = 'password/tenants/acme/redis/app';

    const all = await fill(tenantOf({ broker: external as Tenant['broker'] & object }), secretly([key]), {
      ...plain,
      brokers: {},
    });

    expect(secretsOf(all)).toEqual({ 'acme/redis-credentials': { app: passwordOf(key) } });
  });

  test('fill each side of a tenant that moves, and what its pods from before read', async () => {
    const users = ['acme', 'acme-web', 'acme-scaler'];
    const [main, large] = ['main', 'large'].map((broker) =>
      Object.fromEntries(users.map((user) => [user, `password/brokers/${broker}/${user}`])),
    );
    const keys = [main, large].flatMap((side) => Object.values(side ?? {}));
    const environment = {
      ...plain,
      brokers: { main: { topology: 'standalone' }, large: { topology: 'standalone' } },
    } as const;
    const values = (side: Readonly<Record<string, string>> | undefined) =>
      Object.fromEntries(Object.entries(side ?? {}).map(([user, key]) => [user, passwordOf(key)]));

    const all = await fill(
      tenantOf({ broker: { shared: 'large', movingFrom: { shared: 'main' } } }),
      secretly(keys),
      environment,
    );

    expect(secretsOf(all)).toEqual({
      'broker-main/redis-users': values(main),
      'broker-large/redis-users': values(large),
      'acme/redis-credentials-of-large': values(large),
      'acme/redis-credentials-of-main': values(main),
      'acme/redis-credentials': values(main),
    });
    const drains = all.find(({ name }) => name === 'acme/worker-default-draining');
    expect(drains?.dependencies.join()).toContain('core/v1:Secret::acme/redis-credentials-of-main');
    expect(drains?.dependencies.join()).toContain('core/v1:Secret::acme/redis-credentials-of-large');
  });

  test('are there before the pods that read them', async () => {
    const all = await fill(tenantOf(), secretly(shared));

    const worker = all.find(({ name }) => name === 'acme/worker-default');
    const redis = all.find((one) => keyOf(one) === 'kubernetes:apps/v1:StatefulSet broker-main/redis');

    expect(worker?.dependencies.join()).toContain('core/v1:Secret::acme/redis-credentials');
    expect(redis?.dependencies.join()).toContain('core/v1:Secret::broker-main/redis-users');
  });

  test('are secret in every registration', async () => {
    const passwords = secretly(shared);

    const text = plainText(await fill(tenantOf(), passwords));

    for (const { value } of passwords.values()) {
      expect(text).not.toContain(value);
      expect(text).not.toContain(Buffer.from(value).toString('base64'));
    }
  });
});

describe.each(environments.map(({ name }) => name))('a stack of %s that brings its own passwords', (name) => {
  test('registers the same objects, with its Secrets in the place of what made them', async () => {
    const { leaves } = platformOf(referenceEnvironment(name));
    const own = await deployed(leaves);

    const filled = await deployed(leaves, { fill: true, passwords: secretly(await wantedIn(name)) });

    const redis = /\/(redis-users|redis-credentials|cache-users)$/;
    const kept = (all: readonly Registration[]) =>
      all.filter((one) => !redis.test(one.name)).map((one) => [keyOf(one), one.inputs, one.protect]);
    expect(kept(filled)).toEqual(kept(own));
    const made = filled.filter((one) => redis.test(one.name));
    expect(new Set(made.map(({ type }) => type))).toEqual(new Set(['kubernetes:core/v1:Secret']));
    expect(made).toHaveLength(8);
  });
});

describe('a rotation', () => {
  const key = 'password/brokers/main/acme';
  const now = secretly(shared);
  const next = new Map(now).set(`${key}.next`, { value: passwordOf(key, 2), secret: true });
  const swapped = new Map(now)
    .set(key, { value: passwordOf(key, 2), secret: true })
    .set(`${key}.next`, { value: passwordOf(key), secret: true });

  test('begins on the side of the broker alone', async () => {
    const after = await fill(tenantOf(), next);

    expect(changed(await fill(tenantOf(), now), after)).toEqual([
      'kubernetes:core/v1:Secret broker-main/redis-users',
    ]);
    expect(secretsOf(after)['broker-main/redis-users']).toHaveProperty(['acme.next'], passwordOf(key, 2));
  });

  test('swaps the values and changes no pod', async () => {
    const after = await fill(tenantOf(), swapped);

    expect(changed(await fill(tenantOf(), next), after)).toEqual([
      'kubernetes:core/v1:Secret acme/redis-credentials',
      'kubernetes:core/v1:Secret broker-main/redis-users',
    ]);
    expect(secretsOf(after)['acme/redis-credentials']).not.toHaveProperty(['acme.next']);
  });

  test('rolls just the pods that hold the password in their environment', async () => {
    const env = { REDIS_URL: { from: 'broker.url' }, PREFIX: { from: 'broker.prefix' } } as const;
    const workers = { plain: { queues: ['celery'] }, holding: { queues: ['b'], env } } as const;

    const after = await fill(tenantOf({ workers, credentialsVersion: '2' }), swapped);

    expect(changed(await fill(tenantOf({ workers }), swapped), after)).toEqual([
      'kubernetes:apps/v1:Deployment acme/worker-holding',
    ]);
  });
});

describe('fails before anything is registered', () => {
  const set = 'openssl rand -hex 24 | pulumi config set --secret stalk:';

  test('with the command for each missing password of all tenants', async () => {
    const { leaves } = platformOf(plain, [tenantOf(), tenantOf({ name: 'other' })]);

    const run = registrations(() => deploy(leaves, { ...options, fill: true }));

    await expect(run).rejects.toThrow(
      ['acme', 'acme-web', 'acme-scaler', 'other', 'other-web', 'other-scaler']
        .map((user) => `password/brokers/main/${user}`)
        .map((key) => `stalk:${key} must be set, got nothing; ${set}${key} -s test`)
        .join('\n'),
    );
  });

  test.each([
    [
      'that is too short',
      { value: 'short', secret: true },
      'be 32 or more letters, digits, - or _, got other',
    ],
    ['that a URL would change', { value: '/'.repeat(40), secret: true }, 'be 32 or more letters, digits'],
    ['in plain text', { value: 'x'.repeat(32), secret: false }, 'be a secret, got plain text'],
  ])('on a password %s, and shows no value', async (_what, password, wanted) => {
    const [key = ''] = shared;

    const run = fill(tenantOf(), secretly(shared).set(key, password));

    const error = String(await run.catch((e: unknown) => e));
    expect(error).toContain(`stalk:${key} must ${wanted}`);
    expect(error).toContain(`; ${set}${key} -s test`);
    expect(error).not.toContain(password.value);
  });

  test('on a password that nobody has', async () => {
    const run = fill(tenantOf(), secretly([...shared, 'password/brokers/main/acmee.next']));

    await expect(run).rejects.toThrow(
      'stalk:password/brokers/main/acmee.next must belong to a Redis user whose password this stack sets, got none; ' +
        'pulumi config rm stalk:password/brokers/main/acmee.next -s test',
    );
  });

  test('on any password where the environment has another way to come by them', async () => {
    const run = deployed(platformOf(plain, [tenantOf()]).leaves, { passwords: secretly(shared) });

    await expect(run).rejects.toThrow(/^stalk:password\/brokers\/main\/acme must belong to a Redis user/);
  });
});
