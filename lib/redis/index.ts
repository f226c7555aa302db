// Redis on Kubernetes: every object of a Redis that Stalk runs, from its plan.

export * from './acl';
export { backupSecret, scriptsVolume, storeVolumes } from './backup';
export { storeMounts } from './backup-runs';
export { serverSecrets, type RedisProps } from './base';
export { literalPassword, literalSecret, passwords } from './passwords';
export { RedisServers } from './redis-servers';
export { ruleTexts } from './rules';
export { scripts } from './runtime';
export { BROKER_PRIORITY, REDIS_USER } from './server';
export { clientCertificate } from './tls';
