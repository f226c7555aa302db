// The rules of the contract: everything that is wrong with an environment and its tenants, in its authors' words.

import type { Environment } from '../environment';
import { versioned } from '../images';
import { tenantSides } from '../moving';
import { livesIn, resolve, withOverlay } from '../resolve';
import { resolveEnvironment } from '../resolve-environment';
import type { ResolvedEnvironment, ResolvedTenant } from '../resolved';
import type { Tenant } from '../tenant';
import { appRules } from './app';
import { backupRules } from './backup';
import { foldersBetween, ownFolders } from './backup-folders';
import { beatRules } from './beat';
import { usersFit } from './broker-users';
import { celeryRules } from './celery';
import { celeryNames } from './celery-names';
import { ownBroker, sharedBrokers } from './connections';
import type { CrossRule, SoundTenant } from './cross';
import { oneBeat, onePrefix, served, servedInTime } from './cross-groups';
import { prefixes, prefixesOfQueues, queueBases, users } from './cross-names';
import { betweenEnvironments, externalServers } from './cross-external';
import { queueRules } from './cross-queues';
import { clientRules } from './clients';
import { envRules } from './env';
import { environmentFindings, onlyOne } from './environment';
import { exposeRules, waysIn } from './expose';
import { show } from './finding';
import type { Finding, Path, Rule } from './finding';
import { foreignRules } from './foreign';
import { formOf, formOfEnvironment } from './form';
import { images } from './images';
import { isolationRules } from './isolation';
import { messagesRules } from './messages';
import { monitoringRules } from './monitoring';
import { movingRules, oldSideRules, onOldSides } from './moving';
import { placeOf } from './overlays';
import { secrets } from './plain-secrets';
import { podRules } from './pods';
import { onePriorities, priorityRules } from './priorities';
import { producerRules } from './producers';
import { processRules } from './processes';
import { redisRules } from './redis';
import { sentinelRules } from './sentinel';
import { environmentProblem, formProblem, tenantProblem } from './report';
import type { Problem } from './report';
import { sidecarRules } from './sidecars';
import { sizeRules } from './sizes';
import { timeRules } from './times';
import { strangersInImages, withFile, withVersions } from './versions';
import { webRules } from './web';
import { argsRules } from './worker-args';
import { workerRules } from './workers';

export { betweenEnvironments, foldersBetween };
export { quoted, sentence, show } from './finding';
export { readable, strangersIn } from './lists';
export { objectHint, patchesThatMatchNothing } from './patches';
export { saidToBePlain } from './plain-secrets';
export { isPlain } from './secret-patterns';
export { patchProblem, report, problemLines } from './report';
export type { Problem, Told } from './report';

/** About one tenant on one broker. */
const ON_A_BROKER: readonly Rule[] = [
  ...isolationRules,
  ...appRules,
  ...images,
  ...envRules,
  ...foreignRules,
  ...clientRules,
  ...secrets,
  ...workerRules,
  ...argsRules,
  ...timeRules,
  ...sizeRules,
  ...podRules,
  ...sidecarRules,
  ...beatRules,
  ...webRules,
  ...processRules,
  ...producerRules,
  ...exposeRules,
  ...monitoringRules,
  ...redisRules,
  ...backupRules,
  ...sentinelRules,
  ...messagesRules,
  ...priorityRules,
  ...celeryRules,
  ...celeryNames,
];

/** About one tenant. */
const RULES: readonly Rule[] = [...ON_A_BROKER, ...movingRules, oldSideRules(ON_A_BROKER)];

/** About what a tenant has on a broker, and the others have there. */
const SIDE_RULES: readonly CrossRule[] = [users, prefixes, queueBases, prefixesOfQueues, externalServers];

/** About a tenant among the others. */
const CROSS_RULES: readonly CrossRule[] = [
  users,
  prefixes,
  queueBases,
  prefixesOfQueues,
  onePrefix,
  onePriorities,
  oneBeat,
  served,
  servedInTime,
  queueRules,
  ownBroker,
  externalServers,
  ownFolders,
  waysIn,
];

/** What `check` found, and the environment and tenants with everything filled in. */
export interface Checked {
  /** Those whose form is right and which live in the environment, in the order of the list. */
  readonly tenants: readonly ResolvedTenant[];
  readonly environment: ResolvedEnvironment;
  /** Empty if all is well; else nothing may be rendered. */
  readonly problems: readonly Problem[];
}

/** Checks everything at once; `environments` are the names of all, without which unknown names go unseen. */
export function check(
  tenants: readonly Tenant[],
  environment: Environment,
  environments?: readonly string[],
): Checked {
  const resolved = resolveEnvironment(environment);
  const form = withFile(formOfEnvironment(environment), environment);
  const sound = form.length === 0;
  const ofEnvironment = sound ? environmentFindings(environment, resolved) : [];
  const { known, problems } = alone(tenants, environment, {
    environments,
    resolved: sound ? resolved : undefined,
  });
  const here = known.map(({ tenant }) => tenant);
  const living = tenants
    .filter((tenant) => livesIn(tenant, environment))
    .map((tenant) => withOverlay(tenant, environment));
  return {
    tenants: here,
    environment: resolved,
    problems: [
      ...(sound ? [] : form).map((finding) => formProblem(finding, environment)),
      ...[
        ...ofEnvironment,
        ...withFile(strangersInImages(environment, living), environment),
        ...onlyOne(environment, environments ?? []),
        ...sharedBrokers(here.flatMap(tenantSides)),
        ...usersFit(here.flatMap(tenantSides), resolved),
      ].map((finding) => environmentProblem(finding, environment)),
      ...problems,
      ...twins(tenants, environment),
      ...together(tenants, known, environment),
    ],
  };
}

interface Given {
  readonly environments: readonly string[] | undefined;
  /** Absent where the form of the environment is wrong, so that nothing can be derived from it. */
  readonly resolved: ResolvedEnvironment | undefined;
}

/** Each tenant for itself; a wrong form ends there, as numbers made of it would be none. */
function alone(tenants: readonly Tenant[], environment: Environment, { environments, resolved }: Given) {
  const formOfTenant = formOf(environment);
  const known: SoundTenant[] = [];
  const problems = tenants.flatMap((tenant) => {
    const laid = withOverlay(tenant, environment);
    const asked = versioned(laid, environment);
    const place = placeOf(tenant, asked, environment, environments);
    if (!livesIn(tenant, environment))
      return place.map((finding) => tenantProblem(finding, tenant, environment));
    const form = withVersions(formOfTenant(asked), laid, environment);
    const one = resolved && form.length === 0 ? { asked, tenant: resolve(asked, resolved) } : undefined;
    if (one) known.push(one);
    const news = form.filter(({ path }) => !place.some((one) => isTold(one.path, path)));
    return [...place, ...news, ...(one ? broken(one) : [])].map((finding) =>
      tenantProblem(finding, tenant, environment),
    );
  });
  return { known, problems };
}

/** What an overlay names wrong needs no second line about its form. */
const isTold = ([top, , ...told]: Path, path: Path): boolean =>
  top === 'overlays' && told.length > 1 && told.every((part, index) => part === path[index]);

const broken = ({ asked, tenant }: SoundTenant): readonly Finding[] =>
  RULES.flatMap(({ of }) => of(tenant, asked));

/** One name for two tenants is one namespace for both. */
function twins(tenants: readonly Tenant[], environment: Environment): readonly Problem[] {
  const seen = new Set<string>();
  return tenants.flatMap((tenant) => {
    const again = seen.has(tenant.name);
    if (livesIn(tenant, environment)) seen.add(tenant.name);
    if (!again || !livesIn(tenant, environment)) return [];
    const finding = {
      path: ['name'],
      wanted: 'be of one tenant only',
      got: `${show(tenant.name)} again`,
      fix: 'rename one of the two, or remove it from the list',
    };
    return [tenantProblem(finding, tenant, environment)];
  });
}

function together(
  tenants: readonly Tenant[],
  known: readonly SoundTenant[],
  environment: Environment,
): readonly Problem[] {
  const here = tenants.filter((tenant) => livesIn(tenant, environment));
  const byName = new Map(here.map((tenant) => [tenant.name, tenant]));
  const everybody = { known, names: new Set(byName.keys()) };
  return [...CROSS_RULES.flatMap((rule) => rule(everybody)), ...onOldSides(SIDE_RULES, everybody)].flatMap(
    ({ tenant: name, ...finding }) => {
      const tenant = byName.get(name);
      return tenant ? [tenantProblem(finding, tenant, environment)] : [];
    },
  );
}
