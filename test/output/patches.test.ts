// The last hatch: JSON Patch on rendered objects, layer upon layer.

import { applyPatches } from '../../lib/output/patches';
import type { Environment, Operation, Patches } from '../../lib/spec';
import { broker, leafManifests, leafOf, plain, platformOf, synth, tenantOf } from '../support/synth';
import type { Synth } from '../support/synth';

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

/** One annotation of the Deployment, so that two layers meet in one object. */
const note = (layer: string): Patches => ({
  [KEY]: [{ op: 'add', path: '/metadata/annotations/example.com~1layer', value: layer }],
});
const appended = (word: string): Operation => ({
  op: 'add',
  path: '/spec/template/spec/containers/0/command/-',
  value: word,
});

describe('layers of patches', () => {
  const tenant = tenantOf({
    patches: { [KEY]: [appended('tenant')] },
    overlays: { test: { patches: { [KEY]: [appended('overlay')] } } },
  });
  const environment: Environment = {
    ...plain,
    patches: { 'tenants/*': { [KEY]: [appended('environment')] } },
  };
  const tail = (o: Synth) =>
    o.byKind('Deployment', 'worker-default').spec.template.spec.containers[0].command.slice(-3);

  test('append: the environment’s, the tenant’s, its overlay’s, and none replaces another', () => {
    expect(tail(synth(tenant, environment))).toEqual(['environment', 'tenant', 'overlay']);
  });

  test('change one place one after the other: the last one stands', () => {
    const all = tenantOf({ patches: note('tenant'), overlays: { test: { patches: note('overlay') } } });

    const o = synth(all, { ...plain, patches: { 'tenants/*': note('environment') } });

    expect(o.byKind('Deployment', 'worker-default').metadata.annotations).toHaveProperty(
      ['example.com/layer'],
      'overlay',
    );
  });

  test('of another environment’s overlay stay there', () => {
    const other = { ...tenant, overlays: { other: { patches: { [KEY]: [appended('overlay')] } } } };

    expect(tail(synth(other, environment)).slice(1)).toEqual(['environment', 'tenant']);
  });

  test('reach a shared broker and the platform through the environment', () => {
    const add = (value: string): readonly Operation[] => [
      { op: 'add', path: '/metadata/labels/where', value },
    ];
    const patched: Environment = {
      ...plain,
      patches: {
        platform: { 'PriorityClass/*': add('platform') },
        'brokers/*': { 'StatefulSet/redis': add('brokers') },
        'brokers/main': { 'Service/redis': add('main') },
      },
    };
    const platform = leafOf(platformOf(patched, [tenantOf()]), 'platform');

    const main = broker('main', patched, [tenantOf()]);

    expect(main.byKind('StatefulSet', 'redis').metadata.labels.where).toBe('brokers');
    expect(main.byKind('Service', 'redis').metadata.labels.where).toBe('main');
    expect(leafManifests(platform).map((m) => m.metadata.labels?.['where'])).toContain('platform');
    expect(synth(tenantOf(), patched).all.filter((m) => m.metadata.labels?.['where'])).toEqual([]);
  });

  test('need an object in one tenant only where they are the environment’s', () => {
    const patched: Environment = {
      ...plain,
      patches: { 'tenants/*': { 'Deployment/beat': [{ op: 'replace', path: '/spec/replicas', value: 0 }] } },
    };

    const [first, second] = ['acme', 'globex'].map((name) =>
      tenantOf({ name, ...(name === 'globex' && { beat: {} }) }),
    );
    const { leaves } = platformOf(
      patched,
      [first, second].flatMap((t) => (t ? [t] : [])),
    );

    const beats = leaves
      .flatMap(leafManifests)
      .filter((m) => m.metadata.name === 'beat' && m.kind === 'Deployment');
    expect(beats.map((m) => m['spec'].replicas)).toEqual([0]);
  });

  test('need none where an environment has no tenants yet', () => {
    expect(platformOf({ ...plain, patches: { 'tenants/*': note('all') } }, []).leaves).toHaveLength(2);
  });
});

describe('a star', () => {
  const label = (key: `${string}/${string}`): Patches => ({
    [key]: [{ op: 'add', path: '/metadata/labels/team', value: 'blue' }],
  });
  const tenant = (key: `${string}/${string}`) =>
    synth(
      tenantOf({
        beat: {},
        workers: { a: { queues: ['celery'] }, b: { queues: ['b'] } },
        patches: label(key),
      }),
    );
  const labelled = (key: `${string}/${string}`) =>
    tenant(key)
      .all.filter((m) => m.metadata.labels?.['team'] === 'blue')
      .map((m) => `${m.kind}/${m.metadata.name}`)
      .sort();

  test('stands for every object of a kind', () => {
    expect(labelled('Deployment/*')).toEqual([
      'Deployment/beat',
      'Deployment/worker-a',
      'Deployment/worker-b',
    ]);
  });

  test('stands for a part of a name', () => {
    expect(labelled('Deployment/worker-*')).toEqual(['Deployment/worker-a', 'Deployment/worker-b']);
  });

  test('stands for every kind', () => {
    expect(labelled('*/worker-a')).toEqual(['Deployment/worker-a', 'PodDisruptionBudget/worker-a']);
  });

  test('stands for everything', () => {
    expect(labelled('*/*')).toHaveLength(tenant('Deployment/beat').all.length);
  });
});

describe('labels and annotations', () => {
  const POD = '/spec/template/metadata/annotations';

  test('are added where there are none yet, beside those that are written later', () => {
    const { metadata, spec } = patched({
      [KEY]: [
        { op: 'add', path: '/metadata/annotations/example.com~1team', value: 'blue' },
        { op: 'add', path: `${POD}/example.com~1team`, value: 'red' },
      ],
    }).byKind('Deployment', 'worker-default');

    expect(metadata.annotations).toEqual({
      'example.com/team': 'blue',
      'argocd.argoproj.io/sync-wave': expect.any(String),
    });
    expect(spec.template.metadata.annotations).toMatchObject({
      'example.com/team': 'red',
      'stalk.dev/config-hash': expect.any(String),
    });
  });

  test('as a whole map are laid over those that are there', () => {
    const before = synth(tenantOf()).byKind('Deployment', 'worker-default');

    const { metadata, spec } = patched({
      [KEY]: [
        { op: 'add', path: '/metadata/annotations', value: { team: 'blue' } },
        { op: 'add', path: '/metadata/labels', value: { team: 'blue' } },
        { op: 'add', path: '/spec/template/metadata/labels', value: { team: 'blue' } },
        { op: 'add', path: POD, value: { team: 'blue' } },
      ],
    }).byKind('Deployment', 'worker-default');

    expect(metadata.annotations).toEqual({ ...before.metadata.annotations, team: 'blue' });
    expect(metadata.labels).toEqual({ ...before.metadata.labels, team: 'blue' });
    expect(spec.template.metadata.labels).toEqual({ ...before.spec.template.metadata.labels, team: 'blue' });
    expect(spec.template.metadata.annotations).toEqual({
      ...before.spec.template.metadata.annotations,
      team: 'blue',
    });
  });

  test('of Argo CD and Flux are the author’s where a patch sets them', () => {
    const { metadata } = synth(
      tenantOf({
        broker: { topology: 'standalone' },
        patches: {
          'StatefulSet/redis': [
            { op: 'add', path: '/metadata/annotations/argocd.argoproj.io~1sync-wave', value: '9' },
            { op: 'add', path: '/metadata/annotations/kustomize.toolkit.fluxcd.io~1prune', value: 'enabled' },
          ],
        },
      }),
    ).byKind('StatefulSet', 'redis');

    expect(metadata.annotations).toEqual({
      'argocd.argoproj.io/sync-wave': '9',
      'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm',
      'kustomize.toolkit.fluxcd.io/prune': 'enabled',
    });
  });
});

const COMPONENT = 'app.kubernetes.io~1component';
const says = (text: string) => `tenant "acme": ${text} (test)`;

test.each<[string, Patches, string]>([
  [
    'a patch matches nothing',
    { 'Deployment/worker-defualt': [{ op: 'remove', path: '/spec' }] },
    'patches["Deployment/worker-defualt"] must match an object, got none; did you mean Deployment/worker-default',
  ],
  [
    'a kind is misspelt',
    { 'Deploymnt/*': [{ op: 'remove', path: '/spec' }] },
    'patches["Deploymnt/*"] must match an object, got none; there are Deployment/worker-default',
  ],
  [
    'a path is not there',
    { [KEY]: [{ op: 'replace', path: '/spec/replica', value: 2 }] },
    'patches["Deployment/worker-default"][0] must apply to Deployment/worker-default, got "Value required at path: /spec/replica"; did you mean /spec/replicas',
  ],
  [
    'a step on the way is misspelt',
    { [KEY]: [{ op: 'add', path: '/spec/templte/spec/priorityClassName', value: 'low' }] },
    'patches["Deployment/worker-default"][0] must apply to Deployment/worker-default, got "Value required at path: /spec/templte/spec/priorityClassName"; did you mean /spec/template/spec/priorityClassName',
  ],
  [
    'a container is named where its number belongs',
    { [KEY]: [{ op: 'replace', path: '/spec/template/spec/containers/worker-default/image', value: 'a:1' }] },
    'patches["Deployment/worker-default"][0] must apply to Deployment/worker-default, got "Value required at path: /spec/template/spec/containers/worker-default/image"; did you mean /spec/template/spec/containers/0/image',
  ],
  [
    'a path leads through a text',
    { [KEY]: [{ op: 'add', path: '/kind/x', value: 2 }] },
    `patches["Deployment/worker-default"][0] must apply to Deployment/worker-default, got "Cannot create property 'x' on string 'Deployment'"; look at it in dist/`,
  ],
  [
    'a test does not hold',
    { [KEY]: [{ op: 'test', path: '/spec/replicas', value: 2 }] },
    'patches["Deployment/worker-default"][0] must apply to Deployment/worker-default, got "Test failed: 1 != 2"; look at it in dist/',
  ],
  [
    'a label that selectors look for is taken away',
    { [KEY]: [{ op: 'remove', path: `/spec/template/metadata/labels/${COMPONENT}` }] },
    'patches["Deployment/worker-default"] must leave the label app.kubernetes.io/component of the pods of Deployment/worker-default as it is, got nothing; use a name of your own beside it',
  ],
  [
    'a label of Stalk’s is changed among others',
    {
      [KEY]: [{ op: 'add', path: '/metadata/labels', value: { 'stalk.dev/tenant': 'globex', team: 'blue' } }],
    },
    'patches["Deployment/worker-default"] must leave the label stalk.dev/tenant of Deployment/worker-default as it is, got "globex"; use a name of your own beside it',
  ],
  [
    'a Deployment is left without pods',
    { [KEY]: [{ op: 'remove', path: '/spec/template/spec/containers' }] },
    'patches["Deployment/worker-default"] must leave Deployment/worker-default a pod template with metadata and a list of containers, got none; patch what is in them, one by one',
  ],
])('fails when %s', (_, patches, text) => {
  expect(() => patched(patches)).toThrow(new Error(says(text)));
});

test('fails with the objects of a star to which it does not apply', () => {
  const render = () => patched({ '*/*': [{ op: 'replace', path: '/spec/replicas', value: 2 }] });

  expect(render).toThrow(
    /patches\["\*\/\*"\]\[0\] must apply to \w+\/[\w-]+, \w+\/[\w-]+, \w+\/[\w-]+ and \d+ more, got "Value required at path: \/spec\/replicas"; look at it in dist\/ \(test\)$/,
  );
});

test('fails in an overlay with its place', () => {
  const overlays = {
    test: { patches: { 'Deployment/web': [{ op: 'remove', path: '/spec/replicas' }] } },
  } as const;

  expect(() => synth(tenantOf({ overlays }))).toThrow(
    new Error(
      says(
        'overlays.test.patches["Deployment/web"] must match an object, got none; there are Deployment/worker-default',
      ),
    ),
  );
});

describe('a patch of the environment', () => {
  const remove = [{ op: 'remove', path: '/spec/paused' }] as const;
  const render = (patches: NonNullable<Environment['patches']>) => () => {
    const { leaves } = platformOf({ ...plain, patches }, [tenantOf(), tenantOf({ name: 'globex' })]);
    return leaves.map(leafManifests);
  };
  const line = (text: string) => new Error(`environment "test": ${text}`);
  const told = (text: string) => new Error(`1 problem in test:\n  ${line(text).message}`);

  test('fails when it matches nothing in any tenant', () => {
    expect(render({ 'tenants/*': { 'Deployment/wroker-*': remove } })).toThrow(
      told(
        'patches["tenants/*"]["Deployment/wroker-*"] must match an object in one of tenants/*, got none; there are Deployment/worker-default',
      ),
    );
  });

  test('fails when it matches nothing in a broker', () => {
    expect(render({ 'brokers/main': { 'StatefulSet/reds': remove } })).toThrow(
      told(
        'patches["brokers/main"]["StatefulSet/reds"] must match an object, got none; did you mean StatefulSet/redis',
      ),
    );
  });

  test('fails with the tenant to which it does not apply', () => {
    expect(render({ 'tenants/*': { 'Deployment/*': remove } })).toThrow(
      line(
        'patches["tenants/*"]["Deployment/*"][0] must apply to Deployment/worker-default, got "Value required at path: /spec/paused"; look at it in dist/ (for tenant "acme")',
      ),
    );
  });

  test('fails with the broker to which it does not apply', () => {
    expect(render({ 'brokers/*': { 'StatefulSet/redis': remove } })).toThrow(
      line(
        'patches["brokers/*"]["StatefulSet/redis"][0] must apply to StatefulSet/redis of brokers/main, got "Value required at path: /spec/paused"; look at it in dist/',
      ),
    );
  });
});

test.each<[string, Operation]>([
  ['name', { op: 'replace', path: '/metadata/name', value: 'other' }],
  ['kind', { op: 'replace', path: '/kind', value: 'DaemonSet' }],
])('fails when the %s is changed', (_, operation) => {
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'worker-default' } };
  const leaf = {
    kind: 'tenant',
    name: 'acme',
    folder: 'tenants/acme',
    patches: [{ owner: 'tenant', environment: 'test', path: ['patches'], patches: { [KEY]: [operation] } }],
  } as const;

  expect(() => applyPatches(leaf, [object])).toThrow(
    /must leave kind and name of Deployment\/worker-default alone, got \w+\/[\w-]+; rename in the tenant instead \(test\)$/,
  );
});

test('fails with every patch that is wrong at once', () => {
  const patches: Patches = {
    'Service/nobody': [{ op: 'remove', path: '/spec' }],
    [KEY]: [{ op: 'remove', path: '/spec/nothing' }],
  };

  expect(() => patched(patches)).toThrow(/^.*Service\/nobody.*\n.*Deployment\/worker-default/);
});
