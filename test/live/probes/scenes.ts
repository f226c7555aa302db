/** The states that a worker and a beat may be in, one after another. */
import { writeFileSync } from 'node:fs';
import type { Json } from '../../support/synth';
import { answerOf } from '../isolation/pods';
import type { LiveRedis } from '../isolation/redis';
import { sleep } from '../redis-server';
import { passes } from './kubelet';
import { DAY, type Program, type Row, lasting } from './programs';
import { type PoolType, SLOTS, queueOf } from './tenants';

/** State and what was found in it, in the order of the page. */
export type Found = readonly (readonly [string, Row])[];

/** Seconds within which a worker that looks for its broker finds it again: kombu waits longer each time. */
const AGAIN = 45;

/** Waits until all are ready, as a person would; what is not by then is what the table shows. */
async function settled(programs: readonly Program[]): Promise<void> {
  const deadline = Date.now() + AGAIN * 1000;
  const ready = async (): Promise<boolean> => {
    const answers = await Promise.all(programs.map(({ pod }) => passes(pod, pod.probes.readiness)));
    return answers.every(Boolean);
  };
  while (Date.now() < deadline && !(await ready())) await sleep(250);
}

/** Sets what Redis takes as the users' password, also after a restart. */
async function password(redis: LiveRedis, text: (user: string) => string): Promise<void> {
  const admin = await redis.admin();
  for (const user of ['busy', 'calm']) {
    await admin.send('ACL', 'SETUSER', user, 'resetpass', `>${text(user)}`);
    await admin.send('CLIENT', 'KILL', 'USER', user);
  }
  await admin.send('ACL', 'SAVE');
}

/** Seconds until even a client that waits for an answer four times over has looked for its broker again. */
const HUNG = 30;

/** Starts without a Redis, which is then there, gone, hung, and does not take the password. */
export async function brokerScene(
  redis: LiveRedis,
  passwordOf: (user: string) => string,
  begin: () => Promise<readonly Program[]>,
): Promise<Found> {
  await password(redis, () => 'another');
  await redis.stop();
  const programs = await begin();
  await sleep(15_000); // all of them are up by now, and look for their broker
  const found: [string, Row][] = [];
  const see = async (state: string, touch?: number): Promise<void> => {
    found.push([state, await lasting(programs, touch === undefined ? {} : { touch })]);
  };
  await see('starts, broker refused');
  await redis.start();
  await see('starts, wrong password');
  await password(redis, passwordOf);
  await settled(programs);
  await see('idle');
  await redis.stop();
  await see('broker refused', HUNG);
  await redis.start();
  await settled(programs);
  await see('broker back');
  redis.signal('SIGSTOP');
  await see('broker hung', HUNG);
  redis.signal('SIGCONT');
  await settled(programs);
  await see('broker goes on');
  await password(redis, () => 'another');
  await see('password revoked');
  signalled(programs, 'SIGSTOP');
  await see('hangs without broker');
  signalled(programs, 'SIGCONT');
  return found;
}

/** A task ends when a file with its name is there. */
const send = (program: Program, task: string, times: number): Promise<Json> => {
  const options = JSON.stringify({ args: [task], queue: queueOf(program.name as PoolType) });
  const code = `import busy, json\nfor _ in range(${times}): busy.${task}.apply_async(**json.loads('${options}'))\nprint(0)`;
  return answerOf(program.pod, ['python3', '-c', code]);
};

const slots = ({ name }: Program): number => (name === 'solo' ? 1 : SLOTS);

const begun = ({ pod }: Program, task: string): number =>
  pod
    .ran('begun')
    .split('\n')
    .filter((line) => line === `busy.${task}`).length;

async function begins(program: Program, task: string, times: number): Promise<void> {
  const deadline = Date.now() + AGAIN * 1000;
  while (begun(program, task) < times) {
    if (Date.now() > deadline)
      throw new Error(`${program.name}: no ${task}: ${program.run.output().slice(-3000)}`);
    await sleep(100);
  }
}

interface Busy {
  readonly state: string;
  /** Brings it about. */
  readonly task: string;
  readonly sent: (slots: number) => number;
  /** Whether a pool of greenlets begins more than one: not when the first never gives way. */
  readonly givesWay: boolean;
}

const BUSY: readonly Busy[] = [
  { state: 'saturated', task: 'waits', sent: (slots) => slots + 2, givesWay: true },
  { state: 'CPU-bound', task: 'computes', sent: (slots) => slots, givesWay: false },
  { state: 'interpreter held', task: 'holds', sent: () => 1, givesWay: false },
];

/** Sends its tasks and waits until as many have begun as can. */
async function occupied(program: Program, { task, sent, givesWay }: Busy): Promise<void> {
  const [times, most] = [sent(slots(program)), slots(program)];
  await send(program, task, times);
  await begins(program, task, Math.min(times, program.name === 'gevent' && !givesWay ? 1 : most));
}

const signalled = (programs: readonly Program[], signal: NodeJS.Signals): void =>
  programs.forEach(({ run }) => process.kill(run.pid, signal));

/** Seconds: the default time limit. A task that may take longer is none of these states' business. */
const LONGEST_TASK = 30 * 60;

/** Tasks that fill all slots, that never give way, and a process that stands still. */
export async function busyScene(begin: () => Promise<readonly Program[]>): Promise<Found> {
  const programs = await begin();
  await settled(programs);
  const found: [string, Row][] = [];
  const see = async (state: string, seconds: number): Promise<void> => {
    found.push([state, await lasting(programs, { for: seconds })]);
  };
  for (const busy of BUSY) {
    await Promise.all(programs.map((program) => occupied(program, busy)));
    await see(busy.state, LONGEST_TASK);
    programs.forEach(({ pod }) => writeFileSync(pod.at(busy.task), ''));
  }
  await settled(programs);
  signalled(programs, 'SIGSTOP');
  await see('paused', DAY);
  signalled(programs, 'SIGCONT');
  await see('goes on', DAY);
  return found;
}
