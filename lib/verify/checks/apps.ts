// Checks: every kind of pod reaches Redis as its own user, and runs with the settings that were rendered.

import { containerOf } from '../../cluster';
import { appOf } from '../../plan/celery/app-of';
import { answered, askApp, readyPod } from '../ask';
import { guarded, judged, skipped } from '../section';
import type { CheckOutcome, SectionOfChecks } from '../section';
import { nameOf, sidesIn } from '../world';
import type { TenantHere, WorkloadHere, World } from '../world';

interface Connection {
  readonly said: string;
  readonly ms: number;
  readonly address: string;
}

interface Setting {
  readonly name: string;
  readonly wanted: string;
  readonly got: string;
}

/** Both in one section, as one look into a pod answers both: importing an app takes seconds. */
export const apps: SectionOfChecks = {
  id: 'apps',
  title: 'Connectivity and effective Celery settings, from every kind of pod',
  async *run(world) {
    for (const here of sidesIn(world)) {
      for (const workload of here.workloads.filter(runsTheApp)) {
        const about = { id: 'app.connects', subject: nameOf(workload), expected: 'PONG to its own user' };
        yield* guarded(about, () => look(world, here, workload));
      }
    }
  },
};

const APP = new Set(['worker', 'beat', 'web', 'process', 'flower']);

export const runsTheApp = ({ component }: WorkloadHere): boolean => APP.has(component);

/** Seconds; a connection that is refused silently takes five, for each URL. */
const PATIENCE = 20;

async function look(world: World, here: TenantHere, workload: WorkloadHere): Promise<CheckOutcome[]> {
  const subject = nameOf(workload);
  const found = await readyPod(world, [workload]);
  const connects = { id: 'app.connects', subject, expected: 'PONG to its own user' };
  const sets = {
    id: 'app.settings',
    subject,
    expected: `${Object.keys(here.settings).length} settings as rendered`,
  };
  const app = appOf(here.tenant, workload.name);
  if (workload.component === 'process' && app.image !== here.tenant.app.image)
    return [skipped(connects, 'it has an image of its own, which need not hold a Celery app')];
  if (!found)
    return scaledAway(workload)
      ? [skipped(connects, 'scaled to 0')]
      : [judged(connects, false, 'no ready pod', 'kubectl describe and the log of its pods say why')];
  const container = containerOf(found.pod, workload.name);
  const ask = { connect: {}, settings: here.settings };
  const answers = await askApp(world, { container, app, ask, seconds: PATIENCE });
  return [
    await attempt(connects, () => connected(connects, answered(answers, 'connect'))),
    await attempt(sets, () => effective(sets, answered(answers, 'settings'))),
  ];
}

/** An autoscaler owns the number of pods, and 0 may be right; so may an author ask for none. */
const scaledAway = ({ manifest }: WorkloadHere): boolean =>
  [undefined, 0].includes(manifest.spec?.['replicas'] as number | undefined);

async function attempt(
  about: Parameters<typeof judged>[0],
  judge: () => CheckOutcome,
): Promise<CheckOutcome> {
  for await (const finding of guarded(about, () => Promise.resolve([judge()]))) return finding;
  return judged(about, false, 'no answer', 'ask again');
}

export function connected(
  about: Parameters<typeof judged>[0],
  answer: Readonly<Record<string, Connection>>,
): CheckOutcome {
  const all = Object.entries(answer);
  const text = all
    .map(([name, { said, ms, address }]) => `${name} ${address}: ${said} in ${ms} ms`)
    .join('; ');
  return judged(
    about,
    all.length > 0 && all.every(([, { said }]) => said === 'PONG'),
    text === '' ? 'no Redis URL in its settings' : text,
    'check the NetworkPolicies of both sides, the Service, and that the Secret of the pod and of the broker agree',
  );
}

export function effective(about: Parameters<typeof judged>[0], wrong: readonly Setting[]): CheckOutcome {
  return judged(
    about,
    wrong.length === 0,
    wrong.length === 0
      ? 'all as rendered'
      : wrong.map(({ name, wanted, got }) => `${name} is ${got}, not ${wanted}`).join('; '),
    'apply the rendered ConfigMap celery-settings and roll the pods: settings are read at start',
  );
}
