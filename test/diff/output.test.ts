// The three forms of a comparison, and what none of them shows.

import type { Tenant } from '../../lib';
import { diffJson, diffMarkdown, diffText } from '../../lib/diff';
import type { Diff, Item } from '../../lib/diff';
import { fieldChanges } from '../../lib/diff/fields';
import { tenantOf } from '../support/synth';
import { differing, rendered } from './sides';

const image = (tag: string, names: readonly string[] = ['acme', 'globex']) =>
  rendered(
    names.map((name) => tenantOf({ name, app: { dialect: 'celery', image: `jobs:${tag}`, module: 'jobs' } })),
  );

const small = differing(image('1'), image('2'));

const none: Diff = differing(image('1'), image('1'));

describe('text', () => {
  test('of a small change fits on a screen', () => {
    expect(diffText(small, { all: false })).toBe(
      [
        'before → after: 2 changed',
        '',
        'Pods roll: workers finish their tasks first, within their grace period (docs/operating.md)',
        '  image: jobs:1 → jobs:2',
        '  init container wait-for-redis: image: jobs:1 → jobs:2',
        '    test: worker-default of acme, globex',
      ].join('\n'),
    );
  });

  test('of no change is one line', () => {
    expect(diffText(none, { all: false })).toBe('before → after: no differences');
  });

  test('has every field of every object when asked', () => {
    const told = diffText(small, { all: true });

    expect(told).toContain('  test/tenants/globex\n    changed Deployment/worker-default\n');
    expect(told).toContain('      spec.template.spec.containers[worker-default].image: jobs:1 → jobs:2\n');
  });

  test('groups what has no consequence by kind and fields', () => {
    const labelled = (value: string): Item[] =>
      image('1').map(({ manifest, ...rest }) => ({
        ...rest,
        manifest:
          manifest.kind === 'LimitRange'
            ? { ...manifest, metadata: { ...manifest.metadata, labels: { team: value } } }
            : manifest,
      }));

    expect(diffText(differing(labelled('a'), labelled('b')), { all: false })).toContain(
      '  changed LimitRange/tenant: metadata.labels.team (broker main, acme, globex in test)',
    );
  });

  test.each<readonly [string, Partial<Tenant>, RegExp]>([
    ['has a Job that is gone', {}, / {2}removed Job\/migrate-\w+ \(acme in test\)/],
    [
      'leaves out the Job that one replaces',
      { migrate: { command: ['other'] } },
      /^[^]*Jobs run(?![^]*Job\/)/,
    ],
  ])('%s', (_, overrides, told) => {
    const before = rendered([tenantOf({ migrate: { command: ['migrate'] } })]);

    expect(diffText(differing(before, rendered([tenantOf(overrides)])), { all: false })).toMatch(told);
  });

  test('says what could not be looked at', () => {
    expect(diffText({ ...none, notes: ['Secrets are not read'] }, { all: false })).toMatch(
      /\n\nnote: Secrets are not read$/,
    );
  });
});

describe('markdown', () => {
  test('begins with a summary and folds the rest', () => {
    const told = diffMarkdown(small);

    expect(told).toMatch(
      /^### Stalk: `before` → `after`: 2 changed\n\n- \*\*Pods roll\*\*: 2 in test \(worker-default\)\n/,
    );
    expect(told).toContain('<details><summary>Pods roll</summary>');
    expect(told).toContain('- `image: jobs:1 → jobs:2`');
    expect(told.match(/<details/g)).toHaveLength(Number(told.match(/<\/details>/g)?.length));
  });

  test('opens what a person has to decide', () => {
    const told = diffMarkdown(differing(image('1'), image('1', ['acme'])));

    expect(told).toContain('- ⚠️ **Data would be lost**: 1 in test (tenants/globex)');
    expect(told).toContain('<details open><summary>Data would be lost</summary>');
  });

  test('ends before the limit of GitHub, and says what is left out', () => {
    const fields = Array.from({ length: 300 }, (_, i) => ({
      path: `spec.field${i}`,
      before: 'a',
      after: 'b',
    }));
    const changes = small.changes.flatMap((change) =>
      Array.from({ length: 20 }, (_, i) => ({ ...change, folder: `tenants/t${i}`, fields })),
    );

    const told = diffMarkdown({ ...small, changes });

    expect(told.length).toBeLessThanOrEqual(65_000);
    expect(told).toMatch(/_\d+ sections left out, as a comment has an end: run `npx stalk diff --all`\._$/);
    expect(told.match(/<details/g)).toHaveLength(Number(told.match(/<\/details>/g)?.length));
  });

  test('keeps values from becoming markup', () => {
    const [first] = small.consequences;
    const why = [{ what: 'a ` tick', before: '<b>', after: '`' }];

    const told = diffMarkdown({ ...small, consequences: first ? [{ ...first, why }] : [] });

    expect(told).toContain('- `` a ` tick: <b> → ` ``');
  });
});

test('json has a version, counts, consequences and fields, and no whole object', () => {
  const told = JSON.parse(diffJson(small));

  expect(told).toEqual({
    version: 1,
    before: 'before',
    after: 'after',
    summary: { added: 0, changed: 2, removed: 0, moved: 0 },
    consequences: expect.arrayContaining([
      {
        type: 'rolls',
        subject: {
          environment: 'test',
          folder: 'tenants/acme',
          kind: 'Deployment',
          namespace: 'acme',
          name: 'worker-default',
        },
        why: [
          { what: 'image', before: 'jobs:1', after: 'jobs:2' },
          { what: 'init container wait-for-redis: image', before: 'jobs:1', after: 'jobs:2' },
        ],
        steps: [],
      },
    ]),
    changes: expect.arrayContaining([
      {
        how: 'changed',
        environment: 'test',
        folder: 'tenants/acme',
        kind: 'Deployment',
        namespace: 'acme',
        name: 'worker-default',
        fields: expect.arrayContaining([
          { path: 'spec.template.spec.containers[worker-default].image', before: 'jobs:1', after: 'jobs:2' },
        ]),
      },
    ]),
    notes: [],
  });
});

describe('a secret is not shown', () => {
  const env = (name: string, value: string) => ({
    spec: { containers: [{ name: 'a', env: [{ name, value }] }] },
  });

  test.each<readonly [string, kind: string, before: object, after: object]>([
    ['of a Secret', 'Secret', { stringData: { a: 'hunter1' } }, { stringData: { a: 'hunter2' } }],
    ['of a Secret that is new in it', 'Secret', {}, { stringData: { a: 'hunter2' } }],
    ['in a variable', 'Deployment', env('DB_PASSWORD', 'hunter1'), env('DB_PASSWORD', 'hunter2')],
    ['in a variable that is new', 'Deployment', { spec: {} }, env('API_TOKEN', 'hunter2')],
    ['in a URL', 'Deployment', env('DB', 'pg://a:hunter1@db'), env('DB', 'pg://a:hunter2@db')],
    [
      'of a cloud by its form',
      'Deployment',
      env('A', 'AKIAIOSFODNN7HUNTER1'),
      env('A', 'AKIAIOSFODNN7HUNTER2'),
    ],
    ['in a ConfigMap', 'ConfigMap', { data: { API_KEY: 'hunter1' } }, { data: { API_KEY: 'hunter2' } }],
    [
      'in settings',
      'ConfigMap',
      { data: { 's.json': '{"broker_password":"hunter1"}' } },
      { data: { 's.json': '{"broker_password":"hunter2"}' } },
    ],
    [
      'in a file',
      'ConfigMap',
      { data: { 'app.ini': 'a\npassword = hunter1\n' } },
      { data: { 'app.ini': 'a\npassword = hunter2\n' } },
    ],
  ])('%s', (_, kind, before, after) => {
    const told = JSON.stringify(fieldChanges(before, after, kind));

    expect(told).toMatch(/\(hidden\)|…/);
    expect(told).not.toMatch(/hunter/i);
  });

  test('and a reference to a variable is none', () => {
    const url = (host: string) => env('URL', `redis://a:$(PASSWORD)@${host}/0`);

    expect(fieldChanges(url('one'), url('two'), 'Deployment')).toEqual([
      {
        path: 'spec.containers[a].env[URL].value',
        before: 'redis://a:$(PASSWORD)@one/0',
        after: 'redis://a:$(PASSWORD)@two/0',
      },
    ]);
  });
});

describe('a field', () => {
  test.each<readonly [string, object, object, object[]]>([
    [
      'of a list goes by the name of its item, wherever that stands',
      {
        a: [
          { name: 'x', v: 1 },
          { name: 'y', v: 2 },
        ],
      },
      {
        a: [
          { name: 'y', v: 3 },
          { name: 'x', v: 1 },
        ],
      },
      [{ path: 'a[y].v', before: '2', after: '3' }],
    ],
    [
      'tells an order that changed alone',
      { a: [{ name: 'x' }, { name: 'y' }] },
      { a: [{ name: 'y' }, { name: 'x' }] },
      [{ path: 'a order', before: 'x, y', after: 'y, x' }],
    ],
    [
      'of a list of words tells those that came and went',
      { a: ['x', 'y'] },
      { a: ['x', 'y', 'z'] },
      [{ path: 'a', after: '["z"]' }],
    ],
    [
      'of a file tells its lines',
      { data: { f: 'a\nb\nc\n' } },
      { data: { f: 'a\nB\nc\n' } },
      [{ path: 'data.f line 2', before: 'b', after: 'B' }],
    ],
    [
      'of a long value shows where it differs',
      { a: `${'x'.repeat(100)}1` },
      { a: `${'x'.repeat(100)}2` },
      [{ path: 'a', before: `…${'x'.repeat(20)}1`, after: `…${'x'.repeat(20)}2` }],
    ],
  ])('%s', (_, before, after, fields) => {
    expect(fieldChanges(before, after, 'X')).toEqual(fields);
  });
});
