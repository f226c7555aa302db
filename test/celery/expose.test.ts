// How a process is reached from outside: the Ingress or the route, who gets in, and what follows for probes and Flower.

import type { Environment, Expose, Exposure, Tenant, Web } from '../../lib/spec';
import { once, reaches, variable, mainOf } from '../support/props';
import { plain, synth, tenantOf } from '../support/synth';
import type { Json, Synth } from '../support/synth';

const ingress = { namespace: { name: 'ingress' }, pods: { app: 'ingress' } } as const;
const by = (
  exposure: Exposure,
  peer: NonNullable<Environment['peers']>['ingress'] = ingress,
): Environment => ({
  ...plain,
  exposure,
  ...(peer && { peers: { ingress: peer } }),
});
const nginx = by({ kind: 'ingress', class: 'nginx' });
const gateway = { kind: 'gateway', gateway: { name: 'public', namespace: 'gateways' } } as const;

const host = 'shop.example.org';
const web = (expose: Expose, more: Partial<Web> = {}): Tenant =>
  tenantOf({ web: { command: ['serve'], port: 8000, expose, ...more } });
const flower = (asked: Partial<NonNullable<Tenant['flower']>>): Tenant =>
  tenantOf({ flower: { auth: { secret: 'flower', key: 'login' }, ...asked } });
const ingressOf = (o: Synth): Json => o.byKind('Ingress', 'web');
/** But for what Argo CD reads. */
const annotationsOf = ({ metadata }: Json): Json =>
  Object.fromEntries(Object.entries(metadata.annotations).filter(([name]) => !name.startsWith('argocd.')));
const routeOf = (o: Synth): Json => o.byKind('HTTPRoute', 'web');
const headers = (o: Synth): Json => mainOf('Deployment', 'web')(o).readinessProbe.httpGet.httpHeaders;

describe('what is exposed by an Ingress', () => {
  const all: Required<Expose> = {
    host: [host, '*.shop.example.org'],
    path: '/cart',
    tls: { secret: 'shop-tls' },
    annotations: { 'example.org/note': 'mine' },
  };

  reaches<typeof all>(
    {
      host: [
        (o) => ingressOf(o).spec.rules.map((rule: Json) => rule.host),
        [host, '*.shop.example.org'],
        [host],
      ],
      path: [
        (o) => {
          const [{ path, pathType }] = ingressOf(o).spec.rules[0].http.paths;
          return [path, pathType];
        },
        ['/cart', 'Prefix'],
        ['/', 'Prefix'],
      ],
      tls: [
        (o) => ingressOf(o).spec.tls,
        [{ hosts: [host, '*.shop.example.org'], secretName: 'shop-tls' }],
        undefined,
      ],
      annotations: [(o) => ingressOf(o).metadata.annotations?.['example.org/note'], 'mine', undefined],
    },
    once(() => synth(web(all), nginx)),
    once(() => synth(web({ host }), nginx)),
  );

  test('leads to the port of its Service, for each host', () => {
    const { rules } = ingressOf(synth(web(all), nginx)).spec;

    const backends = rules.map((rule: Json) => rule.http.paths[0].backend);
    const backend = { service: { name: 'web', port: { number: 8000 } } };
    expect(backends).toEqual([backend, backend]);
  });

  test.each([
    [{ issuer: 'letsencrypt' }, { 'cert-manager.io/cluster-issuer': 'letsencrypt' }, 'web-tls'],
    [{ issuer: 'own', kind: 'Issuer' }, { 'cert-manager.io/issuer': 'own' }, 'web-tls'],
    [true, {}, undefined],
  ] as const)('has its certificate from %j', (tls, annotations, secretName) => {
    const found = ingressOf(synth(web({ host, tls }), nginx));

    expect(annotationsOf(found)).toEqual(annotations);
    expect(found.spec.tls).toEqual([{ hosts: [host], ...(secretName && { secretName }) }]);
  });

  test('lies in an overlay: another host, no TLS, or not at all', () => {
    const over = (expose: Json): Synth =>
      synth(
        { ...web({ host, tls: { issuer: 'letsencrypt' } }), overlays: { [plain.name]: { web: { expose } } } },
        nginx,
      );

    const plainHttp = ingressOf(over({ host: 'staging.example.org', tls: false }));
    expect([plainHttp.spec.rules[0].host, plainHttp.spec.tls]).toEqual(['staging.example.org', undefined]);
    expect(ingressOf(over({ tls: { secret: 'mine' } })).spec.tls[0].secretName).toBe('mine');
    expect(over(false).find('Ingress', 'web')).toBeUndefined();
  });
});

describe('an environment with an ingress controller', () => {
  const all: Required<Extract<Exposure, { kind: 'ingress' }>> = {
    kind: 'ingress',
    class: 'nginx',
    tls: { issuer: 'letsencrypt' },
    annotations: { 'example.org/note': 'theirs', 'example.org/more': 'too' },
  };
  const annotation = (name: string) => (o: Synth) => ingressOf(o).metadata.annotations?.[name];

  reaches<Omit<typeof all, 'kind'>>(
    {
      class: [(o) => ingressOf(o).spec.ingressClassName, 'nginx', undefined],
      tls: [annotation('cert-manager.io/cluster-issuer'), 'letsencrypt', undefined],
      annotations: [annotation('example.org/note'), 'theirs', undefined],
    },
    once(() => synth(web({ host }), by(all))),
    once(() => synth(web({ host }), by({ kind: 'ingress' }))),
  );

  test('is less near than the process that is exposed', () => {
    const asked = { host, tls: { secret: 'own' }, annotations: { 'example.org/note': 'mine' } } as const;

    const found = ingressOf(synth(web(asked), by(all)));

    expect(annotationsOf(found)).toEqual({ 'example.org/note': 'mine', 'example.org/more': 'too' });
    expect(found.spec.tls[0].secretName).toBe('own');
  });

  test('has plain HTTP where a process says so', () => {
    expect(ingressOf(synth(web({ host, tls: false }), by(all))).spec.tls).toBeUndefined();
  });
});

describe('an environment with a Gateway', () => {
  const all: Required<Extract<Exposure, { kind: 'gateway' }>> = {
    kind: 'gateway',
    gateway: { name: 'public', namespace: 'gateways', section: 'https' },
    tls: true,
    annotations: { 'example.org/note': 'theirs' },
  };

  reaches<Omit<typeof all, 'kind'>>(
    {
      gateway: [
        (o) =>
          routeOf(o).spec.parentRefs.map((one: Json) => [one.kind, one.name, one.namespace, one.sectionName]),
        [['Gateway', 'public', 'gateways', 'https']],
        [['Gateway', 'public', 'gateways', undefined]],
      ],
      tls: [(o) => headers(o).map(({ name }: Json) => name), ['Host', 'X-Forwarded-Proto'], ['Host']],
      annotations: [(o) => annotationsOf(routeOf(o)), { 'example.org/note': 'theirs' }, {}],
    },
    once(() => synth(web({ host }), by(all))),
    once(() => synth(web({ host }), by(gateway))),
  );

  test('has a route with all hosts, the path with all below, and the Service', () => {
    const o = synth(web({ host: [host, 'www.example.org'], path: '/cart' }), by(gateway));

    expect(routeOf(o).spec).toMatchObject({
      hostnames: [host, 'www.example.org'],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/cart' } }],
          backendRefs: [{ group: '', kind: 'Service', name: 'web', port: 8000, weight: 1 }],
        },
      ],
    });
    expect(o.find('Ingress', 'web')).toBeUndefined();
  });
});

test('a process with a port is exposed as web is', () => {
  const ws = {
    command: ['daphne', 'acme.asgi'],
    port: 8001,
    expose: { host, path: '/ws', tls: true },
  } as const;

  const o = synth({ ...web({ host, tls: true }), processes: { ws } }, nginx);

  expect(o.byKind('Ingress', 'ws').spec.rules[0].http.paths).toEqual([
    { path: '/ws', pathType: 'Prefix', backend: { service: { name: 'ws', port: { number: 8001 } } } },
  ]);
  expect(mainOf('Deployment', 'ws')(o).readinessProbe.httpGet.httpHeaders).toEqual([
    { name: 'Host', value: host },
    { name: 'X-Forwarded-Proto', value: 'https' },
  ]);
});

test.each([
  ['Ingress', nginx],
  ['HTTPRoute', by(gateway)],
] as const)('an %s comes last, as Argo CD may wait for its address', (kind, environment) => {
  const wave = ({ metadata }: Json): number => Number(metadata.annotations['argocd.argoproj.io/sync-wave']);

  const o = synth({ ...web({ host }), migrate: { command: ['migrate'] } }, environment);

  expect(wave(o.byKind(kind, 'web'))).toBeGreaterThan(wave(o.byKind('Deployment', 'worker-default')));
  expect(wave(o.byKind(kind, 'web'))).toBe(Math.max(...o.all.map(wave)));
});

describe('who gets in', () => {
  /** All but that of the app's own programs. */
  const rulesOf = (o: Synth): Json => o.byKind('NetworkPolicy', 'to-web').spec.ingress.slice(0, -1);

  test('the ingress controller at the port of the process', () => {
    expect(rulesOf(synth(web({ host }), nginx))).toEqual([
      {
        from: [
          {
            namespaceSelector: { matchLabels: { name: 'ingress' } },
            podSelector: { matchLabels: { app: 'ingress' } },
          },
        ],
        ports: [{ port: 8000, protocol: 'TCP' }],
      },
    ]);
  });

  test('load balancers by their addresses', () => {
    const cidrs = ['10.20.0.0/24', '10.20.1.0/24'] as const;

    expect(rulesOf(synth(web({ host }), by({ kind: 'ingress' }, { cidrs })))).toEqual([
      { from: cidrs.map((cidr) => ({ ipBlock: { cidr } })), ports: [{ port: 8000, protocol: 'TCP' }] },
    ]);
  });

  test('the ingress at the pod of an ACME challenge, where an issuer may start one', () => {
    const solver = (tls: Expose['tls']) =>
      synth(web({ host, ...(tls !== undefined && { tls }) }), nginx).find('NetworkPolicy', 'to-acme-solver')
        ?.spec;

    expect(solver({ issuer: 'letsencrypt' })).toMatchObject({
      podSelector: { matchLabels: { 'acme.cert-manager.io/http01-solver': 'true' } },
      ingress: [{ ports: [{ port: 8089, protocol: 'TCP' }] }],
    });
    expect(solver({ secret: 'mine' })).toBeUndefined();
    expect(solver(true)).toBeUndefined();
  });

  test('the ingress also where somebody else makes the Ingress', () => {
    const o = synth(tenantOf({ web: { command: ['serve'], port: 8000 } }), nginx);

    expect([rulesOf(o).length, o.find('Ingress', 'web')]).toEqual([1, undefined]);
  });
});

describe('the health request of what is exposed', () => {
  const HOST = { name: 'Host', value: host };
  const HTTPS = { name: 'X-Forwarded-Proto', value: 'https' };

  test.each([
    ['asks for its host, over plain HTTP', { host }, {}, [HOST]],
    ['says HTTPS where TLS is on', { host, tls: true }, {}, [HOST, HTTPS]],
    ['asks for the first host without a star', { host: ['*.example.org', host] }, {}, [HOST]],
    [
      'asks for the host that health says',
      { host },
      { health: { host: 'probe.example.org' } },
      [{ name: 'Host', value: 'probe.example.org' }],
    ],
    ['asks for none where any will do', { host, tls: true }, { health: { host: '*' } }, [HTTPS]],
    ['asks for none where all have a star', { host: '*.example.org' }, {}, undefined],
  ] as const)('%s', (_, expose, more, wanted) => {
    expect(headers(synth(web(expose, more), nginx))).toEqual(wanted);
  });
});

describe('Flower', () => {
  const main = mainOf('Deployment', 'flower');

  test('is served under the path of its way in', () => {
    const o = synth(flower({ expose: { host, path: '/flower' } }), nginx);

    expect(main(o).command).toContain('--url_prefix=flower');
    expect(main(o).readinessProbe.httpGet.path).toBe('/flower/healthcheck');
    expect(o.byKind('Ingress', 'flower').spec.rules[0].http.paths[0].path).toBe('/flower');
  });

  test('has its login from two keys', () => {
    const o = synth(flower({ auth: { secret: 'login', user: 'name', password: 'word' } }));

    const { env } = main(o);
    const names = env.map(({ name }: Json) => name);
    expect(variable(main(o), 'FLOWER_BASIC_AUTH')).toBe('$(STALK_FLOWER_USER):$(STALK_FLOWER_PASSWORD)');
    expect(
      ['STALK_FLOWER_USER', 'STALK_FLOWER_PASSWORD'].map(
        (name) => env.find((one: Json) => one.name === name).valueFrom.secretKeyRef,
      ),
    ).toEqual([
      { name: 'login', key: 'name' },
      { name: 'login', key: 'word' },
    ]);
    expect(names.indexOf('STALK_FLOWER_PASSWORD')).toBeLessThan(names.indexOf('FLOWER_BASIC_AUTH'));
  });

  test('has both keys in a cluster to throw away', () => {
    const disposable: Environment = { ...plain, disposable: true, secrets: { strategy: 'literal' } };

    const o = synth(flower({ auth: { secret: 'login', user: 'name', password: 'word' } }), disposable);

    expect(Object.keys(o.byKind('Secret', 'login').stringData)).toEqual(['name', 'word']);
  });

  test('takes two keys in place of one in an overlay', () => {
    const auth = { user: 'name', password: 'word' } as const;

    const o = synth({ ...flower({}), overlays: { [plain.name]: { flower: { auth } } } });

    expect(main(o).env.find((one: Json) => one.name === 'STALK_FLOWER_USER').valueFrom.secretKeyRef).toEqual({
      name: 'flower',
      key: 'name',
    });
  });

  test('behind a proxy asks nobody, answers no API, and only the ingress reaches it', () => {
    const annotations = { 'nginx.ingress.kubernetes.io/auth-url': 'https://sso.example.org/auth' };

    const o = synth(flower({ auth: 'proxy', expose: { host, annotations } }), nginx);

    expect(variable(main(o), 'FLOWER_BASIC_AUTH')).toBeUndefined();
    expect(variable(main(o), 'FLOWER_UNAUTHENTICATED_API')).toBeUndefined();
    expect(annotationsOf(o.byKind('Ingress', 'flower'))).toEqual(annotations);
    expect(o.byKind('NetworkPolicy', 'to-flower').spec.ingress).toHaveLength(1);
  });
});
