// The Job that makes the load: a program of the app that runs once as the web side, rendered as every process is.

import { manifestOf } from '../celery/workload';
import { selector } from '../kube';
import type { Manifest } from '../output/manifest';
import { applyWhatFits } from '../output/patches';
import { planOf } from '../plan';
import { oneOff } from '../plan/celery/one-off';
import { workerName } from '../plan/celery/workers';
import type { Process } from '../plan/process';
import type { Leaf } from '../platform';
import type { Operation, ResolvedPool, ResolvedTenant } from '../spec';
import type { Asked } from './load-test';
import { LOAD } from './runtime';

export interface JobProps {
  readonly tenant: ResolvedTenant;
  /** The tenant's, for its patches. */
  readonly leaf: Pick<Leaf, 'patches'>;
  /** Whose workers do the work. */
  readonly pool: ResolvedPool;
  readonly asked: Asked;
  readonly queue: string;
  readonly run: string;
  readonly deadline: number;
}

export interface Job extends Manifest {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly resources: Amounts }[] } };
  };
}

export interface Amounts {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

/** Seconds in which the program deletes what it made: it waits 5 for answers on their way. */
const GRACE = 20;

/** Seconds: for a load test whose own end was killed, so that nothing stays even then. */
const REMAINS = 300;

/** The app is imported as in its own pods, so memory stays; a processor of its own is not set aside for a minute. */
const CPU_REQUEST = '100m';

export function jobOf(props: JobProps): Job {
  const { tenant, leaf, deadline } = props;
  const lifetime = { kind: 'job', timeLimit: deadline, retries: 0, remains: REMAINS } as const;
  const { metadata, ...job } = manifestOf(tenant, processOf(props, lifetime)) as unknown as Job;
  const placed = { ...job, metadata: { ...metadata, namespace: tenant.namespace } };
  applyWhatFits(leaf, `Deployment/${likenessOf(props)}`, placed, fits);
  return placed;
}

/** In the program's own words, so there is no ConfigMap to leave behind. */
function processOf({ tenant, pool, asked, queue, run }: JobProps, lifetime: Process['lifetime']): Process {
  const { tasks, rate, concurrent, patience } = asked;
  const { module: app } = (tenant.web ? tenant.web : pool).app;
  const options = { app, queue, run, tasks, rate, concurrent, patience };
  const process = oneOff(planOf(tenant), pool, {
    name: `stalk-load-${run}`,
    component: 'loadtest',
    lifetime,
    command: ['python3', '-c', LOAD, ...Object.entries(options).flatMap(([k, v]) => [`--${k}`, String(v)])],
    grace: GRACE,
  });
  const { cpu, ...resources } = process.resources;
  return { ...process, resources: { ...resources, cpu: { ...cpu, request: CPU_REQUEST } } };
}

export const podLabels = ({ metadata }: Job): Readonly<Record<string, string>> =>
  selector({ component: 'loadtest', instance: metadata.name });

/** Name of the container. */
export const loadContainerOf = ({ metadata }: Job): string => metadata.name;

/** The Deployment whose pods run the same app with the same resources. */
const likenessOf = ({ tenant, pool }: JobProps): string => (tenant.web ? 'web' : workerName(pool));

/**
 * What patches say of that Deployment's pods holds for this one, or it may find no node, no image or no file: where it
 * runs, what it is labelled, and what its one container reads. Its command, its end and its wait are its own; and it takes
 * no second container, which would not end with it.
 */
const fits = ({ path }: Operation): boolean => OF_POD.test(path) || OF_CONTAINER.test(path);

const OF_POD =
  /^\/spec\/template\/(metadata|spec\/(?!containers|initContainers|restartPolicy|terminationGracePeriodSeconds|topologySpread))/;
const OF_CONTAINER =
  /^\/spec\/template\/spec\/containers\/0\/(env|envFrom|image|imagePullPolicy|resources|securityContext|volumeMounts)(\/|$)/;
