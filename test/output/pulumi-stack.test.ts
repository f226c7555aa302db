import { RunError, runtime } from '@pulumi/pulumi';
import { deployStack } from '../../lib/output/pulumi';
import { readStackConfig } from '../../lib/output/pulumi/stack-config';
import type { StackEnvironment } from '../../lib/output/pulumi/stack-config';
import { environments, tenants } from '../reference';
import { referenceEnvironment, platformOf } from '../support/synth';
import { registrations } from './pulumi-engine';
import type { Registration } from './pulumi-engine';

jest.setTimeout(60_000); // hundreds of registrations on a busy machine

const known: readonly StackEnvironment[] = [
  { name: 'dev', tenants: ['acme', 'globex'], brokers: ['shared'] },
  { name: 'production', tenants: ['acme'], brokers: ['shared'] },
];

const read = (settings: Record<string, string>) =>
  readStackConfig(new Map(Object.entries(settings)), known, 'dev');

const refusal = (settings: Record<string, string>): string => {
  try {
    read(settings);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing is refused');
};

describe('settings of a stack', () => {
  test('are few: an environment and its tenants', () => {
    expect(read({ environment: 'dev', tenants: 'all' })).toEqual({
      environment: 'dev',
      tenants: 'all',
      shared: true,
      retired: [],
      wait: true,
      fieldManager: 'stalk',
      replicas: 'keep',
      secrets: 'environment',
    });
  });

  test('may say more', () => {
    const all = {
      environment: 'dev',
      tenants: '["acme"]',
      shared: 'false',
      retired: '["acme"]',
      context: 'admin@dev',
      wait: 'false',
      fieldManager: 'team-a',
      replicas: 'apply',
      secrets: 'pulumi',
    };

    expect(read(all)).toEqual({
      ...all,
      tenants: ['acme'],
      shared: false,
      retired: ['acme'],
      wait: false,
    });
  });

  test('may give up a shared broker, or all of the stack', () => {
    const one = { environment: 'dev', tenants: 'all', retired: '["globex","brokers/shared"]' };

    expect(read(one).retired).toEqual(['globex', 'brokers/shared']);
    expect(read({ ...one, retired: 'all' }).retired).toBe('all');
  });

  test.each<[string, Record<string, string>, string]>([
    [
      'environment',
      { environment: 'prod' },
      'stalk:environment must be dev or production, got prod; set it in Pulumi.dev.yaml',
    ],
    [
      'tenant',
      { tenants: '["acme","acne"]', shared: 'true' },
      'stalk:tenants must name acme or globex, got acne; set it in Pulumi.dev.yaml',
    ],
    [
      'tenant twice',
      { tenants: '["acme","acme"]', shared: 'true' },
      'stalk:tenants must name each once, got acme twice; set it in Pulumi.dev.yaml',
    ],
    [
      'list of tenants',
      { tenants: 'acme' },
      'stalk:tenants must be all or a list of names, got acme; set it in Pulumi.dev.yaml',
    ],
    [
      'word on what tenants share, where the stack holds some of them',
      { tenants: '["acme"]' },
      'stalk:shared must be true or false, got nothing; set it in Pulumi.dev.yaml',
    ],
    [
      'tenant to retire that another stack holds',
      { tenants: '["acme"]', shared: 'true', retired: '["globex"]' },
      'stalk:retired must name acme or brokers/shared, got globex; set it in Pulumi.dev.yaml',
    ],
    [
      'broker to retire that another stack holds',
      { tenants: '["acme"]', shared: 'false', retired: '["brokers/shared"]' },
      'stalk:retired must name acme, got brokers/shared; set it in Pulumi.dev.yaml',
    ],
    [
      'context',
      { context: '' },
      'stalk:context must be the name of a context, got ; set it in Pulumi.dev.yaml',
    ],
    ['wait', { wait: 'yes' }, 'stalk:wait must be true or false, got yes; set it in Pulumi.dev.yaml'],
    [
      'field manager',
      { fieldManager: 'a b' },
      'stalk:fieldManager must be up to 128 letters, digits, . _ or -, got a b; set it in Pulumi.dev.yaml',
    ],
    ['replicas', { replicas: '3' }, 'stalk:replicas must be keep or apply, got 3; set it in Pulumi.dev.yaml'],
    [
      'source of secrets',
      { secrets: 'vault' },
      'stalk:secrets must be environment or pulumi, got vault; set it in Pulumi.dev.yaml',
    ],
    [
      'setting',
      { tenant: 'acme' },
      'stalk:tenant must be a setting, got an unknown one; Pulumi.dev.yaml takes ' +
        'environment, tenants, shared, retired, context, wait, fieldManager, replicas and secrets',
    ],
  ])('fails on a wrong %s', (_what, wrong, message) => {
    expect(refusal({ environment: 'dev', tenants: 'all', ...wrong })).toBe(message);
  });

  test('fails with all that is missing and wrong at once', () => {
    expect(refusal({ contxt: 'a', wait: '1' }).split('\n')).toEqual([
      expect.stringMatching(/^stalk:contxt must be a setting, got an unknown one; /),
      'stalk:environment must be dev or production, got nothing; set it in Pulumi.dev.yaml',
      'stalk:tenants must be all or a list of names, got nothing; set it in Pulumi.dev.yaml',
      'stalk:wait must be true or false, got 1; set it in Pulumi.dev.yaml',
    ]);
  });
});

interface Program {
  readonly objects: number;
  readonly tenants: Readonly<Record<string, unknown>>;
}

/** Runs the program as the language host does: settings first. */
async function run(settings: Record<string, string>, secretKeys: string[] = []) {
  const all = Object.entries(settings).map(([name, value]) => [`stalk:${name}`, value] as const);
  runtime.setAllConfig({ ...Object.fromEntries(all), 'kubernetes:foreign': 'yes' }, secretKeys);
  let outputs: Program | undefined;
  const program = () => {
    outputs = deployStack({ environments, tenants }, { extra: 'none' });
  };
  const registered = await registrations(program);
  return { registered, outputs: outputs as unknown as Program };
}

afterAll(() => runtime.setAllConfig({}));

const namespacesIn = (registered: readonly Registration[]): string[] =>
  registered.filter(({ type }) => type === 'kubernetes:core/v1:Namespace').map(({ name }) => name);

test('a list that cannot be loaded ends in one line, as Pulumi shows it', () => {
  expect(() => deployStack('/nowhere/list', { extra: 'none' })).toThrow(
    new RunError('/nowhere/list must be a module with the lists, got nothing; correct its path'),
  );
});

describe('the program', () => {
  const pair = { environment: 'staging', tenants: '["tenant-a","redline"]', shared: 'true' };

  test.each(environments.map(({ name }) => name))(
    'tells where the tenants of %s are, and nothing secret',
    async (environment) => {
      const { outputs, registered } = await run({ environment, tenants: 'all' });

      const rendered = platformOf(referenceEnvironment(environment));
      expect(outputs.objects).toBe(registered.filter(({ type }) => type.startsWith('kubernetes:')).length);
      expect(Object.keys(outputs.tenants)).toEqual(rendered.tenants.map(({ name }) => name));
      expect(outputs.tenants['tenant-a']).toEqual({
        namespace: 'tenant-a',
        broker: 'redis.broker-shared.svc.cluster.local:6379',
        queues: ['celery'],
      });
      expect(JSON.stringify(outputs)).not.toMatch(/not-a-secret|password/i);
      expect(outputs.tenants['jewelry-shop']).toMatchObject({
        namespace: 'jewelry-shop',
        broker: 'redis-0.redis-headless.jewelry-shop.svc.cluster.local:6379',
      });
    },
  );

  test('holds some tenants, and what they share where it is said', async () => {
    const shard = await run({ ...pair, shared: 'false' });
    const first = await run(pair);

    expect(namespacesIn(shard.registered)).toEqual(['redline', 'tenant-a']);
    expect(namespacesIn(first.registered)).toEqual(['broker-shared', 'redline', 'tenant-a']);
    expect(Object.keys(shard.outputs.tenants).sort()).toEqual(['redline', 'tenant-a']);
  });

  test('keeps every user of a shared broker, whichever stack holds the tenant', async () => {
    const { registered } = await run({ ...pair, tenants: '["redline"]' });

    const rules = registered.find(({ name }) => name === 'broker-shared/redis-rules')?.inputs['data'];

    expect((rules as { readonly users?: string } | undefined)?.users).toMatch(/^tenant-a .*\ntenant-b .*\n$/);
  });

  test('protects what is not retired', async () => {
    const { registered } = await run({ ...pair, retired: '["redline"]' });

    const components = registered.filter(({ custom }) => !custom);

    expect(components.filter((one) => one.protect === false).map(({ name }) => name)).toEqual(['redline']);
  });

  test('protects nothing where all is retired', async () => {
    const { registered } = await run({ ...pair, retired: 'all' });

    expect(registered.filter(({ protect }) => protect === true)).toEqual([]);
  });

  test('fails with the command for each password that is missing, without a stack trace', async () => {
    const settings = {
      environment: 'production',
      tenants: '["tenant-a"]',
      shared: 'false',
      secrets: 'pulumi',
    };
    const key = 'password/brokers/shared/tenant-a';

    const error: unknown = await run(settings).catch((e: unknown) => e);

    expect(error).toHaveProperty('__pulumiRunError', true);
    expect((error as Error).message.split('\n')).toEqual(
      ['', '-web', '-scaler'].map(
        (user) =>
          `stalk:${key}${user} must be set, got nothing; ` +
          `openssl rand -hex 24 | pulumi config set --secret stalk:${key}${user} -s test`,
      ),
    );
  });

  test('takes a password that is set as a secret, and refuses the same in plain text', async () => {
    const users = ['', '-web', '-scaler'].map((user) => `password/brokers/shared/tenant-a${user}`);
    const passwords = Object.fromEntries(users.map((key) => [key, 'p'.repeat(32)]));
    const settings = {
      environment: 'production',
      tenants: '["tenant-a"]',
      shared: 'false',
      secrets: 'pulumi',
    };
    const keys = users.map((key) => `stalk:${key}`);

    const { registered } = await run({ ...settings, ...passwords }, keys);
    const plain = run({ ...settings, ...passwords }, keys.slice(1));

    expect(registered.map(({ name }) => name)).toContain('tenant-a/redis-credentials');
    await expect(plain).rejects.toThrow(
      /^stalk:password\/brokers\/shared\/tenant-a must be a secret, got plain/,
    );
  });

  test('fails without a stack trace when a setting is wrong', async () => {
    const error: unknown = await run({ environment: 'dev', tenants: 'al' }).catch((e: unknown) => e);

    expect(error).toHaveProperty('__pulumiRunError', true);
    expect((error as Error).message).toBe(
      'stalk:tenants must be all or a list of names, got al; set it in Pulumi.test.yaml',
    );
  });
});
