// What the last release promised: kept, or announced in CHANGELOG.md.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { platforms } from '../lib';
import type { Item } from '../lib/diff';
import { announcedSince, breaksOf, complaint, unannounced } from '../scripts/release/breaks';
import { byVersion, fromText, newestIn, promisesOf, toText } from '../scripts/release/record';
import { environments, tenants } from './reference';
import { edited, set } from './diff/sides';
import type { Json } from './support/synth';

const root = join(__dirname, '..');
const record = newestIn(join(root, 'test', 'releases'));
const now = promisesOf(platforms({ environments, tenants }));

test('nothing that the last release rendered is replaced, removed or claimed anew without a word', () => {
  const announced = announcedSince(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), record.version);

  const breaks = unannounced(breaksOf(record.items, now), announced);

  expect(complaint(breaks, record.version)).toBeUndefined();
});

test('a record reads back as it was written', () => {
  const text = toText({ version: '1.0.0', items: now });

  expect(toText(fromText(text))).toBe(text);
});

test('0.10.0 is newer than 0.9.0', () => {
  expect(['0.10.0', '0.9.0', '0.9.1'].sort(byVersion)).toEqual(['0.9.0', '0.9.1', '0.10.0']);
});

describe('fails', () => {
  const renamed =
    (name: string) =>
    (manifest: Json): unknown => ({ ...manifest, metadata: { ...manifest.metadata, name } });

  test.each<readonly [what: string, object: string, edit: (manifest: Json) => unknown, field: string]>([
    ['a StatefulSet has another name', 'StatefulSet/redis', renamed('valkey'), 'removed'],
    ['a Secret is gone', 'Secret/redis-credentials', () => undefined, 'removed'],
    [
      'a claim template changes',
      'StatefulSet/redis',
      set(({ spec }) => (spec.volumeClaimTemplates[0].spec.accessModes = ['ReadWriteOncePod'])),
      'spec.volumeClaimTemplates[redis-data].spec.accessModes[0]',
    ],
    [
      'a claim changes',
      'PersistentVolumeClaim/data',
      set(({ spec }) => (spec.storageClassName = 'other')),
      'spec.storageClassName',
    ],
    [
      'a selector changes',
      'Deployment/web',
      set(({ spec }) => (spec.selector.matchLabels['app.kubernetes.io/instance'] = 'http')),
      'spec.selector.matchLabels[app.kubernetes.io/instance]',
    ],
    [
      'a label that policies select is gone from pods',
      'Deployment/web',
      set(({ spec }) => delete spec.template.metadata.labels['stalk.dev/broker-client']),
      'spec.template.metadata.labels[stalk.dev/broker-client]',
    ],
    [
      'pods read another key of a Secret',
      'Deployment/web',
      set(({ secrets }) => (secrets['redis-users'] = 'other')),
      'secrets.redis-users',
    ],
    [
      'pods need one more Secret',
      'Deployment/web',
      set(({ secrets }) => (secrets.more = 'key')),
      'secrets.more',
    ],
    [
      'a port of a Service changes',
      'Service/redis',
      set(({ spec }) => (spec.ports[0].port = 6380)),
      'spec.ports[redis].port',
    ],
  ])('when %s', (_, object, edit, field) => {
    const breaks = breaksOf(record.items, edited(record.items, object, edit));

    expect(new Set(breaks.map((one) => `${one.object} ${one.field}`))).toEqual(
      new Set([`${object} ${field}`]),
    );
  });

  test('when a folder is another', () => {
    const moved = record.items.map((item): Item => ({
      ...item,
      folder: item.folder.replace('brokers/', 'redis/'),
    }));

    expect(breaksOf(record.items, moved)).toContainEqual(
      expect.objectContaining({ object: 'StatefulSet/redis', field: 'moved' }),
    );
  });

  test('and says what to write', () => {
    const edit = set(({ spec }) => (spec.serviceName = 'redis-nodes'));
    const breaks = breaksOf(record.items, edited(record.items, 'StatefulSet/redis', edit));

    expect(complaint(breaks, '0.1.0')).toBe(
      [
        'what 0.1.0 promised must stay, or be announced in CHANGELOG.md:',
        '  StatefulSet/redis spec.serviceName: redis-headless → redis-nodes (dev brokers/shared and 14 more)',
        'write below "## Unreleased" and "### Breaking", with what a person does about it:',
        '- `StatefulSet/redis` `spec.serviceName`: …',
        'if only a fixture of test/reference changed, or 0.1.0 is not published yet: npm run release:record',
      ].join('\n'),
    );
  });
});

test.each<readonly [what: string, object: string, edit: (manifest: Json) => unknown]>([
  ['an object is new', 'Deployment/web', (manifest) => manifest],
  [
    'pods wear one more label',
    'Deployment/web',
    set(({ spec }) => (spec.template.metadata.labels.more = 'x')),
  ],
  [
    'a Service has one more port',
    'Service/redis',
    set(({ spec }) => spec.ports.push({ name: 'more', port: 1 })),
  ],
])('passes when %s', (_, object, edit) => {
  const fresh: Item = {
    environment: 'dev',
    folder: 'tenants/paless',
    manifest: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'new', namespace: 'paless' } },
  };

  expect(breaksOf(record.items, [...edited(record.items, object, edit), fresh])).toEqual([]);
});

describe('an announcement', () => {
  const edit = set(({ spec }) => (spec.volumeClaimTemplates[0].spec.accessModes = ['ReadWriteOncePod']));
  const breaks = breaksOf(record.items, edited(record.items, 'StatefulSet/redis', edit));
  const left = (changelog: string) => unannounced(breaks, announcedSince(changelog, '0.1.0')).length;
  const line = (object: string, field: string) =>
    `### Breaking\n\n- \`${object}\` \`${field}\`: replace it.\n`;
  const good = line('StatefulSet/redis', 'spec.volumeClaimTemplates');

  test.each([
    ['in Unreleased', `## Unreleased\n\n${good}\n## 0.1.0\n`],
    ['in a later version', `## [0.2.0] - 2026-01-01\n\n${good}\n## 0.1.0\n`],
    ['of the very field', `## Unreleased\n\n${line('StatefulSet/redis', breaks[0]?.field ?? '')}`],
  ])('%s lets it pass', (_, changelog) => {
    expect(left(changelog)).toBe(0);
  });

  test.each([
    ['there is none', '## Unreleased\n\n### Added\n\n- `StatefulSet/redis` `spec.volumeClaimTemplates`: x\n'],
    ['it is of an older version', `## Unreleased\n\n## 0.1.0\n\n${good}`],
    ['it is of another object', `## Unreleased\n\n${line('StatefulSet/cache', 'spec.volumeClaimTemplates')}`],
    ['it is of another field', `## Unreleased\n\n${line('StatefulSet/redis', 'spec.volumeClaim')}`],
    ['it does not say what to do', '## Unreleased\n\n### Breaking\n\n- `StatefulSet/redis` `spec`:\n'],
  ])('fails when %s', (_, changelog) => {
    expect(left(changelog)).toBe(1);
  });
});
