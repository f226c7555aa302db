// A process of an app as a service: the same command, variables, folders and probe.

import { imageIn, SCRATCH } from '../kube';
import type { TenantPlan } from '../plan';
import type { Folder, Process, Program } from '../plan/process';
import type { ResolvedFlower } from '../spec';
import { LOADER_CONFIG } from '../plan/celery/paths';
import { loader } from '../celery/runtime';
import { healthOf } from './health';
import { passwordFile, passwordOf } from './redis-service';
import type { ProjectRedis } from './redis-service';
import { CONTENT_LABEL, fileAt, HARDENED, limitsOf, scratchAt, volumeAt } from './service';
import type { Condition, Service } from './service';
import { OWN_FOLDER, networksOf, serviceOf } from './site';
import type { ProjectSite } from './site';
import { expanded, dollarsDoubled } from './texts';
import { variableName } from './values';
import type { EnvFileValue } from './values';

/** A tenant of a project. */
export interface ProjectTenant {
  readonly plan: TenantPlan;
  readonly broker: ProjectRedis;
  readonly cache?: ProjectRedis;
}

export const CHOWN = 'prepare-volumes';

/** Not started with the others: what runs by the clock, and what the author has none of. */
const BY_HAND = 'by-hand';

export const runsByHand = ({ lifetime }: Pick<Process, 'lifetime'>): boolean =>
  lifetime.kind === 'cron' || ('replicas' in lifetime && lifetime.replicas === 0 && !('scaling' in lifetime));

export const serviceOfProcess = (
  site: ProjectSite,
  { plan }: ProjectTenant,
  { name }: Pick<Process, 'name'>,
): string => serviceOf(site, plan.tenant.name, name);

export function appService(site: ProjectSite, owner: ProjectTenant, process: Process): Service {
  const { tenant } = owner.plan;
  const service = serviceOfProcess(site, owner, process);
  const values = valuesOf(site, owner, process);
  const { port, probes, lifetime } = process;
  const volumes = process.folders.flatMap((folder) => mount(site, owner, process, folder));
  return {
    ...imageOf(site, owner, process),
    ...(runsByHand(process) && { profiles: [BY_HAND] }),
    entrypoint: [], // as in a pod, the image's own stands not before the command
    command: process.command.map((word) => expanded(word, values)),
    user: `${process.user}:${process.user}`,
    environment: Object.fromEntries(values),
    volumes,
    tmpfs: [
      scratchAt(SCRATCH.path, SCRATCH.size, process.user),
      ...process.folders.flatMap((folder) =>
        'scratch' in folder ? [scratchAt(folder.path, folder.scratch, process.user)] : [],
      ),
    ],
    ...(port !== undefined && { ports: [portOf(site, service, port)] }),
    ...networksOf(site, [tenant.name], service, port === undefined ? undefined : process.name),
    extra_hosts: ['host.docker.internal:host-gateway'], // a database on the laptop itself
    depends_on: needsOf(site, owner, process),
    ...(probes && { healthcheck: healthOf(probes, port) }),
    restart: lifetime.kind === 'job' || lifetime.kind === 'cron' ? 'no' : 'unless-stopped',
    stop_grace_period: `${process.grace}s`,
    ...limitsOf(process.resources),
    read_only: process.writableRoot === undefined,
    ...HARDENED,
    labels: { [CONTENT_LABEL]: loaderOf(site, owner).hash },
  };
}

/** Built here, it has a name that no registry has. */
function imageOf(
  { contexts }: ProjectSite,
  { plan: { tenant } }: ProjectTenant,
  { image }: Process,
): Pick<Service, 'image' | 'build'> {
  const build = image === tenant.app.image ? contexts.get(tenant.name) : undefined;
  return build === undefined
    ? { image: imageIn(tenant.environment.registry, image) }
    : { image: `${tenant.name}:local`, build };
}

/** On this machine alone. */
const portOf = ({ published, book, nameOf }: ProjectSite, service: string, port: number): string => {
  const asked = published.get(nameOf(service));
  return `127.0.0.1:${asked === undefined ? book.port(port) : asked}:${port}`;
};

/** Kubernetes has init containers for what Compose has conditions for. */
function needsOf(
  site: ProjectSite,
  owner: ProjectTenant,
  process: Process,
): NonNullable<Service['depends_on']> {
  const { plan, broker, cache } = owner;
  const jobs =
    process.lifetime.kind === 'job' ? [] : plan.processes.filter(({ component }) => component === 'migrate');
  const persistent = process.folders.some((folder) => 'claim' in folder);
  const needs: readonly (readonly [string, Condition])[] = [
    [broker.service, 'service_healthy'],
    ...(cache ? [[cache.service, 'service_healthy'] as const] : []),
    ...(persistent ? [[CHOWN, 'service_completed_successfully'] as const] : []),
    ...jobs.map((job) => [serviceOfProcess(site, owner, job), 'service_completed_successfully'] as const),
  ];
  return Object.fromEntries(needs.map(([name, condition]) => [site.nameOf(name), { condition }]));
}

/** Variables in the order in which one may use another, as Compose reads them. */
function valuesOf(site: ProjectSite, owner: ProjectTenant, program: Program): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const { variables, variablesFrom } = program;
  if (variablesFrom !== undefined)
    for (const [name, text] of Object.entries(textsOf(owner, variablesFrom)))
      values.set(name, dollarsDoubled(text));
  for (const variable of variables) values.set(variable.name, valueOf(site, owner, variable, values));
  return values;
}

function valueOf(
  site: ProjectSite,
  owner: ProjectTenant,
  variable: Program['variables'][number],
  before: ReadonlyMap<string, string>,
): string {
  if ('value' in variable) return expanded(variable.value, before);
  if ('config' in variable) return dollarsDoubled(String(textsOf(owner, variable.config)[variable.key]));
  return site.book.value(secretOf(site, owner, variable));
}

function textsOf({ plan }: ProjectTenant, config: string): Readonly<Record<string, string>> {
  const found = plan.configs.find(({ name }) => name === config);
  return found === undefined ? {} : found.texts;
}

interface Key {
  readonly secret: string;
  readonly key: string;
}

/** Whose password it is; else a value of the app's own. */
function redisOf({ plan: { tenant }, broker, cache }: ProjectTenant, { secret }: Pick<Key, 'secret'>) {
  if (secret === tenant.broker.secret) return broker;
  return cache && secret === tenant.cache?.secret ? cache : undefined;
}

function secretOf(site: ProjectSite, owner: ProjectTenant, { secret, key }: Key): EnvFileValue {
  const redis = redisOf(owner, { secret });
  if (redis) return passwordOf(redis, key);
  const { name, flower } = owner.plan.tenant;
  return {
    name: variableName(...(site.several ? [name] : []), secret, key),
    about: `Secret ${secret}, key ${key}${site.several ? `, of ${name}` : ''}`,
    made: flower ? madeOf(flower.auth, { secret, key }) : 'yours',
  };
}

/** Who opens Flower is nobody else's business; all other Secrets of an app say something that it was given. */
function madeOf(auth: ResolvedFlower['auth'], { secret, key }: Key): EnvFileValue['made'] {
  if (auth === 'proxy' || auth.secret !== secret) return 'yours';
  if ('key' in auth) return auth.key === key ? 'login' : 'yours';
  return auth.password === key ? 'password' : 'yours';
}

const loaderOf = ({ book, several }: ProjectSite, { plan: { tenant } }: ProjectTenant) => {
  const folder = `${OWN_FOLDER}/${several ? `${tenant.name}-` : ''}loader`;
  return { folder, hash: book.files(folder, loader(tenant.runtime)) };
};

function mount(site: ProjectSite, owner: ProjectTenant, process: Process, folder: Folder): readonly string[] {
  if ('scratch' in folder) return [];
  if ('claim' in folder) {
    const name = serviceOf(site, owner.plan.tenant.name, folder.claim);
    site.book.volume(name, process.user);
    return [volumeAt(name, folder.path)];
  }
  if ('config' in folder) return [fileAt(configFolder(site, owner, folder.config), folder.path)];
  return Object.entries(folder.files).map(([key, file]) =>
    fileAt(fileOfSecret(site, owner, { secret: folder.secret, key }), `${folder.path}/${file}`),
  );
}

function configFolder(site: ProjectSite, owner: ProjectTenant, config: string): string {
  if (config === LOADER_CONFIG) return loaderOf(site, owner).folder;
  const folder = `${OWN_FOLDER}/${serviceOf(site, owner.plan.tenant.name, config)}`;
  site.book.files(folder, textsOf(owner, config));
  return folder;
}

/** Certificates are nobody's here: no server of a project speaks TLS. */
function fileOfSecret(_site: ProjectSite, owner: ProjectTenant, { secret, key }: Key): string {
  const redis = redisOf(owner, { secret });
  if (redis === undefined) throw new Error(`Secret ${secret} is no Redis user's`);
  return passwordFile(redis, key);
}
