// A Redis that somebody else runs, as rendered: who logs in, where the password comes from, who signed its certificate.

import type { Environment, External, Tenant } from '../../lib/spec';
import { type Json, type Synth, plain, synth, tenantOf } from '../support/synth';

const away: External = { topology: 'external', host: 'redis.example.com', cidrs: ['10.9.0.7/32'] };
const one: External = { ...away, username: 'default' };

const store = { strategy: 'externalSecrets', store: 'vault', path: 'stalk/test', generate: true } as const;
const keda = { namespace: { name: 'keda' }, pods: { app: 'keda-operator' } };
const scaled: Tenant['workers'] = {
  default: { queues: ['celery'], scaling: { min: 0, max: 3, queueLength: 5 } },
};

const where = (more: Partial<Environment> = {}): Environment => ({ ...plain, peers: { keda }, ...more });

/** As a tenant's own broker, and as one that tenants share. */
const dedicated = (redis: External, more: Partial<Environment> = {}): Synth =>
  synth(tenantOf({ broker: redis, workers: scaled }), where({ brokers: {}, ...more }));
const shared = (redis: External, more: Partial<Environment> = {}): Synth =>
  synth(
    tenantOf({ broker: { shared: 'away' }, workers: scaled }),
    where({ brokers: { away: redis }, ...more }),
  );

const PLACES = [
  ['a tenant’s own', dedicated, 'stalk/test/tenants/acme/redis'],
  ['a shared', shared, 'stalk/test/brokers/away'],
] as const;

/** Who comes: the worker, and the autoscaler. */
function comers(objects: Synth): readonly string[] {
  const pod = objects.byKind('Deployment', 'worker-default').spec.template.spec;
  const user = pod.containers[0].env.find((v: Json) => v.name === 'STALK_USER').value;
  const { secret } = pod.volumes.find((v: Json) => v.name === 'redis-password');
  const scaler = objects.byKind('TriggerAuthentication', 'redis-scaler').spec.secretTargetRef[0];
  return [user, `${secret.secretName}/${secret.items[0].key}`, `${scaler.name}/${scaler.key}`];
}

const taken = (objects: Synth): Json =>
  objects
    .byKind('ExternalSecret', 'redis-credentials')
    .spec.data.map((d: Json) => [d.secretKey, `${d.remoteRef.key}#${d.remoteRef.property}`]);

describe.each(PLACES)('%s external Redis', (_, render, path) => {
  test('with a username lets everybody in as that one user', () => {
    expect(comers(render(one))).toEqual([
      'default',
      'redis-credentials/default',
      'redis-credentials/default',
    ]);
  });

  test('without one has ACL users of the tenant, as a Redis of ours has', () => {
    expect(comers(render(away))).toEqual(['acme', 'redis-credentials/acme', 'redis-credentials/acme-scaler']);
  });

  test('reads passwords from the store, and never makes up what its server does not know', () => {
    expect(taken(render(one, { secrets: store }))).toEqual([['default', `${path}#default`]]);
    expect(taken(render(away, { secrets: store }))).toEqual(
      ['acme', 'acme-web', 'acme-scaler'].map((user) => [user, `${path}#${user}`]),
    );
    expect(render(away, { secrets: store }).all.map(({ kind }) => kind)).not.toContain('Password');
  });

  test('has the Secret of somebody else where the strategy says so, and its pods say that', () => {
    const objects = render(one);

    expect(objects.find('Secret', 'redis-credentials')).toBeUndefined();
    expect(foreign(objects)).toBe('existing');
    expect(foreign(render(one, { secrets: store }))).toBeUndefined();
  });

  test('has literal passwords for ACL users of a disposable cluster', () => {
    const objects = render(away, { secrets: { strategy: 'literal' }, disposable: true });

    expect(Object.keys(objects.byKind('Secret', 'redis-credentials').stringData)).toEqual([
      'acme',
      'acme-scaler',
      'acme-web',
    ]);
  });
});

const foreign = (objects: Synth): string | undefined =>
  objects.byKind('Deployment', 'worker-default').spec.template.metadata.annotations?.['stalk.dev/secret'];

describe('a cache that somebody else runs', () => {
  const cached = (cache: Tenant['cache'] & {}, more: Partial<Environment> = {}): Synth =>
    synth(
      tenantOf({ cache, env: { CACHE: { from: 'cache.url' }, CACHE_HOST: { from: 'cache.host' } } }),
      where(more),
    );
  const worker = (objects: Synth): Json => objects.byKind('Deployment', 'worker-default').spec.template.spec;
  const variable = (objects: Synth, name: string): Json =>
    worker(objects).containers[0].env.find((v: Json) => v.name === name);
  const cache = { ...away, host: 'cache.example.com', port: 6390, database: 3 } as const;

  test('is reached at its host, under the tenant’s name, by all that asks for its URL', () => {
    const objects = cached(cache);

    expect(variable(objects, 'CACHE').value).toBe(
      'redis://acme:$(STALK_CACHE_PASSWORD)@cache.example.com:6390/3',
    );
    expect(variable(objects, 'STALK_CACHE_PASSWORD').valueFrom.secretKeyRef).toEqual({
      name: 'cache-credentials',
      key: 'acme',
    });
    expect(objects.byKind('ConfigMap', 'app-config').data.CACHE_HOST).toBe('cache.example.com');
    expect(objects.byKind('NetworkPolicy', 'to-cache').spec.egress).toEqual([
      { to: [{ ipBlock: { cidr: '10.9.0.7/32' } }], ports: [{ port: 6390, protocol: 'TCP' }] },
    ]);
    expect(objects.find('StatefulSet', 'cache')).toBeUndefined();
  });

  test('has one user where it names one', () => {
    expect(variable(cached({ ...cache, username: 'default' }), 'CACHE').value).toContain('redis://default:');
  });

  test('has its password from the store', () => {
    const { spec } = cached(cache, { secrets: store }).byKind('ExternalSecret', 'cache-credentials');

    expect(spec.data).toEqual([
      { secretKey: 'acme', remoteRef: { key: 'stalk/test/tenants/acme/cache', property: 'acme' } },
    ]);
  });

  test('is verified by its own authority, beside that of the broker', () => {
    const objects = cached({ ...cache, tls: { secret: 'cache-authority' } });
    const url = variable(objects, 'CACHE').value;

    expect(url).toContain('rediss://');
    expect(url).toContain('ssl_ca_certs=/etc/stalk/cache-tls/ca.crt');
    expect(worker(objects).volumes.find((v: Json) => v.name === 'cache-tls').secret).toMatchObject({
      secretName: 'cache-authority',
      items: [{ key: 'ca.crt', path: 'ca.crt' }],
    });
    expect(worker(objects).containers[0].volumeMounts).toContainEqual({
      name: 'cache-tls',
      mountPath: '/etc/stalk/cache-tls',
      readOnly: true,
    });
  });
});

describe('the certificate of an external Redis', () => {
  const sealed = (tls: External['tls'] & {}, more: Partial<Tenant> = {}): Synth =>
    synth(tenantOf({ broker: { ...away, tls }, workers: scaled, ...more }), where({ brokers: {} }));
  const parameters = (objects: Synth): Json =>
    objects
      .byKind('TriggerAuthentication', 'redis-scaler')
      .spec.secretTargetRef.map(({ parameter, name }: Json) => `${parameter} ${name}`);

  test('is verified by the authorities of the image where a public one signed it', () => {
    const objects = sealed(true);
    const { broker_url: url } = JSON.parse(
      objects.byKind('ConfigMap', 'celery-settings').data['settings.json'],
    );
    const { volumes } = objects.byKind('Deployment', 'worker-default').spec.template.spec;

    expect(url).toBe('rediss://redis.example.com:6379/0?ssl_cert_reqs=required&ssl_check_hostname=true');
    expect(volumes.map(({ name }: Json) => name)).not.toContain('redis-tls');
    expect(parameters(objects)).toEqual(['password redis-credentials']);
    expect(objects.byKind('ConfigMap', 'celery-settings').data['scaler-tls']).toBe('enable');
  });

  test('is verified by a given authority alone for KEDA as well', () => {
    expect(parameters(sealed({ secret: 'their-authority' }))).toEqual([
      'password redis-credentials',
      'ca their-authority',
    ]);
  });

  test('is verified by Flower, whose client reads no URL', () => {
    const objects = sealed(true, { flower: { auth: { secret: 'flower', key: 'login' } } });
    const settings = JSON.parse(objects.byKind('ConfigMap', 'celery-settings').data['settings.json']);

    expect(settings.broker_use_ssl).toEqual({ ssl_cert_reqs: 'required', ssl_check_hostname: true });
  });
});
