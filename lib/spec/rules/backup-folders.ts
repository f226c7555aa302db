// Folders of backups: each broker has one of its own, as none can read what another's key wrote.

import type { Environment } from '../environment';
import { tenantSides } from '../moving';
import { resolveShared } from '../resolve-redis';
import type { ResolvedEnvironment, ResolvedServer, ResolvedTenant } from '../resolved';
import type { Tenant } from '../tenant';
import { isOfCluster, ownServer } from './backup';
import type { CrossRule } from './cross';
import { show } from './finding';
import type { Finding, Path } from './finding';
import { environmentProblem, tenantProblem } from './report';
import type { Problem } from './report';

/** A folder of a bucket, as one spelling of it; a claim is the broker's alone. */
function folderOf({ backup }: ResolvedServer): string | undefined {
  const store = backup?.store;
  return store?.kind === 's3' ? `${new URL(store.endpoint).origin}/${store.bucket}/${store.path}` : undefined;
}

const ANOTHER_FOLDER = 'remove path: each broker has a folder of its own';

const foldersOfShared = (environment: ResolvedEnvironment): readonly (readonly [string, string])[] =>
  Object.keys(environment.brokers).flatMap((name) => {
    const redis = resolveShared(name, environment);
    const folder = redis.topology === 'external' ? undefined : folderOf(redis);
    return folder === undefined ? [] : [[folder, name] as const];
  });

/** Among the brokers that tenants share. */
export function sharedFolders(environment: ResolvedEnvironment): readonly Finding[] {
  const seen = new Map<string, string>();
  return foldersOfShared(environment).flatMap(([folder, name]) => {
    const other = seen.get(folder);
    if (other === undefined) seen.set(folder, name);
    return other === undefined
      ? []
      : [{ path: ['brokers', name, 'backup', 'to', 'path'], ...anotherThan(`broker "${other}"`, folder) }];
  });
}

/** Brokers that tenants have, or leave, for themselves. */
const foldersOfOwn = (tenant: ResolvedTenant): readonly (readonly [string, Path])[] =>
  tenantSides(tenant).flatMap((side) => {
    const redis = ownServer(side);
    const folder = redis && folderOf(redis);
    const broker = side === tenant ? ['broker'] : ['broker', 'movingFrom'];
    return folder === undefined ? [] : [[folder, [...broker, 'backup', 'to', 'path']] as const];
  });

const anotherThan = (other: string, folder: string): Omit<Finding, 'path'> => ({
  wanted: `be another folder than that of ${other}, whose key cannot read its backups`,
  got: show(folder),
  fix: ANOTHER_FOLDER,
});

/** Among tenants' own brokers, and between them and those that are shared. */
export const ownFolders: CrossRule = ({ known }) => {
  const [first] = known;
  if (first === undefined) return [];
  const shared = foldersOfShared(first.tenant.environment);
  const seen = new Map(shared.map(([folder, name]) => [folder, `broker "${name}"`]));
  return known.flatMap(({ tenant }) =>
    foldersOfOwn(tenant).flatMap(([folder, path]) => {
      const other = seen.get(folder);
      seen.set(folder, `tenant "${tenant.name}"`);
      return other === undefined ? [] : [{ path, ...anotherThan(other, folder), tenant: tenant.name }];
    }),
  );
};

interface Folders {
  readonly environment: ResolvedEnvironment;
  readonly tenants: readonly ResolvedTenant[];
}

interface Lists {
  readonly environments: readonly Environment[];
  readonly tenants: readonly Tenant[];
}

/** Folders of one environment, with the words for whose they are, and how a problem of them is told. */
interface Owned {
  readonly folder: string;
  readonly owner: string;
  readonly environment: string;
  readonly problem: (finding: Omit<Finding, 'path'>) => Problem;
}

/** Between clusters, whose brokers may have one name and never have one key. */
export function foldersBetween(checked: readonly Folders[], asked: Lists): readonly Problem[] {
  const seen = new Map<string, Owned>();
  return checked
    .flatMap((one) => ownedIn(one, asked))
    .flatMap((owned) => {
      const other = seen.get(owned.folder);
      if (other === undefined) seen.set(owned.folder, owned);
      return other === undefined || other.environment === owned.environment
        ? []
        : [owned.problem(anotherThan(`${other.owner} in environment "${other.environment}"`, owned.folder))];
    });
}

function ownedIn({ environment, tenants }: Folders, asked: Lists): readonly Owned[] {
  const here = asked.environments.find(({ name }) => name === environment.name);
  if (here === undefined) return [];
  const common = { environment: environment.name };
  const all = [
    ...foldersOfShared(environment).map(([folder, name]) => ({
      ...common,
      folder,
      owner: `broker "${name}"`,
      problem: (finding: Omit<Finding, 'path'>) =>
        environmentProblem({ ...finding, path: ['brokers', name, 'backup', 'to', 'path'] }, here),
    })),
    ...tenants.flatMap((tenant) => {
      const list = asked.tenants.find(({ name }) => name === tenant.name);
      return foldersOfOwn(tenant).flatMap(([folder, path]) =>
        list === undefined
          ? []
          : [
              {
                ...common,
                folder,
                owner: `tenant "${tenant.name}"`,
                problem: (finding: Omit<Finding, 'path'>) => tenantProblem({ ...finding, path }, list, here),
              },
            ],
      );
    }),
  ];
  // A store of the cluster's own is another server in each
  return all.filter(({ folder }) => !isOfCluster(new URL(folder).hostname, environment.clusterDomain));
}
