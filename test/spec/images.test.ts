// Versions of images by environment: who takes them, what is refused, and the files that they come from.

import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { imagesFrom, platforms } from '../../lib';
import type { Environment, Tenant } from '../../lib';
import { hasVersion, isVersion } from '../../lib/spec/images';
import { leafManifests, plain, platformOf, tenantOf } from '../support/synth';
import type { Json } from '../support/synth';
import { scratch } from '../support/tree';

const tempFolder = scratch();

const DIGEST = `sha256:${'a1'.repeat(32)}`;
const appOf = (image: string): Tenant['app'] => ({ dialect: 'celery', image, module: 'acme.tasks' });
const bare = tenantOf({ app: appOf('acme/jobs') });
const reporting = (image: string): Tenant =>
  tenantOf({ ...bare, workers: { reports: { queues: ['celery'], app: { image } } } });
const withVersions = (versions: object, more: Partial<Environment> = {}): Environment => ({
  ...plain,
  images: { versions: versions as Readonly<Record<string, string>> },
  ...more,
});

/** Images of the app in everything that is rendered, by container. */
function imagesOf(tenant: Tenant, environment: Environment): Readonly<Record<string, string>> {
  const objects = platformOf(environment, [tenant]).leaves.flatMap(leafManifests);
  const pods: Json[] = objects.flatMap((m) => (m['spec']?.template?.spec ? [m['spec'].template.spec] : []));
  const containers: Json[] = pods.flatMap((pod) => [...(pod.initContainers ?? []), ...pod.containers]);
  return Object.fromEntries(
    containers.filter(({ image }) => !image.includes('redis:')).map(({ name, image }) => [name, image]),
  );
}

describe('the version of an image', () => {
  test('is taken by every pod that runs the tenant’s code', () => {
    const everything = tenantOf({
      ...bare,
      workers: { default: { queues: ['celery'], stagger: { min: '1s', max: '2s' } } },
      beat: {},
      web: { command: ['serve'], port: 8000 },
      flower: { auth: { secret: 'flower', key: 'auth' } },
      migrate: { command: ['migrate'], check: ['check'] },
    });

    const images = imagesOf(everything, withVersions({ acme: '2.4.1' }));

    expect(Object.keys(images)).toEqual(
      expect.arrayContaining([
        ...['worker-default', 'beat', 'web', 'flower', 'migrate'],
        ...['stagger', 'wait-for-redis', 'wait-for-migrations'],
      ]),
    );
    expect(new Set(Object.values(images))).toEqual(new Set(['acme/jobs:2.4.1']));
  });

  test.each([
    ['a tag', 'acme/jobs', '2.4.1', 'acme/jobs:2.4.1'],
    ['a digest', 'acme/jobs', DIGEST, `acme/jobs@${DIGEST}`],
    ['both', 'acme/jobs', `2.4.1@${DIGEST}`, `acme/jobs:2.4.1@${DIGEST}`],
    ['a tag behind a port', 'localhost:5000/jobs', '2.4.1', 'localhost:5000/jobs:2.4.1'],
  ])('may be %s', (_, image, version, whole) => {
    const tenant = tenantOf({ app: appOf(image) });

    expect(imagesOf(tenant, withVersions({ acme: version }))['worker-default']).toBe(whole);
  });

  test('goes with the repository of an overlay', () => {
    const tenant = { ...bare, overlays: { test: { app: { image: 'acme/debug' } } } };

    expect(imagesOf(tenant, withVersions({ acme: '2.4.1' }))['worker-default']).toBe('acme/debug:2.4.1');
  });

  test('may be an overlay’s where the environment gives none', () => {
    const tenant = { ...bare, overlays: { test: { app: { image: 'acme/jobs:try-7' } } } };

    expect(imagesOf(tenant, withVersions({}))['worker-default']).toBe('acme/jobs:try-7');
  });

  test('may move where nodes of a cluster to throw away ask each time', () => {
    const loop = withVersions({ acme: 'main' }, { disposable: true, pullPolicy: 'Always' });

    expect(imagesOf(bare, loop)['worker-default']).toBe('acme/jobs:main');
  });

  test('of an image that a pool or a process has for itself goes by that image', () => {
    const app = { image: 'acme/reports' } as const;
    const tenant = tenantOf({
      ...bare,
      workers: { default: { queues: ['celery'] }, reports: { queues: ['reports'], app } },
      processes: { listener: { command: ['listen'], app } },
    });

    const images = imagesOf(tenant, withVersions({ acme: '2.4.1', 'acme/reports': '1.0.0' }));

    expect(images).toMatchObject({
      'worker-default': 'acme/jobs:2.4.1',
      'worker-reports': 'acme/reports:1.0.0',
      listener: 'acme/reports:1.0.0',
    });
  });

  test('is another one in another environment', () => {
    const dev: Environment = { ...withVersions({ acme: '2.5.0' }), name: 'dev' };

    const [there, here] = platforms({
      environments: [dev, withVersions({ acme: '2.4.1' })],
      tenants: [bare],
    });

    expect([there, here].map((platform) => platform?.tenants[0]?.app.image)).toEqual([
      'acme/jobs:2.5.0',
      'acme/jobs:2.4.1',
    ]);
  });
});

test.each([
  ['acme/jobs', false],
  ['localhost:5000/jobs', false],
  ['acme/jobs:1', true],
  ['localhost:5000/jobs:1', true],
  [`acme/jobs@${DIGEST}`, true],
])('of %s it is known whether it has a version: %s', (image, has) => {
  expect(hasVersion(image)).toBe(has);
});

test.each(['2.4.1', 'v1', '2024-01-02_3', DIGEST, `1@${DIGEST}`])('%s is a version', (version) => {
  expect(isVersion(version)).toBe(true);
});

test.each(['', '-1', ':1', 'a b', 'a/b', 'sha256:12', `@${DIGEST}`, 'x'.repeat(129), 2.4, null])(
  '%j is no version',
  (version) => {
    expect(isVersion(version)).toBe(false);
  },
);

/** The lines of the one error, without its heading. */
function told(tenants: readonly Tenant[], environment: Environment): readonly string[] {
  try {
    platforms({ environments: [environment], tenants });
    return [];
  } catch (error) {
    return (error as Error).message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
}

describe('a version is refused when', () => {
  test.each<[when: string, tenants: readonly Tenant[], environment: Environment, says: string]>([
    [
      'no environment and no tenant gives one',
      [bare],
      plain,
      'tenant "acme": app.image must have a tag or a digest, got "acme/jobs"; write the version that runs, like "acme/jobs:2.4.1"',
    ],
    [
      'this environment gives it to others only',
      [bare],
      withVersions({}),
      'tenant "acme": app.image must have a version in images of test, or a tag or a digest of its own, got "acme/jobs"; add the tenant there',
    ],
    [
      'the tenant has another',
      [tenantOf()],
      withVersions({ acme: '2.5.0' }),
      'tenant "acme": app.image must have no version of its own where images of test gives "2.5.0", got "acme/jobs:2.4.1"; remove one of the two',
    ],
    [
      'the overlay has another',
      [{ ...bare, overlays: { test: { app: { image: 'acme/jobs:try-7' } } } }],
      withVersions({ acme: '2.5.0' }),
      'tenant "acme": overlays.test.app.image must have no version of its own where images of test gives "2.5.0", got "acme/jobs:try-7"; remove one of the two',
    ],
    [
      'nobody has that name',
      [bare],
      withVersions({ acme: '1', acmee: '1' }),
      'environment "test": images.versions.acmee must be of a tenant that lives in test, got "acmee"; did you mean "acme"',
    ],
    [
      'the name is like nobody’s',
      [bare],
      withVersions({ acme: '1', globex: '1' }),
      'environment "test": images.versions.globex must be of a tenant that lives in test, got "globex"; remove it; there are "acme"',
    ],
    [
      'it is a number',
      [bare],
      withVersions({ acme: 1.1 }),
      'environment "test": images.versions.acme must be a tag, a digest, or a tag and a digest, got 1.1; put it in quotes: without them 1.10 is 1.1',
    ],
    [
      'it is a whole image',
      [bare],
      withVersions({ acme: 'acme/jobs:2.4.1' }),
      'environment "test": images.versions.acme must be a tag, a digest, or a tag and a digest, got "acme/jobs:2.4.1"; write "2.4.1"',
    ],
    [
      'a pool has an image that the environment does not know',
      [reporting('acme/reports')],
      withVersions({ acme: '1' }),
      'tenant "acme": workers.reports.app.image must have a version in images of test, or a tag or a digest of its own, got "acme/reports"; add "acme/reports" there',
    ],
    [
      'a pool has a version of its own beside the environment’s',
      [reporting('acme/reports:1.0.0')],
      withVersions({ acme: '1', 'acme/reports': '1.1.0' }),
      'tenant "acme": workers.reports.app.image must have no version of its own where images of test gives "1.1.0", got "acme/reports:1.0.0"; remove one of the two',
    ],
    [
      'a pool has an image without one, and no environment gives any',
      [reporting('acme/reports')],
      plain,
      'tenant "acme": workers.reports.app.image must have a tag or a digest, got "acme/reports"; write the version that runs, like "acme/jobs:2.4.1"',
    ],
    [
      'no pool and no process has that image',
      [reporting('acme/reports')],
      withVersions({ acme: '1', 'acme/reports': '1.0.0', 'acme/report': '1.0.0' }),
      'environment "test": images.versions["acme/report"] must be an image that a pool or a process of a tenant in test has for itself, got "acme/report"; did you mean "acme/reports"',
    ],
    [
      'it moves',
      [bare],
      withVersions({ acme: 'latest' }),
      'environment "test": images.versions.acme must be a fixed tag: this one changes under a running tenant, got "latest"; write the version that runs, like "2.4.1"',
    ],
  ])('%s', (_, tenants, environment, says) => {
    expect(told(tenants, environment)).toContain(says);
  });

  test('the tenant lives elsewhere', () => {
    const globex = tenantOf({ name: 'globex', environments: ['other'] });

    const render = () =>
      platforms({
        environments: [withVersions({ acme: '1', globex: '1' }), { ...plain, name: 'other' }],
        tenants: [tenantOf({ ...bare, environments: ['test'] }), globex],
      });

    expect(render).toThrow(
      '1 problem in test:\n  environment "test": images.versions.globex must be of a tenant that lives in test, got "globex"; remove it; there are "acme"',
    );
  });

  test.each<[string, readonly Tenant[], Environment]>([
    ['it is missing', [bare], withVersions({})],
    ['there are two', [tenantOf()], withVersions({ acme: '2.5.0' })],
    ['nobody has that name', [bare], withVersions({ acme: '1', acmee: '1' })],
    ['it moves', [bare], withVersions({ acme: 'latest' })],
  ])('%s, in one line', (_, tenants, environment) => {
    expect(told(tenants, environment)).toHaveLength(1);
  });
});

describe('a file of versions', () => {
  function file(name: string, text: string): Environment {
    const folder = tempFolder();
    writeFileSync(join(folder, name), text);
    const images = imagesFrom(folder, name);
    return { ...plain, images: { ...images, file: String(images.file).replace(basename(folder), 'stacks') } };
  }

  test.each([
    ['images.yaml', 'acme: 2.4.1 # {"$imagepolicy": "flux-system:acme:tag"}\n'],
    ['images.json', '{ "acme": "2.4.1" }'],
  ])('is read as %s', (name, text) => {
    expect(file(name, text).images).toEqual({ file: `stacks/${name}`, versions: { acme: '2.4.1' } });
  });

  test.each(['', '# nothing yet\n', '{}'])('may hold no versions yet: %j', (text) => {
    expect(file('images.yaml', text).images?.versions).toEqual({});
  });

  test('is named in every message about its lines', () => {
    const tenants = ['acme', 'globex', 'initech'].map((name) => tenantOf({ ...bare, name }));

    const found = told(tenants, file('images.yaml', 'acme: 1.10\nglobex: "2"\ngloebx: "2"\n'));

    expect(found).toEqual([
      'environment "test": images.versions.acme must be a tag, a digest, or a tag and a digest, got 1.1; put it in quotes: without them 1.10 is 1.1, in stacks/images.yaml',
      'environment "test": images.versions.gloebx must be of a tenant that lives in test, got "gloebx"; did you mean "globex", in stacks/images.yaml',
      'tenant "initech": app.image must have a version in images of test, or a tag or a digest of its own, got "acme/jobs"; add the tenant there, in stacks/images.yaml',
    ]);
  });

  test('fails in one line when it is a list', () => {
    expect(told([tenantOf()], file('images.yaml', '- acme\n'))).toEqual([
      'environment "test": images.versions must be a record by name, got ["acme"]; write it like { name: … }, in stacks/images.yaml',
    ]);
  });

  test.each([
    [
      'it is not there',
      undefined,
      /^[\w-]+\/images\.yaml must be a file with versions by tenant, got none; write \{\} into it to begin$/,
    ],
    [
      'it is broken',
      'acme: [1',
      /^[\w-]+\/images\.yaml:1:\d+ must be JSON or YAML, got "[^\n]+"; write one line for each tenant, like "acme: 2\.4\.1"$/,
    ],
    [
      'a tenant stands in it twice',
      'acme: 1.0.0\nacme: 2.0.0\n',
      /:2:1 must be JSON or YAML, got "Map keys must be unique"[^\n]*$/,
    ],
    [
      'it holds two documents',
      'acme: 1.0.0\n---\nglobex: 2.0.0\n',
      /^[\w-]+\/images\.yaml must hold one document, got 2; remove the line ---$/,
    ],
  ])('fails in one line when %s', (_, text, says) => {
    const folder = tempFolder();
    if (text !== undefined) writeFileSync(join(folder, 'images.yaml'), text);

    expect(() => imagesFrom(folder, 'images.yaml')).toThrow(says);
  });

  test('fails in one line when JSON lacks a value, which YAML would take for null', () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'images.json'), '{"acme": }');

    expect(() => imagesFrom(folder, 'images.json')).toThrow(
      /^[\w-]+\/images\.json must be JSON or YAML, got "[^\n]+"; write one line/,
    );
  });

  test('fails in one line with the file when a tenant has no version', () => {
    expect(told([tenantOf()], file('images.yaml', 'acme:\n'))).toEqual([
      'environment "test": images.versions.acme must be given or left out, got null; write a value, or remove it, in stacks/images.yaml',
    ]);
  });
});
