// Rules about sidecars and init containers, in the words of their author.

import { environmentWith, saysOf, tenantWith } from './helpers';
import type { Change } from './helpers';

const web = (sidecars: Change): Change => ({ web: { command: ['serve'], port: 8081, sidecars } });
const image = 'acme/proxy:1.0.0';

const ROWS: readonly (readonly [says: string, broken: Change, held: Change])[] = [
  [
    'sidecars.proxy must not stand beside migrate where sidecars are plain containers: the Job would never end, got "acme/proxy:1.0.0"; set nativeSidecars: true in the environment (Kubernetes 1.29 or newer), or write migrate.sidecars.proxy: false; docs/sidecars.md says what works before',
    { sidecars: { proxy: { image } }, migrate: { command: ['go'] } },
    { sidecars: { proxy: { image } }, migrate: { command: ['go'], sidecars: { proxy: false } } },
  ],
  [
    'web.sidecars.nginx.port must be a port of its own: all containers of a pod have one address, got 8081; use another port',
    web({ nginx: { image, port: 8081 } }),
    web({ nginx: { image, port: 8081, front: true } }),
  ],
  [
    'web.sidecars.b.front must be true of one sidecar only: requests go to one port, got true; remove it here',
    web({ a: { image, port: 9001, front: true }, b: { image, port: 9002, front: true } }),
    web({ a: { image, port: 9001, front: true }, b: { image, port: 9002 } }),
  ],
  [
    'web.sidecars.nginx.port must be given, as requests go to it, got nothing; write the port on which it listens',
    web({ nginx: { image, front: true } }),
    web({ nginx: { image } }),
  ],
  [
    'web.sidecars.web must have a name of its own among the containers of web, got "web"; choose another name',
    web({ web: { image } }),
    web({ nginx: { image } }),
  ],
  [
    'web.sidecars.nginx.mounts.media must name a volume of app.volumes or a folder of app.writable, got "media"; add it to app.volumes or app.writable',
    web({ nginx: { image, mounts: { media: '/media' } } }),
    web({ nginx: { image, mounts: {} } }),
  ],
  [
    'web.sidecars.nginx.image must have a fixed tag: "latest" changes under a running tenant, got "a/b:latest"; write the version that runs, like "acme/jobs:2.4.1"',
    web({ nginx: { image: 'a/b:latest' } }),
    web({ nginx: { image: 'a/b:1' } }),
  ],
  [
    `web.sidecars.prxy must be the name of one of the tenant's sidecars, to be removed here, got false; remove it, or use one of proxy`,
    { sidecars: { proxy: { image } }, ...web({ prxy: false }) },
    { sidecars: { proxy: { image } }, ...web({ proxy: false }) },
  ],
];

test.each(ROWS)('fails with %s', (says, broken) => {
  expect(saysOf([tenantWith(broken)])).toEqual([says]);
});

test.each(ROWS)('holds at the border of %s', (_, __, held) => {
  expect(saysOf([tenantWith(held)])).toEqual([]);
});

test('a Job may have native sidecars', () => {
  const tenant = tenantWith({ sidecars: { proxy: { image } }, migrate: { command: ['go'] } });

  expect(saysOf([tenant], environmentWith({ nativeSidecars: true }))).toEqual([]);
});

test('a program of another image has names of variables of its own', () => {
  const env = { PYTHONPATH: '/srv', CELERY_LOADER: 'own', STALK_OF_PROXY: 'yes' };

  expect(saysOf([tenantWith({ sidecars: { proxy: { image, env } } })])).toEqual([]);
  expect(saysOf([tenantWith(web({ nginx: { image, env } }))])).toEqual([]);
  expect(saysOf([tenantWith({ initContainers: { wait: { image, command: ['wait'], env } } })])).toEqual([]);
  expect(
    saysOf([tenantWith({ initContainers: { wait: { command: ['wait'], env: { CELERY_LOADER: 'own' } } } })]),
  ).toEqual([
    'initContainers.wait.env.CELERY_LOADER must be left to Stalk, which sets it, got "own"; leave it out: Stalk needs its own value',
  ]);
});

test('a program of another image has facts that there are', () => {
  const env = { CACHE: { from: 'cache.url' } };

  expect(saysOf([tenantWith({ sidecars: { proxy: { image, env } } })])).toEqual([
    'sidecars.proxy.env.CACHE.from must be a fact of this tenant, which has no cache, got "cache.url"; add cache: {}, or use broker',
  ]);
});
