// What the rules say about an adopted tenant, in an environment that has what it asks for.

import type { Environment, Tenant } from '../spec';
import { check, problemLines } from '../spec/rules';

const PODS = { namespace: { 'kubernetes.io/metadata.name': 'x' }, pods: { app: 'x' } };

/** Nobody's: secrets that somebody makes, a storage class, the autoscaler, a way in. */
const ANY: Environment = {
  name: 'any',
  storageClass: 'standard',
  secrets: { strategy: 'existing' },
  peers: { keda: PODS, ingress: PODS, prometheus: PODS },
  exposure: { kind: 'ingress' },
};

/** Sentences: path, wanted, got, fix. */
export const findingsOf = (tenant: Tenant): readonly string[] =>
  problemLines(check([tenant], ANY, [ANY.name]).problems, [ANY.name]).map(({ text }) =>
    text.replace(/^tenant "[^"]*": /, ''),
  );
