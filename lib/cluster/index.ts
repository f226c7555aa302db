// A cluster as verify and loadtest need it. `connect` loads the official client: `await import('../cluster/connect')`.

export { ClusterError, isForbidden } from './errors';
export { execRights, clusterObstacles } from './obstacles';
export { clusterName } from './cluster';
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
  Right,
  Usage,
} from './cluster';
