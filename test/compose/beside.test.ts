// Sidecars and init containers on a laptop: services beside that of their program.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import type { Environment } from '../../lib';
import { plain, tenantOf } from '../support/synth';
import { composed } from './project';

const native: Environment = { ...plain, nativeSidecars: true };

const shop = tenantOf({
  name: 'shop',
  app: {
    dialect: 'celery',
    image: 'shop/app:1.0.0',
    module: 'shop',
    writable: ['/run/shop'],
    volumes: { media: { path: '/srv/media', size: '1Gi', access: 'ReadWriteMany' } },
  },
  sidecars: { proxy: { image: 'sql-proxy:2.0.0', args: ['--port=5432', '$HOME'] } },
  initContainers: { 'wait-for-postgres': { command: ['wait-for', 'postgres'] } },
  web: {
    command: ['uwsgi', '--ini', 'shop.ini'],
    port: 8081,
    sidecars: {
      nginx: {
        image: 'nginx:1.27.0',
        command: ['nginx', '-g', 'daemon off;'],
        port: 8080,
        front: true,
        user: 101,
        mounts: { media: '/usr/share/nginx/html/media', '/run/shop': '/run/shop' },
        files: { '/etc/nginx/conf.d': { configMap: 'nginx' } },
      },
    },
  },
});

const { file, service, project, text } = composed([shop], { environment: native });

test('the file with them follows the Compose Specification', () => {
  const path = join(__dirname, 'compose-spec.json');
  const schema = readFileSync(path, 'utf8').replace('https://json-schema', 'http://json-schema');
  const formats = { ports: true, expose: true, duration: true } as const;
  const validate = new Ajv({ strict: false, formats }).compile(JSON.parse(schema) as object);

  expect([validate(file), validate.errors]).toEqual([true, null]);
});

test('a sidecar starts what its image starts, in the network of its program', () => {
  expect(service('worker-default-proxy')).toMatchObject({
    image: 'sql-proxy:2.0.0',
    command: ['--port=5432', '$$HOME'],
    network_mode: 'service:worker-default',
    depends_on: { 'worker-default': { condition: 'service_started' } },
    read_only: true,
    cap_drop: ['ALL'],
    restart: 'unless-stopped',
  });
  expect(service('worker-default-proxy')).not.toHaveProperty('entrypoint');
  expect(service('worker-default-proxy').environment).toEqual({});
});

test('a command of its own takes the place of the image’s entrypoint', () => {
  const { entrypoint, command, user } = service('web-nginx');

  expect([entrypoint, command, user]).toEqual([[], ['nginx', '-g', 'daemon off;'], '101:101']);
});

test('the port that takes requests first is published, and the health check goes through it', () => {
  expect(service('web').ports).toEqual(['127.0.0.1:8080:8080']);
  expect(JSON.stringify(service('web').healthcheck.test)).toContain('8080');
});

test('a folder that both write to is a volume, and so are those of the app', () => {
  const mounts = (name: string): readonly string[] =>
    service(name).volumes.filter((one: string) => one.endsWith(':nocopy'));

  expect(mounts('web')).toEqual(
    expect.arrayContaining(['media:/srv/media:nocopy', 'web-writable-run-shop:/run/shop:nocopy']),
  );
  expect(mounts('web-nginx')).toEqual(
    expect.arrayContaining([
      'media:/usr/share/nginx/html/media:nocopy',
      'web-writable-run-shop:/run/shop:nocopy',
    ]),
  );
  expect(JSON.stringify(service('web').tmpfs)).not.toContain('/run/shop');
});

test('files of somebody else are the reader’s to fill in', () => {
  expect([...project.yours.keys()].join(' ')).toContain('nginx');
});

test('an init container ends before its program starts, with the image and the folders of the app', () => {
  expect(service('web').depends_on).toMatchObject({
    'web-wait-for-postgres': { condition: 'service_completed_successfully' },
  });
  expect(service('web-wait-for-postgres')).toMatchObject({
    image: 'shop/app:1.0.0',
    command: ['wait-for', 'postgres'],
    restart: 'no',
  });
});

test('two projects of the same list are the same', () => {
  expect(composed([shop], { environment: native }).text).toBe(text);
});
