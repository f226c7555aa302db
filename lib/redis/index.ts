// Redis on Kubernetes: every object of a Redis that Stalk runs, from its plan.

export * from './acl';
export { type RedisProps } from './base';
export { literalPassword, literalSecret, passwords, want, wantedSecrets } from './passwords';
export type { WantedSecret } from './passwords';
export { RedisServers } from './redis-servers';
export { BROKER_PRIORITY } from './server';
export { clientCertificate } from './tls';
