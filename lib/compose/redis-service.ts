// A Redis of a project: the server of the plan, with its users built before it starts.

import { FOLDERS } from '../plan/redis/server';
import type { Server } from '../plan/redis/server';
import { REDIS_USER, ruleTexts, scripts, userNames } from '../redis';
import type { RedisUser } from '../redis';
import { imageIn, SCRATCH } from '../kube';
import type { ResolvedEnvironment, ResolvedServer } from '../spec';
import { redisHealth } from './health';
import { CONTENT_LABEL, fileAt, HARDENED, limitsOf, scratchAt, volumeAt } from './service';
import type { Service } from './service';
import { OWN_FOLDER, networksOf, SECRETS } from './site';
import type { ProjectSite } from './site';
import { variableName } from './values';
import type { EnvFileValue } from './values';

export interface ProjectRedis {
  /** Name that Stalk gives its service. */
  readonly service: string;
  /** How its clients call it: `redis`, `cache`. */
  readonly host: string;
  readonly redis: ResolvedServer;
  readonly server: Server;
  readonly environment: ResolvedEnvironment;
  readonly users: readonly RedisUser[];
  /** Tenants that reach it. */
  readonly tenants: readonly string[];
}

export const passwordOf = ({ service }: Pick<ProjectRedis, 'service'>, user: string): EnvFileValue => ({
  name: variableName(service, 'password', user),
  about: `User ${user} of ${service}`,
  made: 'password',
});

export const passwordFile = ({ service }: Pick<ProjectRedis, 'service'>, user: string): string =>
  `${SECRETS}/${service}/${user}`;

/** No helper brings a new user to the running server: another list of users makes another container. */
const START = `sh ${FOLDERS.scripts}/users.sh build && exec "$$@"`;

export function redisService(site: ProjectSite, one: ProjectRedis): Service {
  const { service, host, redis, server, environment, users, tenants } = one;
  const { book } = site;
  const folder = `${OWN_FOLDER}/${service}`;
  const hash = [
    book.files(`${folder}/config`, { [server.config.file]: server.config.text }),
    book.files(`${folder}/scripts`, scripts(redis)),
    book.files(`${folder}/rules`, ruleTexts(users)),
  ].join('-');
  for (const user of users.flatMap(userNames))
    book.secretFile(passwordFile(one, user), passwordOf(one, user));
  return {
    image: imageIn(environment.registry, server.image),
    entrypoint: ['sh', '-c', START, 'sh'],
    command: server.main.command,
    user: `${REDIS_USER}:${REDIS_USER}`,
    volumes: [
      fileAt(`${folder}/config`, FOLDERS.config),
      fileAt(`${folder}/scripts`, FOLDERS.scripts),
      fileAt(`${folder}/rules`, FOLDERS.rules),
      fileAt(`${SECRETS}/${service}`, FOLDERS.passwords),
      ...dataVolume(site, one),
    ],
    tmpfs: [
      scratchAt(SCRATCH.path, SCRATCH.size, REDIS_USER),
      scratchAt(FOLDERS.run, '64Mi', REDIS_USER),
      ...scratchData(server),
    ],
    ...networksOf(site, tenants, service, host),
    healthcheck: redisHealth(server.probes, `${FOLDERS.scripts}/probe.sh`),
    restart: 'unless-stopped',
    stop_grace_period: `${server.grace}s`,
    ...limitsOf(redis.resources),
    read_only: true,
    ...HARDENED,
    labels: { [CONTENT_LABEL]: hash },
  };
}

function dataVolume({ book }: ProjectSite, { service, server: { data } }: ProjectRedis): readonly string[] {
  if (data === undefined || 'scratch' in data) return [];
  const name = `${service}-data`;
  book.volume(name, REDIS_USER);
  return [volumeAt(name, FOLDERS.data)];
}

const scratchData = ({ data }: Server): readonly string[] =>
  data !== undefined && 'scratch' in data ? [scratchAt(FOLDERS.data, data.scratch, REDIS_USER)] : [];
