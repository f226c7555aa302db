// Health checks from the probes of a plan. Compose has one for each service: whether it may work.

import type { HealthLook, Look, ProcessProbes } from '../plan/process';
import type { ProbeDefaults } from '../spec/compute';
import { seconds } from '../spec/units';
import { dollarsDoubled } from './texts';

export interface HealthCheck {
  readonly test: readonly string[];
  readonly interval: string;
  readonly timeout: string;
  readonly retries: number;
  /** In which a failure does not count. */
  readonly start_period: string;
}

/** Ready is what others wait for; a process that nobody sends work is ready when it has started. */
export function healthOf({ startup, readiness }: ProcessProbes, port: number | undefined): HealthCheck {
  const asked = readiness ? readiness : startup;
  return timed(startup, asked, programOf(asked.look, port));
}

export const redisHealth = ({ startup, readiness }: ProbeDefaults, script: string): HealthCheck =>
  timed(startup, readiness, ['sh', script, 'ready']);

type Timing = ProbeDefaults['readiness'];

function timed(startup: Timing, asked: Timing, program: readonly string[]): HealthCheck {
  const patience = seconds(startup.initialDelay) + seconds(startup.period) * startup.failures;
  return {
    test: ['CMD', ...program.map(dollarsDoubled)],
    interval: asked.period,
    timeout: asked.timeout,
    retries: asked.failures,
    start_period: `${patience}s`,
  };
}

function programOf(look: Look, own: number | undefined): readonly string[] {
  if (look === 'port') return python(`import socket; socket.create_connection(("127.0.0.1", ${own}))`);
  return 'program' in look ? look.program : python(request(look, look.port === undefined ? own : look.port));
}

/** The image of every app has it; curl and wget, few. */
const python = (program: string): readonly string[] => ['python3', '-c', program];

/** As the kubelet asks: any certificate will do, and a redirection is an answer. */
function request({ path, headers, scheme }: HealthLook, port: number | undefined): string {
  const kind = scheme === 'https' ? 'HTTPSConnection' : 'HTTPConnection';
  const more = scheme === 'https' ? ', context=ssl._create_unverified_context()' : '';
  return [
    'import http.client, ssl, sys',
    `asked = http.client.${kind}("127.0.0.1", ${port}${more})`,
    `asked.request("GET", ${JSON.stringify(path)}, headers=${JSON.stringify(headers)})`,
    'sys.exit(not 200 <= asked.getresponse().status < 400)',
  ].join('; ');
}
