// The examples of docs/pods.md, rendered: what the page promises, and every law.

import * as aws from '../../docs/examples/pods-aws';
import * as azure from '../../docs/examples/pods-azure';
import * as costs from '../../docs/examples/pods-costs';
import * as gcp from '../../docs/examples/pods-gcp';
import * as gpu from '../../docs/examples/pods-gpu';
import * as openshift from '../../docs/examples/pods-openshift';
import * as spot from '../../docs/examples/pods-spot';
import * as token from '../../docs/examples/pods-token';
import { judge, renderedLeaves } from '../../lib/laws';
import type { Environment, Tenant } from '../../lib/spec';
import { broker, plain, platformOf, synth, tenantOf } from '../support/synth';
import type { Json, Synth } from '../support/synth';

const podOf = (o: Synth, name: string): Json => o.byKind('Deployment', name).spec.template.spec;

const EXAMPLES: readonly (readonly [string, Tenant, Environment])[] = [
  ['aws', aws.tenant, plain],
  ['gcp', gcp.tenant, plain],
  ['azure', azure.tenant, plain],
  ['token', token.tenant, plain],
  ['gpu', gpu.tenant, plain],
  ['spot', tenantOf(), spot.production],
  ['costs', costs.tenant, plain],
  ['openshift', openshift.tenant, openshift.openshift],
];

test.each(EXAMPLES)('the example %s holds every law', (_, tenant, environment) => {
  expect(judge(renderedLeaves(platformOf(environment, [tenant]))).map(({ text }) => text)).toEqual([]);
});

test.each([
  ['aws', aws.tenant, 'eks.amazonaws.com/role-arn'],
  ['gcp', gcp.tenant, 'iam.gke.io/gcp-service-account'],
  ['azure', azure.tenant, 'azure.workload.identity/client-id'],
] as const)('pods of %s are known to their cloud, without a token of the cluster', (_, tenant, key) => {
  const o = synth(tenant);

  expect(o.byKind('ServiceAccount', 'app').metadata.annotations[key]).toBeDefined();
  expect(podOf(o, 'worker-default')).toMatchObject({
    serviceAccountName: 'app',
    automountServiceAccountToken: false,
  });
});

test('web alone has a token', () => {
  const o = synth(token.tenant);

  expect(['web', 'worker-default'].map((name) => podOf(o, name).automountServiceAccountToken)).toEqual([
    true,
    false,
  ]);
});

test('one pool has a GPU and room for models', () => {
  const { containers } = podOf(synth(gpu.tenant), 'worker-gpu');

  expect(containers[0].resources.limits).toMatchObject({
    'nvidia.com/gpu': '1',
    'ephemeral-storage': '21Gi',
  });
});

test('apps bear spot nodes, and the broker has its own', () => {
  const app = podOf(synth(tenantOf(), spot.production), 'worker-default');
  const redis = broker('main', spot.production, [tenantOf()]).byKind('StatefulSet', 'redis').spec.template
    .spec;

  expect(app.tolerations.map(({ key }: Json) => key)).toContain('example.com/spot');
  expect(redis.nodeSelector).toEqual({ 'example.com/pool': 'redis' });
  expect(redis.tolerations.map(({ key }: Json) => key)).toEqual(['example.com/pool']);
});

test('every object and every pod says who pays', () => {
  const { all } = synth(costs.tenant);

  const worn = all.flatMap(({ metadata, spec }) => [
    metadata.labels,
    ...(spec?.template ? [spec.template.metadata.labels] : []),
  ]);
  expect(worn.filter((labels: Json) => labels['example.com/cost-centre'] !== 'c-42')).toEqual([]);
});

test('OpenShift finds no user', () => {
  expect(
    podOf(synth(openshift.tenant, openshift.openshift), 'worker-default').securityContext,
  ).not.toHaveProperty('runAsUser');
});
