#!/bin/sh
# Dumps a Redis into a file and checks it: from a replica that follows its primary, else from the primary.
# Reads   REDIS_NODES        all pods of the Redis, `host:port`
#         REDIS_USER         who dumps; REDIS_PASSWORD_FILE holds the password
#         REDIS_TLS          folder of ca.crt, tls.crt and tls.key, where Redis speaks TLS
# Writes  SCRATCH/dump.rdb   once it is whole; store.sh brings it to the store
#         SCRATCH/facts      `<name> <value>` a line: redis, keys, bytes, sha256, seconds
# The password goes through REDISCLI_AUTH, never through arguments. A failure ends with a line of JSON, which is also the
# container's termination message.
set -eu
umask 077
export LC_ALL=C
: "${REDIS_NODES:?}" "${REDIS_USER:=backup}" "${REDIS_PASSWORD_FILE:=/etc/stalk/redis/backup}" "${REDIS_TLS:=}"
: "${SCRATCH:=/scratch}" "${MESSAGE:=/dev/termination-log}"
part=$SCRATCH/dump.part said=$SCRATCH/said began=$(date +%s) child=''

fail() {
  rm -f "$part"
  printf '{"ok":false,"why":"%s"}\n' "$(printf 'dump: %s' "$*" | tr '"\\\n\t\r' "'/   ")" | tee "$MESSAGE" 2>/dev/null
  exit 1
}
trap 'kill $child 2>/dev/null; rm -f "$part"; exit 143' TERM INT

# Lets SIGTERM through at once, unlike a command in the foreground.
await() {
  child=$!
  status=0
  wait "$child" || status=$?
  child=''
  return $status
}

# at <node>: sets $connection.
at() {
  connection="-h ${1%:*} -p ${1##*:} --user $REDIS_USER --no-auth-warning"
  [ -z "$REDIS_TLS" ] ||
    connection="$connection --tls --cacert $REDIS_TLS/ca.crt --cert $REDIS_TLS/tls.crt --key $REDIS_TLS/tls.key"
}

# The last line that was said, of an error or of Redis.
complaint() { tr -d '\r' <"$said" | grep . | tail -n 1; }

field() { sed -n "s/^$1:\([^,]*\).*/\1/p" "$said" | tr -d '\r'; }
number() { found=$(field "$1") && echo "${found:-0}"; }

# The replica that has most of what its primary wrote; else the primary that most replicas follow, as a pod that was cut off
# may take itself for the primary still.
choose() {
  source='' most=-1 primary='' followers=-1 last='nobody answers'
  for one in $REDIS_NODES; do
    at "$one"
    timeout 5 redis-cli $connection info >"$said" 2>&1 || [ -s "$said" ] || echo 'no answer within 5 s' >"$said"
    case $(field role):$(field master_link_status) in
      slave:up) [ "$(number slave_repl_offset)" -le "$most" ] || { source=$one most=$(number slave_repl_offset); } ;;
      master:) [ "$(number connected_slaves)" -le "$followers" ] || { primary=$one followers=$(number connected_slaves); } ;;
      slave:*) last="$one is a replica without its primary" ;;
      *) last="$one says: $(tr -d '\r' <"$said" | head -n 1)" ;;
    esac
  done
  : "${source:=$primary}"
  [ -n "$source" ] || fail "no Redis to dump from: $last"
}

REDISCLI_AUTH=''
{ read -r REDISCLI_AUTH <"$REDIS_PASSWORD_FILE"; } 2>/dev/null || [ -n "$REDISCLI_AUTH" ] ||
  fail "no password in $REDIS_PASSWORD_FILE"
export REDISCLI_AUTH

rm -f "$SCRATCH/dump.rdb" "$SCRATCH/facts"
choose
at "$source"
timeout 5 redis-cli $connection info server >"$said" 2>&1 || fail "$source says: $(complaint)"
redis=$(field redis_version)
redis-cli $connection --rdb "$part" >"$said" 2>&1 & await || fail "$source cannot be dumped: $(complaint)"
redis-check-rdb "$part" >"$said" 2>&1 & await || fail "the dump of $source is broken: $(complaint)"
keys=$(sed -n 's/^\[info\] \([0-9]*\) keys read.*/\1/p' "$said")
bytes=$(wc -c <"$part") sum=$(sha256sum "$part")
sync
mv "$part" "$SCRATCH/dump.rdb"
{
  echo "redis $redis"
  echo "keys $keys"
  echo "bytes $((bytes))"
  echo "sha256 ${sum%% *}"
  echo "seconds $(($(date +%s) - began))"
} >"$SCRATCH/facts"
cat "$SCRATCH/facts"
