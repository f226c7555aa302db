// One variable: where its value is said in a tenant.

import { isPlain, namesSecret, secretIn } from '../../spec/rules/secret-patterns';
import { lose } from '../sheet';
import type { SeenVariable, VariableValue } from '../facts';
import { databaseOf, isRedisUrl, shortHost, urlIn } from '../urls';
import type { Writing } from './context';
import { textOfVariable } from './servers';

/** The value in the contract's words; `undefined` where it is left out. */
export interface SaidVariable {
  readonly value?: string | { readonly secret: string; readonly key: string } | { readonly from: string };
  readonly why?: string;
  readonly lost?: { readonly why: string; readonly nearest: string };
  readonly moved?: boolean;
}

/** Said by props, or set by Stalk in every pod. */
const BY_PROPS: Readonly<Record<string, string>> = {
  DJANGO_SETTINGS_MODULE: 'app.djangoSettings says it',
  PYTHONPATH: 'app.pythonPath says it',
  CELERY_BROKER_URL: 'Stalk gives Celery its broker',
  CELERY_RESULT_BACKEND: 'results says it',
  CELERY_BROKER_READ_URL: 'Stalk gives Celery its broker',
  CELERY_BROKER_WRITE_URL: 'Stalk gives Celery its broker',
  CELERY_LOADER: 'Stalk needs its own value',
  PAPERLESS_REDIS: 'Stalk gives Paperless its broker',
  PAPERLESS_REDIS_PREFIX: 'broker.prefix says it',
  PAPERLESS_TASK_WORKERS: 'concurrency of the pool says it',
  PAPERLESS_WORKER_TIMEOUT: 'timeLimit of the pool says it',
  PAPERLESS_THREADS_PER_WORKER: 'app.threadsPerWorker says it',
};

/** Options of Flower that its props say. */
const OF_FLOWER = /^FLOWER_(BASIC_AUTH|URL_PREFIX|PORT|ADDRESS)$/;

const CRON = /^PAPERLESS_(\w+)_TASK_CRON$/;

export function sayVariable(writing: Writing, variable: SeenVariable): SaidVariable {
  const { name, value } = variable;
  const byProp = byPropOf(name);
  if (byProp !== undefined) return { why: byProp };
  const redis = ofRedis(writing, variable);
  if (redis !== undefined) return redis;
  if (value.kind === 'secret') return { value: { secret: value.secret, key: value.key } };
  if (value.kind === 'unknown') return unknown(writing, name, value);
  return isSecret(writing, name, value.text)
    ? { value: ownSecret(writing, name), moved: true }
    : { value: value.text };
}

function byPropOf(name: string): string | undefined {
  if (OF_FLOWER.test(name)) return 'flower says it';
  return CRON.test(name) ? 'app.crons says it' : BY_PROPS[name];
}

/** Where passwords of files go that hold them as text. */
export const ownSecret = ({ name }: Pick<Writing, 'name'>, key: string) => ({ secret: `${name}-env`, key });

/** By its form, by the name of its variable, or as the content of a Secret among the files. */
export function isSecret({ inventory }: Pick<Writing, 'inventory'>, name: string, text: string): boolean {
  if (isPlain(text) || /^\d{1,3}$/.test(text)) return false;
  if (namesSecret(name) || secretIn(text) !== undefined || secretIn(`${name}=${text}`) !== undefined)
    return true;
  return [...inventory.literals].some((one) => one.length >= 8 && text.includes(one));
}

/** A value that another one is part of is a secret where that one is, and somebody else's otherwise. */
function unknown(
  writing: Writing,
  name: string,
  { why, text }: Extract<VariableValue, { readonly kind: 'unknown' }>,
): SaidVariable {
  if (text !== undefined && (/put together/.test(why) || namesSecret(name)))
    return { value: ownSecret(writing, name), moved: true, why };
  return { lost: { why, nearest: `env: { ${name}: … } with its value` } };
}

/** Facts about the Redis of the tenant, where the variable really leads to it. */
function ofRedis(writing: Writing, variable: SeenVariable): SaidVariable | undefined {
  const { servers } = writing;
  const text = textOfVariable(variable);
  const url = text === undefined ? undefined : urlIn(text);
  if (url !== undefined && isRedisUrl(url)) {
    const host = shortHost(url.host);
    if (servers.broker?.hosts.has(host) === true) return brokerUrl(writing, variable, databaseOf(url));
    if (servers.cache?.hosts.has(host) === true) return { value: { from: 'cache.url' } };
    return undefined;
  }
  return partOf(writing, variable);
}

function brokerUrl({ servers }: Writing, { name }: SeenVariable, database: number): SaidVariable {
  if (database === servers.database) return { value: { from: 'broker.url' } };
  return {
    lost: {
      why: `it leads to database ${database} of the broker, and broker.url to ${servers.database}`,
      nearest: `cache: {} and env: { ${name}: { from: 'cache.url' } }, if it is a cache`,
    },
  };
}

/** `REDIS_HOST`, `REDIS_PORT`, `REDIS_PASSWORD` and their kin, of the server that the host of their family names. */
function partOf({ servers, units }: Writing, variable: SeenVariable): SaidVariable | undefined {
  const [, family, part] =
    /^(.*(?:REDIS|VALKEY|BROKER|CACHE|CELERY)(?:.*?_)??)_?(HOST|HOSTNAME|SERVER|PORT|DB|DATABASE|PASSWORD|PASS|USER|USERNAME)$/i.exec(
      variable.name,
    ) ?? [];
  if (family === undefined || part === undefined) return undefined;
  const hosts = units
    .flatMap(({ program }) => program.env)
    .filter(({ name }) => name.startsWith(family) && /HOST|HOSTNAME|SERVER/i.test(name.slice(family.length)));
  const host = hosts.map(textOfVariable).find((one) => one !== undefined);
  const short = host === undefined ? '' : shortHost(host.replace(/:\d+$/, ''));
  const server =
    servers.broker?.hosts.has(short) === true
      ? 'broker'
      : servers.cache?.hosts.has(short) === true
        ? 'cache'
        : undefined;
  if (server === undefined) return undefined;
  return { ...factOf(server, part.toUpperCase(), variable, servers.database) };
}

const FACTS: Readonly<Record<string, string>> = {
  HOST: 'host',
  HOSTNAME: 'host',
  SERVER: 'host',
  PORT: 'port',
  PASSWORD: 'password',
  PASS: 'password',
  USER: 'user',
  USERNAME: 'user',
};

function factOf(
  server: 'broker' | 'cache',
  part: string,
  variable: SeenVariable,
  database: number,
): SaidVariable {
  const text = textOfVariable(variable);
  const fact = FACTS[part];
  if (fact === 'user' && server === 'cache') return { value: 'default' };
  if (fact !== undefined) return { value: { from: `${server}.${fact}` } };
  if (server === 'broker' && text !== undefined && Number(text) === database)
    return { value: { from: 'broker.database' } };
  return text === undefined ? {} : { value: text };
}

export function loseVariable(
  writing: Writing,
  source: string,
  variable: SeenVariable,
  { lost }: SaidVariable,
): void {
  if (lost !== undefined) lose(writing.sheet, source, { what: `variable ${variable.name}`, ...lost });
}
