import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment, Tenant } from '../../lib';
import { type Manifest, type Synth, lookup, synth } from '../support/synth';
import { answerOf, killAll, podOf, start } from './isolation/pods';
import { type LiveRedis, liveRedis } from './isolation/redis';
import { place } from './place';
import { LISTED, lacking, programsOf } from './python';

const elsewhere: Environment = { ...place, secrets: { strategy: 'existing' } };

const app: Tenant['app'] = {
  dialect: 'celery',
  image: 'jobs:1',
  module: 'urls',
  pythonPath: [join(__dirname, 'apps/code')],
};

const tenant = (change: Partial<Tenant>): Tenant => ({
  name: 'acme',
  app,
  broker: { topology: 'standalone' },
  workers: { default: { queues: ['celery'] } },
  env: { REDIS_URL: { from: 'broker.url' } },
  ...change,
});

/** By the form of the second reference text: what to write, and what of it a client has. */
const FORMS: Readonly<Record<string, readonly [change: Partial<Tenant>, has: object]>> = {
  'redis://user:password@host:port/0': [{}, {}],
  'redis://user:password@host:port/1': [{ broker: { topology: 'standalone', database: 1 } }, { db: 1 }],
  '?max_connections=50': [{ connections: { max: 50 } }, { max_connections: 50 }],
  '?socket_connect_timeout=5&socket_timeout=7': [
    { connections: { connectTimeout: '5s', timeout: '7s' } },
    { socket_connect_timeout: 5, socket_timeout: 7 },
  ],
  'a prefix': [
    {
      broker: { topology: 'standalone', prefix: 'acme:' },
      env: { REDIS_URL: { from: 'broker.url' }, PREFIX: { from: 'broker.prefix' } },
    },
    {},
  ],
  'a Redis of somebody else': [
    {
      broker: {
        topology: 'external',
        host: 'redis',
        cidrs: ['10.0.0.5/32'],
        username: 'acme',
      },
    },
    {},
  ],
};

/** Where Stalk does not render a Secret, somebody has made it. */
function objectsOf(asked: Tenant, password: string): Synth {
  const rendered = synth(asked, asked.broker && 'host' in asked.broker ? elsewhere : place);
  if (rendered.find('Secret', 'redis-credentials')) return rendered;
  const secret: Manifest = {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'redis-credentials' } },
    stringData: { acme: password },
  };
  return lookup([...rendered.all, secret]);
}

if (lacking.length > 0) console.warn(`URLs are NOT proven here: ${lacking.join(' and ')} not on PATH`);

(lacking.length > 0 ? describe.skip : describe).each(LISTED)(
  'every form of the URL with Celery %s',
  (celery) => {
    const folder = mkdtempSync(join(tmpdir(), 'urls-'));
    const own = synth(tenant({}), place);
    const { acme: password } = own.byKind('Secret', 'redis-users').stringData;
    let redis: LiveRedis;
    let programs: string;

    beforeAll(async () => {
      programs = await programsOf(celery);
      redis = await liveRedis(own);
    });

    afterAll(async () => {
      killAll();
      await redis?.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    const pod = (change: Partial<Tenant>, name: string) =>
      podOf(objectsOf(tenant(change), password), 'worker-default', {
        folder: join(folder, name.replace(/\W/g, '-')),
        programs,
        port: redis.port,
      });

    it.each(Object.entries(FORMS))('works in redis-py and in Celery: %s', async (form, [change, has]) => {
      const said = await answerOf(pod(change, form), ['python3', '-m', 'urls']);

      const place = { host: '127.0.0.1', port: redis.port, db: 0, ...has };
      expect(said).toEqual({
        'redis-py': expect.objectContaining({ ...place, username: 'acme' }) as object,
        Celery: expect.objectContaining(place) as object,
        letter: 'by Celery',
        result: 'kept',
        mark: 'by redis-py',
      });
    });

    it('fails with ?timeout=5, as the text has it: redis-py knows no such option, so Stalk writes two it knows', async () => {
      const { env, ...rest } = pod({}, 'timeout');
      const asked = start({ ...rest, env: { ...env, REDIS_URL: `${env['REDIS_URL']}?timeout=5` } }, [
        'python3',
        '-m',
        'urls',
      ]);

      const { code } = await asked.ended;

      expect(code).toBe(1);
      expect(asked.output()).toContain("unexpected keyword argument 'timeout'");
    });
  },
);
