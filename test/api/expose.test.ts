// A real API server takes what is exposed as it is rendered, fills nothing in, and takes every host and path that the rules take.

import { stringify } from 'yaml';
import type { Environment, Expose, Exposure } from '../../lib';
import type { Manifest } from '../../lib/output/manifest';
import { plain, synth, tenantOf } from '../support/synth';
import { fileOfModule, filesIn, installCrds } from './crds';
import { apply, asked, keyOf, kubectl, lines, served, states } from './kubectl';

const { KUBECONFIG, STALK_CRDS } = process.env;
if (!KUBECONFIG) console.warn('SKIPPED: set KUBECONFIG to a cluster that may be changed');

const NAME = 'stalk-exposed';
const ROUTES = 'httproutes.gateway.networking.k8s.io';
/** HTTPRoute is `v1` there since 1.0. */
const GATEWAY_API = 'sigs.k8s.io/gateway-api@v1.2.1';
const CRD = 'config/crd/standard/gateway.networking.k8s.io_httproutes.yaml';

const by = (exposure: Exposure): Environment => ({
  ...plain,
  exposure,
  peers: { ingress: { cidrs: ['10.30.0.0/24', 'fd00:30::/64'] } },
});
const ingress = by({ kind: 'ingress', class: 'nginx', tls: { issuer: 'letsencrypt' } });
const gateway = by({
  kind: 'gateway',
  gateway: { name: 'public', namespace: 'gateways', section: 'https' },
  tls: true,
});

const HOSTS = [
  'localhost',
  'shop.example.org',
  '*.shop.example.org',
  '1.example.org',
  'xn--bcher-kva.example',
] as const;
const PATHS = ['/', '/shop', '/v1.2/_a-b/~me'] as const;

/** All of a tenant whose web and Flower are exposed. */
function exposed(environment: Environment, path: Expose['path']): readonly Manifest[] {
  const more = path === undefined ? {} : { path };
  const tenant = tenantOf({
    name: NAME,
    web: { command: ['serve'], port: 8000, expose: { host: HOSTS, ...more } },
    flower: {
      auth: { secret: 'flower', user: 'name', password: 'word' },
      expose: { host: 'flower.example.org' },
    },
  });
  return synth(tenant, environment).all;
}

const documents = (manifests: readonly object[]): string =>
  manifests.map((one) => stringify(one)).join('---\n');

(KUBECONFIG ? describe : describe.skip)('what is exposed', () => {
  let installed: readonly string[] = [];
  beforeAll(() => {
    const route = fileOfModule(GATEWAY_API, CRD);
    installed = installCrds([...filesIn(STALK_CRDS), ...(route === undefined ? [] : [route])]);
  }, 120_000);
  afterAll(() => {
    kubectl(['delete', 'namespace', NAME, '--ignore-not-found', '--wait=false']);
    if (installed.length > 0) asked('delete', 'crd', ...installed);
  }, 120_000);

  const accepted = (manifests: readonly Manifest[]): void => {
    const { code, errors } = apply(['-f', '-'], documents(manifests));
    expect([code, errors]).toEqual([0, '']);
  };

  test.each(PATHS)(
    'by an Ingress is taken without a warning, at %s',
    (path) => {
      accepted(exposed(ingress, path));
    },
    60_000,
  );

  test('by a route is taken as well, and nothing in it is filled in', () => {
    const there = lines(asked('get', 'crd', '-o', 'name')).some((name) => name.endsWith(`/${ROUTES}`));
    if (!there) {
      console.warn(
        `SKIPPED: the cluster has no ${ROUTES}; install go, which fetches ${GATEWAY_API}, or put its file into the folder that STALK_CRDS names`,
      );
      return;
    }
    for (const path of PATHS) {
      const manifests = exposed(gateway, path);
      const routes = manifests.filter(({ kind }) => kind === 'HTTPRoute');

      accepted(manifests);

      const found = served(routes);
      expect(routes.map((route) => found.get(keyOf(route))?.spec)).toEqual(routes.map(({ spec }) => spec));
      const before = states(found, routes.map(keyOf));
      accepted(routes);
      expect(states(served(routes), routes.map(keyOf))).toEqual(before);
    }
  }, 60_000);
});
