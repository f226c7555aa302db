// The environment of the app's pods: what Stalk sets itself, and facts that there are.

import { besideOf } from '../beside';
import { partsOf } from '../parts';
import type { ResolvedTenant } from '../resolved';
import type { DerivedName, EnvValue } from '../values';
import { show } from './finding';
import type { Finding, Path, Rule } from './finding';
import { paperlessCrons } from '../app';
import { isSocketUrl, OVER_TCP } from './form-host';

const NEEDED = 'leave it out: Stalk needs its own value';

/** By variable, what to write instead. */
const RESERVED: Readonly<Record<string, string>> = {
  CELERY_LOADER: NEEDED,
  PYTHONPATH: 'use app.pythonPath',
  CELERY_BROKER_READ_URL: 'use broker',
  CELERY_BROKER_WRITE_URL: 'use broker',
};

type ByDialect = Readonly<Record<ResolvedTenant['app']['dialect'], Readonly<Record<string, string>>>>;

const BY_DIALECT: ByDialect = {
  celery: {},
  django: {},
  paperless: {
    PAPERLESS_REDIS: 'use broker',
    PAPERLESS_REDIS_PREFIX: 'use broker.prefix',
    PAPERLESS_TASK_WORKERS: 'use concurrency of the pool',
    PAPERLESS_WORKER_TIMEOUT: 'use timeLimit of the pool',
    PAPERLESS_BEAT_SCHEDULE_FILENAME: NEEDED,
    ...Object.fromEntries(
      Object.keys(paperlessCrons.lines).map((name) => [`PAPERLESS_${name}_TASK_CRON`, 'use app.crons']),
    ),
  },
};

/** Props that say it for all; one workload may say it for itself. */
const FOR_ALL: ByDialect = {
  celery: {},
  django: { DJANGO_SETTINGS_MODULE: 'use app.djangoSettings, or env of one workload' },
  paperless: { PAPERLESS_THREADS_PER_WORKER: 'use app.threadsPerWorker, or env of one workload' },
};

/** Celery puts these above every setting, so they may say what Stalk says and nothing else. */
const ONLY_DERIVED: Readonly<Record<string, DerivedName>> = {
  CELERY_BROKER_URL: 'broker.celeryUrl',
  CELERY_RESULT_BACKEND: 'results.celeryUrl',
};

/** What to write in place of a variable that is Stalk's; `path` leads to the environment that it stands in. */
export function instead(
  name: string,
  value: EnvValue,
  tenant: ResolvedTenant,
  path: Path,
): string | undefined {
  if (isOfAnotherImage(tenant, path)) return undefined;
  const { app } = tenant;
  if (name.startsWith('STALK_')) return NEEDED;
  const from = ONLY_DERIVED[name];
  if (from !== undefined && !(typeof value === 'object' && 'from' in value && value.from === from))
    return `write { from: '${from}' } or leave it out`;
  return (
    RESERVED[name] ??
    BY_DIALECT[app.dialect][name] ??
    (path.length === 1 ? FOR_ALL[app.dialect][name] : undefined)
  );
}

/** Stalk sets nothing there, so that each name is its own: a sidecar may be Python, or an app with a Celery of its own. */
const isOfAnotherImage = (tenant: ResolvedTenant, path: Path): boolean =>
  [
    ...besideOf(tenant, 'sidecars'),
    ...besideOf(tenant, 'initContainers').filter(([, { image }]) => image !== undefined),
  ].some(([at]) => isSame([...at, 'env'], path));

const isSame = (one: Path, other: Path): boolean =>
  one.length === other.length && one.every((step, index) => step === other[index]);

/** Why a fact is not there, or nothing. */
function missing(from: DerivedName, { cache, broker, results }: ResolvedTenant): Words | undefined {
  if (from.startsWith('cache.') && cache === undefined)
    return { wanted: 'be a fact of this tenant, which has no cache', fix: 'add cache: {}, or use broker' };
  if (from === 'results.celeryUrl' && results.backend === 'none')
    return {
      wanted: 'be a fact of this tenant, which keeps no results',
      fix: 'remove it, or change results.backend',
    };
  if (from === 'broker.prefix' && broker.prefix === '')
    return { wanted: 'be a fact of this tenant, which has no prefix', fix: 'set broker.prefix' };
  if (OF_ONE_HOST.has(from) && broker.redis.topology === 'sentinel')
    return {
      wanted: 'be a fact of this tenant, whose primary changes: sentinels say who it is',
      fix: 'use broker.celeryUrl, which names them all, or a broker of topology replicated',
    };
  return undefined;
}

/** What a broker with sentinels has none of. */
const OF_ONE_HOST: ReadonlySet<DerivedName> = new Set(['broker.url', 'broker.host', 'broker.port']);

type Words = Pick<Finding, 'wanted' | 'fix'>;

function variable(name: string, value: EnvValue, tenant: ResolvedTenant, path: Path): Finding | undefined {
  const fix = instead(name, value, tenant, path);
  if (fix !== undefined) {
    const words = isSocketUrl(value) ? OVER_TCP : { wanted: 'be left to Stalk, which sets it', fix };
    return { path: [name], got: show(value), ...words };
  }
  if (typeof value !== 'object' || !('from' in value)) return undefined;
  const why = missing(value.from, tenant);
  return why && { path: [name, 'from'], got: show(value.from), ...why };
}

type Check = (name: string, value: EnvValue, tenant: ResolvedTenant, path: Path) => Finding | undefined;

/** Every variable of the tenant and of its workloads. */
export function eachVariable(tenant: ResolvedTenant, check: Check): readonly Finding[] {
  const found = (env: ResolvedTenant['env'], path: Path): readonly Finding[] =>
    Object.entries(env).flatMap(([name, value]) => {
      const finding = check(name, value, tenant, path);
      return finding ? [{ ...finding, path: [...path, ...finding.path] }] : [];
    });
  return [
    ...found(tenant.env, ['env']),
    ...partsOf(tenant).flatMap(([path, { env }]) => found(env, [...path, 'env'])),
    ...besideOf(tenant, 'initContainers').flatMap(([path, { env }]) => found(env, [...path, 'env'])),
    ...besideOf(tenant, 'sidecars').flatMap(([path, { env }]) => found(env, [...path, 'env'])),
  ];
}

export const envRules: readonly Rule[] = [
  {
    what: 'variables are left to Stalk where it sets them, and derived from what there is',
    of: (tenant) => eachVariable(tenant, variable),
  },
];
