// Objects of Kubernetes as an inventory of what runs there.

import type { JsonRecord } from '../../kube/json';
import { isRecord } from '../../kube/json';
import { childOf, listAt, numberAt, recordAt, textAt, textsAt, withoutHoles } from '../pick';
import type { SeenClaim, Inventory, OtherObject, SeenPod, PodKind } from '../facts';
import { labelsOf, leftOutOfPod, programOf } from './containers';
import { placed } from './documents';
import type { SourceDocument } from './documents';
import {
  addressOf,
  claimOf,
  configMapOf,
  hpaOf,
  ingressOf,
  routeOf,
  scaledObjectOf,
  keysOfSecret,
} from './objects';

/** Where the pod template stands, by kind. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  Pod: [],
};

/** Kinds that are looked at for what they say; every other one is named in the report. */
const READ = new Set([
  ...Object.keys(TEMPLATES),
  ...['Service', 'Ingress', 'HTTPRoute', 'HorizontalPodAutoscaler', 'ScaledObject'],
  ...['PersistentVolumeClaim', 'ConfigMap', 'Secret'],
]);

/** What pods read. */
const SOURCES = new Set(['ConfigMap', 'Secret']);

/** A test of a chart is no part of what runs. */
const isTest = (body: unknown): boolean =>
  String(textsAt(body, 'metadata', 'annotations')['helm.sh/hook']).includes('test');

interface Found extends SourceDocument {
  readonly kind: string;
  readonly name: string;
  readonly source: string;
}

export function kubernetesInventory(documents: readonly SourceDocument[]): Inventory {
  const all = documents.filter(({ body }) => !isTest(body)).map((one) => found(one, documents));
  const of = (kind: string): readonly Found[] => all.filter((one) => one.kind === kind);
  const configs = Object.fromEntries(of('ConfigMap').map(({ name, body }) => [name, configMapOf(body)]));
  const secrets = of('Secret').map(({ name, body }) => ({ name, ...keysOfSecret(body) }));
  const pods = all.filter(({ kind }) => TEMPLATES[kind] !== undefined).map((one) => podOf(one, configs));
  const [first] = pods;
  return withoutHoles({
    origin: 'kubernetes' as const,
    namespace: usual(all.map(({ body }) => textAt(body, 'metadata', 'namespace'))),
    instance:
      first === undefined
        ? undefined
        : usual(pods.map(({ labels }) => labels['app.kubernetes.io/instance'] ?? labels['release'])),
    pods,
    addresses: of('Service').map(({ body, source }) => addressOf(body, source)),
    entrances: [
      ...of('Ingress').flatMap(({ body, source }) => ingressOf(body, source)),
      ...of('HTTPRoute').flatMap(({ body, source }) => routeOf(body, source)),
    ],
    scalers: [
      ...of('HorizontalPodAutoscaler').map(({ body, source }) => hpaOf(body, source)),
      ...of('ScaledObject').map(({ body, source }) => scaledObjectOf(body, source)),
    ],
    claims: of('PersistentVolumeClaim').map(({ body, source }) => claimOf(body, source)),
    configs,
    secrets: Object.fromEntries(secrets.map(({ name, keys }) => [name, keys])),
    sources: all.filter(({ kind }) => SOURCES.has(kind)).map(asOther),
    others: all.filter(({ kind }) => !READ.has(kind)).map(asOther),
    literals: new Set(secrets.flatMap(({ values }) => values)),
  });
}

const asOther = ({ kind, name, source, body }: Found): OtherObject => ({ kind, name, source, body });

function found({ file, body }: SourceDocument, all: readonly SourceDocument[]): Found {
  const kind = String(textAt(body, 'kind'));
  const name = String(textAt(body, 'metadata', 'name') ?? textAt(body, 'metadata', 'generateName'));
  return { file, body, kind, name, source: placed(`${kind}/${name}`, file, all) };
}

/** The one that most of them have. */
function usual(names: readonly (string | undefined)[]): string | undefined {
  const counts = new Map<string, number>();
  for (const name of names) if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

function podOf({ kind, name, source, body }: Found, configs: Inventory['configs']): SeenPod {
  const template = childOf(body, ...(TEMPLATES[kind] as readonly string[]));
  const spec: JsonRecord = recordAt(template, 'spec');
  const read = (container: unknown) => programOf(container, spec, source, configs);
  return withoutHoles({
    kind: kind as PodKind,
    name,
    source,
    labels: labelsOf(body),
    podLabels: labelsOf(template),
    podAnnotations: textsAt(template, 'metadata', 'annotations'),
    replicas: numberAt(body, 'spec', 'replicas'),
    cron: textAt(body, 'spec', 'schedule'),
    timeLimit:
      numberAt(body, 'spec', 'activeDeadlineSeconds') ??
      numberAt(body, 'spec', 'jobTemplate', 'spec', 'activeDeadlineSeconds'),
    grace: numberAt(spec, 'terminationGracePeriodSeconds'),
    programs: listAt(spec, 'containers').map(read),
    inits: listAt(spec, 'initContainers').map(read),
    spec,
    claimTemplates: templatesOf(body, source),
    leftOut: leftOutOfPod(spec),
  });
}

const templatesOf = (body: unknown, source: string): Readonly<Record<string, SeenClaim>> =>
  Object.fromEntries(
    listAt(body, 'spec', 'volumeClaimTemplates')
      .filter(isRecord)
      .map((template) => [String(textAt(template, 'metadata', 'name')), claimOf(template, source)]),
  );
