// The cluster under test: its tenants, their pods and Redises, and the book of executed tasks.

import { setTimeout as sleep } from 'node:timers/promises';
import { asked, kubectl, lines } from './kubectl';

/** Whether there is a cluster to change. */
export const HAS_CLUSTER = process.env.KUBECONFIG !== undefined && process.env.KUBECONFIG !== '';

export interface Subject {
  /** What the app is started as. */
  readonly module: string;
  /** Code that makes `app` the Celery app of the tenant. */
  readonly app: string;
  /** Namespace of its Redis, and where in it the tenant's keys are. */
  readonly broker: string;
  readonly prefix: string;
  readonly database: number;
  /** Its queue on the broker, as the app's default. */
  readonly queue: string;
  /** Name under which its beat writes into the book. */
  readonly beat?: string;
}

const PAPERLESS = 'from paperless.celery import app; import django; django.setup()';
const dedicated = { prefix: '', database: 0, queue: 'celery' };
const shared = (name: string) => ({ broker: 'broker-shared', prefix: `${name}:`, queue: 'celery' });
const acme = { module: 'acme.tasks', app: 'from acme.tasks import app' };
const plain = (name: string): Subject => ({
  ...shared(`tenant:${name}`),
  ...acme,
  database: 0,
  queue: `tenant-${name}`,
});

export const TENANTS: Readonly<Record<string, Subject>> = {
  paless: { ...dedicated, module: 'paperless', app: PAPERLESS, broker: 'paless', beat: 'paless' },
  'tenant-a': {
    ...shared('tenant-a'),
    module: 'paperless.celery',
    app: PAPERLESS,
    database: 0,
    beat: 'tenant_a',
  },
  'tenant-b': {
    ...shared('tenant-b'),
    module: 'paperless.celery',
    app: PAPERLESS,
    database: 1,
    beat: 'tenant_b',
  },
  typesafe: {
    ...dedicated,
    module: 'app.agents.worker',
    app: 'from app.agents.worker import app',
    broker: 'typesafe',
  },
  redline: {
    ...dedicated,
    module: 'redline',
    app: 'from redline import app',
    broker: 'redline',
    queue: 'redline_tasks',
  },
  'jewelry-shop': {
    ...dedicated,
    module: 'config',
    app: 'from config.celery import app; import django; django.setup()',
    broker: 'jewelry-shop',
    beat: 'jewelry_shop',
  },
  acme: plain('acme'),
};

/** Those that come later. */
const LATER: Readonly<Record<string, Subject>> = {
  newcomer: plain('newcomer'),
  guild: { ...dedicated, ...acme, broker: 'guild', beat: 'guild' },
  elastic: { ...dedicated, ...acme, broker: 'elastic' },
};

export const NAMES = Object.keys(TENANTS);
export const NAMESPACES = [...NAMES, 'broker-shared'];
export const BROKERS = [...new Set(Object.values(TENANTS).map(({ broker }) => broker))];

/** Bound against hanging, in seconds: two slow cores start 40 containers at once. */
export const START = 600;

/** The same for one answer: a busy node takes a minute to import an app and to route a Service to its new pod. */
export const PATIENCE = 120;

/** Makes or changes an object that is none of Stalk's. */
export async function applied(object: object): Promise<void> {
  const { code, errors } = await kubectl(['apply', '-f', '-'], JSON.stringify(object));
  if (code !== 0) throw new Error(errors);
}

/** Waits until it holds; tells what did not, at the end of the seconds. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  seconds = PATIENCE,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not after ${seconds} s: ${what}`);
    await sleep(1000);
  }
}

export const subject = (tenant: string): Subject => {
  const found = TENANTS[tenant] ?? LATER[tenant];
  if (!found) throw new Error(`no tenant ${tenant} in the cluster`);
  return found;
};

/** Runs code in the tenant's web pod, as the user that only produces. */
export const python = async (tenant: string, code: string): Promise<string> =>
  (await asked('exec', '-n', tenant, 'deploy/web', '-c', 'web', '--', 'python3', '-c', code)).trim();

/** Asks the Redis of a namespace as its own admin. */
export const redis = async (namespace: string, command: string, pod = 'redis-0'): Promise<string> =>
  (
    await asked(
      ...['exec', '-n', namespace, pod, '-c', 'redis', '--', 'sh', '-c'],
      `REDISCLI_AUTH=$(cat /run/redis/admin) redis-cli --user admin ${command}`,
    )
  ).trim();

/** Asks PostgreSQL for one value a line. */
export const book = async (query: string): Promise<string[]> =>
  lines(
    await asked(
      ...['exec', '-n', 'postgres', 'deploy/postgres', '--', 'psql', '-h', '/tmp', '-U', 'ledger', '-Atc'],
      query,
    ),
  );

/** Sends `stalk.probe` as the web side and waits for the worker's answer; tells what each side saw when none comes. */
export async function probe(tenant: string): Promise<unknown> {
  const { app } = subject(tenant);
  const code = `${app}\nimport json; print(json.dumps(app.send_task("stalk.probe").get(timeout=${PATIENCE})))`;
  try {
    return JSON.parse(await python(tenant, code));
  } catch (error) {
    throw new Error(`${tenant} does not answer: ${await sides(tenant)}`, { cause: error });
  }
}

/** How many tasks nobody has taken yet; a replica knows it too. */
export async function waiting(tenant: string): Promise<number> {
  const { broker, queue, prefix, database } = subject(tenant);
  return Number(await redis(broker, `-n ${database} llen ${prefix}${queue}`));
}

async function sides(tenant: string): Promise<string> {
  const { broker, prefix, database } = subject(tenant);
  const worker = await kubectl([
    ...['logs', '-n', tenant, 'deploy/worker-default', '-c', 'worker-default', '--tail=40'],
  ]);
  const counts = await Promise.all([waiting(tenant), redis(broker, `-n ${database} hlen ${prefix}unacked`)]);
  return `waiting, in flight: ${counts.join(', ')}; the worker says:\n${worker.output}`;
}
