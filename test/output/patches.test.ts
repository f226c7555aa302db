// The last hatch: JSON Patch on a rendered object.

import { applyPatches } from '../../lib/output/patches';
import type { Operation, Patches } from '../../lib/spec';
import { synth, tenantOf } from '../support/synth';

const patched = (patches: Patches) => synth(tenantOf({ patches }));
const KEY = 'Deployment/worker-default';

test('a patch changes the object that it names, and no other', () => {
  const labels = { op: 'add', path: '/metadata/labels/team', value: 'blue' } as const;

  const { all, byKind } = patched({ [KEY]: [labels] });

  expect(byKind('Deployment', 'worker-default').metadata.labels.team).toBe('blue');
  expect(all.filter((m) => m.metadata.labels?.['team'] === 'blue')).toHaveLength(1);
});

test('all kinds of steps are taken, in their order', () => {
  const { byKind } = patched({
    [KEY]: [
      { op: 'test', path: '/spec/replicas', value: 1 },
      { op: 'replace', path: '/spec/replicas', value: 7 },
      { op: 'copy', from: '/spec/replicas', path: '/spec/minReadySeconds' },
      { op: 'move', from: '/spec/minReadySeconds', path: '/spec/progressDeadlineSeconds' },
      { op: 'remove', path: '/spec/revisionHistoryLimit' },
    ],
  });

  const { spec } = byKind('Deployment', 'worker-default');
  expect(spec).toMatchObject({ replicas: 7, progressDeadlineSeconds: 7 });
  expect(spec).not.toHaveProperty('revisionHistoryLimit');
  expect(spec).not.toHaveProperty('minReadySeconds');
});

test('a list stays a list, and the author’s own value stays as it is', () => {
  const value = [{ key: 'spot', operator: 'Exists' }];
  const patches: Patches = {
    [KEY]: [
      { op: 'add', path: '/spec/template/spec/tolerations', value },
      { op: 'add', path: '/spec/template/spec/tolerations/-', value: { key: 'arm', operator: 'Exists' } },
    ],
  };

  const { byKind } = patched(patches);

  const { tolerations } = byKind('Deployment', 'worker-default').spec.template.spec;
  expect(tolerations.map((t: { key: string }) => t.key)).toEqual(['spot', 'arm']);
  expect(value).toEqual([{ key: 'spot', operator: 'Exists' }]);
});

test('an overlay brings patches of its own', () => {
  const replace = (value: number) => ({ [KEY]: [{ op: 'replace', path: '/spec/replicas', value } as const] });
  const tenant = tenantOf({ patches: replace(5), overlays: { test: { patches: replace(6) } } });

  expect(synth(tenant).byKind('Deployment', 'worker-default').spec.replicas).toBe(6);
});

test.each<[string, Patches, string]>([
  [
    'a patch matches nothing',
    { 'Deployment/worker-defualt': [{ op: 'remove', path: '/spec' }] },
    'tenant "acme": patches["Deployment/worker-defualt"] must match an object, got none; did you mean Deployment/worker-default',
  ],
  [
    'a path is not there',
    { [KEY]: [{ op: 'replace', path: '/spec/replica', value: 2 }] },
    'tenant "acme": patches["Deployment/worker-default"] [0] must apply to the object, got "Value required at path: /spec/replica"; look at it in dist/',
  ],
  [
    'a test does not hold',
    { [KEY]: [{ op: 'test', path: '/spec/replicas', value: 2 }] },
    'tenant "acme": patches["Deployment/worker-default"] [0] must apply to the object, got "Test failed: 1 != 2"; look at it in dist/',
  ],
])('fails when %s', (_, patches, message) => {
  expect(() => patched(patches)).toThrow(new Error(message));
});

test.each<[string, Operation]>([
  ['name', { op: 'replace', path: '/metadata/name', value: 'other' }],
  ['kind', { op: 'replace', path: '/kind', value: 'DaemonSet' }],
])('fails when the %s is changed', (_, operation) => {
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'worker-default' } };

  expect(() => applyPatches({ name: 'acme', patches: { [KEY]: [operation] } }, [object])).toThrow(
    new Error(
      'tenant "acme": patches["Deployment/worker-default"] must leave kind and name alone; rename in the tenant instead',
    ),
  );
});

test('fails with every patch that is wrong at once', () => {
  const patches: Patches = {
    'Service/nobody': [{ op: 'remove', path: '/spec' }],
    [KEY]: [{ op: 'remove', path: '/spec/nothing' }],
  };

  expect(() => patched(patches)).toThrow(/Service\/nobody.*\n.*Deployment\/worker-default/);
});
