// The shell function with which a command in a Redis pod reaches that Redis; verify and loadtest use it.

/**
 * Shell text that defines `cli USER ARGUMENT…`: redis-cli as `admin` or `probe`, whose passwords never leave the pod. The
 * port and, where Redis speaks TLS, its socket are found where users.sh finds them.
 */
export const REDIS_CLI = [
  'run=${USERS_RUN:-/run/redis} at="-h 127.0.0.1 -p ${REDIS_PORT:-6379}"',
  '[ -z "${REDIS_TLS:-}" ] || at="-s $run/redis.sock"',
  'cli() {',
  '  user=$1; shift',
  '  REDISCLI_AUTH=$(cat "$run/$user") || return',
  '  export REDISCLI_AUTH',
  '  redis-cli $at --user "$user" "$@"',
  '}',
  '',
].join('\n');
