// Pods: users that the cluster assigns, accounts and their tokens, room for what a pod shares and writes.

import type { Egress } from '../values';
import type { Environment } from '../environment';
import type { ResolvedAccount, ResolvedTenant } from '../resolved';
import type { Tenant } from '../tenant';
import { bytes, memoryText } from '../units';
import { partsOf } from '../parts';
import { saidRoom } from '../resolve-pods';
import { show, unless } from './finding';
import type { Finding, Path, Rule } from './finding';
import { sizePath } from './sizes';

/** Files of an image that belong to a user whom the cluster does not give are lost; so a person decides. */
function assignedOrNot({ environment }: ResolvedTenant, { app }: Tenant): readonly Finding[] {
  const { user } = app;
  if (user === undefined) return [];
  const { name, assignedUsers } = environment;
  return unless((user === 'assigned') === assignedUsers, () => ({
    path: ['app', 'user'],
    ...(assignedUsers
      ? {
          wanted: `be "assigned" in ${name}, where the cluster chooses the user (assignedUsers)`,
          got: show(user),
          fix: `write overlays: { ${name}: { app: { user: 'assigned' } } }, and let the group of the image's files be 0`,
        }
      : {
          wanted: `be a number in ${name}, where the cluster assigns none`,
          got: show(user),
          fix: 'write the number, or assignedUsers: true in the environment',
        }),
  }));
}

export const assignedByDefault = ({ assignedUsers = false, defaults }: Environment): readonly Finding[] => {
  const user = defaults?.app?.user as number | 'assigned' | undefined;
  return unless(user === undefined || (user === 'assigned') === assignedUsers, () => ({
    path: ['defaults', 'app', 'user'],
    wanted: assignedUsers
      ? 'be left out where the cluster chooses the users (assignedUsers)'
      : 'be a number, as the cluster assigns none',
    got: show(user),
    fix: assignedUsers ? 'remove it' : 'write the number, or assignedUsers: true',
  }));
};

/** Of the API server, seen as a Service and as itself, and of Vault. */
const SHOWN_AT = [443, 6443, 8200];

const takesTokens = ({ ports }: Egress): boolean =>
  ports === undefined || ports.some((port) => SHOWN_AT.includes(port));

/** Policies close everything else: a token that reaches nobody times out in the app. */
function tokensReach(tenant: ResolvedTenant): readonly Finding[] {
  const { egress } = tenant;
  const owner = partsOf(tenant).find(([, { pods }]) => pods.account?.token === true);
  if (owner === undefined) return [];
  return unless(egress.some(takesTokens), () => ({
    path: ['egress'],
    wanted: `open port 443, 6443 or 8200 of somebody to whom ${owner[0].join('.')} shows its token`,
    got: egress.length === 0 ? 'nothing' : 'other ports',
    fix: "add the API server: { to: { cidr: '10.96.0.1/32' }, ports: [443, 6443] }, with the addresses that kubectl get service,endpoints kubernetes says",
  }));
}

interface Placed {
  readonly path: Path;
  readonly account: ResolvedAccount;
}

/** One name is one account: Stalk cannot make one that is there, nor one with annotations of two kinds. */
function accountsApart(tenant: ResolvedTenant): readonly Finding[] {
  const all: readonly Placed[] = partsOf(tenant).flatMap(
    ([
      path,
      {
        pods: { account },
      },
    ]) => (account ? [{ path, account }] : []),
  );
  const annotationsOf = ({ account }: Placed): string => JSON.stringify(account.annotations);
  return all.flatMap((one, index) => {
    const other = all
      .slice(0, index)
      .find(
        (before) =>
          before.account.name === one.account.name &&
          (before.account.isMade !== one.account.isMade || annotationsOf(before) !== annotationsOf(one)),
      );
    return unless(other === undefined, () => ({
      path: [...one.path, 'pods', 'serviceAccount'],
      wanted: `be another account than the one of ${String(other?.path.at(-1))}, which has the same name`,
      got: show(one.account.name),
      fix: 'write the name of an account that somebody else makes, or the same annotations',
    }));
  });
}

const sharedMemoryFits = (tenant: ResolvedTenant, asked: Tenant): readonly Finding[] =>
  partsOf(tenant).flatMap(([path, { resources, pods }]) => {
    const { sharedMemory } = pods;
    const { limit } = resources.memory;
    return unless(sharedMemory === undefined || bytes(sharedMemory) < bytes(limit), () => ({
      path: sizePath('memory', path, asked),
      wanted: `be over ${show(sharedMemory)}, the pods.sharedMemory that counts in it`,
      got: show(limit),
      fix: 'raise memory, or write a smaller pods.sharedMemory for this workload',
    }));
  });

/** The default of `disk` grows with what is said; a number of the author's own has to be enough. */
const foldersFit = (tenant: ResolvedTenant, asked: Tenant): readonly Finding[] => {
  const room = saidRoom(asked.app.writable ?? tenant.environment.defaults.app.writable);
  return partsOf(tenant).flatMap(([path, { resources }]) => {
    const { limit } = resources.disk;
    return unless(bytes(limit) >= room, () => ({
      path: sizePath('disk', path, asked),
      wanted: `be at least ${show(memoryText(room))}, the sizes of app.writable`,
      got: show(limit),
      fix: 'raise disk, or leave it out: its default grows with them',
    }));
  });
};

export const podRules: readonly Rule[] = [
  { what: 'the user is said where the cluster does not choose it', of: assignedOrNot },
  { what: 'a token reaches somebody', of: tokensReach },
  { what: 'accounts have names of their own', of: accountsApart },
  { what: 'memory has room for what is shared in it', of: sharedMemoryFits },
  { what: 'disk has room for the folders that an app writes', of: foldersFit },
];
