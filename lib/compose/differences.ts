// What a project has not of what a cluster has: said at the head of its compose.yaml, so that nobody has to find it out.

import { isRunByStalk } from '../plan/redis/broker';
import type { ResolvedTenant } from '../spec';
import type { ComposeProject } from './project';

export const differencesOf = (
  tenants: readonly ResolvedTenant[],
  { byHand }: Pick<ComposeProject, 'byHand'>,
): readonly string[] => [
  ...new Set([
    ...tenants.flatMap(ofTenant),
    ...byHand.map((name) => `${name} starts by hand alone here: docker compose run --rm ${name}`),
    ...EVERYWHERE,
  ]),
];

const EVERYWHERE = [
  'Each service is one container: docker compose up -d --scale <service>=3 makes it three.',
  'An unhealthy container is not restarted, one that ends is.',
  'Containers may reach everything outside: what egress says is not enforced.',
  'PYTHONPATH of an image is not kept here; app.pythonPath says its folders.',
];

function ofTenant(tenant: ResolvedTenant): string[] {
  const { name, broker, cache, patches, app } = tenant;
  const existing = Object.values(app.volumes).flatMap((volume) => ('claim' in volume ? [volume.claim] : []));
  return [
    ...ofBroker(tenant),
    ...(cache && !isRunByStalk(cache.redis)
      ? [`The cache of ${name} is a server here, not ${cache.redis.host}.`]
      : []),
    ...(broker.redis.tls === undefined
      ? []
      : [`Redis of ${name} speaks plain TCP here, TLS in the cluster.`]),
    ...(patches.length > 0
      ? [`Patches of ${name} are for Kubernetes objects: nothing of them is here.`]
      : []),
    ...(existing.length > 0
      ? [`Volumes of ${name} that somebody else made are new and empty here: ${existing.join(', ')}.`]
      : []),
  ];
}

function ofBroker({ name, broker: { kind, name: shared, redis } }: ResolvedTenant): string[] {
  const whose = kind === 'shared' ? `Broker ${shared} is` : `Redis of ${name} is`;
  const guests = kind === 'shared' ? ', for the tenants of this file alone' : '';
  if (!isRunByStalk(redis)) return [`${whose} a server of its own here${guests}, not ${redis.host}.`];
  return redis.topology === 'standalone'
    ? guests === ''
      ? []
      : [`${whose} a server of its own here${guests}.`]
    : [`${whose} one server here${guests}; its topology in the cluster is ${redis.topology}.`];
}
