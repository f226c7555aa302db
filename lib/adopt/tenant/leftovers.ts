// Objects that are no programs, and what Stalk does otherwise for everybody.

import { isRecord } from '../../kube/json';
import type { OtherObject } from '../facts';
import { lose, said } from '../sheet';
import type { Writing } from './context';

/** Kinds that Stalk renders by itself, for every tenant. */
const OWN: Readonly<Record<string, string>> = {
  Namespace: 'the tenant has a namespace of its own, with Pod Security restricted',
  NetworkPolicy: 'policies follow from what the tenant says: all is closed but DNS, Redis, egress and expose',
  PodDisruptionBudget: 'every workload of more than one pod has a budget that lets one pod go at a time',
  ResourceQuota: 'a quota follows from what the workloads ask for',
  LimitRange: 'limits follow from what the workloads ask for',
  ServiceAccount: 'the pods have an account of their own, without a token unless pods.serviceAccount says so',
  ReplicaSet: 'Deployments make them',
  EndpointSlice: 'Services make them',
  Endpoints: 'Services make them',
};

export function writeLeftovers(writing: Writing): void {
  const { sheet, inventory } = writing;
  for (const object of inventory.others) {
    const own = OWN[object.kind];
    if (own === undefined) loseObject(writing, object);
    else sheet.otherwise.add(`${object.kind}: ${own}.`);
  }
  const unused = inventory.entrances.filter(
    ({ service }) => !writing.units.some(({ addresses }) => addresses.some(({ name }) => name === service)),
  );
  for (const { source, service } of unused)
    lose(sheet, source, {
      what: `the way in to ${service}`,
      why: 'no program of the files is behind it',
      nearest: 'expose, of the workload that answers',
    });
  loseUnread(writing);
  loseUnanswered(writing);
}

/** ConfigMaps and Secrets that no program reads and no way in names: somebody else may. */
function loseUnread({ sheet, inventory }: Writing): void {
  const used = new Set([
    ...inventory.pods.flatMap(({ spec }) => namesIn(spec)),
    ...inventory.entrances.flatMap(({ tlsSecret, annotations }) =>
      [tlsSecret, ...Object.values(annotations)].map((name) => `Secret/${name}`),
    ),
  ]);
  for (const { kind, name, source } of inventory.sources)
    if (!used.has(`${kind}/${name}`))
      lose(sheet, source, {
        what: `the ${kind}`,
        why: 'no program of the files reads it',
        nearest: 'env, envFrom or files, where the app does; else stacks/extra',
      });
}

/** By the fields of a pod that name one. */
const NAMING: Readonly<Record<string, string>> = {
  secretRef: 'Secret',
  secretKeyRef: 'Secret',
  secret: 'Secret',
  configMapRef: 'ConfigMap',
  configMapKeyRef: 'ConfigMap',
  configMap: 'ConfigMap',
};

/** `Secret/shop`, wherever a pod names one. */
function namesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [...namedBy(key, inner), ...namesIn(inner)]);
}

function namedBy(key: string, inner: unknown): readonly string[] {
  const kind = key === 'imagePullSecrets' ? 'Secret' : NAMING[key];
  const named = Array.isArray(inner) ? inner : [inner];
  return kind === undefined
    ? []
    : named.filter(isRecord).map(({ name, secretName }) => `${kind}/${String(name ?? secretName)}`);
}

/** Services without a pod behind them: a name of something else, or of what has gone. */
function loseUnanswered({ sheet, inventory, units }: Writing): void {
  const answered = new Set(units.flatMap(({ addresses }) => addresses.map(({ name }) => name)));
  for (const { name, source, external } of inventory.addresses)
    if (!answered.has(name))
      lose(sheet, source, {
        what: `the Service${external === undefined ? '' : `, a name for ${external}`}`,
        why: 'no program of the files is behind it',
        nearest: 'egress, where the app calls what is; else stacks/extra',
      });
}

const NEAREST: readonly (readonly [RegExp, string])[] = [
  [/Role|RoleBinding/, 'stacks/extra, for the ServiceAccount of the tenant (pods.serviceAccount.token)'],
  [/ServiceMonitor|PodMonitor|PrometheusRule/, 'stacks/extra; peers.prometheus lets it in'],
  [/ExternalSecret|SealedSecret|SecretStore/, 'stacks/extra, in the namespace of the tenant'],
  [/Certificate|Issuer/, 'expose.tls'],
  [/Cluster$|Postgres/, 'beside the tenant, reached through egress'],
  [/VirtualService|Route|Gateway|Middleware/, 'expose'],
];

function loseObject({ sheet }: Writing, { kind, source }: OtherObject): void {
  const nearest = NEAREST.find(([form]) => form.test(kind))?.[1];
  lose(sheet, source, {
    what: `the ${kind}`,
    why: 'it is no part of a tenant',
    nearest: nearest ?? 'stacks/extra, in the namespace of the tenant',
  });
}

/** What changes for every app that comes to Stalk. */
export function writeOtherwise({ sheet, units }: Writing): void {
  const { otherwise, checks } = sheet;
  const hasWorkers = said(sheet, ['workers']) !== undefined;
  if (hasWorkers) {
    otherwise.add(
      'Late acknowledgement: a task whose process or node dies runs again, five times at most (delivery, deliveryLimit).',
    );
    otherwise.add(
      'The visibility timeout follows from time limits and longestDelay (1 h); what the app sets in broker_transport_options does not count.',
    );
    otherwise.add(
      'Prefetch is 1, and a process is replaced after 1000 tasks, where a pool says nothing else.',
    );
    otherwise.add('Workers are called <pool>@<pod>; gossip and mingle are off.');
    checks.add('That tasks may run twice (idempotent); else delivery: "at-most-once".');
    checks.add('The longest countdown, eta or retry delay of the app: more than an hour needs longestDelay.');
    checks.add(
      'Settings of Celery in the code (task_routes, task_queues, task_default_queue, priorities): routes must lead to queues of the pools; settings that Stalk derives win over the code.',
    );
  }
  otherwise.add(
    'Network: nothing comes in or out but what the tenant names (egress, expose), DNS and Redis.',
  );
  otherwise.add('Root file system: read-only; /tmp and app.writable can be written to.');
  if (said(sheet, ['app', 'user']) === undefined)
    otherwise.add('User: uid and gid 10001 (app.user), no root, no capabilities, no privilege escalation.');
  otherwise.add('PYTHONPATH: /opt/stalk stands first, so that Celery finds its settings.');
  otherwise.add('Redis: ACL users instead of one password, noeviction, AOF, maxmemory of 70 % of its limit.');
  const redis = units.find(({ role, program }) => role === 'redis' && program.image !== undefined);
  if (redis !== undefined)
    otherwise.add(`Redis image: Stalk's own default, not ${redis.program.image} (broker.image).`);
  const names = foreignNames(sheet.tenant);
  if (names.length > 0)
    checks.add(`Secrets and ConfigMaps of yours, in the namespace of the tenant: ${names.join(', ')}.`);
  otherwise.add(
    'Labels and annotations of charts and tools (app.kubernetes.io/…, checksum/…): Stalk sets its own.',
  );
  checks.add(
    'Folders that the app writes to: app.writable for what it may lose, app.volumes for what must stay.',
  );
}

/** What the tenant names and does not make. */
function foreignNames(value: unknown): readonly string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap(foreignNames))];
  if (!isRecord(value)) return [];
  const own = ['secret', 'configMap'].flatMap((key) =>
    typeof value[key] === 'string' ? [`${key === 'secret' ? 'Secret' : 'ConfigMap'}/${value[key]}`] : [],
  );
  return [...new Set([...own, ...Object.values(value).flatMap(foreignNames)])];
}
