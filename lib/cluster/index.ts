// A cluster as verify and loadtest need it. `connect` loads the official client: `await import('../cluster/connect')`.

export { ClusterError, isForbidden } from './errors';
export { execIn, obstacles } from './obstacles';
export { REDIS_CLI } from './redis-cli';
export type {
  Cluster,
  Command,
  Container,
  Executed,
  Kind,
  KubeObject,
  LogOptions,
  Ref,
  Right,
  Usage,
} from './cluster';
