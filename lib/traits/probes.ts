// Probes as Kubernetes takes them.

import { k8s } from 'cdk8s-plus-27';
import type { ContainerProps } from '../kube';
import type { HealthLook, Look, ProcessProbes } from '../plan/process';
import type { ProbeDefaults } from '../spec/compute';
import type { ProbeTiming } from '../spec/compute';
import { seconds } from '../spec/units';

type KubeProbes = NonNullable<ContainerProps['probes']>;

/** `port` is that of the container by its name, or another one of the pod by its number. */
export const probesOf = (
  { startup, readiness, liveness }: ProcessProbes,
  port: string | number,
): KubeProbes => ({
  startupProbe: { ...action(startup.look, port), ...times(startup) },
  ...(readiness && { readinessProbe: { ...action(readiness.look, port), ...times(readiness) } }),
  livenessProbe: { ...action(liveness.look, port), ...times(liveness) },
});

function action(look: Look, at: string | number): k8s.Probe {
  const port = portOf(at);
  if (look === 'port') return { tcpSocket: { port } };
  return 'path' in look ? { httpGet: request(look, port) } : { exec: { command: [...look.program] } };
}

const portOf = (port: string | number): k8s.IntOrString =>
  typeof port === 'string' ? k8s.IntOrString.fromString(port) : k8s.IntOrString.fromNumber(port);

function request({ path, headers, port, scheme }: HealthLook, own: k8s.IntOrString): k8s.HttpGetAction {
  const sent = Object.entries(headers).map(([name, value]) => ({ name, value }));
  return {
    path,
    port: port === undefined ? own : portOf(port),
    ...(scheme === 'https' && { scheme: 'HTTPS' }),
    ...(sent.length > 0 && { httpHeaders: sent }),
  };
}

/** Redis answers; while it loads its data it is alive and not ready. */
export function answers(script: string, timing: ProbeDefaults): KubeProbes {
  const asked = (verb: string): Look => ({ program: ['sh', script, verb] });
  const { startup, readiness, liveness } = timing;
  return probesOf(
    {
      startup: { ...startup, look: asked('start') },
      readiness: { ...readiness, look: asked('ready') },
      liveness: { ...liveness, look: asked('live') },
    },
    'redis',
  );
}

function times(timing: Required<ProbeTiming>): k8s.Probe {
  const initial = seconds(timing.initialDelay);
  return {
    ...(initial > 0 && { initialDelaySeconds: initial }),
    periodSeconds: seconds(timing.period),
    timeoutSeconds: seconds(timing.timeout),
    failureThreshold: timing.failures,
  };
}
