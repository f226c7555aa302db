/** What becomes of tasks when their worker ends: by its own will, by force, or a process of it. */
import { type Scene, kill } from './scene';
import { BEGUN_AGAIN, NOTHING, type Story, begun, inScene, meanwhile, told } from './story';

const ALL = ['5.5', '5.6', '5.7'];
const ONE = ['5.6'];

/** Two long tasks first, then many short ones: some run, some are prefetched, some wait. */
const load = (set: Scene) =>
  set.send({ task: 'work', args: [2], count: 2 }, { task: 'work', args: [0.2], count: 40, every: 0.02 });

/** Longest wait of a task whose worker was killed, in seconds: visibility timeout, a look each 10 s (100 before 5.7). */
const comesBack = (celery: string): number => (celery === '5.5' ? 39 + 100 : 39 + 10) + 60;

const signalled = (signal: 'SIGTERM' | 'SIGQUIT'): Story['tell'] =>
  inScene(async (set) => {
    const first = await set.worker('first');
    load(set);
    await begun(set, 2);
    const since = Date.now();
    process.kill(first.pid, signal);
    const second = set.worker('second');
    const { code } = await first.ended;
    const grace: number = set.rendered.tenant.byKind('Deployment', 'worker-default').spec.template.spec
      .terminationGracePeriodSeconds;
    const inTime = Date.now() - since < grace * 1000;
    await second;
    return told(set, since, 60, { inTime, ...(signal === 'SIGTERM' && { code }) });
  });

/** The worker is told to go while a task takes no notice of its limits: the task fails, as it would have anyway. */
const stuck = inScene(async (set) => {
  const worker = await set.worker('first');
  set.send({ task: 'stuck', args: [600] });
  await begun(set, 1);
  const since = Date.now();
  process.kill(worker.pid, 'SIGTERM');
  const { code } = await worker.ended;
  const seconds = (Date.now() - since) / 1000;
  const failed = (await results(set)).filter((result) => result.includes('TimeLimitExceeded')).length;
  const verdict = await set.settled(5);
  return { ...verdict, lost: verdict.lost - failed, seconds, seen: { code, failed } };
});

async function results(set: Scene): Promise<string[]> {
  const admin = await set.redis.admin();
  const values = set.journal().map(({ id }) => admin.send('GET', `tenant:acme:celery-task-meta-${id}`));
  return (await Promise.all(values)).map(String);
}

const killed = inScene(async (set, celery) => {
  const first = await set.worker('first');
  await set.worker('second');
  set.send({ task: 'work', args: [2], count: 4 }, { task: 'work', args: [0.2], count: 40, every: 0.02 });
  await begun(set, 4);
  const since = Date.now();
  kill(first);
  return told(set, since, comesBack(celery));
});

/** A pool that misses the end of a process looks for it each five seconds: a limit below that is faster, and final. */
const child = inScene(
  async (set) => {
    await set.worker('first');
    await set.worker('second');
    const since = Date.now();
    set.send({ task: 'dies', args: [0.2], count: 4 }, { task: 'work', args: [0.2], count: 20 });
    await meanwhile('everything is sent', () => set.sent().length === 24);
    return told(set, since, 60);
  },
  { tenant: { workers: { default: { queues: ['celery'], timeLimit: '15s' } } } },
);

/** By hand: a grace of a second for tasks that may take four. */
const hurried = inScene(async (set, celery) => {
  const first = await set.worker('first');
  await set.worker('second');
  set.send({ task: 'work', args: [2], count: 4 });
  await begun(set, 4);
  const since = Date.now();
  process.kill(first.pid, 'SIGTERM');
  await new Promise((done) => setTimeout(done, 1000));
  kill(first);
  return told(set, since, comesBack(celery));
});

/** By hand: a message would be taken for lost before its task may be done, but the worker that lives says that it has it. */
const impatient = inScene(
  async (set) => {
    await set.worker('first');
    await set.worker('second');
    const since = Date.now();
    set.send({ task: 'work', args: [40] });
    return told(set, since, 90);
  },
  { tenant: { workers: { default: { queues: ['celery'], timeLimit: '60s' } } } },
  ({ tenant }) => {
    const config = tenant.byKind('ConfigMap', 'celery-settings').data;
    const settings = JSON.parse(config['settings.json']);
    settings.broker_transport_options.visibility_timeout = 12;
    config['settings.json'] = JSON.stringify(settings);
  },
);

const held = (how: 'SIGTERM' | 'SIGKILL'): Story['tell'] =>
  inScene(
    async (set, celery) => {
      const first = await set.worker('first');
      set.send(
        { task: 'work', args: [0], countdown: 8, revoke: true },
        { task: 'work', args: [0], count: 2, countdown: 8 },
        { task: 'flaky', args: [0.5], count: 2 },
        { task: 'chord', args: [1.5] },
      );
      await begun(set, 2);
      const since = Date.now();
      if (how === 'SIGKILL') kill(first);
      else process.kill(first.pid, 'SIGTERM');
      const second = set.worker('second');
      await first.ended;
      await second;
      const end = await told(set, since, comesBack(celery) + 9);
      return { ...end, seen: { revoked: revokedRan(set) } };
    },
    { tenant: { longestDelay: '9s' } },
  );

/** Whether a task ran that had been revoked. */
const revokedRan = (set: Scene): boolean =>
  set.sent().some((send) => 'revoked' in send && set.journal().some(({ id }) => id === send.revoked));

export const workerStories: readonly Story[] = [
  {
    fault: 'worker killed (SIGKILL): grace over, node lost, container out of memory',
    versions: ALL,
    promised: BEGUN_AGAIN,
    tell: killed,
  },
  {
    fault: 'worker killed with countdowns, retries and a chord in flight',
    versions: ONE,
    promised: BEGUN_AGAIN,
    sees: { revoked: true }, // workers remember a revoke, and this one was not there when it came
    tell: held('SIGKILL'),
  },
  {
    fault: 'worker told to go (SIGTERM): rollout, drain, scale down',
    versions: ALL,
    promised: NOTHING,
    sees: { code: 0, inTime: true },
    tell: signalled('SIGTERM'),
  },
  {
    fault: 'worker told to go with countdowns, retries and a chord in flight',
    versions: ONE,
    promised: NOTHING,
    sees: { revoked: true }, // workers remember a revoke, and this one was not there when it came
    tell: held('SIGTERM'),
  },
  {
    fault: 'worker told to go while a task ignores its limits',
    versions: ALL,
    promised: NOTHING,
    sees: { code: 0, failed: 1 },
    tell: stuck,
  },
  {
    fault: 'worker told to drop everything (SIGQUIT)',
    versions: ONE,
    promised: { lost: 'none', again: 'some', twice: 'none' },
    sees: { inTime: true },
    tell: signalled('SIGQUIT'),
  },
  {
    fault: 'a process of the worker killed in its task',
    versions: ALL,
    promised: { lost: 'none', again: 'some', twice: 'none' },
    tell: child,
  },
  {
    fault: 'a grace below the time limit, set by hand',
    versions: ONE,
    promised: BEGUN_AGAIN,
    tell: hurried,
  },
  {
    fault: 'a visibility timeout below the time limit, set by hand',
    versions: ONE,
    promised: NOTHING,
    tell: impatient,
  },
];
