// A project of Compose for one tenant or several: its services, the files that they mount, and the values that they need.

import { imageIn } from '../kube';
import { brokerPlan, cachePlan, isRunByStalk } from '../plan/redis/broker';
import type { RedisPlan, Server } from '../plan/redis/server';
import { planOf } from '../plan';
import { cacheUser, sharedUsers } from '../redis';
import type { ResolvedServer, ResolvedTenant } from '../spec';
import { appServices, CHOWN, runsByHand, serviceOfProcess } from './app-service';
import type { ProjectTenant } from './tenant';
import { book } from './book';
import { onLaptop, withOwnUsers } from './laptop';
import { redisService } from './redis-service';
import type { ProjectRedis } from './redis-service';
import { HARDENED } from './service';
import type { Service } from './service';
import { serviceOf } from './site';
import type { ProjectSite } from './site';
import type { EnvFileValue } from './values';

export interface ComposeProps extends Pick<ProjectSite, 'published' | 'contexts'> {
  readonly tenants: readonly ResolvedTenant[];
  /** Names of services by those that Stalk gives them. */
  readonly names: ReadonlyMap<string, string>;
}

export interface ComposeProject {
  /** By name, in the order in which they start. */
  readonly services: ReadonlyMap<string, Service>;
  /** Names that Stalk gives them, whatever they are called. */
  readonly known: readonly string[];
  /** Services by the tenant whose app they run. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Names of those that do not start with the others. */
  readonly byHand: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly values: readonly EnvFileValue[];
  /** Text by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Files that hold a value of .env, by path. */
  readonly secretFiles: ReadonlyMap<string, EnvFileValue>;
  /** Files that the reader fills in, and what each is, by path. */
  readonly yours: ReadonlyMap<string, string>;
}

export function projectOf({ tenants, names, ...asked }: ComposeProps): ComposeProject {
  const several = tenants.length > 1;
  const pages = book();
  const nameOf = (service: string): string => {
    const name = names.get(service);
    return name === undefined ? service : name;
  };
  const site: ProjectSite = { ...asked, book: pages, several, nameOf };
  const owners = tenants.map((tenant) => ownerOf(site, tenant, tenants));
  const redis = new Map(
    owners
      .flatMap(({ broker, cache }) => [broker, ...(cache ? [cache] : [])])
      .map((one) => [one.service, one]),
  );
  const servers = [...redis.values()].map((one) => [one.service, redisService(site, one)] as const);
  const apps = owners.flatMap((owner) =>
    owner.plan.processes.flatMap((process) => appServices(site, owner, process)),
  );
  const { values, files, secretFiles, yours, volumes } = pages.written;
  const chown = volumes.size === 0 ? [] : [[CHOWN, chownService(site, [...redis.values()])] as const];
  const all = [
    ...chown,
    ...servers.map(([name, service]) => [name, afterChown(site, service)] as const),
    ...apps,
  ];
  return {
    services: new Map(all.map(([name, service]) => [nameOf(name), service])),
    known: all.map(([name]) => name),
    groups: new Map(
      owners.map((owner) => [
        owner.plan.tenant.name,
        owner.plan.processes.map((process) => nameOf(serviceOfProcess(site, owner, process))),
      ]),
    ),
    byHand: owners.flatMap((owner) =>
      owner.plan.processes
        .filter(runsByHand)
        .map((process) => nameOf(serviceOfProcess(site, owner, process))),
    ),
    networks: several ? tenants.map(({ name }) => name) : [],
    volumes: [...volumes.keys()],
    values: [...values.values()],
    files,
    secretFiles,
    yours,
  };
}

function ownerOf(site: ProjectSite, tenant: ResolvedTenant, all: readonly ResolvedTenant[]): ProjectTenant {
  const here = onLaptop(tenant);
  const guests =
    tenant.broker.kind === 'dedicated' ? [tenant] : all.filter((other) => sharesWith(tenant, other));
  const shared = tenant.broker.kind === 'shared';
  const { environment, namespace } = here;
  const broker: ProjectRedis = {
    service: serviceOf(site, shared ? tenant.broker.name : tenant.name, 'redis'),
    host: 'redis',
    redis: served(here.broker.redis),
    server: onlyServer(
      brokerPlan({ redis: served(here.broker.redis), namespace, clusterDomain: environment.clusterDomain }),
    ),
    environment,
    users: sharedUsers(guests.map(withOwnUsers)),
    tenants: guests.map(({ name }) => name),
  };
  return {
    plan: planOf(here),
    broker,
    ...(here.cache && { cache: cacheOf(site, here, served(here.cache.redis)) }),
  };
}

const sharesWith = ({ broker: a }: ResolvedTenant, { broker: b }: ResolvedTenant): boolean =>
  a.kind === 'shared' && b.kind === 'shared' && a.name === b.name;

const cacheOf = (
  site: ProjectSite,
  { name, environment, cache }: ResolvedTenant,
  redis: ResolvedServer,
): ProjectRedis => ({
  service: serviceOf(site, name, 'cache'),
  host: 'cache',
  redis,
  server: onlyServer(cachePlan(redis)),
  environment,
  users: cache ? [cacheUser(cache.user)] : [],
  tenants: [name],
});

function served(redis: ResolvedTenant['broker']['redis']): ResolvedServer {
  if (isRunByStalk(redis)) return redis;
  throw new Error('no Redis of a project is somebody else’s');
}

function onlyServer({ servers: [first, ...more] }: RedisPlan): Server {
  if (first !== undefined && more.length === 0) return first;
  throw new Error('a Redis of a project is one server');
}

/** What a pod's `fsGroup` does: a new volume is root's, and nothing else here is. */
function chownService({ book: { written } }: ProjectSite, [redis]: readonly ProjectRedis[]): Service {
  if (redis === undefined) throw new Error('a project has a Redis');
  const volumes = [...written.volumes];
  return {
    image: imageIn(redis.environment.registry, redis.server.image),
    entrypoint: ['sh', '-c'],
    command: [volumes.map(([name, user]) => `chown ${user}:${user} /volumes/${name}`).join(' && ')],
    user: '0:0',
    volumes: volumes.map(([name]) => `${name}:/volumes/${name}:nocopy`),
    network_mode: 'none',
    restart: 'no',
    read_only: true,
    ...HARDENED,
    cap_add: ['CHOWN'],
  };
}

const afterChown = ({ nameOf }: ProjectSite, service: Service): Service =>
  service.volumes?.some((one) => one.endsWith(':nocopy')) === true
    ? { ...service, depends_on: { [nameOf(CHOWN)]: { condition: 'service_completed_successfully' } } }
    : service;
