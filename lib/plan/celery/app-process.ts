// What every process of an app has: loader, credentials, folders, and the wait for what it needs.

import { METRICS_VARIABLE, SENT } from '../metrics';
import type { EnvValue, ResolvedApp, ResolvedTenant, Runs } from '../../spec';
import { strategyOf } from '../secrets/strategies';
import { certificatesElsewhere } from '../../spec/secrets';
import type { Folder, Process, Program, Variable, Wait } from '../process';
import { companionsOf, preparations } from './companions';
import type { AppContext, ClientRole } from './context';
import type { VariableTexts } from './dialects/dialect';
import { appFolders, clientFolders, sharedMemoryFolders, otherFolders, RUN_FOLDER } from './folders';
import { fileFolders, secretsIn, variableSources } from './foreign';
import { logFields } from './logs';
import { movingVariable } from './moving';
import { LOADER_DIR } from './paths';
import { secretKeys } from './secret-keys';
import { askedThrough } from './signals';
import { loaderVariables, readsPasswordOnce, variables, withImagePath } from './variables';

type Own = 'name' | 'component' | 'lifetime' | 'command' | 'grace';
type OptionalOwn = 'port' | 'metrics' | 'expose' | 'signal' | 'probes' | 'drain';

/** What one kind of process says of itself; all else is the app's. */
export interface AppProcessProps extends Pick<Process, Own | OptionalOwn> {
  /** What its author gives to it alone. */
  readonly runs: Runs;
  readonly role: ClientRole;
  /** The app that it is of, where it has an own part in that. */
  readonly of?: ResolvedApp;
  /** Set by Stalk for this process alone. */
  readonly fixed?: VariableTexts;
  /** Seconds to wait before all else, at random. */
  readonly stagger?: { readonly min: number; readonly max: number };
  /** Whether it waits for the migrations. */
  readonly migrated: boolean;
  readonly ownFolders?: readonly Folder[];
}

export function appProcess(around: AppContext, props: AppProcessProps): Process {
  const { of = around.tenant.app, role, runs, stagger, migrated, ownFolders, fixed: asked, ...own } = props;
  const fixed = { ...asked, ...countedAt(own.metrics) };
  const { resources, devices, pods, env, envFrom, files, sidecars, initContainers } = runs;
  const app: AppContext = { ...around, tenant: { ...around.tenant, app: of } };
  const { tenant } = app;
  const others = otherSide(around, own, role);
  const reads: Reads = { role, pods, env, envFrom, files, fixed, ownFolders, others };
  const program = programOf(app, own, reads);
  const shared =
    of === around.tenant.app
      ? program
      : programOf(around, own, { ...reads, env: {}, envFrom: [], files: {} });
  const waits: Waits = {
    role,
    stagger,
    before: preparations(initContainers, (isOwn) =>
      isOwn ? { app, role, program } : { app: around, role, program: shared },
    ),
    check: migrated ? tenant.migrate?.check : undefined,
    inImage: of.image === around.tenant.app.image,
    others,
  };
  const companions = companionsOf(sidecars, { app, role, program });
  const inPod = [program, ...companions, ...waits.before];
  return {
    ...own,
    ...behind(sidecars.find(({ front }) => front)?.port, own),
    ...program,
    resources,
    devices,
    pods,
    ...asWhom(of),
    waits: waitsOf(around, waits, shared, shared === program ? env : {}),
    ...waitingFor(tenant, migrated),
    companions,
    talksTo: ['broker', ...(tenant.cache ? (['cache'] as const) : [])],
    ...(readsPasswordOnce(
      app,
      inPod.flatMap(({ variables: own }) => own),
    ) && {
      credentialsVersion: tenant.credentialsVersion,
    }),
    readsForeignSecrets: readsForeignSecrets(tenant, [
      ...inPod.flatMap(({ variables: own, variablesFrom }) => [...own, ...variablesFrom]),
      ...fileFolders(tenant, { files }),
      ...companions.flatMap(({ folders }) => folders),
    ]),
  };
}

const countedAt = (port: number | undefined): VariableTexts =>
  port === undefined ? {} : { [METRICS_VARIABLE]: String(port) };

/** Pods wait for what the check says, as long as the migrations may take. */
const waitingFor = ({ migrate }: ResolvedTenant, migrated: boolean): Pick<Process, 'waitsFor'> =>
  migrated && migrate?.check ? { waitsFor: migrate.timeLimit } : {};

const asWhom = ({ user, writableRoot }: ResolvedApp): Pick<Process, 'user' | 'writableRoot'> => ({
  ...(user !== 'assigned' && { user }),
  ...(writableRoot !== undefined && { writableRoot }),
});

/** What changes for a process whose requests a companion takes. */
const behind = (front: number | undefined, { probes }: Pick<Process, 'probes'>): Partial<Process> =>
  front === undefined ? {} : { front, ...(probes && { probes: askedThrough(front, probes) }) };

type Env = Readonly<Record<string, EnvValue>>;

interface Reads extends Pick<Runs, 'pods' | 'env' | 'envFrom' | 'files'> {
  readonly role: ClientRole;
  readonly fixed: VariableTexts | undefined;
  readonly ownFolders: readonly Folder[] | undefined;
  readonly others: OtherSide | undefined;
}

/** What a program has of the other side while the tenant moves. */
interface OtherSide {
  readonly variable: Variable;
  readonly folders: readonly Folder[];
  /** Whether it brings over what the old broker has, before it begins. */
  readonly carries: boolean;
}

/** Flower asks workers of its own side, and a Job would run again. */
const WITHOUT: readonly Process['component'][] = ['flower', 'migrate', 'loadtest'];

/** Who asks for a result asks the other side too, and who drains the old broker sends to the new one. */
const otherSide = (
  { moving }: AppContext,
  { component }: Pick<Process, 'component'>,
  role: ClientRole,
): OtherSide | undefined =>
  moving !== undefined && !WITHOUT.includes(component)
    ? {
        variable: movingVariable(moving, role),
        folders: otherFolders(moving, role),
        carries: moving.side === 'old' || component === 'beat',
      }
    : undefined;

function programOf(
  app: AppContext,
  { name, command, lifetime }: Pick<Process, 'name' | 'command' | 'lifetime'>,
  { role, pods, env, fixed, ownFolders, others, ...reads }: Reads,
): Program {
  const { tenant } = app;
  const ofServices = servicesTexts(tenant, { name, lifetime });
  return {
    name,
    image: tenant.app.image,
    ...(tenant.app.workingDir !== undefined && { workingDir: tenant.app.workingDir }),
    command: [...tenant.app.entrypoint, ...command],
    variables: [
      ...variables(app, { role, env, fixed: { ...ofServices, ...fixed } }),
      ...(others ? [others.variable] : []),
    ],
    variablesFrom: variableSources(tenant, reads),
    folders: [
      ...clientFolders(app, role),
      ...(others ? others.folders : []),
      ...appFolders(tenant),
      ...sharedMemoryFolders(pods.sharedMemory),
      ...(ownFolders ? ownFolders : []),
      ...fileFolders(tenant, reads),
    ],
  };
}

interface Waits {
  readonly role: ClientRole;
  readonly stagger: AppProcessProps['stagger'];
  readonly before: readonly Wait[];
  readonly check: readonly string[] | undefined;
  /** Whether they run in the process' own image. */
  readonly inImage: boolean;
  readonly others: OtherSide | undefined;
}

/** `by`: the program of the tenant's app, as an image of the process' own need not have what they run. */
const waitsOf = (
  app: AppContext,
  { role, stagger, before, check, inImage, others }: Waits,
  by: Program,
  env: Env,
): readonly Wait[] =>
  [
    ...(stagger ? [forItsTurn(by, stagger)] : []),
    ...before,
    forBroker(app, by, role),
    ...(others?.carries ? [carry(app, by, { role, others })] : []),
    ...(check ? [forMigrations(by, check)] : []),
  ]
    .map((wait) => asTheApp(app.tenant, by, { ...app.tenant.env, ...env }, wait))
    .map((wait) =>
      BY_THE_LOADER.includes(wait.for) && inImage
        ? { ...wait, variables: withImagePath(wait.variables) }
        : wait,
    );

const BY_THE_LOADER: readonly Wait['for'][] = ['broker', 'what the old broker has'];

/** Not for a Job: migrations would run again with each new delay. Who receives what it sends knows the delay. */
const servicesTexts = (
  tenant: ResolvedTenant,
  { name, lifetime }: Pick<Process, 'name' | 'lifetime'>,
): VariableTexts =>
  lifetime.kind === 'job'
    ? {}
    : {
        STALK_LONGEST_DELAY: String(tenant.longestDelay),
        ...(tenant.environment.monitoring && SENT),
        ...logFields(tenant, { process: name }),
      };

/** Those of Redis users come with the tenant, unless the environment says that somebody else puts them there. */
function readsForeignSecrets(tenant: ResolvedTenant, read: Parameters<typeof secretsIn>[0]): boolean {
  const { environment, broker, cache } = tenant;
  const { redis } = broker;
  const certificates = [redis.tls, cache?.redis.tls].some(certificatesElsewhere);
  if (strategyOf(environment).ownedElsewhere || certificates) return true;
  const literal = environment.disposable ? secretKeys(tenant).keys() : [];
  const rendered: readonly (string | undefined)[] = [broker.secret, cache?.secret, ...literal];
  return secretsIn(read).some((secret) => !rendered.includes(secret));
}

/** Behind the app's entrypoint; where that or `PATH` says which Python it is, with all that they may read. */
function asTheApp(
  { app: { entrypoint } }: ResolvedTenant,
  { variables, variablesFrom, folders }: Program,
  env: Env,
  wait: Wait,
): Wait {
  if (wait.for === 'preparation') return wait; // its author has said where it runs
  if (entrypoint.length === 0 && env['PATH'] === undefined) return wait;
  return {
    ...wait,
    command: [...entrypoint, ...wait.command],
    variables,
    folders,
    variablesFrom,
  };
}

const placeOf = ({ image, workingDir }: Program): Pick<Program, 'image' | 'workingDir'> => ({
  image,
  ...(workingDir !== undefined && { workingDir }),
});

const forItsTurn = (
  program: Program,
  { min, max }: { readonly min: number; readonly max: number },
): Wait => ({
  ...placeOf(program),
  name: 'stagger',
  for: 'its turn',
  command: ['python3', '-c', `import random, time; time.sleep(random.uniform(${min}, ${max}))`],
  variables: [],
  variablesFrom: [],
  folders: [],
});

/** As the process' own Redis user, so that it also waits for its password. */
const forBroker = (app: AppContext, program: Program, role: ClientRole): Wait => ({
  ...placeOf(program),
  name: 'wait-for-redis',
  for: 'broker',
  command: ['python3', `${LOADER_DIR}/stalk_celery.py`, 'wait'],
  variables: loaderVariables(app, role),
  variablesFrom: [],
  folders: [...clientFolders(app, role), RUN_FOLDER],
});

/** Results, entries of RedBeat and dead letters go from the old broker to the new one before the process starts. */
const carry = (
  app: AppContext,
  program: Program,
  { role, others }: { readonly role: ClientRole; readonly others: OtherSide },
): Wait => ({
  ...forBroker(app, program, role),
  name: 'carry',
  for: 'what the old broker has',
  command: ['python3', `${LOADER_DIR}/stalk_celery.py`, 'carry'],
  variables: [...loaderVariables(app, role), others.variable],
  folders: [...clientFolders(app, role), ...others.folders, RUN_FOLDER],
});

const forMigrations = (program: Program, check: readonly string[]): Wait => ({
  ...program,
  name: 'wait-for-migrations',
  for: 'migrations',
  command: ['sh', '-c', UNTIL, 'sh', ...check],
});

const UNTIL = 'until "$@"; do echo "not migrated yet: asking again in 5 s"; sleep 5; done';
