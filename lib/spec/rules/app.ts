// The app: folders that do not meet, volumes that pods can share.

import type { ResolvedTenant } from '../resolved';
import { show, unless } from './finding';
import type { Finding, Path, Rule } from './finding';

/** Mounted by Stalk in the pods of the app. */
const TAKEN: Readonly<Record<string, string>> = {
  '/tmp': 'every pod',
  '/dev/shm': 'the container runtime',
  '/opt/stalk': 'Stalk',
  '/run/stalk': 'Stalk',
  '/etc/stalk/redis': 'Stalk',
  '/etc/stalk/tls': 'Stalk',
  '/var/lib/stalk': 'Stalk',
};

/** ConfigMaps beside the app's. */
const CONFIGS = /^(celery-settings|stalk-.*|(redis(-replica|-sentinels?)?|cache)-(config|rules|scripts))$/;

/** Names of volumes in the pods, and of claims in the namespace, that are not the author's. */
const VOLUMES =
  /^(tmp|shared-memory|redis-password|redis-tls|stalk-.*|redis-data.*|beat-schedule|writable-.*|beside-.*)$/;

function folders({ app }: ResolvedTenant): readonly (readonly [Path, string])[] {
  return [
    ...app.writable.map(({ path }, index) => [['app', 'writable', index], path] as const),
    ...Object.entries(app.volumes).map(
      ([name, { path }]) => [['app', 'volumes', name, 'path'], path] as const,
    ),
  ];
}

function mountedOnce(tenant: ResolvedTenant): readonly Finding[] {
  const taken = new Map(Object.entries(TAKEN));
  return folders(tenant).flatMap(([path, folder]) => {
    const by = taken.get(folder);
    taken.set(folder, path[1] === 'writable' ? 'app.writable' : `app.volumes.${path[2]}`);
    return unless(by === undefined, () => ({
      path,
      wanted: `be a folder of its own, and ${by} has this one`,
      got: show(folder),
      fix: 'use another folder or remove it',
    }));
  });
}

const most = (workload: { readonly replicas: number; readonly scaling?: { readonly max: number } }): number =>
  workload.scaling?.max ?? workload.replicas;

/** Pods of the app that run at a time, whatever their kind. */
export function mostPodsOf({ workers, beat, web, processes, flower }: ResolvedTenant): number {
  const pools = workers.reduce((sum, pool) => sum + most(pool), 0);
  const own = processes.reduce((sum, one) => sum + ('cron' in one ? 1 : most(one)), 0);
  return pools + own + (beat ? 1 : 0) + (web ? most(web) : 0) + (flower ? 1 : 0);
}

/** One node mounts such a volume; a cluster to throw away has one node, or a storage class that keeps to one. */
function sharedVolumes(tenant: ResolvedTenant): readonly Finding[] {
  const pods = mostPodsOf(tenant);
  if (tenant.environment.disposable || pods < 2) return [];
  return Object.entries(tenant.app.volumes).flatMap(([name, volume]) => {
    const access = 'size' in volume ? volume.access : undefined;
    return unless(access !== 'ReadWriteOnce', () => ({
      path: ['app', 'volumes', name, 'access'],
      wanted: `be "ReadWriteMany", as ${pods} pods mount it at a time`,
      got: show(access),
      fix: 'use "ReadWriteMany" with a storage class that has it, or an object store',
    }));
  });
}

export const appRules: readonly Rule[] = [
  { what: 'folders are mounted once', of: mountedOnce },
  { what: 'volumes are for as many pods as mount them', of: sharedVolumes },
  {
    what: 'volumes have names of their own',
    of: ({ app: { volumes } }) =>
      Object.keys(volumes).flatMap((name) =>
        unless(!VOLUMES.test(name), () => ({
          path: ['app', 'volumes', name],
          wanted: "be named unlike Stalk's own volumes",
          got: show(name),
          fix: 'choose another name',
        })),
      ),
  },
  {
    what: 'the ConfigMap of the environment has a name of its own',
    of: ({ app: { configMap } }) =>
      unless(!CONFIGS.test(configMap), () => ({
        path: ['app', 'configMap'],
        wanted: "be named unlike Stalk's own ConfigMaps",
        got: show(configMap),
        fix: 'choose another name, or leave it out',
      })),
  },
];
