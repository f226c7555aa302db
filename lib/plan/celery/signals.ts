// What a process tells of itself, and when it is looked at to learn whether it has started, may work, or needs a restart.

import type { ProbeDefaults } from '../../spec/compute';
import type { HealthLook, Look, ProcessProbes, Process } from '../process';
import { RUN_DIR } from './paths';

type Watched = Required<Pick<Process, 'signal'>> & { readonly probes: Required<ProcessProbes> };

/** After this long without a touch, a worker or beat hangs: minutes, so that a busy node is not mistaken for one. */
const STALE_MINUTES = 5;

/** Twelve times as long as a worker takes between two touches, twice as long as beat: a file of the container before is older. */
const FRESH_MINUTES = 1;

/**
 * A worker consumes while `consuming` is there, and lives while it touches `alive`: also while it looks for its broker,
 * as a restart does not bring that back. `busy` is how many seconds a task may keep it from that.
 */
export const consumes = (timing: ProbeDefaults, busy: number): Watched => byFile('consuming', timing, busy);

/** Beat ticks, or tries to send what is due. */
export const ticks = (timing: ProbeDefaults): Watched => byFile('ticking', timing, 0);

const ALIVE = 'alive';

const byFile = (name: string, timing: ProbeDefaults, busy: number): Watched => ({
  signal: { working: `${RUN_DIR}/${name}`, alive: `${RUN_DIR}/${ALIVE}` },
  probes: looksAt(timing, {
    startup: touched(name, FRESH_MINUTES),
    readiness: { program: ['test', '-f', `${RUN_DIR}/${name}`] },
    liveness: touched(ALIVE, STALE_MINUTES + Math.ceil(busy / 60)),
  }),
});

const touched = (name: string, minutes: number): Look => ({
  program: ['sh', '-c', `test -n "$(find ${RUN_DIR} -name ${name} -mmin -${minutes})"`],
});

/** Ready when it answers; alive when the port accepts: a slow database is no reason to restart a server. */
export const serves = (health: HealthLook, timing: ProbeDefaults): Watched => ({
  signal: { health: health.path },
  probes: looksAt(timing, { startup: health, readiness: health, liveness: 'port' }),
});

/** Asked as everybody asks: by the port of the companion that takes its requests, unless it has one for this alone. */
export function askedThrough(front: number, probes: ProcessProbes): ProcessProbes {
  const { startup, readiness } = probes;
  const through = <T extends { readonly look: Look }>(probe: T): T =>
    typeof probe.look === 'object' && 'path' in probe.look
      ? { ...probe, look: { port: front, ...probe.look } }
      : probe;
  return { ...probes, startup: through(startup), ...(readiness && { readiness: through(readiness) }) };
}

/** Nobody sends it work, so it is ready once it has started; what does not end well is started again. */
export function ends(program: readonly string[], timing: ProbeDefaults): Pick<Process, 'probes'> {
  const look = { program };
  return {
    probes: { startup: { ...timing.startup, look }, liveness: { ...timing.liveness, look } },
  };
}

export const looksAt = (
  timing: ProbeDefaults,
  looks: Readonly<Record<keyof ProbeDefaults, Look>>,
): Required<ProcessProbes> => ({
  startup: { ...timing.startup, look: looks.startup },
  readiness: { ...timing.readiness, look: looks.readiness },
  liveness: { ...timing.liveness, look: looks.liveness },
});
