// Checks: no task of an app takes longer than the contract says, by what the loader saw in each pod.

import { containerOf, isReady } from '../../cluster';
import { guarded, judged, skipped } from '../section';
import type { CheckOutcome, SectionOfChecks } from '../section';
import { nameOf, podsOf, sidesIn } from '../world';
import type { WorkloadHere, World } from '../world';
import { runsTheApp } from './apps';

export const timeChecks: SectionOfChecks = {
  id: 'times',
  title: 'Limits, delays and rates of the apps’ own',
  async *run(world) {
    for (const workload of sidesIn(world)
      .flatMap(({ workloads }) => workloads)
      .filter(runsTheApp))
      yield* guarded({ id: 'app.times', subject: nameOf(workload), expected: EXPECTED }, async () => [
        await noticed(world, workload),
      ]);
  },
};

const EXPECTED = 'no task that its pods saw takes longer than the props say';

/** Seconds for a few lines of a file. */
const PATIENCE = 20;

/** The loader writes there what it says in the log, which forgets (runtime/stalk_times.py). */
const NOTES = 'test ! -e "$STALK_RUN/times" || cat "$STALK_RUN/times"';

async function noticed(world: World, workload: WorkloadHere): Promise<CheckOutcome> {
  const about = { id: 'app.times', subject: nameOf(workload), expected: EXPECTED };
  const pods = (await podsOf(world, workload)).filter(isReady);
  if (pods.length === 0) return skipped(about, 'no pod is ready');
  const texts = await Promise.all(
    pods.map(async (pod) => {
      const command = { argv: ['sh', '-c', NOTES], timeoutSeconds: PATIENCE };
      const { stdout, stderr, code } = await world.cluster.exec(containerOf(pod, workload.name), command);
      if (code !== 0) throw new Error(`${pod.metadata.name} must show its notes: ${stderr.trim()}`);
      return stdout;
    }),
  );
  return inTime(about, texts);
}

/** One line for each task and prop: pods repeat each other, and their delays differ by seconds. */
export function inTime(about: Parameters<typeof judged>[0], texts: readonly string[]): CheckOutcome {
  const lines = texts.flatMap((text) => text.split('\n')).filter((line) => line !== '');
  const byTask = new Map(lines.map((line) => [line.replace(/\d+/g, '0'), line]));
  return judged(
    about,
    byTask.size === 0,
    byTask.size === 0 ? 'none' : [...byTask.values()].join('\n'),
    'each line ends with what to change, in the list or in the app: docs/operating.md, Times of the app’s own',
  );
}
