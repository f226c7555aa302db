import { broker, everything, synth, tenantOf } from './support/synth';

test('a small tenant becomes a namespace with a worker pool', () => {
  const { byKind } = synth(tenantOf());

  expect(byKind('Namespace', 'acme').metadata.namespace).toBeUndefined();
  expect(byKind('Deployment', 'worker-default').metadata.namespace).toBe('acme');
});

test('every environment has a folder for each reference tenant, its broker and the platform', () => {
  const folders = everything().map(([label]) => label);

  const leaves = ['platform', 'brokers/shared'].concat(
    ['paless', 'tenant-a', 'tenant-b', 'typesafe', 'redline', 'jewelry-shop'].map((t) => `tenants/${t}`),
  );
  expect(folders).toEqual(
    ['dev', 'staging', 'production'].flatMap((environment) => leaves.map((leaf) => `${environment}/${leaf}`)),
  );
});

test('a reference tenant is found by its name, and so is a broker', () => {
  expect(synth('paless', 'dev').byKind('StatefulSet', 'redis').metadata.namespace).toBe('paless');
  expect(broker('shared', 'dev').byKind('StatefulSet', 'redis').metadata.namespace).toBe('broker-shared');
});

test('fails with the names that there are when an object is not rendered', () => {
  const { byKind } = synth(tenantOf());

  expect(() => byKind('Deployment', 'worker-defualt')).toThrow(
    /^Deployment\/worker-defualt is not rendered; there are\n {2}/,
  );
});
