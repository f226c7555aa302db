// Pods of each workload as the layers say: the environment's, the tenant's, the workload's own.

import type { SizedFolder, WritableFolder } from './app';
import type { Defaults } from './defaults';
import { merge } from './layers';
import { appPods } from './pods';
import type { PodAccount, Pods, ServerPods } from './pods';
import type {
  ResolvedAccount,
  ResolvedEnvironment,
  ResolvedPods,
  ResolvedServerPods,
  WrittenFolder,
} from './resolved';
import type { Tenant } from './tenant';
import { bytes, memoryText, seconds } from './units';
import type { Memory, Range } from './units';

/** Of the tenant's own ServiceAccount. */
const ACCOUNT = 'app';

/** As the layers say, with the account by its name. */
interface LaidPods extends Pods {
  readonly account?: ResolvedAccount;
}

/** The tenant with the pods of each workload as the environment, the tenant and the workload say. */
export function withPods(tenant: Tenant, { defaults }: ResolvedEnvironment): Tenant {
  const shared = merge(appPods, defaults.pods, tenant.pods) as Pods;
  const { beat, web, flower, migrate } = tenant;
  const each = <T extends Asked>(asked: Readonly<Record<string, T>> = {}, prefix = '') =>
    Object.fromEntries(
      Object.entries(asked).map(([name, one]) => [name, laid(shared, `${prefix}${name}`, one)]),
    );
  return {
    ...tenant,
    ...(tenant.workers && { workers: each(tenant.workers, 'worker-') }),
    ...(tenant.processes && { processes: each(tenant.processes) }),
    ...(beat && { beat: laid(shared, 'beat', beat) }),
    ...(web && { web: laid(shared, 'web', web) }),
    ...(flower && { flower: laid(shared, 'flower', flower) }),
    ...(migrate && { migrate: laid(shared, 'migrate', migrate) }),
  };
}

interface Asked {
  readonly pods?: Pods;
}

/** `name`: of the workload's objects, and of an account of its own. */
function laid<T extends Asked>(shared: Pods, name: string, asked: T): T {
  const pods = merge(appPods, shared, asked.pods) as Pods;
  const { serviceAccount } = pods;
  const isOwn =
    annotationsOf(asked.pods?.serviceAccount) !== undefined || shared.serviceAccount === undefined;
  const of: LaidPods = {
    ...pods,
    ...(serviceAccount && { account: account(serviceAccount, isOwn ? name : ACCOUNT) }),
  };
  return { ...asked, pods: of };
}

/** Of a workload as `withPods` has laid it. */
export function resolvePods(pods: LaidPods = {}): ResolvedPods {
  const { account: as, sharedMemory } = pods;
  return {
    ...resolveServerPods(pods),
    ...(as && { account: as }),
    ...(sharedMemory !== undefined && { sharedMemory }),
  };
}

const annotationsOf = (asked: PodAccount | undefined) =>
  asked !== undefined && 'annotations' in asked ? asked.annotations : undefined;

function account(asked: PodAccount, name: string): ResolvedAccount {
  const token = asked.token ?? false;
  return 'name' in asked
    ? { name: asked.name, token, isMade: false, annotations: {} }
    : { name, token, isMade: true, annotations: asked.annotations ?? {} };
}

export const resolveServerPods = (asked: ServerPods): ResolvedServerPods => ({
  nodeSelector: asked.nodeSelector ?? {},
  tolerations: (asked.tolerations ?? []).map(({ for: time, ...taint }) => ({
    ...taint,
    ...(time !== undefined && { seconds: seconds(time) }),
  })),
  nodeAffinity: { required: {}, preferred: {}, excluded: {}, ...asked.nodeAffinity },
  ...(asked.priorityClass !== undefined && { priorityClass: asked.priorityClass }),
  ...(asked.runtimeClass !== undefined && { runtimeClass: asked.runtimeClass }),
  labels: asked.labels ?? {},
  annotations: asked.annotations ?? {},
});

/** What is lost with the process should be small. */
const WRITABLE_SIZE: Memory = '512Mi';

export const writtenFolders = (asked: readonly WritableFolder[]): readonly WrittenFolder[] =>
  asked.map((folder) => (isSized(folder) ? folder : { path: folder, size: WRITABLE_SIZE }));

const isSized = (folder: WritableFolder): folder is SizedFolder => typeof folder !== 'string';

/** Bytes of the folders whose size is said. */
export const saidRoom = (asked: readonly WritableFolder[] = []): number =>
  asked.filter(isSized).reduce((sum, { size }) => sum + bytes(size), 0);

/** Kinds of workloads that run the app, by their defaults. */
const OF_THE_APP = ['worker', 'beat', 'web', 'process', 'cron', 'flower', 'migrate'] as const;

/** Room on the disk for what the app may write: over a limit without it, a pod would be evicted. */
export function withRoom(defaults: Defaults, { app }: Tenant): Defaults {
  const room = saidRoom(app.writable ?? defaults.app.writable);
  if (room === 0) return defaults;
  const roomier = OF_THE_APP.map((kind) => {
    const { disk } = defaults[kind];
    return [kind, { ...defaults[kind], disk: grown(disk, room) }] as const;
  });
  return { ...defaults, ...Object.fromEntries(roomier) };
}

function grown(disk: Range<Memory>, room: number): Range<Memory> {
  const { request, limit } = typeof disk === 'string' ? { request: disk, limit: disk } : disk;
  return { request, limit: memoryText(bytes(limit) + room) };
}
