// What is looked at to tell whether a pod has started, may work, or needs a restart.

import { k8s } from 'cdk8s-plus-27';
import type { ContainerProps } from '../kube';
import type { ProbeDefaults } from '../spec/defaults';
import { seconds } from '../spec/units';
import type { ProbeTiming } from '../spec/compute';

type Probes = NonNullable<ContainerProps['probes']>;

/** After this long without a touch, a worker or beat hangs: minutes, so that a busy node is not mistaken for one. */
const STALE_MINUTES = 5;

/** Folder of the files that the loader touches. */
export const RUN_DIR = '/run/stalk';

/**
 * A worker consumes while `consuming` is there; a stale one means that it hangs. A file that is gone is no reason to
 * restart: the worker has told us that its broker is away, and waits.
 */
export const consumes = (timing: ProbeDefaults): Probes => byFile('consuming', timing);

/** Beat has no connection to wait for between two sends, so its file only ever gets stale. */
export const ticks = (timing: ProbeDefaults): Probes => byFile('ticking', timing);

function byFile(name: string, timing: ProbeDefaults): Probes {
  const file = `${RUN_DIR}/${name}`;
  const there = ['test', '-f', file];
  return each(timing, {
    startup: exec(there),
    readiness: exec(there),
    liveness: exec(['sh', '-c', `test -z "$(find ${RUN_DIR} -name ${name} -mmin +${STALE_MINUTES})"`]),
  });
}

/** Ready when the path answers; alive when the port accepts: a slow database is no reason to restart a server. */
export const serves = (path: string, port: string, timing: ProbeDefaults): Probes =>
  each(timing, {
    startup: { httpGet: { path, port: k8s.IntOrString.fromString(port) } },
    readiness: { httpGet: { path, port: k8s.IntOrString.fromString(port) } },
    liveness: { tcpSocket: { port: k8s.IntOrString.fromString(port) } },
  });

/** Redis answers; while it loads its data it is alive and not ready. */
export const answers = (script: string, timing: ProbeDefaults): Probes =>
  each(timing, {
    startup: exec(['sh', script, 'start']),
    readiness: exec(['sh', script, 'ready']),
    liveness: exec(['sh', script, 'live']),
  });

const exec = (command: readonly string[]): k8s.Probe => ({ exec: { command: [...command] } });

const each = (timing: ProbeDefaults, looks: Readonly<Record<keyof ProbeDefaults, k8s.Probe>>): Probes => ({
  startupProbe: { ...looks.startup, ...times(timing.startup) },
  readinessProbe: { ...looks.readiness, ...times(timing.readiness) },
  livenessProbe: { ...looks.liveness, ...times(timing.liveness) },
});

function times(timing: Required<ProbeTiming>): k8s.Probe {
  const initial = seconds(timing.initialDelay);
  return {
    ...(initial > 0 && { initialDelaySeconds: initial }),
    periodSeconds: seconds(timing.period),
    timeoutSeconds: seconds(timing.timeout),
    failureThreshold: timing.failures,
  };
}
