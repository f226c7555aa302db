// Which pods of a cluster are Redis, by their labels, and the ports that they listen on.

import type { NetworkPod } from './firewall';

const component = ({ labels }: NetworkPod): string | undefined => labels['app.kubernetes.io/component'];

export const isRedis = ({ labels }: Pick<NetworkPod, 'labels'>): boolean =>
  labels['app.kubernetes.io/name'] === 'redis';
export const isBroker = (pod: NetworkPod): boolean => component(pod) === 'redis';
export const isBackup = (pod: NetworkPod): boolean => component(pod) === 'backup';
export const isSentinel = (pod: NetworkPod): boolean => component(pod) === 'sentinel';

/** Where sentinels decide, any pod may be. */
export const isPrimary = (pod: NetworkPod): boolean =>
  isBroker(pod) && pod.labels['stalk.dev/role'] !== 'replica';

/** The one that it listens on. */
export const portOf = ({ ports }: NetworkPod): number =>
  ports.find(({ name }) => name === 'redis')?.containerPort ?? 0;

/** Ports that somebody might listen on, besides those that are declared. */
export const portsOf = ({ ports }: NetworkPod): number[] => [
  ...ports.flatMap(({ containerPort }) => containerPort ?? []),
  22,
  6379,
  6380,
  26379,
  26380,
];

/** `redis`, `redis.<namespace>.svc…` and `redis-0.redis-headless.<namespace>.svc…` are Redis pods; others are outside. */
export function namespaceOfHost(host: string, own: string | undefined): string | undefined {
  if (host === 'redis') return own;
  return /^(?:redis|redis-0\.redis-headless|sentinel-0\.sentinel-headless)\.([^.]+)\.svc\./.exec(host)?.[1];
}
