import type { Environment, Tenant } from '../../lib';
import {
  changesOf,
  ended,
  generationsIn,
  get,
  kubectl,
  namespaces,
  onPath,
  uidsIn,
  workspace,
} from './workspace';
import type { Workspace } from './workspace';

/** Nothing here needs a node: what is applied is looked at, and no pod has to run. */
const lab: Environment = {
  name: 'lab',
  storageClass: 'standard',
  secrets: { strategy: 'existing' },
  brokers: { 'pulumi-main': { topology: 'standalone' } },
};

const tenant = (name: string, more: Partial<Tenant> = {}): Tenant => ({
  name,
  app: { dialect: 'celery', image: 'acme/jobs:2.4.1', module: 'acme.tasks' },
  workers: { default: { queues: ['celery'], replicas: 2 } },
  ...more,
});

const dedicated = (name: string, more: Partial<Tenant> = {}): Tenant =>
  tenant(name, { broker: { topology: 'standalone' }, ...more });

const one = tenant('pulumi-one', {
  workers: {
    default: { queues: ['celery'], replicas: 2 },
    holding: {
      queues: ['b'],
      env: { REDIS_URL: { from: 'broker.url' }, REDIS_PREFIX: { from: 'broker.prefix' } },
    },
  },
});
const two = dedicated('pulumi-two');
const three = dedicated('pulumi-three');
const bad = dedicated('pulumi-bad', {
  patches: {
    'Deployment/worker-default': [
      { op: 'replace', path: '/spec/template/spec/containers/0/name', value: 'Not_A_Name' },
    ],
  },
});

const USED = ['pulumi-one', 'pulumi-two', 'pulumi-three', 'pulumi-bad', 'broker-pulumi-main'];
const CLASS = 'stalk-broker';

const users = (of: string, owner: string): string[] =>
  ['', '-web', '-scaler'].map((end) => `stalk:password/${of}/${owner}${end}`);
const keysOf = ({ name, broker }: Tenant): string[] =>
  broker ? users(`tenants/${name}/redis`, name) : users('brokers/pulumi-main', name);

/** Found again wherever it leaks. */
const passwordOf = (key: string, version = 1): string =>
  `leaked-${version}-${key}`.replace(/[^A-Za-z0-9_-]/g, '-').padEnd(32, 'x');

const secret = (key: string, version?: number) => ({ value: passwordOf(key, version), secret: true });
const secrets = (...tenants: readonly Tenant[]) =>
  Object.fromEntries(tenants.flatMap(keysOf).map((key) => [key, secret(key)]));

const runs = onPath('pulumi');
if (!runs) console.warn('SKIPPED test/pulumi: pulumi is not on PATH, so no real engine was asked');

function cleared(): void {
  kubectl('delete', 'namespace', ...USED, '--ignore-not-found', '--wait', '--timeout=120s');
  kubectl('delete', 'priorityclass', CLASS, '--ignore-not-found');
}

/** Each test goes on where the one before it ended, as the life of a stack does. */
(runs ? describe : describe.skip)('a stack', () => {
  let place: Workspace;
  const set = (settings: Record<string, string>) =>
    place.stack.setAllConfig(
      Object.fromEntries(Object.entries(settings).map(([name, value]) => [`stalk:${name}`, { value }])),
    );

  beforeAll(async () => {
    cleared();
    place = await workspace(lab, [one, two]);
    await set({ environment: 'lab', tenants: 'all', secrets: 'pulumi', wait: 'false' });
  });

  afterAll(() => {
    cleared();
    place.remove();
  });

  test('fails with the command for every missing password, and applies nothing', async () => {
    const up = place.stack.up();

    const message = String(await up.catch((error: unknown) => error));
    for (const key of [...keysOf(one), ...keysOf(two)])
      expect(message).toContain(`openssl rand -hex 24 | pulumi config set --secret ${key} -s lab`);
    expect(namespaces()).not.toContain('pulumi-one');
  });

  test('applies two tenants and tells where they are', async () => {
    await place.stack.setAllConfig(secrets(one, two));

    const { outputs } = await place.stack.up();

    expect(namespaces()).toEqual(expect.arrayContaining(['pulumi-one', 'pulumi-two', 'broker-pulumi-main']));
    expect(outputs['tenants']).toEqual({
      secret: false,
      value: {
        'pulumi-one': expect.objectContaining({
          namespace: 'pulumi-one',
          broker: 'redis.broker-pulumi-main.svc.cluster.local:6379',
        }) as unknown,
        'pulumi-two': {
          namespace: 'pulumi-two',
          broker: 'redis.pulumi-two.svc.cluster.local:6379',
          queues: ['celery'],
        },
      },
    });
    expect(outputs['objects']?.value).toBeGreaterThan(40);
  });

  test('gives the broker and the pods the passwords of its configuration', () => {
    const [key = ''] = keysOf(one);
    const inCluster = (namespace: string, name: string) =>
      Buffer.from(get(namespace, 'secret', name).data?.['pulumi-one'] ?? '', 'base64').toString();

    expect(inCluster('broker-pulumi-main', 'redis-users')).toBe(passwordOf(key));
    expect(inCluster('pulumi-one', 'redis-credentials')).toBe(passwordOf(key));
  });

  test('changes nothing in a second up', async () => {
    const result = await place.stack.up({ expectNoChanges: true });

    expect(changesOf(result)).toEqual({});
  });

  test('adds a tenant and touches no other', async () => {
    place.write([three, one, two]);
    await place.stack.setAllConfig(secrets(three));

    const result = await place.stack.up();

    expect(Object.keys(changesOf(result))).toEqual(['create']);
  });

  test('changes a setting in place and rolls just the pods that read it', async () => {
    place.write([three, one, dedicated('pulumi-two', { env: { GREETING: 'hello' } })]);
    const [map, pods] = [get('pulumi-two', 'configmap', 'app-config'), generationsIn('pulumi-two')];
    const others = generationsIn('pulumi-three');

    const result = await place.stack.up();

    expect(changesOf(result)).toEqual({ update: 2 });
    const changed = get('pulumi-two', 'configmap', 'app-config');
    expect(changed.metadata.uid).toBe(map.metadata.uid);
    expect(changed.data).toMatchObject({ GREETING: 'hello' });
    expect(generationsIn('pulumi-two')).toEqual({
      ...pods,
      'Deployment/worker-default': Number(pods['Deployment/worker-default']) + 1,
    });
    expect(generationsIn('pulumi-three')).toEqual(others);
  });

  test('keeps the number of pods that somebody set by hand, through a change of the pods', async () => {
    kubectl('scale', '-n', 'pulumi-two', 'deployment/worker-default', '--replicas=5');
    place.write([three, one, dedicated('pulumi-two', { env: { GREETING: 'good day' } })]);

    await place.stack.up();

    expect(get('pulumi-two', 'deployment', 'worker-default').spec.replicas).toBe(5);
  });

  test('sets the number of the tenant where it is told to', async () => {
    await set({ replicas: 'apply' });
    await place.stack.up();
    const applied = get('pulumi-two', 'deployment', 'worker-default').spec.replicas;
    await set({ replicas: 'keep' });
    await place.stack.up();

    expect(applied).toBe(2);
    expect(get('pulumi-two', 'deployment', 'worker-default').spec.replicas).toBe(2);
  });

  test('rotates a password: first the broker takes both, then pods with a URL in their environment roll', async () => {
    const [key = ''] = keysOf(one);
    const before = uidsIn('broker-pulumi-main')['Secret/redis-users'];

    await place.stack.setConfig(`${key}.next`, secret(key, 2));
    const begun = await place.stack.up();
    await place.stack.setAllConfig({ [key]: secret(key, 2), [`${key}.next`]: secret(key) });
    const pods = generationsIn('pulumi-one');
    place.write([three, { ...one, credentialsVersion: '2' }, two]);
    await place.stack.up();
    const rolled = generationsIn('pulumi-one');
    await place.stack.removeConfig(`${key}.next`);
    const ended = await place.stack.up();

    expect(changesOf(begun)).toEqual({ update: 1 });
    expect(rolled).toEqual({
      ...pods,
      'Deployment/worker-holding': Number(pods['Deployment/worker-holding']) + 1,
    });
    expect(changesOf(ended)).toEqual({ update: 1 });
    const secretNow = get('broker-pulumi-main', 'secret', 'redis-users');
    expect(secretNow.metadata.uid).toBe(before);
    expect(Object.keys(secretNow.data ?? {}).sort()).toEqual([
      'pulumi-one',
      'pulumi-one-scaler',
      'pulumi-one-web',
    ]);
  });

  test('fails to delete a live tenant, in the preview and without one, and deletes none of its objects', async () => {
    place.write([{ ...one, credentialsVersion: '2' }, two]);
    await place.stack.removeAllConfig(keysOf(three));
    const before = uidsIn('pulumi-three');

    await expect(place.stack.preview()).rejects.toThrow(/protect/i);
    await expect(place.stack.up()).rejects.toThrow(/protect/i); // always with --skip-preview

    expect(uidsIn('pulumi-three')).toEqual(before);
  });

  test('deletes a tenant in two steps: retired, then removed', async () => {
    place.write([three, { ...one, credentialsVersion: '2' }, two]);
    await place.stack.setAllConfig(secrets(three));
    await set({ retired: '["pulumi-three"]' });
    await place.stack.up();
    place.write([{ ...one, credentialsVersion: '2' }, two]);
    await place.stack.removeAllConfig([...keysOf(three), 'stalk:retired']);

    const result = await place.stack.up();

    expect(Object.keys(changesOf(result))).toEqual(['delete']);
    expect(namespaces()).not.toContain('pulumi-three');
    expect(namespaces()).toEqual(expect.arrayContaining(['pulumi-one', 'pulumi-two']));
  });

  test('repairs in the next up what a refused object stopped', async () => {
    place.write([{ ...one, credentialsVersion: '2' }, two, bad]);
    await place.stack.setAllConfig(secrets(bad));

    await expect(place.stack.up()).rejects.toThrow(/Not_A_Name/);
    const begun = uidsIn('pulumi-bad');
    place.write([{ ...one, credentialsVersion: '2' }, two, dedicated('pulumi-bad')]);
    await place.stack.up();

    expect(begun).not.toHaveProperty('Deployment/worker-default');
    expect(uidsIn('pulumi-bad')).toMatchObject({
      ...begun,
      'Deployment/worker-default': expect.any(String) as unknown,
    });
    expect(changesOf(await place.stack.up())).toEqual({});
  });

  test('writes no password anywhere, neither as it is nor as Kubernetes encodes it', async () => {
    const keys = [one, two, bad].flatMap(keysOf);
    // Not `exportStack` of the Automation API: it decrypts what it exports
    const text = place.written() + (await ended(place.pulumi('stack', 'export')));

    for (const value of [...keys.map((key) => passwordOf(key)), passwordOf(keysOf(one)[0] ?? '', 2)]) {
      expect(text).not.toContain(value);
      expect(text).not.toContain(Buffer.from(value).toString('base64').replace(/=+$/, ''));
    }
    expect(text).toContain('pulumi-one');
  });

  test('fails to destroy what lives, and leaves all of it', async () => {
    const before = USED.map((name) => (namespaces().includes(name) ? uidsIn(name) : {}));

    await expect(place.stack.destroy()).rejects.toThrow(/protect/i);

    expect(USED.map((name) => (namespaces().includes(name) ? uidsIn(name) : {}))).toEqual(before);
  });

  test('leaves nothing of its own after all is retired and destroyed, and its passwords in the settings', async () => {
    const foreign = namespaces().filter((name) => !USED.includes(name));
    await set({ retired: 'all' });
    await place.stack.up();

    await place.stack.destroy();

    expect(namespaces()).toEqual(foreign);
    expect(kubectl('get', 'priorityclass', CLASS, '--ignore-not-found')).toBe('');
    const [key = ''] = keysOf(one);
    expect((await place.stack.getConfig(key)).value).toBe(passwordOf(key, 2));
  });
});
