// What is wrong with a way in from outside, in the words of its author; and what just holds.

import type { Tenant } from '../../lib/spec';
import { exposeRules } from '../../lib/spec/rules/expose';
import { environmentWith, saysOf, tenantWith } from './helpers';
import type { Change, Row } from './helpers';

const ingress = { namespace: { name: 'ingress' }, pods: { app: 'ingress' } };
const byIngress = { peers: { ingress }, exposure: { kind: 'ingress', class: 'nginx' } };
const byGateway = {
  peers: { ingress },
  exposure: { kind: 'gateway', gateway: { name: 'public', namespace: 'gateways' }, tls: true },
};
const host = 'shop.example.org';
const web = (expose: object): Change => ({ web: { command: ['serve'], port: 8000, expose } });
const flower = (change: object): Change => ({
  flower: { auth: { secret: 'flower', key: 'auth' }, ...change },
});
const way = (change: object): Change => ({ exposure: { kind: 'ingress', class: 'nginx', ...change } });
const peerOf = (peer: object): Change => ({ peers: { ingress: peer } });

const RULES: readonly Row[] = [
  {
    rule: 'what is exposed finds a way in',
    broken: web({ host }),
    says: `web.expose must find a way in from outside, and environment "dev" has no exposure and no peers.ingress, got "shop.example.org"; write exposure: { kind: 'ingress', class: … } and peers: { ingress: … } in the environment, or expose: false in the overlay of "dev"`,
    held: web(false as never),
  },
  {
    rule: 'what is exposed finds a way in',
    broken: flower({ expose: { host } }),
    where: { peers: { ingress } },
    says: `flower.expose must find a way in from outside, and environment "dev" has no exposure, got "shop.example.org"; write exposure: { kind: 'ingress', class: … } in the environment, or expose: false in the overlay of "dev"`,
    held: flower({}),
  },
  {
    rule: 'what is exposed finds a way in',
    broken: { ...web({ host }), overlays: { dev: { web: { expose: { path: '/shop' } } } } },
    where: { exposure: byIngress.exposure },
    says: `web.expose must find a way in from outside, and environment "dev" has no peers.ingress, got "shop.example.org"; write peers: { ingress: … } in the environment, or expose: false in the overlay of "dev"`,
    held: { ...web({ host }), overlays: { dev: { web: { expose: false } } } },
  },
  {
    rule: 'what is exposed finds a way in',
    broken: { processes: { ws: { command: ['daphne'], port: 8001, expose: { host } } } },
    says: `processes.ws.expose must find a way in from outside, and environment "dev" has no exposure and no peers.ingress, got "shop.example.org"; write exposure: { kind: 'ingress', class: … } and peers: { ingress: … } in the environment, or expose: false in the overlay of "dev"`,
    held: { processes: { ws: { command: ['daphne'], port: 8001 } } },
  },
  {
    rule: 'behind a Gateway the certificate is its listener’s',
    broken: web({ host, tls: { secret: 'shop-tls' } }),
    where: byGateway,
    says: 'web.expose.tls must be true or false in environment "dev": behind a Gateway its listener has the certificate, got {"secret":"…"}; write true, and let the platform give the listener a certificate for the host',
    held: web({ host, tls: false }),
  },
  {
    rule: 'an Ingress has one class',
    broken: web({ host, annotations: { 'kubernetes.io/ingress.class': 'gce' } }),
    where: byIngress,
    says: 'web.expose.annotations["kubernetes.io/ingress.class"] must be left out: the API server takes either the annotation or the class of exposure, got "gce"; remove it',
    held: web({ host, annotations: { 'ingress.example.org/class': 'gce' } }),
  },
  {
    rule: 'Flower answers where it is exposed',
    broken: flower({ urlPrefix: 'flower', expose: { host } }),
    where: byIngress,
    says: 'flower.urlPrefix must be the path of flower.expose, "", got "flower"; remove it: it follows from expose',
    held: flower({ urlPrefix: 'flower', expose: { host, path: '/flower' } }),
  },
  {
    rule: 'Flower is behind somebody',
    broken: flower({ auth: 'proxy' }),
    where: byIngress,
    says: 'flower.auth must be the login of a Secret where Flower has no expose: nobody is before it, got "proxy"; write expose: { host: … } beside it, or auth: { secret: …, key: … }',
    held: flower({
      auth: 'proxy',
      expose: { host, annotations: { 'nginx.ingress.kubernetes.io/auth-url': 'https://sso.example.org' } },
    }),
  },
  {
    rule: 'Flower is behind somebody',
    broken: flower({ auth: 'proxy', expose: { host } }),
    where: byIngress,
    says: 'flower.auth must be the login of a Secret where no annotation of its Ingress has the controller ask who is there, got "proxy"; write expose.annotations, such as \'nginx.ingress.kubernetes.io/auth-url\', or auth: { secret: …, key: … }',
    held: flower({ auth: { secret: 'flower', user: 'name', password: 'word' }, expose: { host } }),
  },
];

const FORMS: readonly Row[] = [
  ['host', 'https://Shop.example.org/cart', 'write "shop.example.org"'],
  ['host', 'shop.example.org:8443', 'write "shop.example.org"'],
  ['host', '.example.org', 'write "*.example.org"'],
  ['host', '*', 'write it like "shop.example.org"'],
  ['host', '10.0.0.7', 'write it like "shop.example.org"'],
].map(([prop = '', value, fix]) => ({
  rule: 'a name that requests ask for',
  where: byIngress,
  broken: web({ host, [prop]: value }),
  says: `web.expose.host must be a host name in lower case, without port and path; * may be its first label, got "${value}"; ${fix}`,
  held: web({ host: ['shop.example.org', '*.shop.example.org', 'localhost'] }),
}));

const PATHS: readonly Row[] = [
  ['shop/', 'write "/shop"'],
  ['/shop/*', 'write "/shop"'],
  ['/shop(/|$)(.*)', 'write it like "/shop"'],
  ['/a/../b', 'write it like "/shop"'],
].map(([path, fix]) => ({
  rule: 'a path',
  where: byIngress,
  broken: web({ host, path }),
  says: `web.expose.path must be a path from / on, without a slash at its end, a pattern or a query, got "${path}"; ${fix}`,
  held: web({ host, path: '/shop/v1.2' }),
}));

const OTHERS: readonly Row[] = [
  {
    rule: 'names are in a list of some',
    where: byIngress,
    broken: web({ host: [] }),
    says: 'web.expose.host must list at least one, got []; name one in [ ]',
    held: web({ host: [host] }),
  },
  {
    rule: 'what has no port cannot be exposed',
    where: byIngress,
    broken: { processes: { listener: { command: ['listen'], expose: { host } } } },
    says: 'processes.listener.expose must not be said of a process without a port, got {"host":"shop.example.org"}; write the port that it listens on beside it',
    held: { processes: { listener: { command: ['listen'], port: 8001, expose: { host } } } },
  },
  {
    rule: 'an issuer is said once',
    where: byIngress,
    broken: web({ host, annotations: { 'cert-manager.io/cluster-issuer': 'letsencrypt' } }),
    says: 'web.expose.annotations["cert-manager.io/cluster-issuer"] must be left to the prop that says the same, got "cert-manager.io/cluster-issuer"; write tls: { issuer: \'…\' }',
    held: web({ host, tls: { issuer: 'letsencrypt', kind: 'Issuer' } }),
  },
  {
    rule: 'an annotation is a text',
    where: byIngress,
    broken: web({ host, annotations: { 'example.org/size': 8 } }),
    says: 'web.expose.annotations["example.org/size"] must be a text, got 8; write "8"',
    held: web({ host, annotations: { 'example.org/size': '8' } }),
  },
  {
    rule: 'expose is looked for under other names',
    where: byIngress,
    broken: { web: { command: ['serve'], port: 8000, hostname: host } },
    says: 'web.hostname must be a known prop, got "shop.example.org"; write expose: { host: … }',
    held: web({ host }),
  },
  {
    rule: 'expose is looked for under other names',
    where: byIngress,
    broken: { ingress: { host } },
    says: 'ingress must be a known prop, got {"host":"shop.example.org"}; say expose: { host: … } in web or flower',
    held: web({ host }),
  },
];

describe('a way in', () => {
  const rows = [...RULES, ...FORMS, ...PATHS, ...OTHERS];

  test.each(rows)('fails with the words of its author: $rule: $says', ({ broken, says, where = {} }) => {
    expect(saysOf([tenantWith(broken)], environmentWith(where))).toEqual([says].flat());
  });

  test.each(rows)('holds at the border of: $rule ($held)', ({ held, where = {} }) => {
    expect(saysOf([tenantWith(held)], environmentWith(where))).toEqual([]);
  });

  test('has a row here for each of its rules', () => {
    const tried = new Set(RULES.map(({ rule }) => rule));

    expect(exposeRules.map(({ what }) => what).filter((what) => !tried.has(what))).toEqual([]);
  });
});

const ENVIRONMENTS: readonly Row[] = [
  {
    rule: 'an Ingress has one class',
    broken: way({ annotations: { 'kubernetes.io/ingress.class': 'gce' } }),
    says: 'exposure.annotations["kubernetes.io/ingress.class"] must be left out: the API server takes either the annotation or class, got "gce"; remove one of the two',
    held: { exposure: { kind: 'ingress', annotations: { 'kubernetes.io/ingress.class': 'gce' } } },
  },
  {
    rule: 'a kind that is known',
    broken: { exposure: { kind: 'httproute' } },
    says: 'exposure.kind must be one of "ingress", "gateway", got "httproute"; choose one of them',
    held: way({}),
  },
  {
    rule: 'a Gateway has its own certificate',
    broken: { exposure: { ...byGateway.exposure, tls: { issuer: 'letsencrypt' } } },
    says: 'exposure.tls must be one of true, false, got {"issuer":"letsencrypt"}; choose one of them',
    held: { exposure: byGateway.exposure },
  },
  {
    rule: 'a load balancer has addresses',
    broken: peerOf({ cidrs: ['0.0.0.0/0'] }),
    says: 'peers.ingress.cidrs[0] must be addresses of load balancers, not every address, got "0.0.0.0/0"; write the subnets that they stand in; those that pass on the address of the client cannot be told from others',
    held: peerOf({ cidrs: ['10.20.0.0/24', '130.211.0.0/22'] }),
  },
  {
    rule: 'a load balancer has addresses',
    broken: peerOf({ cidrs: ['10.20.0.7'] }),
    says: 'peers.ingress.cidrs[0] must be addresses with the length of their prefix, got "10.20.0.7"; write "10.20.0.7/32"',
    held: peerOf(ingress),
  },
];

describe('the way in of an environment', () => {
  test.each(ENVIRONMENTS)('fails with the words of its author: $rule: $says', ({ broken, says }) => {
    expect(saysOf([tenantWith({})], environmentWith(broken))).toEqual([says].flat());
  });

  test.each(ENVIRONMENTS)('holds at the border of: $rule', ({ held }) => {
    expect(saysOf([tenantWith({})], environmentWith(held))).toEqual([]);
  });
});

describe('ways in of several tenants', () => {
  const named = (name: string, change: Change): Tenant => tenantWith({ name, ...change });
  const where = environmentWith(byIngress);

  test('fail where two answer to one host and path', () => {
    const two = [
      named('acme', web({ host: ['www.example.org', host] })),
      named('globex', { ...flower({ expose: { host, path: '/flower' } }), ...web({ host }) }),
    ];

    expect(saysOf(two, where)).toEqual([
      'web.expose must leave "shop.example.org/" to web of tenant "acme", got "shop.example.org/" again; choose another host or path',
    ]);
  });

  test('fail where web and Flower of one tenant do', () => {
    const one = named('acme', { ...web({ host }), ...flower({ expose: { host } }) });

    expect(saysOf([one], where)).toEqual([
      'flower.expose must leave "shop.example.org/" to web of tenant "acme", got "shop.example.org/" again; choose another host or path',
    ]);
  });

  test('fail where web and another process of one tenant do', () => {
    const ws = { command: ['daphne'], port: 8001, expose: { host, path: '/ws' } };
    const one = named('acme', { ...web({ host, path: '/ws' }), processes: { ws } });

    expect(saysOf([one], where)).toEqual([
      'processes.ws.expose must leave "shop.example.org/ws" to web of tenant "acme", got "shop.example.org/ws" again; choose another host or path',
    ]);
  });

  test('may share a host, and a star beside it', () => {
    const three = [
      named('acme', { ...web({ host }), ...flower({ expose: { host, path: '/flower' } }) }),
      named('globex', web({ host: '*.example.org' })),
      named('initech', web({ host, path: '/initech' })),
    ];

    expect(saysOf(three, where)).toEqual([]);
  });
});

describe('a Django web', () => {
  const app = { dialect: 'django', image: 'shop/web:1', module: 'shop', djangoSettings: 'shop.settings' };

  test('says by expose which host its probe asks for', () => {
    expect(saysOf([tenantWith({ app, ...web({ host }) })], environmentWith(byIngress))).toEqual([]);
  });

  test('fails where expose names no host that a request could ask for', () => {
    const found = saysOf(
      [tenantWith({ app, ...web({ host: '*.example.org' }) })],
      environmentWith(byIngress),
    );

    expect(found).toEqual([expect.stringMatching(/^web\.health must say the host that the probe asks for/)]);
  });
});
