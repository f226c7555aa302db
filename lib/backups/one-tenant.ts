// One tenant out of a snapshot into the living broker, beside its neighbours: key by key, as a user made for that time.

import { createHash, randomBytes } from 'node:crypto';
import { lastLineOf } from '../cluster';
import type { ContainerRef } from '../cluster';
import { redisPort } from '../plan/redis/endpoint';
import { rulesOfRole, tenantUser } from '../redis';
import { OWN } from '../redis/acl';
import { usersOf } from '../spec/isolation';
import type { ResolvedTenant } from '../spec';
import type { Living } from './broker';
import { CLEAR_PROGRAM, GUEST_PROGRAM } from './runtime';
import { holding } from './snapshot';
import type { HeldSnapshot, Holding } from './snapshot';
import { BackupError } from './target';
import type { Restore } from './restore';

interface Guest {
  readonly tenant: ResolvedTenant;
  readonly living: Living;
  readonly held: HeldSnapshot;
}

export interface Copied {
  readonly copied: number;
  /** Bindings of queues, which workers have made by now. */
  readonly there: number;
  readonly wanted: number;
}

/** Patterns of a tenant's keys, as its worker's rules have them. */
export function patternsOf(tenant: ResolvedTenant): readonly string[] {
  const { own, roles } = tenantUser(tenant);
  if (own === undefined) throw new BackupError(`tenant ${tenant.name} has no keys of its own beside others`);
  const rules = roles.map((role) => rulesOfRole(role)[usersOf('').worker] ?? '');
  const words = rules.flatMap((text) => text.split(' ')).filter((word) => word.startsWith('~'));
  return [...new Set(words)].map((word) => word.slice(1).replaceAll(OWN, own));
}

export async function copyTenant(props: Restore, guest: Guest): Promise<Copied> {
  const { living, tenant, held } = guest;
  const patterns = patternsOf(tenant);
  return holding(props, held.id, async (of) => {
    if (props.overLiveData) await cleared(props, guest, patterns);
    const password = randomBytes(24).toString('hex');
    await program(props, living.primary, GUEST_PROGRAM, [
      ...['add', String(props.patience), 'on', `#${createHash('sha256').update(password).digest('hex')}`],
      ...['resetkeys', 'resetchannels', ...patterns.map((pattern) => `~${pattern}`)],
      ...['-@all', '+restore', '+select', '+ping'],
    ]);
    try {
      return await copy(props, guest, { of, patterns, password });
    } finally {
      await program(props, living.primary, GUEST_PROGRAM, ['remove']);
    }
  });
}

async function cleared(
  props: Restore,
  { living, tenant }: Guest,
  patterns: readonly string[],
): Promise<void> {
  const { database } = tenant.broker;
  const gone = await program(props, living.primary, CLEAR_PROGRAM, [String(database), ...patterns]);
  props.say(`deleted ${gone.trim()} keys of ${tenant.name}`);
}

interface Copying {
  readonly of: Holding;
  readonly patterns: readonly string[];
  readonly password: string;
}

async function copy(
  { cluster, target, patience, say }: Restore,
  { living, tenant }: Guest,
  { of: { pod, container, scripts }, patterns, password }: Copying,
): Promise<Copied> {
  const { namespace, redis } = target.of;
  const where = { namespace, pod: pod.metadata.name, container };
  const { stdout, stderr, code } = await cluster.exec(where, {
    argv: [
      ...['sh', `${scripts}/copy.sh`, living.address, String(redisPort(redis)), 'restore'],
      ...[String(tenant.broker.database), ...patterns],
    ],
    stdin: `${password}\n`,
    timeoutSeconds: patience,
  });
  const [, copied, there, wanted] = /^(\d+) (\d+) (\d+)$/.exec(lastLineOf(stdout)) ?? [];
  if (code !== 0 || copied === undefined)
    throw new BackupError(`the keys of ${tenant.name} must be copied, got ${lastLineOf(stderr || stdout)}`);
  for (const line of stderr.split('\n').filter((one) => one !== '')) say(line);
  return { copied: Number(copied), there: Number(there), wanted: Number(wanted) };
}

async function program(
  { cluster, patience }: Restore,
  where: ContainerRef,
  text: string,
  args: readonly string[],
): Promise<string> {
  const { stdout, stderr, code } = await cluster.exec(where, {
    argv: ['sh', '-c', text, 'sh', ...args],
    timeoutSeconds: patience,
  });
  if (code !== 0)
    throw new BackupError(`Redis in ${where.pod} must obey, got ${lastLineOf(stderr || stdout)}`);
  return stdout;
}
