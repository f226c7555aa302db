// The form of a tenant: what must hold before a number can be derived from it.

import type { Environment } from '../environment';
import type { Connections, Messages, Results } from '../messages';
import { onlyShared } from '../resolve-redis';
import type { BrokerUse, Redis } from '../redis';
import type { Tenant } from '../tenant';
import { quoted } from './finding';
import type { Finding } from './finding';
import { appForm } from './form-app';
import { egress } from './form-egress';
import { BACKENDS, DELIVERIES, SERIALIZERS } from './form-guesses';
import { brokerOf, cache } from './form-redis';
import { envForm, patches } from './form-values';
import { beatForm, flowerForm, migrate, pool, queue, webForm } from './form-workloads';
import { formBy, hinted, proposing, textOf } from './kind';
import type { Form } from './kind';
import {
  anything,
  atMost,
  data,
  duration,
  flag,
  label,
  oneOf,
  runtime,
  someText,
  text,
  whole,
} from './kinds';
import { all, each, list, prop, record } from './shapes';

export const results = record<Results>({
  backend: hinted(oneOf('redis', 'django-db', 'none'), BACKENDS),
  database: whole(0),
  expires: duration(),
  extended: flag,
  trackStarted: flag,
});

export const messagesForm = record<Messages>({
  serializer: hinted(oneOf('json', 'pickle'), SERIALIZERS),
  accept: formBy<readonly string[]>(
    list(someText, { least: 1, empty: 'leave it out for that of the serializer' }),
  ),
});

/** At most six waits lie between two touches while a Redis hangs (measured), and liveness gives up after five minutes. */
const LONGEST_WAIT = '45s';

export const connectionsForm = record<Connections>({
  pool: whole(1),
  max: whole(1),
  connectTimeout: duration('1s', LONGEST_WAIT),
  timeout: duration('1s', LONGEST_WAIT),
});

/** A worker holds a delayed message unacknowledged all the time, and a crash gives it back as late as that. */
const LONGEST_DELAY = '24h';
const DELAY = {
  wanted: ', as a worker holds a delayed message all that time',
  fix: 'send it from beat, or from a task that looks for what is due',
};

export const TENANT_DEFAULTS = {
  consumedElsewhere: list(queue),
  delivery: hinted(oneOf('at-least-once', 'at-most-once'), DELIVERIES),
  longestDelay: all(duration('0s'), atMost(LONGEST_DELAY, DELAY)),
  celery: each(
    hinted(
      text(/^[a-z][a-z0-9_]*$/, {
        wanted: 'be the lower-case name of a Celery setting',
        fix: 'write it like "worker_log_color", without CELERY_',
      }),
      (name) =>
        /^[A-Z][A-Z0-9_]+$/.test(textOf(name))
          ? `write ${textOf(name)
              .replace(/^CELERY_/, '')
              .toLowerCase()}`
          : undefined,
    ),
    data,
  ),
  env: envForm,
  notSecret: list(someText),
  egress,
  credentialsVersion: someText,
};

const elsewhere = <T>(): Form<T> => anything<T>(); // overlays.ts: it needs the names of all environments

const tenant = (broker: Form<BrokerUse | Redis>): Form<Tenant> =>
  record<Tenant>(
    {
      ...TENANT_DEFAULTS,
      patches,
      name: label,
      app: appForm,
      broker,
      cache,
      workers: each(label, pool),
      beat: beatForm,
      web: webForm,
      flower: flowerForm,
      migrate,
      results,
      messages: messagesForm,
      connections: connectionsForm,
      rateLimit: proposing(
        text<NonNullable<Tenant['rateLimit']>>(/^[1-9]\d*\/[smh]$/, {
          wanted: 'be tasks for each s, m or h',
          fix: 'write it like "10/m"',
        }),
        (value) =>
          textOf(value)
            .replace(/^(\d+)$/, '$1/s')
            .replace(/^(\d+)\s*(?:\/|per)\s*([smh])\w*$/i, '$1/$2'),
      ),
      runtime,
      environments: elsewhere(),
      overlays: elsewhere(),
    },
    'name',
    'app',
  );

/** How a tenant's parts are laid over each other, whatever the environment. */
export const ANY_TENANT = tenant(brokerOf([]));

/** What is wrong with a tenant that has its overlay on, before anything is derived from it. */
export function formOf(environment: Environment): (asked: Tenant) => readonly Finding[] {
  const brokers = Object.keys(environment.brokers ?? {});
  const kind = tenant(brokerOf(brokers));
  const needed = onlyShared(environment.brokers) === undefined;
  const overlaid = prop('overlays', prop(environment.name, prop('patches', patches)));
  return (asked) => [
    ...kind(asked),
    ...(asked.overlays?.[environment.name]?.patches === undefined ? [] : overlaid(asked)),
    ...(needed && asked.broker === undefined ? [noBroker(brokers)] : []),
  ];
}

const noBroker = (brokers: readonly string[]): Finding => ({
  path: ['broker'],
  wanted: 'be given where the environment does not have exactly one shared broker',
  got: 'nothing',
  fix:
    brokers.length > 0
      ? `name one: { shared: '${brokers[0]}' }, of ${quoted(brokers)}`
      : "write { topology: 'standalone' } for a Redis of its own",
});
