// The environment's own rules: its secrets, its shared brokers, the sizes of its defaults.

import type { Environment } from '../environment';
import { backupDefault, backupFindings } from './backup';
import { sharedFolders } from './backup-folders';
import { at } from '../layers';
import type { Redis } from '../redis';
import { resolveRedis, sharedOwner } from '../resolve-redis';
import type { ResolvedEnvironment } from '../resolved';
import { oneClassForAll } from './expose';
import { show, unless } from './finding';
import type { Finding, Path } from './finding';
import { fixedTag } from './images';
import { monitoringFindings } from './monitoring';
import { patchedFolders } from './patches';
import { assignedByDefault } from './pods';
import { plainSecretsInPatches } from './plain-secrets';
import { certificatesApart, literalForExternal, neverEvicts } from './redis';
import { oddSentinels } from './sentinel';
import { enoughMaxmemory, enoughStorage, limitsUnderRequests } from './sizes';
import { isRecord } from '../../kube/json';

/** What an environment breaks whose form is right. */
export const environmentFindings = (
  asked: Environment,
  resolved: ResolvedEnvironment,
): readonly Finding[] => [
  ...literalOnlyWhereDisposable(resolved),
  ...Object.entries(resolved.brokers).flatMap(([name, redis]) => sharedBroker(name, redis, resolved)),
  ...sharedFolders(resolved),
  ...evictingDefault(asked),
  ...backupDefault(asked, resolved),
  ...assignedByDefault(asked),
  ...oneClassForAll(resolved),
  ...monitoringFindings(resolved),
  ...patchedFolders(asked),
  ...plainSecretsInPatches(resolved),
];

/** Two environments of one name would write into one folder. */
export const onlyOne = ({ name }: Environment, names: readonly string[]): readonly Finding[] =>
  unless(names.indexOf(name) === names.lastIndexOf(name), () => ({
    path: ['name'],
    wanted: 'be of one environment only',
    got: `${show(name)} again`,
    fix: 'rename one of the two',
  }));

const literalOnlyWhereDisposable = ({ secrets, disposable }: ResolvedEnvironment): readonly Finding[] =>
  unless(secrets.strategy !== 'literal' || disposable, () => ({
    path: ['secrets', 'strategy'],
    wanted: 'be "existing", "externalSecrets" or "pulumi", as literal secrets lie in Git for all to read',
    got: show('literal'),
    fix: 'change it, or mark the cluster with disposable: true if nothing in it matters',
  }));

function sharedBroker(name: string, asked: Redis, environment: ResolvedEnvironment): readonly Finding[] {
  const path = ['brokers', name];
  const redis = resolveRedis(asked, environment, { of: sharedOwner(name) });
  const memory = 'memory' in asked && isRecord(asked.memory) ? ['memory', 'limit'] : ['memory'];
  return [
    ...certificatesApart(redis, path),
    ...oddSentinels(redis, path),
    ...fixedTag(at(redis, 'image'), environment, path),
    ...neverEvicts(asked, path),
    ...literalForExternal(asked, environment.secrets.strategy, path),
    ...(redis.topology === 'external'
      ? []
      : [
          ...limitsUnderRequests(redis.resources, path),
          ...enoughMaxmemory(redis.maxmemory, redis.resources.memory.limit, [...path, ...memory]),
          ...enoughStorage(redis, path),
          ...backupFindings(asked, redis, environment, path),
        ]),
    ...tenantsOwn(asked, path),
  ];
}

/** What every tenant has for itself on a shared broker. */
const tenantsOwn = (asked: Redis, path: Path): readonly Finding[] =>
  (['prefix', 'database', 'alsoCache'] as const).flatMap((key) => {
    const value = at(asked, key);
    return unless(value === undefined, () => ({
      path: [...path, key],
      wanted: 'be left to the tenants of a shared broker',
      got: show(value),
      fix: `write it in the tenant: broker: { shared: …, ${key}: … }`,
    }));
  });

/** The environment's default would make every dedicated broker evict. */
function evictingDefault({ defaults }: Environment): readonly Finding[] {
  const eviction = defaults?.redis?.eviction;
  return unless(eviction === undefined || eviction === 'noeviction', () => ({
    path: ['defaults', 'redis', 'eviction'],
    wanted: 'be "noeviction" on brokers: any other deletes tasks that they accepted',
    got: show(eviction),
    fix: 'remove it; defaults.cache.eviction is for caches',
  }));
}
