// The form of an environment: its own facts, its brokers, and the defaults that it lays over Stalk's.

import type { Defaults } from '../defaults';
import type { Environment, GitOps, Peer, Peers, Secrets } from '../environment';
import type { Finding } from './finding';
import { appDefaults, connections, messages, results, TENANT_DEFAULTS } from './form';
import { cacheDefaults, externalDefaults, redis, redisDefaults, sharedDefaults } from './form-redis';
import { labels, patches } from './form-values';
import { sizeDefaults } from './form-sizes';
import { beatDefaults, flowerDefaults, migrateDefaults, poolDefaults, webDefaults } from './form-workloads';
import {
  duration,
  each,
  flag,
  isRecord,
  label,
  list,
  objectName,
  oneOf,
  record,
  someText,
  text,
  when,
  whole,
} from './kinds';

const peer = record<Peer>({ namespace: labels, pods: labels }, 'namespace', 'pods');

const strategy = oneOf('literal', 'existing', 'externalSecrets', 'pulumi');

const PATH = { wanted: 'be a path without slashes at its ends', fix: 'write it like stalk/production' };

const store = record<Extract<Secrets, { strategy: 'externalSecrets' }>>(
  { strategy, store: objectName, path: text(/^[^/\s]\S*[^/\s]$/, PATH), generate: flag },
  'strategy',
  'store',
  'path',
);

const secrets = when(
  (value) => isRecord(value) && value.strategy === 'externalSecrets',
  store,
  record({ strategy }, 'strategy'),
);

const gitops = record<GitOps>(
  { repo: someText, revision: someText, path: text(/^[^/\s](\S*[^/\s])?$/, PATH) },
  'repo',
  'revision',
  'path',
);

const defaults = record<Defaults>({
  tenant: record(TENANT_DEFAULTS),
  app: appDefaults,
  volume: record({ access: oneOf('ReadWriteOnce', 'ReadWriteMany') }),
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
  messages,
  connections,
  helper: record(sizeDefaults),
});

const folder = text(/^(platform|tenants\/\*|brokers\/(\*|[a-z0-9-]+))$/, {
  wanted: 'be a folder of the tree',
  fix: 'write platform, brokers/*, brokers/<name> or tenants/*; a patch of one tenant belongs to its overlay',
});

const environment = record<Environment>(
  {
    name: label,
    disposable: flag,
    storageClass: objectName,
    secrets,
    brokers: each(label, redis),
    clusterDomain: text(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, {
      wanted: 'be a DNS domain',
      fix: 'write it like cluster.local',
    }),
    zones: list(someText),
    registry: text(/^[a-z0-9][\w.-]*(:\d+)?(\/[\w.-]+)*$/i, {
      wanted: 'be a registry without https:// and without a slash at its end',
      fix: 'write it like registry.example.com',
    }),
    imagePullSecrets: list(objectName),
    pullPolicy: oneOf('Always', 'IfNotPresent', 'Never'),
    gitops,
    peers: record<Peers>({ dns: peer, keda: peer, ingress: peer, prometheus: peer }),
    defaults,
    patches: each(folder, patches),
  },
  'name',
  'storageClass',
  'secrets',
);

export const formOfEnvironment = (asked: Environment): readonly Finding[] => environment(asked);
