// Checks: each kind of pod that is scraped serves its metrics, and those that are expected of it.

import { containerOf, isReady, lastLineOf } from '../../cluster';
import type { ContainerRef } from '../../cluster';
import { METRICS_CATALOGUE } from '../../observe/metrics';
import { SCRAPED_COMPONENTS } from '../../observe/targets';
import { METRICS } from '../../plan/metrics';
import { METRICS_PROGRAM } from '../runtime';
import { judged, skipped } from '../section';
import type { CheckOutcome } from '../section';
import { nameOf, podsOf, renderedWorkloads } from '../world';
import type { RenderedLeaf, WorkloadHere, World } from '../world';

/** A workload with a port named `metrics` of Stalk's own. */
export interface Scraped {
  readonly workload: WorkloadHere;
  readonly port: number;
  /** Where a program can be started that asks: an exporter's image may hold nothing else. */
  readonly asker: string;
}

interface Container {
  readonly name: string;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
}

export const scrapedIn = (leaves: readonly RenderedLeaf[]): readonly Scraped[] =>
  leaves.flatMap(renderedWorkloads).flatMap((workload) => {
    const { containers } = (
      workload.manifest.spec?.['template'] as { readonly spec: { readonly containers: readonly Container[] } }
    ).spec;
    const [first] = containers;
    const port = containers
      .flatMap(({ ports = [] }) => ports)
      .find(({ name }) => name === METRICS)?.containerPort;
    return port === undefined ||
      first === undefined ||
      !SCRAPED_COMPONENTS.some((one) => one === workload.component)
      ? []
      : [{ workload, port, asker: first.name }];
  });

/** Seconds for a program to ask its own pod. */
const PATIENCE = 20;

export async function servesMetrics(world: World, { workload, port, asker }: Scraped): Promise<CheckOutcome> {
  const about = aboutMetrics(workload);
  const pod = (await podsOf(world, workload)).find(isReady);
  if (!pod) return skipped(about, 'no pod is ready');
  const where: ContainerRef = { ...containerOf(pod, workload.name), container: asker };
  const { stdout, stderr, code } = await world.cluster.exec(where, {
    argv: ['sh', '-c', METRICS_PROGRAM, 'sh', String(port)],
    timeoutSeconds: PATIENCE,
  });
  if (code === NO_PROGRAM) return skipped(about, `${asker} of ${pod.metadata.name}: ${stderr.trim()}`);
  return code === 0
    ? expectedMetrics(workload, stdout)
    : judged(
        about,
        false,
        `port ${port} of ${pod.metadata.name} gives nothing: ${lastLineOf(stderr)}`,
        'read the log of the container that serves it; a pod that was made before monitoring was on has none: roll it',
      );
}

/** See runtime/metrics.sh. */
const NO_PROGRAM = 3;

export const aboutMetrics = (workload: WorkloadHere) => ({
  id: 'monitoring.metrics',
  subject: nameOf(workload),
  expected: 'its metrics are served',
});

/** Names that have a type in the text are served, also while there is no series of them. */
export function expectedMetrics(workload: WorkloadHere, text: string): CheckOutcome {
  const served = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
  const missing = expectedOf(workload.component).filter((name) => !served.includes(name));
  const down = /^(redis_up|stalk_queues_up)(\{[^}]*\})? 0$/m.exec(text)?.[1];
  return judged(
    aboutMetrics(workload),
    served.length > 0 && missing.length === 0 && down === undefined,
    [
      `${served.length} metrics`,
      ...(missing.length > 0 ? [`it lacks ${missing.join(', ')}`] : []),
      ...(down === undefined ? [] : [`${down} is 0: its exporter does not reach Redis`]),
    ].join('; '),
    down === undefined
      ? 'the pod runs another version of Stalk than the list: apply the rendered folder, and let it roll'
      : 'read the log of the exporter: is its user there, and its password right?',
  );
}

/** Of Stalk's own programs all are known; redis_exporter leaves out what its Redis does not have. */
function expectedOf(component: string): readonly string[] {
  const all = Object.entries(METRICS_CATALOGUE);
  const of = (source: string): readonly string[] =>
    all.filter(([, { from }]) => from === source).map(([name]) => name);
  switch (component) {
    case 'worker':
      return of('loader').filter((name) => !name.startsWith('stalk_beat_'));
    case 'beat':
      return of('loader').filter((name) => name.startsWith('stalk_beat_'));
    case 'queues':
      return of('queues');
    default:
      return component === 'sentinel' ? [] : ['redis_up'];
  }
}
