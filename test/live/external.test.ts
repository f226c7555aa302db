/** A Redis that somebody else runs: real servers with nothing but what was printed for them, real Celery. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment, External, Tenant } from '../../lib';
import { main } from '../../lib/cli/main';
import type { Cluster, Command, Pod as KubernetesPod } from '../../lib/cluster';
import { watchedOf } from '../../lib/status';
import { askBroker } from '../../lib/status/ask-broker';
import { type Synth, lookup, platformOf } from '../support/synth';
import { type Pod, answerOf, killAll, podOf, start, until } from './isolation/pods';
import { APP_PROGRAM } from '../../lib/verify/runtime';
import { leavesOf, place } from './place';
import { lacking, programsOf } from './python';
import { type Connection, type Reply, connect } from './redis-connection';
import { type Redis, eventually, redisIn } from './redis-server';
import { type Authority, authority } from './tls/certificates';

const has = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

const lacks = [
  ...lacking,
  ...(has('openssl') || spawnSync('openssl', ['version']).status === 0 ? [] : ['openssl']),
];
if (lacks.length > 0)
  console.warn(`a Redis of somebody else is NOT proven here: ${lacks.join(' and ')} not on PATH`);
if (!has('valkey-server')) console.warn('Valkey is NOT proven here: valkey-server is not on PATH');
const proven = lacks.length > 0 ? describe.skip : describe;

/** A program and a Celery that runs on it; on Valkey, of which Celery 5.5 and 5.6 lose results, the newest. */
const SERVERS = [
  ['redis-server', '5.6'],
  ['redis-server', '5.7'],
  ...(has('valkey-server') ? ([['valkey-server', '5.7']] as const) : []),
] as const;

/** `redis` is what the helpers of these tests know as a name. */
const away: External = { topology: 'external', host: 'redis', cidrs: ['10.0.0.5/32'] };
const one: External = { ...away, username: 'default' };

const tenant = (name: string, broker: Tenant['broker'] & {}, more: Partial<Tenant> = {}): Tenant => ({
  name,
  app: {
    dialect: 'celery',
    image: 'jobs:1',
    module: 'plain_app',
    logLevel: 'info',
    pythonPath: [join(__dirname, 'loader/apps')],
  },
  broker,
  workers: { default: { queues: ['celery', 'reports', 'other'] } },
  beat: { schedule: { tick: { task: 'plain_app.report', every: '1s', args: [9] } } },
  web: { command: ['serve'], port: 8000 },
  ...more,
});

const ADMIN = 'admin-of-the-service';

/** What a managed service is before anybody has made users there. */
const ACL_CONF = `user default off\nuser admin on >${ADMIN} ~* &* +@all`;

const folder = mkdtempSync(join(tmpdir(), 'external-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `stalk acl` prints. */
async function printed(environment: Environment, tenants: readonly Tenant[]): Promise<readonly string[]> {
  const file = join(folder, `list-${Math.random()}.js`);
  writeFileSync(file, `module.exports = ${JSON.stringify({ environments: [environment], tenants })}`);
  const [out, err]: [string[], string[]] = [[], []];
  const complain = (text: string) => err.push(text);
  const io = { out: (text: string) => out.push(text), err: complain, progress: complain };
  if ((await main(['acl', '--env', environment.name, '--from', file], io)) !== 0)
    throw new Error(err.join('\n'));
  return out;
}

const apply = async (admin: Connection, lines: readonly string[]): Promise<readonly Reply[]> =>
  Promise.all(lines.map((line) => admin.send(...line.split(' '))));

/** Runs a worker and beat of a tenant, and the workflow of its web side. */
interface Crew {
  readonly answers: () => Promise<unknown>;
  readonly said: () => string;
  readonly web: Pod;
  readonly stop: () => Promise<void>;
}

async function crew(objects: Synth, here: { folder: string; programs: string; port: number }): Promise<Crew> {
  const [pod, beat, web] = ['worker-default', 'beat', 'web'].map((name) => podOf(objects, name, here)) as [
    Pod,
    Pod,
    Pod,
  ];
  const worker = start(pod);
  await until(worker, () => pod.wrote('consuming'), 'the worker consumes');
  const beats = start(beat);
  return {
    answers: () => answerOf(web, ['python3', '-c', WORKFLOW]),
    said: worker.output,
    web,
    stop: async () => {
      await Promise.all([worker.stop(), beats.stop()]);
    },
  };
}

const WORKFLOW = `
import json
from celery import chord
from plain_app import add, flaky, report, total, app
sent = [add.delay(1, 1), report.delay(7), flaky.delay(), add.apply_async((3, 0), priority=9)]
sent.append(chord([add.s(i, i) for i in range(4)], total.s())())
print(json.dumps([[result.get(timeout=60) for result in sent], len(app.control.ping(timeout=2))]))
`;

const WORKER_POD: KubernetesPod = {
  metadata: {
    name: 'worker-1',
    labels: { 'app.kubernetes.io/component': 'worker', 'app.kubernetes.io/instance': 'worker-default' },
  },
  spec: { containers: [{ name: 'worker-default' }] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
};

const text = (error: Reply): string => String(error);

proven.each(SERVERS)('%s of somebody else with Celery %s', (program, celery) => {
  let redis: Redis;
  let programs: string;
  const opened: Connection[] = [];

  const served = async (conf: string): Promise<void> => {
    redis = await redisIn(() => conf, program);
    await redis.start();
  };
  const login = async (user: string, password: string): Promise<Connection> => {
    const connection = await connect(redis.port, user, password);
    opened.push(connection);
    return connection;
  };
  const at = (name: string) => ({
    folder: mkdtempSync(join(folder, `${name}-`)),
    programs,
    port: redis.port,
  });

  beforeAll(async () => {
    programs = await programsOf(celery);
  });

  afterEach(async () => {
    killAll();
    opened.splice(0).forEach((connection) => connection.close());
    await redis?.remove();
  });

  it('runs tasks, results, beat and remote control with the printed users alone, whose lines may be applied again', async () => {
    const environment: Environment = { ...place, brokers: { away } };
    const tenants = ['acme', 'globex'].map((name) => tenant(name, { shared: 'away' }));
    await served(ACL_CONF);
    const admin = await login('admin', ADMIN);
    const lines = await printed(environment, tenants);
    expect(await apply(admin, lines)).toEqual(lines.map(() => 'OK'));
    const leaf = leavesOf(environment, tenants);

    const acme = await crew(leaf('tenants/acme'), at('acme'));
    const first = await acme.answers();
    expect(await apply(admin, lines)).toEqual(lines.map(() => 'OK'));
    const second = await acme.answers();
    await eventually('beat has sent', () => acme.said().includes('plain_app.report'), 30);
    const log = (await admin.send('ACL', 'LOG')) as readonly (readonly Reply[])[];
    await acme.stop();

    expect(first).toEqual([[2, ['tenant-acme.reports', 7], ['tenant-acme', 2], 3, 12], 1]);
    expect(second).toEqual(first);
    const refused = log.filter((entry) => !/client\|setinfo/.test(JSON.stringify(entry)));
    expect(refused.map((entry) => JSON.stringify(entry))).toEqual([]);
  });

  it('refuses a tenant what is another’s, and a line whose password nobody has filled in', async () => {
    const environment: Environment = { ...place, brokers: { away } };
    const tenants = ['acme', 'globex'].map((name) => tenant(name, { shared: 'away' }));
    await served(ACL_CONF);
    const admin = await login('admin', ADMIN);
    await apply(admin, await printed(environment, tenants));
    const { stringData } = leavesOf(
      environment,
      tenants,
    )('tenants/globex').byKind('Secret', 'redis-credentials');

    const globex = await login('globex', stringData.globex);
    const tries = [
      ['LPUSH', 'tenant:acme:tenant-acme', 'x'],
      ['LLEN', 'tenant:acme:tenant-acme'],
      ['PUBLISH', 'tenant:acme:/0.celery.pidbox', 'x'],
      ['CONFIG', 'GET', '*'],
      ['FLUSHALL'],
      ['KEYS', '*'],
    ];
    const answers = await Promise.all(tries.map((command) => globex.send(...command)));
    const unfilled = await printed({ ...environment, secrets: { strategy: 'existing' } }, tenants);

    expect(answers.map(text)).toEqual(tries.map(() => expect.stringMatching(/^-NOPERM/)));
    expect(text(await globex.send('INFO', 'memory'))).toContain('maxmemory_policy');
    expect(text((await apply(admin, unfilled))[0] ?? null)).toMatch(
      /^-ERR Error in ACL SETUSER modifier '#</,
    );
    expect(await globex.send('PING')).toBe('PONG');
  });

  it('tells stalk verify what it does when it is full, as the user of a worker', async () => {
    const environment: Environment = { ...place, brokers: { away } };
    const tenants = [tenant('acme', { shared: 'away' })];
    await served(`${ACL_CONF}\nmaxmemory-policy volatile-lru\ndatabases 4`);
    await apply(await login('admin', ADMIN), await printed(environment, tenants));
    const { env } = podOf(leavesOf(environment, tenants)('tenants/acme'), 'worker-default', at('acme'));

    const request = JSON.stringify({ module: 'plain_app', ask: { server: { databases: [0, 9] } } });
    const { stdout } = spawnSync('python3', ['-c', APP_PROGRAM, String(request.length)], {
      env,
      input: request,
      encoding: 'utf8',
    });

    const line = stdout.split('\n').find((one) => one.startsWith('@@stalk ')) ?? '';
    expect(JSON.parse(line.slice('@@stalk '.length))).toEqual({
      server: {
        info: {
          redis_version: expect.stringMatching(/^7\./),
          maxmemory_policy: 'volatile-lru',
          evicted_keys: 0,
          role: 'master',
          cluster_enabled: 0,
          connected_clients: expect.any(Number),
        },
        databases: { '0': 'OK', '9': 'DB index is out of range' },
      },
    });
  });

  it('tells stalk status what waits and how full it is, as the user of a worker', async () => {
    const environment: Environment = { ...place, brokers: { away } };
    const tenants = [tenant('acme', { shared: 'away' })];
    await served(ACL_CONF);
    await apply(await login('admin', ADMIN), await printed(environment, tenants));
    const leaf = leavesOf(environment, tenants)('tenants/acme');
    const [worker, web] = ['worker-default', 'web'].map((name) => podOf(leaf, name, at('acme'))) as [
      Pod,
      Pod,
    ];
    await answerOf(web, ['python3', '-c', 'from plain_app import add\nadd.delay(1, 1)\nprint("{}")']);
    const cluster = {
      exec: (_: unknown, { argv: [program = '', ...args], stdin }: Command) => {
        const { status, stdout, stderr } = spawnSync(program, args, {
          ...{ env: worker.env, input: stdin, encoding: 'utf8' },
        });
        return Promise.resolve({ code: Number(status), stdout, stderr });
      },
    } as unknown as Cluster;
    const platform = platformOf(environment, tenants);
    const [broker] = watchedOf(platform, platform.tenants).brokers;

    const { errors, held, infos } = await askBroker(cluster, broker!, () => [WORKER_POD]);

    expect(errors).toEqual([]);
    expect([...(held.get('acme')?.queues.values() ?? [])]).toEqual(
      [1, 0, 0].map((waiting) => expect.objectContaining({ waiting }) as object),
    );
    expect(infos.get('worker-1')?.get('role')).toBe('master');
    expect(Number(infos.get('worker-1')?.get('used_memory'))).toBeGreaterThan(1e5);
  });

  it('serves tenants that come as one user, apart by prefixes or by databases', async () => {
    const environment: Environment = { ...place, secrets: { strategy: 'existing' }, brokers: { one } };
    const password = 'p'.repeat(40);
    const tenants = [
      tenant('acme', { shared: 'one' }),
      tenant('globex', { ...one, database: 3 }),
      tenant('umbra', { ...one, database: 4 }),
    ];
    await served(`requirepass ${password}`);
    const secret = {
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'redis-credentials' } },
      stringData: { default: password },
    };
    const leaf = leavesOf(environment, tenants);
    const run = (name: string): Promise<Crew> =>
      crew(lookup([...leaf(`tenants/${name}`).all, secret]), at(name));

    const crews = await Promise.all(tenants.map(({ name }) => run(name)));
    const answers = await Promise.all(crews.map((each) => each.answers()));
    await Promise.all(crews.map((each) => each.stop()));

    expect(answers).toEqual([
      [[2, ['tenant-acme.reports', 7], ['tenant-acme', 2], 3, 12], 1],
      [[2, ['reports', 7], ['celery', 2], 3, 12], 1],
      [[2, ['reports', 7], ['celery', 2], 3, 12], 1],
    ]);
  });
});

proven('a Redis of somebody else with a certificate, with Celery 5.7', () => {
  let redis: Redis;
  let theirs: Authority;
  let programs: string;

  const at = (name: string): string => join(redis.folder, name);

  beforeAll(async () => {
    programs = await programsOf('5.7');
    theirs = authority('theirs');
    redis = await redisIn(() => ACL_CONF);
    const files = theirs.sign('localhost');
    for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
    const tls = [
      '--tls-cert-file',
      at('tls.crt'),
      '--tls-key-file',
      at('tls.key'),
      '--tls-ca-cert-file',
      at('ca.crt'),
    ];
    await redis.start('--port', '0', '--tls-port', String(redis.port), '--tls-auth-clients', 'no', ...tls);
  });

  afterAll(async () => {
    killAll();
    await redis?.remove();
    theirs?.remove();
  });

  /** What the container says that waits for Redis; ACL users are not there yet, so a verified server refuses a login. */
  async function waits(
    tls: External['tls'] & {},
    ca: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const asked = tenant('acme', { ...away, port: 6380, tls });
    const objects = leavesOf(place, [asked])('tenants/acme');
    const secret = {
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'their-authority' } },
      stringData: { 'ca.crt': ca },
    };
    const here = { folder: mkdtempSync(join(folder, 'tls-')), programs, port: redis.port };
    const pod = podOf(lookup([...objects.all, secret]), 'worker-default', here);
    const [loader = ''] = (pod.env['PYTHONPATH'] ?? '').split(':');
    const waiting = start({ ...pod, env: { ...pod.env, ...env } }, [
      'python3',
      join(loader, 'stalk_celery.py'),
      'wait',
    ]);
    await until(waiting, () => waiting.output().includes('\n'), 'it says what it waits for');
    await waiting.stop();
    return waiting.output();
  }

  const VERIFIED = /it does not take our user and password/;
  const REFUSED = /its certificate does not verify: self.signed certificate/;

  it('is verified by the authority that was given, and by no other', async () => {
    const ca = theirs.sign('localhost')['ca.crt'];
    const other = authority('other');

    expect(await waits({ secret: 'their-authority' }, ca)).toMatch(VERIFIED);
    expect(await waits({ secret: 'their-authority' }, other.sign('x')['ca.crt'])).toMatch(
      /certificate does not verify/,
    );
    other.remove();
  });

  it('is verified by the authorities of the image where tls is true, which know no self-signed one', async () => {
    expect(await waits(true, '')).toMatch(REFUSED);
    expect(await waits(true, '', { SSL_CERT_FILE: at('ca.crt') })).toMatch(VERIFIED);
  });
});
