import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MODULE, STYLES, type Style, hasDatabase, renderedApps } from './apps/tenants';
import { type Pod, type Running, answerOf, killAll, podOf, start, until } from './isolation/pods';
import { type LiveRedis, liveRedis } from './isolation/redis';
import { lacking, programsOf } from './python';
import { eventually, freePort } from './redis-server';

const CELERY = '5.6';

if (lacking.length > 0) console.warn(`apps are NOT proven here: ${lacking.join(' and ')} not on PATH`);

/** Text of a page behind Flower's basic auth; empty while nobody answers. */
const page = (port: number, path: string, login: string): Promise<string> =>
  fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { authorization: `Basic ${Buffer.from(login).toString('base64')}` },
  })
    .then((answer) => (answer.ok ? answer.text() : ''))
    .catch(() => '');

(lacking.length > 0 ? describe.skip : describe)(`platform settings win with Celery ${CELERY}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'apps-'));
  const rendered = renderedApps(folder);
  let redis: LiveRedis;
  let programs: string;

  const pods = new Map<string, Pod>();
  /** Once: what is mounted must not change under a process that reads it. */
  const pod = (style: Style, deployment: string): Pod => {
    const key = `${style}/${deployment}`;
    const place = { folder: join(folder, style), programs, port: redis.port };
    const known = pods.get(key) ?? podOf(rendered.tenant(style), deployment, place);
    pods.set(key, known);
    return known;
  };

  beforeAll(async () => {
    programs = await programsOf(CELERY);
    redis = await liveRedis(rendered.broker);
  });

  afterAll(async () => {
    killAll();
    await redis?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(STYLES)('in every style of app: %s', (style) => {
    const running: Running[] = [];
    const started = (deployment: string, command?: readonly string[]): Running => {
      const own = pod(style, deployment);
      const one = start(own, command ?? own.command);
      running.push(one);
      return one;
    };
    const celery = async (...args: readonly string[]): Promise<string> => {
      const asked = started('worker-default', ['celery', '-A', MODULE[style], ...args]);
      const { code, stdout } = await asked.ended;
      if (code !== 0) throw new Error(asked.output());
      return stdout;
    };
    const journal = (): string => pod(style, 'worker-default').ran('journal');

    beforeAll(async () => {
      if (hasDatabase(style)) {
        const settings = `--settings=${style === 'django' ? 'shop' : 'paperless'}.settings`;
        const migration = started('web', ['python3', '-m', 'django', 'migrate', '--verbosity=0', settings]);
        expect([(await migration.ended).code, migration.output()]).toEqual([0, '']);
      }
      const worker = started('worker-default');
      await until(worker, () => pod(style, 'worker-default').wrote('consuming'), 'the worker consumes');
    });

    afterAll(() => Promise.all(running.map((one) => one.stop())));

    it('in its producer and its worker', async () => {
      const said = await answerOf(pod(style, 'web'));

      expect(said).toEqual({
        answer: [style === 'paperless' ? 'celery' : `tenant-${style}`, 3],
        acks_late: true,
        backend: hasDatabase(style) ? 'DatabaseBackend' : 'RedisBackend',
        broker: '127.0.0.1',
        patience: expect.any(Number) as number,
      });
      expect(said.patience).toBeGreaterThan(60);
    });

    it('in its beat, beside the entries of the app', async () => {
      const beat = started('beat');

      await until(beat, () => pod(style, 'beat').wrote('ticking'), 'beat ticks');
      await eventually('its own entry ran', () => journal().includes('the app'));
      if (style !== 'paperless')
        await eventually("the platform's ran", () => journal().includes('the platform'));

      expect(await Promise.race([beat.ended, Promise.resolve('runs')])).toBe('runs');
    });

    it('in Flower', async () => {
      const port = await freePort();
      const command = pod(style, 'flower').command.map((part) =>
        part.replace('--port=5555', `--port=${port}`),
      );

      const flower = started('flower', command);
      const { login } = rendered.tenant(style).byKind('Secret', 'flower').stringData;
      const seen = async (): Promise<boolean> =>
        (await page(port, '/workers?json=1', login)).includes('default@');

      expect(command).toContain(`--port=${port}`);
      await eventually('Flower sees the worker', seen, 40).catch((cause: unknown) => {
        throw new Error(flower.output(), { cause });
      });
      await eventually('its own client reaches the queue', async () =>
        (await page(port, '/broker', login)).includes(style === 'paperless' ? 'celery' : `tenant-${style}`),
      );
    });

    it('in the commands of celery', async () => {
      const [pong, report, purged] = await Promise.all([
        celery('inspect', 'ping', '--json', '--timeout=5'),
        celery('report'),
        celery('purge', '--force', '-Q', 'celery'),
      ]);

      expect(Object.values(JSON.parse(pong) as object)).toEqual([{ ok: 'pong' }]);
      expect(report).toContain(`transport:redis`);
      expect(report).not.toContain('redis://own');
      expect(purged).toMatch(
        /^(No messages purged from 1 queue|Purged \d+ messages? from 1 known task queue)/,
      );
    });
  });

  it('refuses nothing of all that', async () => {
    expect(await redis.refused()).toEqual([]);
  });
});
