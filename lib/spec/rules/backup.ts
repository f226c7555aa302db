// Backups of a broker: a store that is reached, encrypted on its way, and large enough.

import { BlockList, isIP } from 'node:net';
import { isRecord } from '../../kube/json';
import type { Environment } from '../environment';
import { at } from '../layers';
import { resolveBackup } from '../resolve-backup';
import type { ResolvedBackup, ResolvedEnvironment, ResolvedServer, ResolvedTenant } from '../resolved';
import { bytes, memoryText } from '../units';
import type { Memory } from '../units';
import { PRIVATE_RANGES } from '../values';
import { show, unless } from './finding';
import type { Finding, Path, Rule } from './finding';
import { fixedTag } from './images';
import { limitsUnderRequests } from './sizes';

/**
 * Of the memory limit, what one backup takes of a claim. 954 MB of real-shaped messages were 93 MB in the store, a tenth;
 * bodies that are compressed already take more.
 */
const SHARE = 0.2;

/** For each backup that stays, and for the next one, which is written before an old one goes. */
function leastClaim({ last, daily, weekly, monthly }: ResolvedBackup['keep'], limit: Memory): Memory {
  const least = (last + daily + weekly + monthly + 1) * SHARE * bytes(limit);
  return memoryText(Math.ceil(least / 2 ** 20) * 2 ** 20);
}

/** What a broker's backups break; `asked` is the broker as it is written, `path` where it stands. */
export function backupFindings(
  asked: unknown,
  redis: ResolvedServer,
  environment: ResolvedEnvironment,
  path: Path,
): readonly Finding[] {
  const { backup } = redis;
  if (backup === undefined) return [];
  const own = [...path, 'backup'];
  const writes = at(asked, 'backup.to') !== undefined;
  return [
    ...(writes ? storeFindings(backup, environment, own) : []),
    ...mountedOnce(backup, redis, own),
    ...roomy(backup, redis.resources.memory.limit, own),
    ...keepsOne(backup, own),
    ...fixedTag(backup.image, environment, own),
    ...limitsUnderRequests(backup.resources, own),
    ...enoughForRestic(backup, asked, own),
  ];
}

/** Of the store alone, wherever it is written. */
function storeFindings(
  { store }: Pick<ResolvedBackup, 'store'>,
  environment: ResolvedEnvironment,
  path: Path,
): readonly Finding[] {
  if (store.kind === 'claim') return [];
  const { endpoint, egress } = store;
  const { hostname, protocol } = new URL(endpoint);
  return [
    ...unless(protocol === 'https:' || environment.disposable, () => ({
      path: [...path, 'to', 'endpoint'],
      wanted: 'begin with https://, as its access keys would cross the network for all to read',
      got: show(endpoint),
      fix: 'give the server a certificate; the key ca.crt of the Secret redis-backup verifies one of your own',
    })),
    ...unless(egress !== 'internet' || !isInside(hostname, environment.clusterDomain), () => ({
      path: [...path, 'to', 'egress'],
      wanted: `say who answers at ${hostname}, which is no address of the internet: policies keep backups from it`,
      got: show(egress),
      fix: 'write { pods: { … }, namespace: "…" } with the labels of its pods, or { cidr } with its addresses',
    })),
  ];
}

/** Addresses that policies of `internet` leave out, and this host. */
const PRIVATE = new BlockList();
for (const range of [...PRIVATE_RANGES, '0.0.0.0/8', '127.0.0.0/8']) {
  const [net = '', bits] = range.split('/');
  PRIVATE.addSubnet(net, Number(bits));
}

/** Names that each cluster knows for itself. */
export const isOfCluster = (host: string, clusterDomain: string): boolean =>
  !host.includes('.') || host.endsWith('.svc') || host.endsWith(`.${clusterDomain}`);

/** Names and addresses that only the cluster or its private network know. */
function isInside(host: string, clusterDomain: string): boolean {
  if (isIP(host) === 0) return isOfCluster(host, clusterDomain) || /\.(internal|local)$/.test(host);
  return PRIVATE.check(host);
}

/** A claim of one node at a time; each Redis pod mounts it, to be restored from it. */
const mountedOnce = (
  { store }: ResolvedBackup,
  { topology }: Pick<ResolvedServer, 'topology'>,
  path: Path,
): readonly Finding[] =>
  unless(store.kind !== 'claim' || topology === 'standalone', () => ({
    path: [...path, 'to', 'kind'],
    wanted: `be "s3" where Redis is ${topology}: one node mounts a claim, and its pods run on several`,
    got: show(store.kind),
    fix: 'write a bucket, or topology: "standalone"',
  }));

function roomy({ store, keep }: ResolvedBackup, limit: Memory, path: Path): readonly Finding[] {
  if (store.kind !== 'claim') return [];
  const least = leastClaim(keep, limit);
  return unless(bytes(store.storage) >= bytes(least), () => ({
    path: [...path, 'to', 'storage'],
    wanted: `be at least ${show(least)}, a fifth of memory for each backup that keep holds and the next one`,
    got: show(store.storage),
    fix: 'raise storage, or keep fewer',
  }));
}

/** restic takes 92 MB for a dump of 42 MB; under this it is killed with the first backup in its hands. */
const LEAST_MEMORY: Memory = '128Mi';

function enoughForRestic({ resources }: ResolvedBackup, asked: unknown, path: Path): readonly Finding[] {
  const { limit } = resources.memory;
  const written = isRecord(at(asked, 'backup.memory')) ? ['memory', 'limit'] : ['memory'];
  return unless(bytes(limit) >= bytes(LEAST_MEMORY), () => ({
    path: [...path, ...written],
    wanted: `be at least ${show(LEAST_MEMORY)}, which restic takes for a small backup`,
    got: show(limit),
    fix: 'raise it, or remove it: it follows the memory of the broker',
  }));
}

const keepsOne = ({ keep }: ResolvedBackup, path: Path): readonly Finding[] =>
  unless(
    Object.values(keep).some((count) => count > 0),
    () => ({
      path: [...path, 'keep'],
      wanted: 'keep at least one backup',
      got: show(keep),
      fix: 'raise one of last, daily, weekly and monthly',
    }),
  );

/** What the environment says for all brokers. */
export function backupDefault(asked: Environment, environment: ResolvedEnvironment): readonly Finding[] {
  const backup = resolveBackup(undefined, { environment, of: 'brokers', memory: '1Gi' });
  const path = ['defaults', 'redis', 'backup'];
  const folder = at(asked, 'defaults.redis.backup.to.path');
  return [
    ...(backup ? storeFindings(backup, environment, path) : []),
    ...unless(folder === undefined, () => ({
      path: [...path, 'to', 'path'],
      wanted: 'be left to each broker: all would write into one folder, each with a key of its own',
      got: show(folder),
      fix: 'remove it: each broker has a folder of its own',
    })),
  ];
}

/** A broker that Stalk runs for the tenant alone. */
export const ownServer = ({ broker }: ResolvedTenant): ResolvedServer | undefined =>
  broker.kind === 'dedicated' && broker.redis.topology !== 'external' ? broker.redis : undefined;

export const backupRules: readonly Rule[] = [
  {
    what: 'backups of a broker reach their store, and have room there',
    of: (tenant, asked) => {
      const redis = ownServer(tenant);
      return redis ? backupFindings(asked.broker, redis, tenant.environment, ['broker']) : [];
    },
  },
];
