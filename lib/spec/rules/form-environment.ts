// The form of an environment: its own facts, its brokers, and the defaults that it lays over Stalk's.

import type { Defaults } from '../defaults';
import type { Environment, Images, Peer, PatchedFolder, Peers, Secrets } from '../environment';
import type { Layer } from '../layers';
import { show } from './finding';
import type { Finding } from './finding';
import { connectionsForm, messagesForm, prioritiesForm, results, TENANT_DEFAULTS } from './form';
import { appDefaults } from './form-app';
import {
  cacheDefaults,
  externalDefaults,
  redisDefaults,
  sharedDefaults,
  sharedRedisForm,
} from './form-redis';
import { ACCESSES, STRATEGIES } from './form-guesses';
import { labelsForm } from './form-labels';
import { patches } from './form-values';
import { gitopsOf } from './form-gitops';
import { sizeDefaults } from './form-sizes';
import { beatDefaults, flowerDefaults, migrateDefaults, poolDefaults, webDefaults } from './form-workloads';
import { formBy, hinted, passing, proposing, textOf } from './kind';
import type { Form } from './kind';
import { anything, duration, flag, label, objectName, oneOf, runtime, someText, text, whole } from './kinds';
import { isRecord } from '../../kube/json';
import { each, list, only, record, recordOf, when } from './shapes';
import { movingVersions, version } from './versions';

const environmentName = when(
  (value) => value === 'all',
  passing<string>(() => false, {
    wanted: 'be another name: objects in stacks/extra/all go to every environment',
    fix: 'choose another name',
  }),
  label,
);

const peer = record<Peer>({ namespace: labelsForm, pods: labelsForm }, 'namespace', 'pods');

const strategy: Form<Secrets['strategy']> = hinted(
  oneOf('literal', 'existing', 'externalSecrets', 'pulumi'),
  STRATEGIES,
);

const PATH = { wanted: 'be a path without slashes at its ends', fix: 'write it like "stalk/production"' };

const pathOf = (form: RegExp) =>
  proposing(text(form, PATH), (value) => textOf(value).replace(/^\/+|\/+$/g, ''));

const store = record<Extract<Secrets, { strategy: 'externalSecrets' }>>(
  { strategy: only(strategy), store: objectName, path: pathOf(/^[^/\s]\S*[^/\s]$/), generate: flag },
  'strategy',
  'store',
  'path',
);

const secrets = when(
  (value) => isRecord(value) && value.strategy === 'externalSecrets',
  store,
  hinted(recordOf<Exclude<Secrets, { strategy: 'externalSecrets' }>>({ strategy }, 'strategy'), (value) =>
    typeof value === 'string' ? `write { strategy: ${show(value)} }` : undefined,
  ),
);

const images = record<Images>({ versions: each(anything<string>(), version), file: someText }, 'versions');

export const defaultsForm = recordOf<Layer<Defaults>>({
  tenant: record(TENANT_DEFAULTS),
  app: appDefaults,
  volume: record({ access: hinted(oneOf('ReadWriteOnce', 'ReadWriteMany'), ACCESSES) }),
  shared: sharedDefaults,
  redis: redisDefaults,
  sentinel: record({ sentinels: whole(3), timeout: duration() }),
  external: externalDefaults,
  cache: cacheDefaults,
  worker: poolDefaults,
  beat: beatDefaults,
  web: webDefaults,
  flower: flowerDefaults,
  migrate: migrateDefaults,
  results,
  messages: messagesForm,
  priorities: prioritiesForm,
  connections: connectionsForm,
  helper: record(sizeDefaults),
});

const folder = text<PatchedFolder>(/^(platform|tenants\/\*|brokers\/(\*|[a-z0-9-]+))$/, {
  wanted: 'be a folder of the tree',
  fix: 'write platform, brokers/*, brokers/<name> or tenants/*; a patch of one tenant belongs to its overlay',
});

const environment = record<Environment>(
  {
    name: environmentName,
    disposable: flag,
    storageClass: objectName,
    secrets,
    brokers: each(label, sharedRedisForm),
    clusterDomain: text(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, {
      wanted: 'be a DNS domain',
      fix: 'write it like "cluster.local"',
    }),
    zones: list(someText),
    registry: proposing(
      text(/^[a-z0-9][\w.-]*(:\d+)?(\/[\w.-]+)*$/i, {
        wanted: 'be a registry without https:// and without a slash at its end',
        fix: 'write it like "registry.example.com"',
      }),
      (value) => textOf(value).replace(/^[a-z]+:\/\/|\/+$/gi, ''),
    ),
    imagePullSecrets: list(objectName),
    pullPolicy: oneOf('Always', 'IfNotPresent', 'Never'),
    images,
    gitops: gitopsOf(pathOf(/^[^/\s](\S*[^/\s])?$/)),
    peers: record<Peers>({ dns: peer, keda: peer, ingress: peer, prometheus: peer }),
    runtime,
    defaults: defaultsForm,
    patches: formBy(each(folder, patches)),
  },
  'name',
  'storageClass',
  'secrets',
);

export const formOfEnvironment = (asked: Environment): readonly Finding[] => [
  ...environment(asked),
  ...movingVersions(asked),
];
