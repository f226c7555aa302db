/** `stalk compose` on real containers: two tenants of a shared broker come up, work, and are refused each other's keys. */
import { chmodSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Tenant } from '../../lib';
import { main } from '../../lib/cli/main';
import { type Engine, engine, lackingEngine } from './compose/engine';
import { withBroker } from './place';
import { lacking, programsOf } from './python';
import { eventually } from './redis-server';

const missing = [...lackingEngine, ...lacking.map((program) => `${program} is not on PATH`)];
if (missing.length > 0) console.warn(`stalk compose is NOT proven on containers here: ${missing.join(', ')}`);

const APPS = join(__dirname, 'loader/apps');

const tenant = (name: string, more: Partial<Tenant> = {}): Tenant => ({
  name,
  app: { dialect: 'celery', image: `${name}/jobs:1`, module: 'plain_app', pythonPath: ['/app'] },
  workers: { default: { queues: ['celery'] } },
  ...more,
});

const acme = tenant('acme', {
  web: { command: ['python3', '-m', 'http.server', '8000'], port: 8000, health: '/' },
  migrate: {
    command: ['sh', '-c', 'echo migrated >/files/migrated'],
    check: ['test', '-f', '/files/migrated'],
  },
  beat: { scheduler: 'file' },
  flower: { auth: { secret: 'logins', key: 'flower' } },
  cache: {},
  env: { CACHE: { from: 'cache.url' }, KEY: { secret: 'app-secrets', key: 'key' }, DOLLAR: 'a$b' },
});
const withFiles: Tenant = {
  ...acme,
  app: { ...acme.app, volumes: { files: { path: '/files', size: '1Gi' } } },
};
const globex = tenant('globex');

/** Seconds: two cores for nine containers. */
const PATIENCE = 240;

(missing.length > 0 ? describe.skip : describe)('stalk compose', () => {
  let docker: Engine;
  const folder = mkdtempSync(join(tmpdir(), 'compose-'));
  const project = join(folder, 'two');
  const compose = (...args: readonly string[]) => docker.compose(project, ...args);
  const isHealthy = async (service: string): Promise<boolean> => {
    const found = await docker.health(project, service);
    return found.length > 0 && found.every((state) => state === 'running healthy');
  };
  const python = (service: string, program: string): Promise<string> =>
    compose('exec', '-T', service, 'python3', '-c', program).then((text) => text.trim());

  beforeAll(async () => {
    const list = join(folder, 'list.js');
    const both = { environments: [withBroker], tenants: [withFiles, globex] };
    writeFileSync(list, `module.exports = ${JSON.stringify(both)}`);
    const said: string[] = [];
    const io = { out: (text: string) => said.push(text), err: (text: string) => said.push(text) };
    const exit = await main(['compose', 'acme', 'globex', '--from', list, '--out', project], {
      ...io,
      progress: io.err,
    });
    if (exit !== 0) throw new Error(said.join('\n'));
    await putAside(project);
    docker = await engine();
    await docker.image('redis:7.2.11-alpine', 'acme/jobs:1', 'globex/jobs:1');
    await compose('up', '--detach', '--scale', 'globex-worker-default=2');
  }, PATIENCE * 1000);

  afterAll(() => docker.stop());

  it(
    'brings up every service, healthy, after the migrations',
    async () => {
      const healthy = [
        'acme-worker-default',
        'acme-beat',
        'acme-web',
        'acme-flower',
        'globex-worker-default',
      ];

      for (const service of healthy)
        await eventually(`${service} is healthy`, () => isHealthy(service), PATIENCE);

      expect(await compose('exec', '-T', 'acme-web', 'cat', '/files/migrated')).toBe('migrated\n');
    },
    PATIENCE * 5000,
  );

  it(
    'executes the task that web sends',
    async () => {
      const sum = await python(
        'acme-web',
        'from plain_app import add; print(add.delay(20, 22).get(timeout=60))',
      );

      expect(sum).toBe('42');
    },
    PATIENCE * 1000,
  );

  it('refuses a tenant the keys of the other', async () => {
    const own = await python('acme-worker-default', asking('acme', 'tenant:acme:x'));
    const other = await python('acme-worker-default', asking('acme', 'tenant:globex:x'));

    expect(own).toBe('None');
    expect(other).toContain('NoPermissionError');
  });

  it('fails to find the services of the other tenant', async () => {
    const found = await python('globex-worker-default', LOOK);

    expect(found).toBe('gaierror');
  });

  it('runs as many workers as it is asked for', async () => {
    expect(await docker.health(project, 'globex-worker-default')).toHaveLength(2);
  });

  it(
    'works in a container that has started again',
    async () => {
      await compose('restart', 'acme-worker-default');
      await eventually('the worker is healthy again', () => isHealthy('acme-worker-default'), PATIENCE);

      expect(
        await python('acme-web', 'from plain_app import add; print(add.delay(1, 2).get(timeout=60))'),
      ).toBe('3');
    },
    PATIENCE * 1000,
  );

  it('gives values as they are, and URLs with their passwords', async () => {
    const [dollar, key, cache] = JSON.parse(await python('acme-web', VALUES)) as string[];

    expect([dollar, key]).toEqual(['a$b', 'filled in']);
    expect(cache).toBe('PONG');
  });

  it('answers on ports of this machine', async () => {
    const [web, flower] = await Promise.all(
      ['8000/', '5555/healthcheck'].map((path) => docker.beside('/usr/bin/python3', '-c', fetched(path))),
    );

    expect([web?.trim(), flower?.trim()]).toEqual(['200', '200']);
  });
});

const asking = (user: string, key: string): string => `
import redis
asked = redis.Redis("redis", username="${user}", password=open("/etc/stalk/redis/password").read())
try: print(asked.get("${key}"))
except Exception as error: print(type(error).__name__)`;

const LOOK = `
import socket
try: print(socket.gethostbyname("web"))
except Exception as error: print(type(error).__name__)`;

const VALUES = `
import json, os, redis
cache = redis.Redis.from_url(os.environ["CACHE"])
print(json.dumps([os.environ["DOLLAR"], os.environ["KEY"], "PONG" if cache.ping() else "no"]))`;

const fetched = (path: string): string =>
  `import urllib.request; print(urllib.request.urlopen("http://127.0.0.1:${path}").status)`;

/** What is the reader's own: values of the app, and here the programs of this machine in every container. */
async function putAside(project: string): Promise<void> {
  const env = join(project, '.env');
  writeFileSync(env, readFileSync(env, 'utf8').replace(/^#(\w+)=$/gm, '$1=filled in'));
  const programs = await programsOf('5.6', '/usr/bin/python3');
  const own = dirname(realpathSync(programs)); // their first lines name it so
  chmodSync(own, 0o755); // the containers' user is not this one
  const { services } = parse(readFileSync(join(project, 'compose.yaml'), 'utf8'), { merge: true }) as {
    services: object;
  };
  const mounts = {
    volumes: [
      '/usr:/usr:ro',
      '/etc/alternatives:/etc/alternatives:ro',
      `${own}:${own}:ro`,
      `${APPS}:/app:ro`,
    ],
    environment: { PATH: `${own}/bin:/usr/local/bin:/usr/bin:/bin` },
  };
  const all = Object.fromEntries(Object.keys(services).map((name) => [name, mounts]));
  writeFileSync(
    join(project, 'compose.override.yaml'),
    stringify({ services: all }, { aliasDuplicateObjects: false }),
  );
}
