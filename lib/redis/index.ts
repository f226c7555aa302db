// Redis: one construct for each topology that Stalk runs.

export * from './acl';
export { type RedisProps } from './base';
export { literalPassword, literalSecret, passwords, want, wantedSecrets } from './passwords';
export type { WantedSecret } from './passwords';
export { ReplicatedRedis } from './replicated';
export { SentinelRedis } from './sentinel';
export { BROKER_PRIORITY } from './server';
export { StandaloneRedis } from './standalone';
export { clientCertificate } from './tls';
