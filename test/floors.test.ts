import { Linter } from 'eslint';
import { parser } from 'typescript-eslint';
import { houseRules } from '../scripts/lint/config';

const linter = new Linter({ cwd: '/repo' });

/** What the house rules say about code in a file that need not exist. */
function complaints(file: string, code: string): string[] {
  const config: Linter.Config[] = [{ files: ['**/*.ts'], languageOptions: { parser } }, ...houseRules];
  return linter.verify(code, config, { filename: `/repo/${file}` }).map(({ message }) => message);
}

const higher = (from: string, to: string): string =>
  `${from} may not import ${to}: a lower floor never imports a higher one` +
  ' (kube < spec < plan < traits < redis, celery < observe < charts < platform < output < laws < check < index < cluster, report < verify, loadtest, status < scaffold, diff, adopt, compose, backups, move < cli, stacks)';

describe('a lower floor', () => {
  test.each([
    ['lib/kube/labels.ts', '../spec/tenant', 'kube', 'spec'],
    ['lib/spec/resolve.ts', '../plan', 'spec', 'plan'],
    ['lib/plan/process.ts', '../traits/probes', 'plan', 'traits'],
    ['lib/spec/resolve.ts', '../traits/probes', 'spec', 'traits'],
    ['lib/traits/probes.ts', '../redis/server', 'traits', 'redis'],
    ['lib/traits/probes.ts', '../celery/beat', 'traits', 'celery'],
    ['lib/redis/sentinel.ts', '../charts/broker-chart', 'redis', 'charts'],
    ['lib/celery/beat.ts', '../charts/tenant-chart', 'celery', 'charts'],
    ['lib/charts/tenant-chart.ts', '../platform', 'charts', 'platform'],
    ['lib/platform.ts', './output/yaml', 'platform', 'output'],
    ['lib/output/gitops.ts', '../laws', 'output', 'laws'],
    ['lib/laws/leaf.ts', '../index', 'laws', 'index'],
    ['lib/output/gitops.ts', '../index', 'output', 'index'],
    ['lib/output/gitops.ts', '..', 'output', 'index'],
    ['lib/index.ts', './cluster', 'index', 'cluster'],
    ['lib/report/html.ts', '../verify/verdicts', 'report', 'verify'],
    ['lib/loadtest/job.ts', '../cli/main', 'loadtest', 'cli'],
    ['lib/scaffold/place.ts', '../cli/own', 'scaffold', 'cli'],
    ['lib/verify/compare.ts', '../diff/live', 'verify', 'diff'],
    ['lib/diff/text.ts', '../cli/main', 'diff', 'cli'],
    ['lib/index.ts', './cli/verify', 'index', 'cli'],
    ['lib/index.ts', '../stacks/environments', 'index', 'stacks'],
  ])('fails when %s imports %s', (file, source, from, to) => {
    expect(complaints(file, `import { a } from '${source}'; a();`)).toEqual([higher(from, to)]);
  });

  test.each([
    ['import type', `import type { A } from '../charts/x'; export type B = A;`],
    ['an export', `export { a } from '../charts/x';`],
    ['an export of everything', `export * from '../charts/x';`],
    ['an import at run time', `export const a = import('../charts/x');`],
    ['require', `export const a = require('../charts/x');`],
    ['import = require', `import a = require('../charts/x'); a();`],
    ['an inline type', `export type A = import('../charts/x').A;`],
  ])('fails when it reaches up by %s', (_form, code) => {
    expect(complaints('lib/redis/sentinel.ts', code)).toEqual([higher('redis', 'charts')]);
  });

  test.each([
    ['lib/spec/resolve.ts', '../kube/names'],
    ['lib/traits/probes.ts', '../spec/units'],
    ['lib/redis/sentinel.ts', './acl'],
    ['lib/redis/sentinel.ts', '../traits/probes'],
    ['lib/celery/runtime/deep.ts', '../../spec/units'],
    ['lib/charts/tenant-chart.ts', '../redis/sentinel'],
    ['lib/platform.ts', './charts/tenant-chart'],
    ['lib/output/gitops.ts', '../platform'],
    ['lib/index.ts', './output/gitops'],
    ['lib/cli/verify.ts', '..'],
    ['lib/cli/verify.ts', '../verify'],
    ['lib/verify/checks.ts', '../cluster'],
    ['lib/loadtest/job.ts', '../report'],
    ['stacks/list.ts', '../lib'],
    ['stacks/list.ts', '../tenants'],
    ['test/laws.test.ts', '../lib/charts/tenant-chart'],
    ['lib/kube/labels.ts', 'cdk8s'],
  ])('lets %s import %s', (file, source) => {
    expect(complaints(file, `import { a } from '${source}'; a();`)).toEqual([]);
  });

  test('fails when a folder of lib has no floor yet', () => {
    expect(complaints('lib/backup/restore.ts', `import { a } from '../spec/units'; a();`)).toEqual([
      'lib/backup has no floor: give it one in scripts/lint/floors.ts',
    ]);
  });

  test('fails when the product leans on what uses it', () => {
    expect(complaints('lib/kube/labels.ts', `import { a } from '../../test/synth'; a();`)).toEqual([
      'kube may not import test: the product does not lean on what uses it',
    ]);
  });
});

describe('neighbours', () => {
  test('let celery know the plan of a broker', () => {
    const found = `import type { A } from '../plan/redis/endpoint'; let a: A;`;

    expect(complaints('lib/celery/beat.ts', found)).toEqual([]);
  });

  test.each(['../redis/sentinel', '../redis', '../redis/broker-chart'])(
    'fails when celery imports %s',
    (source) => {
      expect(complaints('lib/celery/beat.ts', `import { a } from '${source}'; a();`)).toEqual([
        'celery knows a broker only through its plan in lib/plan/redis: any topology must fit it',
      ]);
    },
  );

  test('fails when redis imports celery', () => {
    expect(complaints('lib/redis/acl.ts', `import { a } from '../celery/settings'; a();`)).toEqual([
      'redis may not import celery: a broker does not know who uses it',
    ]);
  });

  test.each([
    ['cluster', 'report'],
    ['report', 'cluster'],
    ['verify', 'loadtest'],
    ['loadtest', 'verify'],
    ['status', 'verify'],
    ['loadtest', 'status'],
  ])('fails when %s imports %s', (room, other) => {
    expect(complaints(`lib/${room}/a.ts`, `import { a } from '../${other}'; a();`)).toEqual([
      `${room} may not import its neighbour: cluster and report know nothing of each other, nor do verify, loadtest and status`,
    ]);
  });

  test('fails when the door lets the Pulumi bridge out', () => {
    expect(complaints('lib/index.ts', `export * from './output/pulumi';`)).toEqual([
      'index may not export lib/output/pulumi: everyone who opens lib would pay 0.5 s and 90 MB at start',
    ]);
  });
});

describe('a tenant', () => {
  test.each([
    `import type { Tenant } from '../lib'; export const a: Tenant = { name: 'a' };`,
    `import { type Tenant } from '../lib'; export const a: Tenant = { name: 'a' };`,
    `export { acme } from './acme';`,
  ])('may say %s', (code) => {
    expect(complaints('tenants/acme.ts', code)).toEqual([]);
  });

  test.each([
    `import { defaults } from '../lib'; export const a = defaults;`,
    `import type { Tenant } from '../lib/spec/tenant'; export type A = Tenant;`,
    `import { environments } from '../stacks/environments'; export const a = environments;`,
  ])('fails when it says %s', (code) => {
    expect(complaints('tenants/acme.ts', code)).toEqual([
      "tenants are data: they import types from '../lib' (import type) and nothing else",
    ]);
  });

  test('fails when it computes with a package', () => {
    expect(complaints('tenants/acme.ts', `import { App } from 'cdk8s'; export const a = new App();`)).toEqual(
      ['tenants are data: they import types from lib and nothing else'],
    );
  });

  test('fails when lib knows a tenant', () => {
    expect(complaints('lib/platform.ts', `import { a } from '../tenants'; a();`)).toEqual([
      'platform may not import tenants: the list is handed in by stacks',
    ]);
  });
});

describe('packages with a price', () => {
  test.each([
    [
      'lib/kube/labels.ts',
      'node:fs',
      "'node:fs' belongs to lib/output, lib/check, lib/scaffold, lib/cli, stacks, the runtime.ts",
    ],
    [
      'lib/laws/schema.ts',
      'node:fs',
      "'node:fs' belongs to lib/output, lib/check, lib/scaffold, lib/cli, stacks, the runtime.ts",
    ],
    [
      'lib/celery/settings.ts',
      'fs/promises',
      "'fs/promises' belongs to lib/output, lib/check, lib/scaffold, lib/cli, stacks, the",
    ],
    ['lib/spec/resolve.ts', 'node:process', "'node:process' belongs to lib/output and stacks"],
    [
      'lib/plan/process.ts',
      'cdk8s-plus-27',
      "'cdk8s-plus-27' belongs to the rooms above lib/plan: a plan says what runs",
    ],
    ['lib/output/gitops.ts', '@pulumi/pulumi', "'@pulumi/pulumi' belongs to lib/output/pulumi: it costs"],
    ['stacks/list.ts', '@pulumi/kubernetes', "'@pulumi/kubernetes' belongs to lib/output/pulumi: it costs"],
  ])('fails when %s imports %s', (file, source, reason) => {
    const [only, ...others] = complaints(file, `import { a } from '${source}'; a();`);

    expect(only).toContain(reason);
    expect(others).toEqual([]);
  });

  test.each([
    ['lib/output/gitops.ts', 'node:fs'],
    ['lib/traits/runtime.ts', 'fs'],
    ['lib/verify/runtime.ts', 'node:fs'],
    ['lib/laws/kubernetes.ts', 'node:fs'],
    ['lib/cli/files.ts', 'node:fs'],
    ['stacks/list.ts', 'node:fs'],
    ['scripts/stale.ts', 'node:fs'],
    ['lib/output/pulumi/deploy.ts', '@pulumi/pulumi'],
    ['lib/output/pulumi/sdk.ts', '@pulumi/kubernetes'],
    ['test/output/pulumi.test.ts', '@pulumi/pulumi'],
  ])('lets %s import %s', (file, source) => {
    expect(complaints(file, `import { a } from '${source}'; a();`)).toEqual([]);
  });
});

describe('the laws inside a file', () => {
  const defaults = 'defaults live in lib/spec, in the tables of props: constructs take resolved values';
  const environment =
    'process.env belongs to lib/output and stacks: the same spec gives the same bytes on every machine';

  test.each([
    ['a ?? b', 'export const f = (a?: number, b = 1) => a ?? b;'],
    ['a ??= b', 'export const f = (a: { b?: number }) => { a.b ??= 1; };'],
    ['a ||= b', 'export const f = (a: { b?: number }) => { a.b ||= 1; };'],
    ['a || text', `export const f = (a?: string) => a || 'x';`],
    ['a || record', 'export const f = (a?: object) => a || {};'],
    ['a || list', 'export const f = (a?: string[]) => a || [];'],
  ])('fails when a construct defaults by %s', (_form, code) => {
    expect(complaints('lib/redis/sentinel.ts', code).at(0)).toContain(defaults);
    expect(complaints('lib/spec/defaults.ts', code)).toEqual([]);
  });

  test('leaves the || between conditions alone', () => {
    const code = 'export const f = (a: boolean, b: number) => a || b > 1 || a === true;';

    expect(complaints('lib/redis/sentinel.ts', code)).toEqual([]);
  });

  test.each(['export const a = process.env.HOME;', 'export const { env } = process;'])(
    'fails when lib says %s',
    (code) => {
      const [complaint] = complaints('lib/kube/labels.ts', code);

      expect(complaint).toContain(environment);
      expect(complaints('lib/output/gitops.ts', code)).toEqual([]);
      expect(complaints('stacks/list.ts', code)).toEqual([]);
    },
  );

  test('fails when a module has a default export', () => {
    expect(complaints('lib/kube/labels.ts', 'export default 1;')).toEqual([
      'export by name: one thing has one name everywhere',
    ]);
  });

  test('fails when a file of lib has more than 250 lines of code', () => {
    const lines = (count: number): string => 'a();\n'.repeat(count);

    expect(complaints('lib/kube/labels.ts', lines(251))).toEqual([
      'File has too many lines (251). Maximum allowed is 250.',
    ]);
    expect(complaints('lib/kube/labels.ts', `// why\n\n${lines(250)}`)).toEqual([]);
  });

  test('fails when a function takes more than four things', () => {
    const [complaint] = complaints('lib/kube/labels.ts', 'export function f(a, b, c, d, e) { return a; }');

    expect(complaint).toContain('too many parameters (5). Maximum allowed is 4');
  });
});
