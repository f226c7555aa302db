# Sends each argument as one command to the Redis of this pod as its admin, and prints @@stalk after each reply.
# Port, users and, where it speaks TLS, its socket are found where users.sh finds them; the password never leaves the pod.
set -eu
REDISCLI_AUTH=$(cat "${USERS_RUN:-/run/redis}/admin")
export REDISCLI_AUTH
at="-h 127.0.0.1 -p ${REDIS_PORT:-6379}"
[ -z "${REDIS_TLS:-}" ] || at="-s ${USERS_RUN:-/run/redis}/redis.sock"
for command in "$@"; do printf '%s\nECHO @@stalk\n' "$command"; done | redis-cli $at --user admin --raw 2>&1
