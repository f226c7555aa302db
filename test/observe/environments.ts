// Environments that are watched, for tests.

import type { Environment, Monitoring } from '../../lib/spec';
import { plain } from '../support/synth';

export const PROMETHEUS = {
  namespace: { 'kubernetes.io/metadata.name': 'monitoring' },
  pods: { 'app.kubernetes.io/name': 'prometheus' },
};

const MONITORING: Readonly<Record<Monitoring['kind'], Monitoring>> = {
  operator: { kind: 'operator', namespace: 'monitoring', labels: { release: 'prometheus' } },
  annotations: { kind: 'annotations', namespace: 'monitoring' },
};

export type Watched = Environment & { readonly monitoring: Monitoring };

/** An environment with the one shared broker, or the same as another, that is watched. */
export const watched = (kind: Monitoring['kind'], under: Environment = plain): Watched => ({
  ...under,
  peers: { ...under.peers, prometheus: PROMETHEUS },
  monitoring: MONITORING[kind],
});
