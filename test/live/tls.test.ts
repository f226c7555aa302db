/** TLS as rendered: a real Redis and real Celery, certificates of an authority of the test. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Synth, lookup, synth, tenantOf } from '../support/synth';
import { type Pod, answerOf, killAll, podOf, start, until } from './isolation/pods';
import { place } from './place';
import { lacking, programsOf } from './python';
import { type Run, describeInShells } from './redis-pod';
import { eventually, finished, shells } from './redis-server';
import { type Authority, type Files, authority } from './tls/certificates';
import { type SealedRedis, sealedRedis } from './tls/sealed-redis';

const tenant = tenantOf({
  app: {
    dialect: 'celery',
    image: 'jobs:1',
    module: 'plain_app',
    pythonPath: [join(__dirname, 'loader/apps')],
  },
  broker: { topology: 'standalone', tls: { secret: 'certificates' } },
  workers: { default: { queues: ['celery', 'reports', 'other'] } },
  web: { command: ['serve'], port: 8000 },
});

/** The tenant's objects, and the Secret that somebody else owns. */
const withFiles = (objects: Synth, files: Files): Synth =>
  lookup([
    ...objects.all,
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'certificates' }, stringData: files },
  ]);

const lacks = [
  ...lacking,
  ...(spawnSync('openssl', ['version'], { stdio: 'ignore' }).status === 0 ? [] : ['openssl']),
];
if (lacks.length > 0) console.warn(`TLS is NOT proven here: ${lacks.join(' and ')} not on PATH`);
const proven = lacks.length > 0 ? describe.skip : describe;

const objects = synth(tenant, place);
let [ours, theirs]: Authority[] = [];

beforeAll(() => {
  if (lacks.length > 0) return;
  [ours, theirs] = [authority('ours'), authority('theirs')];
});

afterAll(() => [ours, theirs].forEach((one) => one?.remove()));

const signed = (by: Authority | undefined, name?: string): Files => {
  if (by === undefined) throw new Error('no authority yet');
  return by.sign(name);
};

/** What redis-cli says with these arguments. */
async function cli(redis: SealedRedis, ...args: readonly string[]): Promise<string> {
  const asked = spawn('redis-cli', ['-h', '127.0.0.1', '-p', String(redis.port), ...args, 'ping']);
  return (await finished(asked)).output.trim();
}

proven('a Redis with certificates', () => {
  describeInShells('its scripts', (run: Run) => {
    let redis: SealedRedis;

    beforeEach(async () => {
      redis = await sealedRedis(objects, run, signed(ours, 'localhost'));
    });

    afterEach(() => redis.remove());

    it('is healthy by its probe, which connects as a client does', async () => {
      const codes = [await redis.probe('start'), await redis.probe('ready'), await redis.probe('live')];

      expect(codes.map(({ code, output }) => `${code}${output}`)).toEqual(['0', '0', '0']);
    });

    it('answers those who look into its pod, by its socket', async () => {
      expect(await redis.asked('cli admin ping')).toBe('PONG');
      expect(await redis.asked('cli probe info replication')).toContain('role:master');
    });

    it('refuses plain text, and who shows no certificate or one of another authority', async () => {
      const [own, foreign] = [signed(ours), signed(theirs)];
      const at = (name: string, text: string): string => {
        writeFileSync(join(redis.folder, name), text);
        return join(redis.folder, name);
      };
      const ca = ['--tls', '--cacert', at('ca', own['ca.crt'])];
      const shows = (files: Files) => [
        '--cert',
        at('crt', files['tls.crt']),
        '--key',
        at('key', files['tls.key']),
      ];

      const answers = [
        await cli(redis),
        await cli(redis, ...ca),
        await cli(redis, ...ca, ...shows(foreign)),
        await cli(redis, ...ca, ...shows(own)),
      ];

      expect(answers.map((answer) => answer.includes('NOAUTH'))).toEqual([false, false, false, true]);
      expect(answers.slice(0, 3).join()).not.toContain('PONG');
    });

    it('takes a renewed certificate without a restart, and drops nobody', async () => {
      const before = await redis.client(signed(ours));
      // The sidecar takes the first certificate silently, and one that comes before that along with it
      await eventually('the sidecar has given Redis its certificate', async () =>
        (await redis.asked('cli admin info commandstats')).includes('cmdstat_config|set'),
      );
      redis.mount(signed(ours, 'localhost'));

      await redis.says('Redis has taken the renewed certificate');
      const after = await redis.client(signed(ours));

      expect(after.serial).not.toBe(before.serial);
      expect(await before.ask('PING')).toBe('+PONG');
      expect((await redis.probe('ready')).code).toBe(0);
    });

    it('keeps its certificate when the new files do not fit, says so, and takes the next', async () => {
      const before = await redis.client(signed(ours));
      const [one, other] = [signed(ours, 'localhost'), signed(ours, 'localhost')];
      redis.mount({ ...one, 'tls.key': other['tls.key'] });

      await redis.says('Redis refuses the renewed certificate and keeps the one it has');
      const during = await redis.client(signed(ours));
      const health = [await redis.probe('live'), await redis.probe('ready')];
      redis.mount(one);
      await redis.says('Redis has taken the renewed certificate');

      expect(during.serial).toBe(before.serial);
      expect(health.map(({ code }) => code)).toEqual([0, 1]);
    });
  });
});

/** The pod of a Deployment on this machine, with its own files. */
interface Here {
  readonly folder: string;
  readonly programs: string;
  readonly port: number;
}

const worker = (here: Here, files: Files): Pod => podOf(withFiles(objects, files), 'worker-default', here);

/** A task of each kind and its result; the bound is for a connection that hangs, not for a machine that is slow. */
const WORKFLOW = `
import json
from celery import chord
from plain_app import add, flaky, report, total
sent = [add.delay(1, 1), report.delay(7), flaky.delay(), add.apply_async((3, 0), priority=9)]
sent.append(chord([add.s(i, i) for i in range(4)], total.s())())
print(json.dumps([result.get(timeout=60) for result in sent]))
`;

proven.each(['5.5', '5.6', '5.7'])('Celery %s and a Redis with certificates', (version) => {
  let redis: SealedRedis;
  let here: Here;

  beforeEach(async () => {
    const run = shells.find((shell) => shell.run !== undefined)?.run;
    if (run === undefined) throw new Error('no shell');
    redis = await sealedRedis(objects, run, signed(ours, 'localhost'));
    const folder = mkdtempSync(join(tmpdir(), 'tls-'));
    here = { folder, programs: await programsOf(version), port: redis.port };
  });

  afterEach(async () => {
    killAll();
    await redis.remove();
    rmSync(here.folder, { recursive: true, force: true });
  });

  /** Runs the program of the init container until it has said something. */
  async function waits(files: Files): Promise<string> {
    const pod = worker(here, files);
    const [loader = ''] = (pod.env['PYTHONPATH'] ?? '').split(':');
    const waiting = start(pod, ['python3', join(loader, 'stalk_celery.py'), 'wait']);
    await until(waiting, () => waiting.output().includes('\n'), 'it says what it waits for').catch(
      (error: unknown) => {
        if (!waiting.output().includes('\n')) throw error;
      },
    );
    await waiting.stop();
    return waiting.output().replace(String(redis.port), 'PORT');
  }

  it('work together: results, retries, a chord, while the certificate is renewed', async () => {
    const pod = worker(here, signed(ours));
    const running = start(pod);
    await until(running, () => pod.wrote('consuming'), 'the worker consumes');
    const web = podOf(withFiles(objects, signed(ours)), 'web', here);

    const before = await answerOf(web, ['python3', '-c', WORKFLOW]);
    redis.mount(signed(ours, 'localhost'));
    await redis.says('Redis has taken the renewed certificate');
    const after = await answerOf(web, ['python3', '-c', WORKFLOW]);
    await running.stop();

    expect(before).toEqual([2, ['reports', 7], ['celery', 2], 3, 12]);
    expect(after).toEqual(before);
    expect(running.output()).not.toMatch(/Connection to broker lost|ConnectionError/);
  });

  it('tell in one line that the other side is not the one they were promised, and do not connect', async () => {
    const own = signed(ours);
    const stranger = { ...own, 'ca.crt': signed(theirs)['ca.crt'] };

    const promised = await waits(own);
    const foreign = await waits(stranger);
    const unshown = await waits({ ...signed(theirs), 'ca.crt': own['ca.crt'] });
    redis.mount(signed(ours, 'elsewhere'));
    await redis.says('Redis has taken the renewed certificate');
    const misnamed = await waits(own);

    expect(promised).toBe('broker_url localhost:PORT: PONG\n');
    expect(foreign).toMatch(/^broker_url localhost:PORT: its certificate does not verify: [^\n]+\n$/);
    expect(unshown).toMatch(/^broker_url localhost:PORT: [^\n]+\n$/);
    expect(unshown).not.toContain('PONG');
    expect(misnamed).toMatch(
      /^broker_url localhost:PORT: its certificate does not verify: Hostname mismatch[^\n]+\n$/,
    );
  });

  it('do not work for a Redis of another authority', async () => {
    const pod = worker(here, { ...signed(ours), 'ca.crt': signed(theirs)['ca.crt'] });
    const running = start(pod);

    await until(running, () => running.output().includes('CERTIFICATE_VERIFY_FAILED'), 'the worker says why');
    const consumed = pod.wrote('consuming');
    await running.stop();

    expect(consumed).toBe(false);
  });
});
