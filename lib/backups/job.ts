// A Job made from a CronJob's own template, waited for, read and taken away: image, Secrets and policies are those of GitOps.

import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { POD, statusesOf, whyOf } from '../cluster';
import type { Cluster, ContainerRef, KubeObject, Pod } from '../cluster';
import type { BackupCron } from '../plan/redis/backup';
import { BackupError } from './target';

const CRON_JOB = { apiVersion: 'batch/v1', kind: 'CronJob' } as const;
const JOB = { apiVersion: 'batch/v1', kind: 'Job' } as const;

export interface CronJob extends KubeObject {
  readonly spec: { readonly schedule: string; readonly suspend?: boolean; readonly jobTemplate: Template };
  readonly status?: { readonly lastScheduleTime?: string; readonly lastSuccessfulTime?: string };
}

interface Template {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly template: { readonly metadata?: object; readonly spec: PodTemplate } & object;
  };
}

interface PodTemplate {
  readonly initContainers?: readonly TemplateContainer[];
  readonly containers: readonly TemplateContainer[];
}

export interface TemplateContainer {
  readonly name: string;
  readonly command?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

/** What of a container is different in this Job. */
export type JobChange = (container: TemplateContainer) => TemplateContainer;

export const cronJobOf = async (cluster: Cluster, namespace: string, name: BackupCron): Promise<CronJob> => {
  const found = await cluster.read<CronJob>({ ...CRON_JOB, namespace, name });
  if (found) return found;
  throw new BackupError(
    `CronJob ${name} must be in namespace ${namespace}, got none; apply the rendered tree first`,
  );
};

/** Another one each time. */
export const ownJobName = (verb: string): string => `redis-${verb}-${randomBytes(3).toString('hex')}`;

export interface Run {
  readonly cluster: Cluster;
  readonly namespace: string;
  readonly cron: CronJob;
  readonly name: string;
  readonly change: JobChange;
  /** Seconds until it is given up. */
  readonly patience: number;
  /** Milliseconds between two questions about its pod. */
  readonly every: number;
  readonly say: (text: string) => void;
}

/** Makes the Job, and hands its pod to `use` once that says so; the Job goes whatever happens. */
export async function withJob<T>(props: Run, use: (pod: Pod) => Promise<T>, until: Until): Promise<T> {
  const { cluster, namespace, name, say } = props;
  const job = jobOf(props);
  await cluster.create(job);
  say(`Job ${name} in namespace ${namespace}`);
  try {
    return await use(await reached(props, until));
  } finally {
    await cluster.delete({ ...JOB, namespace, name });
  }
}

type Until = (pod: Pod, props: Run) => boolean | Promise<boolean>;

export const ended: Until = ({ status }) => status.phase === 'Succeeded';

/** A day at most, as its pod keeps room in the quota. */
const jobOf = ({ namespace, cron, name, change, patience }: Run): KubeObject & typeof JOB => {
  const { metadata, spec } = cron.spec.jobTemplate;
  const pod = spec.template.spec;
  return {
    ...JOB,
    metadata: { name, namespace, ...(metadata?.labels && { labels: metadata.labels }) },
    ...{
      spec: {
        ...spec,
        backoffLimit: 0,
        activeDeadlineSeconds: patience,
        ttlSecondsAfterFinished: 3600,
        template: {
          ...spec.template,
          spec: {
            ...pod,
            ...(pod.initContainers && { initContainers: pod.initContainers.map(change) }),
            containers: pod.containers.map(change),
          },
        },
      },
    },
  };
};

async function reached(props: Run, until: Until): Promise<Pod> {
  const { cluster, namespace, name, patience, every, say } = props;
  const latest = Date.now() + patience * 1000;
  let said = '';
  for (;;) {
    const [pod] = await cluster.list<Pod>(POD, namespace, { 'job-name': name });
    const now = pod === undefined ? 'no pod yet' : stageOf(pod);
    if (now !== said) say(`Job ${name}: ${now}`);
    said = now;
    if (pod?.status.phase === 'Failed') throw new BackupError(`Job ${name} must succeed, got ${whyOf(pod)}`);
    if (pod && (await until(pod, props))) return pod;
    if (Date.now() > latest)
      throw new BackupError(`Job ${name} must end within ${patience} s, got ${now}; raise --max-wait`);
    await pause(every);
  }
}

function stageOf(pod: Pod): string {
  const { phase, conditions = [] } = pod.status;
  const unscheduled = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  const running = statusesOf(pod).find(({ state }) => state?.running !== undefined);
  if (running) return `${running.name} runs`;
  return unscheduled ? 'its pod has no node yet' : phase.toLowerCase();
}

export const inPod = (namespace: string, pod: Pod, container: string): ContainerRef => ({
  namespace,
  pod: pod.metadata.name,
  container,
});

/** A variable more, or another value of it. */
export const withVariable = (one: TemplateContainer, name: string, value: string): TemplateContainer => ({
  ...one,
  env: [...(one.env ?? []).filter((variable) => variable.name !== name), { name, value }],
});
