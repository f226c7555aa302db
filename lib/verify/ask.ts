// Questions to the app in a pod, through Python.

import { containerOf, isReady, lastLineOf } from '../cluster';
import type { ContainerRef, Pod } from '../cluster';
import { appOf } from '../plan/celery/app-of';
import type { ResolvedApp } from '../spec';
import { APP_PROGRAM } from './runtime';
import { podsOf } from './world';
import type { TenantHere, WorkloadHere, World } from './world';

/** An answer of runtime/app.py. */
export type Answer<T> = T | { readonly error: string };

/** Seconds for Python to import an app, beside what the questions may take: 58 were seen, of Django on a node with a load of 30. */
const IMPORT = 180;

const MARK = '@@stalk';

/** Seconds for a question to come back, beside what it waits for. */
export const MARGIN = 15;

export interface AppQuestion {
  readonly container: ContainerRef;
  /** Where Celery's app is, as `celery -A` takes it, and what stands before its commands. */
  readonly app: Pick<ResolvedApp, 'module' | 'entrypoint'>;
  readonly ask: Readonly<Record<string, unknown>>;
  /** How long the answers may take. */
  readonly seconds: number;
}

/** Answers by question; one that has none is an error as well. */
export async function askApp(
  { cluster }: Pick<World, 'cluster'>,
  { container, app: { module, entrypoint }, ask, seconds }: AppQuestion,
): Promise<Readonly<Record<string, Answer<unknown>>>> {
  const request = JSON.stringify({ module, ask });
  const { stdout, stderr, code } = await cluster.exec(container, {
    argv: [...entrypoint, 'python3', '-c', APP_PROGRAM, String(Buffer.byteLength(request))],
    stdin: request,
    timeoutSeconds: IMPORT + seconds,
  });
  const line = stdout
    .split('\n')
    .filter((one) => one.startsWith(MARK))
    .at(-1);
  if (line === undefined)
    throw new Error(`python3 in ${container.pod} must answer, got exit code ${code}: ${lastLineOf(stderr)}`);
  return JSON.parse(line.slice(MARK.length)) as Readonly<Record<string, Answer<unknown>>>;
}

/** One answer, or an error that says why there is none. */
export function answered<T>(answers: Readonly<Record<string, Answer<unknown>>>, question: string): T {
  const answer = answers[question];
  if (isError(answer)) throw new Error(answer.error);
  return answer as T;
}

export const isError = (answer: unknown): answer is { readonly error: string } =>
  typeof answer === 'object' &&
  answer !== null &&
  typeof (answer as { readonly error?: unknown }).error === 'string';

/** A pod that answers, of the first of these workloads that has one. */
export async function readyPod(
  world: Pick<World, 'cluster'>,
  workloads: readonly WorkloadHere[],
): Promise<{ readonly pod: Pod; readonly workload: WorkloadHere } | undefined> {
  for (const workload of workloads) {
    const pod = (await podsOf(world, workload)).find(isReady);
    if (pod) return { pod, workload };
  }
  return undefined;
}

/** Where questions about a tenant are asked: its producer first, as an app would. */
export async function askTenant<T>(
  world: Pick<World, 'cluster'>,
  { tenant, workloads }: TenantHere,
  { from, question, argument, seconds }: TenantQuestion,
): Promise<T> {
  const sorted = from.flatMap((component) =>
    workloads.filter((workload) => workload.component === component),
  );
  const found = await readyPod(world, sorted);
  if (!found) throw new Error(`a ready pod of ${from.join(' or ')} must be there to ask from, got none`);
  const container = containerOf(found.pod, found.workload.name);
  const ask = { [question]: argument };
  const app = appOf(tenant, found.workload.name);
  return answered<T>(await askApp(world, { container, app, ask, seconds }), question);
}

export interface TenantQuestion {
  /** Components in the order of preference. */
  readonly from: readonly string[];
  readonly question: string;
  readonly argument: unknown;
  readonly seconds: number;
}
