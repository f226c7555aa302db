#!/bin/sh
# Answers the kubelet's exec probes for one Redis or Sentinel on this pod's loopback.
#   probe.sh live    fails only when nothing answers: a restart helps a hung process, and nothing else
#   probe.sh start   the same: a Redis that loads a large AOF has started, and must not be killed for it
#   probe.sh ready   may get traffic: answers PONG; as a replica has its link to the primary up, as a sentinel finds the
#                    primary well
# Reads USERS_RUN/probe, the password of the user `probe`. Answers within PROBE_TIMEOUT seconds, so let the probe's
# timeoutSeconds be larger (twice that for ready, which asks twice). REDIS_TLS is the folder of ca.crt, tls.crt and
# tls.key where Redis speaks TLS: ready connects as a client would; live and start ask at USERS_RUN/redis.sock, as a
# restart makes no certificate valid. On failure stdout says what Redis said; the kubelet puts it into the pod's events.
set -eu
: "${USERS_RUN:=/run/redis}" "${REDIS_PORT:=6379}" "${PROBE_TIMEOUT:=3}"
case ${REDIS_TLS:+tls}:${1:-} in
  tls:ready) at="-h 127.0.0.1 -p $REDIS_PORT --tls --cacert $REDIS_TLS/ca.crt --cert $REDIS_TLS/tls.crt --key $REDIS_TLS/tls.key" ;;
  tls:*) at="-s $USERS_RUN/redis.sock" ;;
  *) at="-h 127.0.0.1 -p $REDIS_PORT" ;;
esac
connection="$at --user probe"

fail() { echo "$1"; exit 1; }

# Sets $reply; 124 and 143 are what `timeout` of coreutils and of busybox end with.
ask() {
  status=0
  { reply=$(timeout "$PROBE_TIMEOUT" redis-cli $connection "$@" 2>&1) || status=$?; } 2>/dev/null
  case $status in 124 | 143) fail "no answer within $PROBE_TIMEOUT s" ;; esac
}

REDISCLI_AUTH=''
read -r REDISCLI_AUTH <"$USERS_RUN/probe" || [ -n "$REDISCLI_AUTH" ] || fail "no password in $USERS_RUN/probe"
export REDISCLI_AUTH

case ${1:-} in live | ready | start) ;; *) fail 'usage: probe.sh live | ready | start' ;; esac

ask ping
case $reply in
  PONG) ;;
  # What a Redis says that works: it loads, runs a long script, lost its primary, cannot save, has no connection left.
  LOADING* | BUSY* | MASTERDOWN* | MISCONF* | *'max number of clients'*) [ "$1" != ready ] || fail "$reply" ;;
  *) fail "$reply" ;;
esac
[ "$1" = ready ] || exit 0

ask info replication sentinel
case $reply in
  *role:slave*master_link_status:up* | *role:master* | *master0:*status=ok*) ;;
  *role:slave*) fail 'the link to the primary is down' ;;
  *master0:*) fail 'the primary does not answer this sentinel' ;;
  *) fail "$reply" ;;
esac
