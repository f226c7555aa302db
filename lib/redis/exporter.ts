// redis_exporter as a container beside a Redis or a sentinel, and what its user may do there.

import type { k8s } from 'cdk8s-plus-27';
import { readOnly } from '../kube';
import type { ContainerProps } from '../kube';
import { METRICS, METRICS_PORT } from '../plan/metrics';
import { EXPORTER_USER } from '../plan/redis/exporter';
import { FOLDERS } from '../plan/redis/server';
import type { Server, ServerVariable } from '../plan/redis/server';

const RULES: Readonly<Record<Server['kind'], string>> = {
  /** What it asks at each scrape: less is a denial each time, which alerts are about. */
  redis: 'info client|setname latency|latest slowlog|len slowlog|get',
  /** A sentinel has neither LATENCY nor SLOWLOG, and refuses rules that name them. */
  sentinel: 'info client|setname sentinel|masters sentinel|ckquorum sentinel|sentinels sentinel|slaves',
};

/** No keys, no channels, and none of the values of CONFIG, among which is the password of replicas. */
export const exporterRules = (kind: Server['kind']): string =>
  `resetkeys resetchannels -@all +${RULES[kind].split(' ').join(' +')}`;

/** What users.sh makes the user of. */
export const exporterUser = ({ kind, exporter }: Server): readonly ServerVariable[] =>
  exporter ? [{ name: 'EXPORTER_RULES', value: exporterRules(kind) }, ...exporter.variables] : [];

/**
 * Without probes: what it says is whether Redis answers, and a restart changes nothing in that. It sees nothing of Redis'
 * pod but the folder with its password.
 */
export const exporterContainers = (
  { exporter }: Server,
  env: (one: ServerVariable) => k8s.EnvVar,
): ContainerProps[] =>
  exporter
    ? [
        {
          name: EXPORTER_USER,
          image: exporter.image,
          resources: exporter.resources,
          port: { name: METRICS, number: METRICS_PORT.redis },
          env: [...exporter.variables, ...exporter.settings].map(env),
          mounts: [readOnly(SHARED, FOLDERS.exporter)],
        },
      ]
    : [];

/** The volume of that folder. */
export const SHARED = 'exporter';
