// A list that is not ours: everything that a user runs without a cluster, on strangers' tenants and environments.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Environment, Tenant } from '../../lib';
import { removeProjects, strangersProject } from '../support/project';
import { changed, readTree } from '../support/tree';

/** Each command starts a new Node. */
jest.setTimeout(180_000);

afterAll(removeProjects);

const moon: Environment = {
  name: 'moon',
  storageClass: 'dust',
  secrets: { strategy: 'existing' },
  brokers: { crater: { topology: 'sentinel', replicas: 2 }, mare: { topology: 'standalone' } },
  gitops: { repo: 'https://git.example.org/moon/base.git', revision: 'trunk', path: 'dist/moon' },
};

const mars: Environment = {
  name: 'mars',
  disposable: true,
  storageClass: 'rust',
  secrets: { strategy: 'literal' },
  brokers: { mare: { topology: 'standalone' }, crater: { topology: 'replicated', replicas: 1 } },
};

const miner = (name: string): Tenant => ({
  name,
  app: { dialect: 'celery', image: `mine/${name}:7.1`, module: 'mine.jobs' },
  broker: { shared: 'mare' },
  workers: { dig: { queues: ['celery', 'haul'] } },
});

const digger: Tenant = {
  ...miner('digger'),
  broker: { topology: 'standalone' },
  beat: { schedule: { shift: { task: 'mine.shift', every: '8h' } } },
  web: { command: ['serve'], port: 9000 },
};

const fifty = Array.from({ length: 50 }, (_, index) => miner(`miner-${index}`));

const lists: readonly (readonly [string, readonly Environment[], readonly Tenant[]])[] = [
  ['one tenant in one environment', [moon], [digger]],
  ['no tenant', [moon, mars], []],
  ['fifty tenants in two environments', [moon, mars], fifty],
];

describe.each(lists)('%s', (_, environments, tenants) => {
  const project = strangersProject();
  project.list(environments, tenants);

  test('is rendered by npx cdk8s synth, whose own folder holds a file for each environment', () => {
    const { code, out, err } = project.run('node_modules/.bin/cdk8s', 'synth', '--check-upgrade=false');

    expect({ code, out: out.trim().split('\n') }).toEqual({
      code: 0,
      out: [
        'Synthesizing application',
        ...environments.map(({ name }) => `  - build/cdk8s/${name}.yaml`).sort(),
      ],
    });
    expect(err).toContain(`dist/${environments[0]?.name}: ${tenants.length} tenant`);
    const folders = readdirSync(join(project.root, 'dist')).sort();
    expect(folders).toEqual(environments.map(({ name }) => name).sort());
  });

  test('holds a folder for each tenant', () => {
    for (const { name } of environments) {
      const { resources } = parse(
        readTree(join(project.root, 'dist')).get(`${name}/kustomization.yaml`) ?? '',
      );

      expect(resources).toEqual(expect.arrayContaining(tenants.map((tenant) => `tenants/${tenant.name}`)));
    }
  });

  test('passes stalk check', () => {
    const { code, out, err } = project.stalk('check');

    expect({ code, out, err }).toEqual({ code: 0, out: expect.stringMatching(/^types {2}ok/), err: '' });
  });

  test('is rendered to the same bytes by stalk synth', () => {
    const before = readTree(join(project.root, 'dist'));

    const { code } = project.stalk('synth');

    expect(code).toBe(0);
    expect(changed(before, readTree(join(project.root, 'dist')))).toEqual([]);
  });
});

describe('a broken tenant', () => {
  const project = strangersProject();
  project.list([moon], [digger]);
  project.stalk('synth');
  const before = readTree(join(project.root, 'dist'));
  project.list([moon], [{ ...digger, workers: { dig: { queues: ['celery'], replicas: -1 } } }]);

  test.each([
    ['npx cdk8s synth', () => project.run('node_modules/.bin/cdk8s', 'synth', '--check-upgrade=false')],
    ['stalk synth', () => project.stalk('synth')],
    ['stalk synth of one environment', () => project.stalk('synth', '--env', 'moon')],
    ['stalk check', () => project.stalk('check')],
  ])('leaves dist/ as it was under %s', (_, run) => {
    const { code, out, err } = run();

    expect(code).not.toBe(0);
    expect(out + err).toContain('workers.dig.replicas');
    expect(out + err).not.toMatch(/^ +at /m);
    expect(changed(before, readTree(join(project.root, 'dist')))).toEqual([]);
    expect(readdirSync(project.root).filter((name) => name.startsWith('.dist-'))).toEqual([]);
  });
});

test('synth --env replaces one environment and leaves the others alone', () => {
  const project = strangersProject();
  project.list([moon, mars], [digger]);
  project.stalk('synth');
  const before = readTree(join(project.root, 'dist'));
  project.list([moon, mars], [{ ...digger, app: { ...digger.app, image: 'mine/digger:8' } }]);

  const { code, out } = project.stalk('synth', '--env', 'mars');

  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^mars: 1 tenant, \d+ objects\n$/) });
  const files = changed(before, readTree(join(project.root, 'dist')));
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !file.startsWith('mars/'))).toEqual([]);
});

test('fails before a file in dist/ that no synth has written, and leaves it there', () => {
  const project = strangersProject();
  project.list([moon], [digger]);
  project.stalk('synth');
  project.write('dist/moon/tenants/digger/mine.yaml', 'a: 1\n');

  const { code, err } = project.stalk('synth');

  expect(code).toBe(2);
  expect(err).toContain('got files that no synth has written: moon/tenants/digger/mine.yaml');
  expect(existsSync(join(project.root, 'dist/moon/tenants/digger/mine.yaml'))).toBe(true);
});
