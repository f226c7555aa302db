// The form of a probe's timing.

import type { Probes, ProbeTiming } from '../compute';
import { duration, whole } from './kinds';
import { record } from './shapes';

const timing = record<ProbeTiming>({
  initialDelay: duration('0s'),
  period: duration(),
  timeout: duration(),
  failures: whole(1),
});

export const probes = record<Probes>({ startup: timing, readiness: timing, liveness: timing });
