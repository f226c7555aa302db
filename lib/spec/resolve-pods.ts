// Pods of each workload as the layers say: the environment's, the tenant's, the workload's own.

import type { SizedFolder, WritableFolder } from './app';
import type { Defaults } from './defaults';
import { merge } from './layers';
import { appPods } from './pods';
import type { PodAccount, Pods, ServerPods } from './pods';
import type {
  Placed,
  ResolvedAccount,
  ResolvedEnvironment,
  ResolvedServerPods,
  WrittenFolder,
} from './resolved';
import type { Tenant } from './tenant';
import { bytes, memoryText, seconds } from './units';
import type { Memory, Range } from './units';

/** Of the tenant's own ServiceAccount. */
const ACCOUNT = 'app';

/** What one workload says of its pods. */
interface Asked {
  readonly pods?: Pods;
  readonly devices?: Readonly<Record<string, number>>;
}

/** Lays what a workload says, by the name of its objects, over what the tenant and its environment say. */
export function placements(tenant: Tenant, { defaults }: ResolvedEnvironment) {
  const shared = merge(appPods, defaults.pods, tenant.pods) as Pods;
  return (workload: string, { pods, devices }: Asked): Placed => {
    const { serviceAccount, sharedMemory, ...placed } = merge(appPods, shared, pods) as Pods;
    const own = annotationsOf(pods?.serviceAccount) !== undefined || shared.serviceAccount === undefined;
    return {
      pods: {
        ...resolveServerPods(placed),
        ...(serviceAccount && { account: account(serviceAccount, own ? workload : ACCOUNT) }),
        ...(sharedMemory !== undefined && { sharedMemory }),
      },
      devices: devices ?? {},
    };
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
const OF_THE_APP = ['worker', 'beat', 'web', 'flower', 'migrate'] as const;

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
