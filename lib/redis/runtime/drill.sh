#!/bin/sh
# Loads the dump that restore.sh has fetched into a Redis of this pod alone, and counts what is in it. Ends with one line of
# JSON, which is also the container's termination message; fails where not every key of the dump came back.
# Reads   SCRATCH/dump.rdb, dump.json   the dump, and what is known of it
#         SCRATCH/snapshots             there: a list was asked for, and this has nothing to do
#         REDIS_TLS                     folder of ca.crt, tls.crt and tls.key, where the living Redis speaks TLS: copy.sh has
#                                       this one send keys to it
#         HOLD                          seconds for which the loaded Redis stays, for copy.sh; it ends sooner with SCRATCH/done
# Writes  a line for each queue, and for what begins alike: see count.lua
set -eu
: "${SCRATCH:=/scratch}" "${HOLD:=0}" "${REDIS_TLS:=}" "${MESSAGE:=/dev/termination-log}"
. "${0%/*}/count.sh"
began=$(date +%s) server='' loaded=''

end() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || :
}
fail() {
  printf 'drill: %s\n' "$*" >&2
  printf '{"ok":false,"why":"%s"}\n' "$(printf %s "$*" | tr '"\\\n' "'/ ")" | tee "$MESSAGE" 2>/dev/null || :
  exit 1
}
trap end EXIT
trap 'exit 143' TERM INT

redis() { redis-cli -s "$SCRATCH/redis.sock" "$@"; }

fact() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$SCRATCH/dump.json"; }

# MIGRATE speaks TLS where the bus of a cluster does; this Redis has none, and listens at a socket alone.
certificates=${REDIS_TLS:+--tls-cluster yes --tls-ca-cert-file $REDIS_TLS/ca.crt --tls-cert-file $REDIS_TLS/tls.crt --tls-key-file $REDIS_TLS/tls.key}

# Replicas keep what is over its time, a Redis that loads a dump drops it: both numbers are in its log.
load() {
  : >"$SCRATCH/log"
  redis-server --port 0 --unixsocket "$SCRATCH/redis.sock" --dir "$SCRATCH" --dbfilename dump.rdb --save '' \
    --appendonly no --databases 4096 --logfile "$SCRATCH/log" $certificates &
  server=$!
  until [ "$(redis ping 2>/dev/null)" = PONG ]; do
    kill -0 "$server" 2>/dev/null || fail "Redis cannot load the dump: $(tail -n 2 "$SCRATCH/log" | tr '\n' ' ')"
    sleep 0.2
  done
  loaded=$(sed -n 's/.*keys loaded: \([0-9]*\), keys expired: \([0-9]*\).*/\1 \2/p' "$SCRATCH/log")
  [ -n "$loaded" ] || fail 'Redis has loaded no dump'
}

[ ! -e "$SCRATCH/snapshots" ] || exit 0
load
keys=${loaded% *} expired=${loaded#* } wanted=$(fact keys)
[ -z "$wanted" ] || [ "$wanted" = $((keys + expired)) ] ||
  fail "the dump had $wanted keys, and $((keys + expired)) came back"
count "$(cat "${0%/*}/count.lua")" >"$SCRATCH/steps" || fail 'Redis cannot be counted'
total <"$SCRATCH/steps" >"$SCRATCH/counted"
cat "$SCRATCH/counted"
awk -v of="$(fact snapshot)" -v at="$(fact time)" -v keys="$keys" -v expired="$expired" \
  -v seconds=$(($(date +%s) - began)) '{ n[$2] += $4 }
  END {
    printf "{\"ok\":true,\"snapshot\":\"%s\",\"time\":\"%s\",\"keys\":%d,\"expired\":%d,", of, at, keys, expired
    printf "\"messages\":%d,\"unacked\":%d,\"etas\":%d,\"letters\":%d,", n["queue"], n["unacked"], n["eta"], n["letters"]
    printf "\"results\":%d,\"redbeat\":%d,\"seconds\":%d}\n", n["results"], n["redbeat"], seconds
  }' "$SCRATCH/counted" | tee "$MESSAGE"
until [ "$HOLD" -le 0 ] || [ -e "$SCRATCH/done" ]; do
  HOLD=$((HOLD - 1))
  sleep 1
done
