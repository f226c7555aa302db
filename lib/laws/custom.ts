// Objects of operators, as far as the laws read them: their schemas are their own, so other fields are let through.

import type { Fields } from './kubernetes';
import { apiVersionOf } from './versions';

const TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Certificate: { spec: 'CertificateSpec' },
  CertificateSpec: { secretName: 'string', dnsNames: 'string[]', issuerRef: 'IssuerRef', usages: 'string[]' },
  IssuerRef: { name: 'string', kind: 'string', group: 'string' },
  ExternalSecret: { spec: 'ExternalSecretSpec' },
  ExternalSecretSpec: { target: 'Named', data: 'Fetched[]', dataFrom: 'Extracted[]' },
  Fetched: { secretKey: 'string', remoteRef: 'RemoteRef' },
  RemoteRef: { key: 'string', property: 'string' },
  Extracted: { extract: 'RemoteRef' },
  HTTPRoute: { spec: 'HTTPRouteSpec' },
  HTTPRouteSpec: { parentRefs: 'Referred[]', hostnames: 'string[]', rules: 'RouteRule[]' },
  RouteRule: { matches: 'RouteMatch[]', backendRefs: 'Referred[]' },
  RouteMatch: { path: 'RoutePath' },
  RoutePath: { type: 'string', value: 'string' },
  Referred: { kind: 'string', name: 'string', namespace: 'string', port: 'number' },
  Password: {},
  PodMonitor: { spec: 'PodMonitorSpec' },
  PodMonitorSpec: {
    namespaceSelector: 'NamespaceSelector',
    selector: 'Selector',
    podMetricsEndpoints: 'MetricsEndpoint[]',
  },
  NamespaceSelector: { any: 'any', matchNames: 'string[]' },
  Selector: { matchLabels: '{ [key: string]: string }', matchExpressions: 'Expression[]' },
  Expression: { key: 'string', operator: 'string', values: 'string[]' },
  MetricsEndpoint: { port: 'string', relabelings: 'any' },
  PrometheusRule: {},
  ScaledObject: { spec: 'ScaledObjectSpec' },
  ScaledObjectSpec: {
    scaleTargetRef: 'Named',
    maxReplicaCount: 'number',
    cooldownPeriod: 'number',
    triggers: 'Trigger[]',
    advanced: 'Advanced',
    fallback: 'any',
  },
  Named: { name: 'string' },
  Trigger: {
    name: 'string',
    type: 'string',
    metadata: '{ [key: string]: any }',
    authenticationRef: 'Named',
  },
  Advanced: { scalingModifiers: 'ScalingModifiers' },
  ScalingModifiers: { formula: 'string', target: 'any', activationTarget: 'any' },
  TriggerAuthentication: { spec: 'TriggerAuthenticationSpec' },
  TriggerAuthenticationSpec: { configMapTargetRef: 'Parameter[]', secretTargetRef: 'Parameter[]' },
  Parameter: { parameter: 'string', name: 'string', key: 'string' },
};

/** Keeps these types apart from those of Kubernetes. */
const OURS = 'custom:';

export const typeOfCustom = (apiVersion: string, kind: string): string | undefined =>
  Object.hasOwn(TYPES, kind) && apiVersionOf(kind) === apiVersion ? `${OURS}${kind}` : undefined;

export const isCustom = (type: string): boolean => type.startsWith(OURS);

const ATOMS = /^(string|number|any|\{.*\})(\[\])?$/;

export function customFields(type: string): Fields {
  const fields = Object.entries({ ...TYPES[type.slice(OURS.length)] });
  const own: Fields = new Map(
    fields.map(([name, spelled]) => [
      name,
      { type: ATOMS.test(spelled) ? spelled : `${OURS}${spelled}`, required: false },
    ]),
  );
  return new Map([['metadata', { type: 'ObjectMeta', required: false }], ...own]);
}
