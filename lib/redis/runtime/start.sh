#!/bin/sh
# Starts Redis in the role that the sentinels give this pod: never as a primary because it was one, or is the first.
# Where most of the sentinels name another pod, Redis follows that one. Else it starts as a replica of nobody: it keeps
# what it has, refuses writes and copies, and waits, until the sentinels name another one or promote this one; or until
# those that name this one, whose data is here, have seen that it is back. Before that they may be about to replace it:
# what it took meanwhile would be lost. While it waits its INFO tells how new its data is, and what it was
# (`master_host:<seconds>.<role>.waiting.invalid`): sentinels that remember nothing choose by that.
# Reads   POD                its name, with its number
#         REDIS_NODES        all pods as host:port, by number
#         SENTINELS          the same for sentinels
#         REDIS_TLS          folder of ca.crt, tls.crt and tls.key, where all of them speak TLS; this pod's own Redis is
#                            asked at USERS_RUN/redis.sock
#         USERS_RUN/auth.conf, admin   passwords of `replica` and `admin`, as users.sh keeps them
# Writes  USERS_RUN/role.conf, which redis.conf includes
#         REDIS_DATA/member  `primary` or `replica`: the data here is the primary's. `none`: it may be anything.
set -eu
: "${POD:?}" "${REDIS_NODES:?}" "${SENTINELS:?}"
: "${USERS_RUN:=/run/redis}" "${REDIS_CONF:=/etc/redis/redis.conf}" "${REDIS_DATA:=/data}" "${REDIS_PORT:=6379}"
: "${FOLLOW_INTERVAL:=2}" "${UNSEEN:=30}" # seconds; a failover that failed is tried again after 20
. "${0%/*}/ask.sh"
[ -n "${REDIS_TLS:-}" ] && self=$USERS_RUN/redis.sock || self=127.0.0.1:$REDIS_PORT
own=$(entry "${POD##*-}" $REDIS_NODES)

say() { printf 'start: %s\n' "$*" >&2; }

# Sets $primary to the node that a majority of all sentinels names, or to nothing.
find_primary() {
  primary='' password=''
  while read -r word value; do [ "$word" != masterauth ] || password=$value; done <"$USERS_RUN/auth.conf"
  set -- $SENTINELS
  all=$#
  named replica "$password"
  [ $((votes * 2)) -le $all ] || primary=$named
}

# Sets $was. Data that is here before this script has ever run is that of a Redis without sentinels: all there is.
find_member() {
  [ -s "$REDIS_DATA/member" ] || {
    [ -d "$REDIS_DATA/appendonlydir" ] && was=primary || was=none
    echo $was >"$REDIS_DATA/member.new" && mv "$REDIS_DATA/member.new" "$REDIS_DATA/member"
  }
  read -r was <"$REDIS_DATA/member"
}

# Sets $newest to the second of the last write that this data has seen; 0 without data of a primary. A save at the end
# of Redis writes other files.
find_newest() {
  newest=0
  [ "$was" != none ] || return 0
  for file in "$REDIS_DATA"/appendonlydir/*; do
    at=$(stat -c %Y "$file" 2>/dev/null) || continue
    [ "$at" -le $newest ] || newest=$at
  done
}

wait_for_others() {
  echo "replicaof $newest.$was.waiting.invalid ${own##*:}"
  say "waiting for the sentinels: $1"
}

role() {
  echo "replica-announce-ip ${own%:*}"
  echo "replica-announce-port ${own##*:}"
  find_primary
  find_member
  find_newest
  [ "$was" != none ] || echo 'replica-priority 0' # sentinels take an empty pod for one that has just lost its link
  case $primary in
    '') wait_for_others 'no majority of them names a primary' ;;
    "$own") wait_for_others "they name this pod$([ $newest -gt 0 ] || echo ', whose data is gone')" ;;
    *) echo "replicaof ${primary%:*} ${primary##*:}" ;;
  esac
}

note() {
  [ "$was" != "$1" ] || return 0
  echo "$1" >"$REDIS_DATA/member.new" && mv "$REDIS_DATA/member.new" "$REDIS_DATA/member"
  [ "$was" != none ] || ask "127.0.0.1:$REDIS_PORT" admin "$admin" config set replica-priority 100 >/dev/null
  was=$1
  say "this pod is a $1"
}

# Ends the waiting and a primary's time, and notes what the pod is: beside Redis for as long as it runs.
attend() {
  elected='' since=''
  while sleep "$pause"; do
    pause=$FOLLOW_INTERVAL admin=''
    read -r admin <"$USERS_RUN/admin" || :
    replication "$self" admin "$admin"
    case $role:$link:$following in
      master:*) note primary && abdicate ;;
      slave:*.waiting.invalid:*) pause=1 && find_primary && resume && follow ;;
      slave:up:*) elected='' && note replica ;;
      slave:*) elected='' && { [ "$was" != none ] || pause=1; } ;;
    esac
  done
}

resume() {
  [ "$primary" = "$own" ] && [ "$newest" -gt 0 ] || return 0
  now=$(date +%s)
  : "${since:=$now}"
  seen replica "$password" $((now - since - 1)) # a second less, as both are rounded
  [ $((seen * 2)) -gt "$all" ] || [ $((now - since)) -ge "$UNSEEN" ] || return 0
  [ "$(ask "$self" admin "$admin" replicaof no one)" = OK ] || return 0 # it loads
  say 'the sentinels have seen that this pod is back'
}

# Sentinels take ten seconds, and on a busy node more, to tell a primary that it was replaced: what it takes meanwhile is
# lost. A new primary is named by most of them only a moment after it was made one: it waits for that.
abdicate() {
  find_primary
  if [ "$primary" = "$own" ]; then elected=yes; fi
  if [ -n "$elected" ]; then follow; fi
}

follow() {
  case $primary in '' | "$own") return 0 ;; esac
  say "following $primary"
  ask "$self" admin "$admin" replicaof "${primary%:*}" "${primary##*:}" >/dev/null
}

role >"$USERS_RUN/role.conf"
pause=1
attend &
exec redis-server "$REDIS_CONF"
