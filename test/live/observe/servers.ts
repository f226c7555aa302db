/** Servers of the watched environment, each with its exporter, and where Prometheus finds them. */
import { join } from 'node:path';
import { type Exporter, type ExporterProgram, exporterOf } from '../exporter/exporter';
import { type Pod, type Running, podOf, start } from '../isolation/pods';
import { type LiveRedis, liveRedis } from '../isolation/redis';
import { exporterOf as queuesExporterOf } from '../queues/exporter';
import { freePort } from '../redis-server';
import { type Broker, brokerOf, startWhole } from '../sentinel/pods';
import { type BrokerName, leaf } from './place';
import type { Target } from './prometheus';

/** Seconds for which a look at the queues is good: Prometheus looks each second. */
const FRESH = 0.5;

export interface Ended {
  readonly stop: () => Promise<void> | void;
}

export interface Watched extends Ended {
  readonly targets: readonly Target[];
}

export interface StandaloneBroker extends Watched {
  readonly redis: LiveRedis;
}

const target = (port: number, job: string, pod: string, broker: string): Target => ({
  port,
  labels: { job, pod, broker, namespace: `broker-${broker}` },
});

async function queuesOf(name: BrokerName, local: (text: string) => string): Promise<Watched> {
  const exporter = await queuesExporterOf(leaf(`brokers/${name}`), { local, fresh: FRESH });
  return { targets: [target(exporter.port, 'stalk-queues', 'queues-1', name)], stop: exporter.stop };
}

export async function standalone(name: BrokerName, program: ExporterProgram): Promise<StandaloneBroker> {
  const objects = leaf(`brokers/${name}`);
  const redis = await liveRedis(objects);
  const place = { port: redis.port, shared: join(redis.folder, 'exporter') };
  const exporter = await exporterOf(objects, 'redis', program, place);
  const queues = await queuesOf(name, (text) => text.replace(/\bredis:6379\b/, `127.0.0.1:${redis.port}`));
  return {
    redis,
    targets: [target(exporter.port, 'stalk-redis', 'redis-0', name), ...queues.targets],
    stop: async () => {
      exporter.remove();
      await queues.stop();
      await redis.remove();
    },
  };
}

export async function guarded(
  name: BrokerName,
  program: ExporterProgram,
): Promise<Watched & { readonly broker: Broker }> {
  const objects = leaf(`brokers/${name}`);
  const broker = await brokerOf(objects);
  const pods = [...broker.redis, ...broker.sentinels];
  await startWhole(broker);
  const exporters: [Exporter, Target][] = await Promise.all(
    pods.map(async (pod) => {
      const set = pod.name.replace(/-\d+$/, '');
      const place = { port: pod.port, shared: pod.path('/run/exporter') };
      const exporter = await exporterOf(objects, set, program, place);
      return [exporter, target(exporter.port, `stalk-${set}`, pod.name, name)] as [Exporter, Target];
    }),
  );
  const queues = await queuesOf(name, broker.local);
  return {
    broker,
    targets: [...exporters.map(([, one]) => one), ...queues.targets],
    stop: async () => {
      exporters.forEach(([exporter]) => exporter.remove());
      await queues.stop();
      await broker.remove();
    },
  };
}

export interface App extends Watched {
  readonly pod: Pod;
  readonly running: Running;
}

/** Where the pods of a tenant are on this machine. */
export interface TenantPlace {
  readonly folder: string;
  readonly programs: string;
  readonly tenant: string;
  readonly broker: BrokerName;
  readonly port: number;
}

/** A pod of a tenant, which is not started. */
export function appPod(place: TenantPlace, deployment: string, name = deployment): Pod {
  const { folder, programs, port, tenant, broker } = place;
  const pod = podOf(leaf(`tenants/${tenant}`), deployment, { folder: join(folder, name), programs, port });
  const host = `redis.broker-${broker}.svc.cluster.local:6379`;
  const local = (value: string): string => value.replaceAll(host, `127.0.0.1:${port}`);
  return {
    ...pod,
    env: Object.fromEntries(Object.entries(pod.env).map(([key, value]) => [key, local(value)])),
  };
}

/** Starts a worker or beat; `name` is that of its pod. */
export async function startApp(place: TenantPlace, deployment: string, name: string): Promise<App> {
  const port = await freePort();
  const rendered = appPod(place, deployment, name);
  const pod = { ...rendered, env: { ...rendered.env, STALK_METRICS: String(port) } };
  const pool = deployment.replace(/^worker-/, '');
  const running = start(pod);
  const { tenant, broker } = place;
  return {
    pod,
    running,
    targets: [{ port, labels: { job: 'stalk-celery', namespace: tenant, tenant, broker, pool, pod: name } }],
    stop: running.stop,
  };
}
