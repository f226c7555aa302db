import { environments } from '../reference/environments';
import { manifestsOf } from '../../lib/output/manifests';
import { tenants } from '../reference/tenants';
import { leafManifests, plain, platformOf, referenceEnvironment, tenantOf } from '../support/synth';
import type { Manifest } from '../support/synth';
import { deployed, keyOf, manifestOf, plainText } from './pulumi-engine';
import type { Registration } from './pulumi-engine';

jest.setTimeout(60_000); // hundreds of registrations on a busy machine

const EVERYWHERE = environments.map(({ name }) => name);

const cache = new Map<string, Promise<Registration[]>>();

/** All reference tenants in one environment, registered once. */
function inEnvironment(name: string): Promise<Registration[]> {
  const known = cache.get(name) ?? deployed(platformOf(referenceEnvironment(name)).leaves);
  cache.set(name, known);
  return known;
}

const objectsIn = async (name: string) => (await inEnvironment(name)).filter(({ type }) => isObject(type));
const isObject = (type: string): boolean => type.startsWith('kubernetes:');

const idOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

const byId = (a: Manifest, b: Manifest): number => (idOf(a) < idOf(b) ? -1 : 1);

/** Values are Pulumi's to fill in, or the operator's. */
const comparable = ({ kind }: Manifest): boolean => kind !== 'Secret' && kind !== 'ExternalSecret';

function withoutPulumi(manifest: Manifest): Manifest {
  const annotations = Object.entries(manifest.metadata.annotations ?? {});
  const own = annotations.filter(([name]) => !name.startsWith('pulumi.com/'));
  return { ...manifest, metadata: { ...manifest.metadata, annotations: Object.fromEntries(own) } };
}

const find = (all: readonly Registration[], type: string, name: string): Registration => {
  const found = all.find((one) => one.type === type && one.name === name);
  if (found) return found;
  throw new Error(`${type} ${name} is not registered; there are\n${all.map(keyOf).join('\n')}`);
};

const kindOf = ({ type }: Registration): string => type.split(':')[2] ?? '';

const acme = tenantOf({ broker: { topology: 'standalone' } });

describe.each(EVERYWHERE)('what is registered for %s', (environment) => {
  test('is, object by object, what the GitOps tree holds', async () => {
    const rendered = platformOf(referenceEnvironment(environment)).leaves.flatMap(leafManifests);

    const registered = (await objectsIn(environment)).map(manifestOf).map(withoutPulumi);

    expect(registered.map(idOf).sort()).toEqual(rendered.map(idOf).sort());
    expect(registered.filter(comparable).sort(byId)).toEqual(rendered.filter(comparable).sort(byId));
  });

  test('has a name of namespace and name, and a type of the SDK', async () => {
    for (const one of await objectsIn(environment)) {
      const { apiVersion, kind, metadata } = manifestOf(one);

      expect(one.name).toBe([metadata.namespace, metadata.name].filter(Boolean).join('/'));
      expect(one.type).toBe(`kubernetes:${apiVersion === 'v1' ? 'core/v1' : apiVersion}:${kind}`);
    }
  });

  test('belongs to one component for each chart, named by tenant or broker', async () => {
    const components = (await inEnvironment(environment)).filter(({ custom }) => !custom);

    expect(components.map(keyOf)).toEqual([
      'stalk:charts:Broker shared',
      'stalk:charts:Platform platform',
      ...tenants.map(({ name }) => `stalk:charts:Tenant ${name}`).sort(),
    ]);
    const urns = components.map(({ type, name }) => `urn:pulumi:test::stalk::${type}::${name}`);
    for (const one of await objectsIn(environment)) expect(urns).toContain(one.parent);
  });

  test('is protected, but for Jobs, which are made anew with each change', async () => {
    const unprotected = (await inEnvironment(environment)).filter((one) => one.protect !== true);

    expect(new Set(unprotected.map(kindOf))).toEqual(new Set(['Job', 'kubernetes']));
  });

  test('goes with its Namespace and comes after it', async () => {
    const objects = await objectsIn(environment);

    for (const one of objects.filter(({ name }) => name.includes('/'))) {
      const namespace = find(objects, 'kubernetes:core/v1:Namespace', one.name.split('/')[0] ?? '');

      expect(one.deletedWith).toMatch(new RegExp(`kubernetes:core/v1:Namespace::${namespace.name}$`));
      expect(one.dependencies).toContain(one.deletedWith);
    }
    for (const one of objects.filter(({ name }) => !name.includes('/'))) expect(one.deletedWith).toBe('');
  });

  test('waits for all that the chart says', async () => {
    const objects = await objectsIn(environment);
    const known = new Map(objects.map((one) => [keyOf(one), one]));

    for (const { manifest, earlier } of edgesOf(environment)) {
      const later = known.get(keyed(manifest));
      const urns = later?.dependencies.map((urn) => urn.split('::').slice(2).join(' ').split('$').pop());

      expect(urns).toEqual(expect.arrayContaining(earlier.map(keyed)));
    }
  });

  test('never fights over the number of pods', async () => {
    for (const one of await objectsIn(environment)) {
      const counted = ['Deployment', 'StatefulSet'].includes(kindOf(one));

      expect(one.ignoreChanges).toEqual(counted ? ['spec.replicas'] : []);
    }
  });

  test('never waits for Services or claims', async () => {
    const skipped = (await objectsIn(environment)).filter(
      (one) => manifestOf(one).metadata.annotations?.['pulumi.com/skipAwait'] === 'true',
    );

    expect(new Set(skipped.map(kindOf))).toEqual(new Set(['PersistentVolumeClaim', 'Service']));
  });

  test('shows no value of a Secret', async () => {
    const all = await inEnvironment(environment);
    const secrets = all.filter((one) => kindOf(one) === 'Secret').map(manifestOf);
    const values = secrets.flatMap(({ data }) => Object.values(data as Record<string, string>));

    const text = plainText(all);

    expect(secrets.length > 0).toBe(environment === 'dev');
    for (const value of values) {
      expect(text).not.toContain(value);
      expect(text).not.toContain(Buffer.from(value, 'base64').toString());
    }
  });
});

const keyed = ({ apiVersion, kind, metadata }: Manifest): string =>
  `kubernetes:${apiVersion === 'v1' ? 'core/v1' : apiVersion}:${kind} ` +
  [metadata.namespace, metadata.name].filter(Boolean).join('/');

/** The graph that the sync waves come from. */
function edgesOf(environment: string): { manifest: Manifest; earlier: Manifest[] }[] {
  return platformOf(referenceEnvironment(environment)).leaves.flatMap((leaf) => {
    const rendered = manifestsOf(leaf);
    const manifests = new Map<unknown, Manifest>(rendered.map((r) => [r.object, r.manifest as Manifest]));
    return rendered.map(({ object, manifest }) => ({
      manifest: manifest,
      earlier: object.node.dependencies.flatMap((one) => manifests.get(one) ?? []),
    }));
  });
}

describe('the cluster', () => {
  test('is told to change ConfigMaps and Secrets in place, and who it is', async () => {
    const all = await deployed(platformOf(plain, [acme]).leaves, { cluster: 'lab', context: 'admin@lab' });

    const { inputs } = find(all, 'pulumi:providers:kubernetes', 'cluster');

    expect(inputs).toMatchObject({
      clusterIdentifier: 'lab',
      context: 'admin@lab',
      enableConfigMapMutable: 'true',
      enableSecretMutable: 'true',
      enableServerSideApply: 'true',
    });
  });

  test('is that of the current context where none is named', async () => {
    const all = await deployed(platformOf(plain, [acme]).leaves);

    expect(find(all, 'pulumi:providers:kubernetes', 'cluster').inputs).not.toHaveProperty('context');
  });

  test('is spoken to through one provider', async () => {
    const all = await deployed(platformOf(plain, [acme]).leaves);

    const providers = new Set(all.filter(({ type }) => isObject(type)).map(({ provider }) => provider));

    expect([...providers]).toEqual(['urn:pulumi:test::stalk::pulumi:providers:kubernetes::cluster::cluster']);
  });
});

describe('a tenant', () => {
  test('that is added changes nothing else', async () => {
    const before = await inEnvironment('staging');

    const after = await deployed(platformOf(referenceEnvironment('staging'), [acme, ...tenants]).leaves);

    const kept = after.filter(({ name }) => name !== 'acme' && !name.startsWith('acme/'));
    expect(kept.map((one) => JSON.stringify(one))).toEqual(before.map((one) => JSON.stringify(one)));
    expect(after.length).toBeGreaterThan(before.length);
  });

  test('that is added to a shared broker changes its list of users besides', async () => {
    const before = await deployed(platformOf(plain, [tenantOf({ name: 'other' })]).leaves);

    const after = await deployed(platformOf(plain, [tenantOf(), tenantOf({ name: 'other' })]).leaves);

    const changed = after.filter((one) => !before.some((old) => JSON.stringify(old) === JSON.stringify(one)));
    expect(changed.filter(({ name }) => !name.startsWith('acme')).map(keyOf)).toEqual([
      'kubernetes:core/v1:ConfigMap broker-main/redis-rules',
    ]);
  });

  test('may stand anywhere in the list', async () => {
    const list = [acme, tenantOf({ name: 'other' }), tenantOf({ name: 'third' })];
    const one = await deployed(platformOf(plain, list).leaves);

    const other = await deployed(platformOf(plain, [...list].reverse()).leaves);

    expect(JSON.stringify(other)).toBe(JSON.stringify(one));
  });

  test('that is retired is unprotected with all its objects, and no other is', async () => {
    const all = await deployed(platformOf(plain, [acme, tenantOf({ name: 'other' })]).leaves, {
      retired: ({ folder }) => folder === 'tenants/acme',
    });

    const unprotected = all.filter(({ protect }) => protect !== true);

    const names = unprotected.filter(({ name }) => name !== 'cluster').map(({ name }) => name.split('/')[0]);
    expect(new Set(names)).toEqual(new Set(['acme']));
    expect(all.filter(({ name }) => /^acme(\/|$)/.test(name)).every(({ protect }) => protect === false)).toBe(
      true,
    );
  });

  test('comes after the namespace of its broker, and that after the platform', async () => {
    const all = await deployed(platformOf(plain, [tenantOf()]).leaves);

    const needs = (name: string) =>
      find(all, 'kubernetes:core/v1:Namespace', name).dependencies.map((urn) => urn.split('::').pop());

    expect(needs('acme')).toEqual(['broker-main', 'stalk-broker']);
    expect(needs('broker-main')).toEqual(['stalk-broker']);
  });

  test('needs no broker in its stack where another stack holds it', async () => {
    const { leaves } = platformOf(plain, [tenantOf()]);

    const all = await deployed(leaves.filter(({ kind }) => kind === 'tenant'));

    expect(find(all, 'kubernetes:core/v1:Namespace', 'acme').dependencies).toEqual([]);
  });
});

describe('the number of pods', () => {
  const scaled = tenantOf({
    workers: {
      fixed: { queues: ['celery'], replicas: 2 },
      auto: { queues: ['b'], scaling: { min: 1, max: 3, utilization: 60 } },
    },
  });

  test('is set by force, and only where the tenant names one, when a stack says so', async () => {
    const all = await deployed(platformOf(plain, [scaled]).leaves, { replicas: 'apply' });

    const force = (name: string) => {
      const one = find(all, 'kubernetes:apps/v1:Deployment', name);
      return [manifestOf(one).metadata.annotations?.['pulumi.com/patchForce'], one.ignoreChanges];
    };

    expect(force('acme/worker-fixed')).toEqual(['true', []]);
    expect(force('acme/worker-auto')).toEqual([undefined, ['spec.replicas']]);
  });
});

test('fields are owned by the manager that the stack names', async () => {
  const all = await deployed(platformOf(plain, [acme]).leaves, { fieldManager: 'team-a' });

  const managers = all
    .filter(({ type }) => isObject(type))
    .map((one) => manifestOf(one).metadata.annotations?.['pulumi.com/patchFieldManager']);

  expect(new Set(managers)).toEqual(new Set(['team-a']));
});

test('nothing but Namespaces is waited for where the stack does not wait', async () => {
  const all = await deployed(platformOf(plain, [acme]).leaves, { wait: false });

  const awaited = all.filter(
    (one) =>
      isObject(one.type) && manifestOf(one).metadata.annotations?.['pulumi.com/skipAwait'] === undefined,
  );

  expect(new Set(awaited.map(kindOf))).toEqual(new Set(['Namespace']));
});

test('fails with every patch of every tenant that does not apply, before anything is registered', async () => {
  const wrong = (name: string) =>
    tenantOf({ name, patches: { 'Deployment/web': [{ op: 'remove', path: '/spec/replicas' }] } });
  const taken: Registration[] = [];

  const run = deployed(platformOf(plain, [wrong('one'), wrong('two')]).leaves).then((all) =>
    taken.push(...all),
  );

  await expect(run).rejects.toThrow(
    'tenant "one", "two": patches["Deployment/web"] must match an object, got none; there are Deployment/worker-default (test)',
  );
  expect(taken).toEqual([]);
});

test('two programs in one process do not see each other', async () => {
  const first = deployed(platformOf(plain, [acme]).leaves);
  const one = await first;

  const two = await deployed(platformOf(plain, [tenantOf({ name: 'other' })]).leaves);

  expect(one.map(keyOf)).toContain('stalk:charts:Tenant acme');
  expect(two.map(keyOf)).not.toContain('stalk:charts:Tenant acme');
  expect(one.map(keyOf)).not.toContain('stalk:charts:Tenant other');
});
