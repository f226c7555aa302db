// Producers: programs of other namespaces that send tasks to a tenant's broker, and reach nothing else.

import { judge, renderedLeaves } from '../../lib/laws';
import type { Environment, Tenant } from '../../lib/spec';
import { saysOf, tenantWith } from '../spec/helpers';
import { broker, plain, platformOf, synth, tenantOf } from '../support/synth';
import type { Json, Synth } from '../support/synth';

const withBroker: Environment = { ...plain, brokers: { main: { topology: 'standalone' } } };
const producers = { checkout: { namespace: 'shop', pods: { app: 'checkout' } } };
const dedicated = { topology: 'standalone' } as const;
const own = tenantOf({ broker: dedicated, producers });
const guest = tenantOf({ name: 'guest', broker: { shared: 'main' }, producers });

const CHECKOUT = {
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
  podSelector: { matchLabels: { app: 'checkout' } },
};

/** Who reaches Redis, by port. */
const clientsIn = (objects: Synth): readonly Json[] =>
  objects
    .byKind('NetworkPolicy', 'redis')
    .spec.ingress.filter((rule: Json) =>
      rule.from.some((peer: Json) => JSON.stringify(peer) === JSON.stringify(CHECKOUT)),
    );
const judged = (tenants: readonly Tenant[], environment: Environment) =>
  judge(renderedLeaves(platformOf(environment, tenants))).map(({ text }) => text);

test('are let in to a broker of the tenant’s own, at the port of Redis', () => {
  expect(clientsIn(synth(own, plain)).map(({ ports }: Json) => ports)).toEqual([
    [{ port: 6379, protocol: 'TCP' }],
  ]);
});

test('are let in to a shared broker, beside its guests', () => {
  expect(clientsIn(broker('main', withBroker, [guest]))).toHaveLength(1);
  expect(
    clientsIn(broker('main', withBroker, [tenantOf({ name: 'guest', broker: { shared: 'main' } })])),
  ).toEqual([]);
});

test('change no object but that policy', () => {
  const without = synth(tenantOf({ broker: dedicated }), plain).all.filter(
    ({ kind }) => kind !== 'NetworkPolicy',
  );

  expect(synth(own, plain).all.filter(({ kind }) => kind !== 'NetworkPolicy')).toEqual(without);
});

test('keep every law, with a broker of their own, a shared one and sentinels', () => {
  const guarded = tenantOf({ producers, broker: { topology: 'sentinel', replicas: 2 } });

  expect(judged([own], plain)).toEqual([]);
  expect(judged([guest], withBroker)).toEqual([]);
  expect(judged([guarded], plain)).toEqual([]);
});

test('a policy that leaves one out, or lets in more, breaks the law', () => {
  const leaves = renderedLeaves(platformOf(plain, [own]));
  const policies = leaves.flatMap(({ manifests }) =>
    manifests.filter(({ kind }) => kind === 'NetworkPolicy'),
  );
  const redis = policies.find((one) => JSON.stringify(one).includes('checkout')) as Json;
  const rule = redis.spec.ingress.find((one: Json) => JSON.stringify(one).includes('checkout'));

  rule.from = rule.from.filter((peer: Json) => !JSON.stringify(peer).includes('checkout'));
  expect(judge(leaves).map(({ text }) => text)).toEqual([
    expect.stringMatching(/redis must let .*checkout.* in at 6379, got nothing/),
  ]);

  rule.from = [{ ...CHECKOUT, podSelector: { matchLabels: { app: 'till' } } }, ...rule.from];
  expect(
    judge(leaves)
      .map(({ text }) => text)
      .join('\n'),
  ).toMatch(/till.*which no peer of the environment names/);
});

test('are elsewhere, and before a broker that Stalk runs', () => {
  const here = { checkout: { namespace: 'acme', pods: { app: 'checkout' } } };
  const external = { topology: 'external', host: 'redis.example.com', cidrs: ['10.9.0.7/32'] };

  expect(saysOf([tenantWith({ producers: here })])).toEqual([
    'producers.checkout.namespace must be another namespace than that of the tenant, got "acme"; say the program in processes',
  ]);
  expect(saysOf([tenantWith({ producers, broker: external })]).join('\n')).toContain(
    'producers must not be given with a broker that somebody else runs',
  );
});
