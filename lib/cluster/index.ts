// A cluster as verify and loadtest need it. `connect` loads the official client: `await import('../cluster/connect')`.

export { ClusterError, isForbidden } from './errors';
export { execRights, clusterObstacles } from './obstacles';
export { clusterName, lastLineOf } from './cluster';
export { containerOf, isReady, isRunning, POD, statusesOf, whyOf, withCause } from './pods';
export type { Pod } from './pods';
export { askRedis, configOf, connectedClients, infoOf } from './redis';
export { alertsOf, askPrometheus, prometheusOf, whyUnheard } from './prometheus';
export type { PrometheusAlert } from './prometheus';
export { REDIS_CLI } from './redis-cli';
export type {
  Cluster,
  Command,
  ContainerRef,
  Executed,
  ObjectKind,
  KubeObject,
  LogOptions,
  ObjectRef,
  PodPort,
  Right,
  Usage,
} from './cluster';
