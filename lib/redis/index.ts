// Redis: one construct for each topology that Stalk runs.

export * from './acl';
export * from './broker';
export { type RedisProps } from './base';
export { CacheRedis } from './cache';
export { literalPassword, literalSecret, passwords } from './passwords';
export { ReplicatedRedis } from './replicated';
export { BROKER_PRIORITY } from './server';
export { StandaloneRedis } from './standalone';
