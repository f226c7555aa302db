// What is looked at to tell whether a pod has started, may work, or needs a restart.

import { k8s } from 'cdk8s-plus-27';
import type { ContainerProps } from '../kube';
import type { ProbeDefaults } from '../spec/defaults';
import { seconds } from '../spec/units';
import type { ProbeTiming } from '../spec/compute';

type Probes = NonNullable<ContainerProps['probes']>;

/** After this long without a touch, a worker or beat hangs: minutes, so that a busy node is not mistaken for one. */
const STALE_MINUTES = 5;

/** Twelve times as long as a worker takes between two touches, twice as long as beat: a file of the container before is older. */
const FRESH_MINUTES = 1;

/** Folder of the files that the loader touches. */
export const RUN_DIR = '/run/stalk';

/**
 * A worker consumes while `consuming` is there, and lives while it touches `alive`: also while it looks for its broker,
 * as a restart does not bring that back. `busy` is how many seconds a task may keep it from that.
 */
export const consumes = (timing: ProbeDefaults, busy: number): Probes => byFile('consuming', timing, busy);

/** Beat ticks, or tries to send what is due. */
export const ticks = (timing: ProbeDefaults): Probes => byFile('ticking', timing, 0);

function byFile(name: string, timing: ProbeDefaults, busy: number): Probes {
  return each(timing, {
    startup: exec(touched(name, FRESH_MINUTES)),
    readiness: exec(['test', '-f', `${RUN_DIR}/${name}`]),
    liveness: exec(touched('alive', STALE_MINUTES + Math.ceil(busy / 60))),
  });
}

const touched = (name: string, minutes: number): string[] => [
  'sh',
  '-c',
  `test -n "$(find ${RUN_DIR} -name ${name} -mmin -${minutes})"`,
];

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
