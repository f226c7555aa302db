// Redis on Kubernetes: every object of a Redis that Stalk runs, from its plan.

export * from './acl';
export { serverSecrets, type RedisProps } from './base';
export { literalPassword, literalSecret, passwords } from './passwords';
export { RedisServers } from './redis-servers';
export { BROKER_PRIORITY } from './server';
export { clientCertificate } from './tls';
