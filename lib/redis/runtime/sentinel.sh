#!/bin/sh
# Writes the configuration of a sentinel that remembers nothing, as soon as there is a primary.
# Who that is, the other sentinels say; where none of them knows, the pod that is one; where none is, the pod with the
# newest data is made one, once all pods answer or PATIENCE is over. All sentinels choose alike, as they see the same.
# Where no pod that answers has any data, all must answer: the one that is away may have it.
# Reads   POD, REDIS_NODES, SENTINELS   as start.sh does
#         QUORUM, CONF                  sentinels that agree on a dead primary; what the rendered configuration says
#         REDIS_TLS                     as start.sh does
#         USERS_PASSWORDS/sentinel      the password among sentinels, and for Redis
# Writes  USERS_RUN/sentinel.conf       which the sentinel rewrites from then on
set -eu
umask 077
: "${POD:?}" "${REDIS_NODES:?}" "${SENTINELS:?}" "${QUORUM:?}"
: "${CONF:=/etc/redis/sentinel.conf}" "${USERS_RUN:=/run/redis}" "${USERS_PASSWORDS:=/etc/redis-users/passwords}"
# Seconds: a volume that moves takes a minute or two. Sentinels give up one after the other, so that one decides.
: "${PATIENCE:=$((120 + 30 * ${POD##*-}))}"
. "${0%/*}/ask.sh"

told=''
say() { [ "$told" = "$*" ] || printf 'sentinel: %s\n' "$*" >&2; told=$*; }

# Finds $master (the one with most replicas), the best $follower and its $leader, those $waiting and those $absent.
look() {
  master='' leader='' follower='' waiting='' absent='' most=-1 best=-1
  for pod in $REDIS_NODES; do
    replication "$pod" sentinel "$password"
    case $role:$following in
      master:*) [ "$replicas" -le "$most" ] || master=$pod most=$replicas ;;
      slave:*.waiting.invalid:*) waiting="$waiting $pod=${following%.waiting.invalid:*}" ;;
      slave:*) [ "$offset" -le "$best" ] || follower=$pod best=$offset leader=$following ;;
      *) absent="$absent $pod" ;;
    esac
  done
}

# The primary that running replicas still follow has all that they have. Without it, the one that followed longest.
# Else the newest data; within two seconds, as clocks differ, that of the pod that was the primary.
choose() {
  chosen='' newest=0 latest=-1 blank=''
  for one in $waiting; do
    at=${one##*=} at=${at%.*}
    [ "$at" -le $newest ] || newest=$at
  done
  for one in $waiting; do
    pod=${one%=*} at=${one##*=} was=${one##*.} at=${at%.*}
    [ "$pod" != "$leader" ] || [ "$at" = 0 ] || { chosen=$pod; return 0; }
    [ "$at" -lt $((newest - 2)) ] || {
      [ "$was" != primary ] || at=$((at + 3))
      [ "$at" -le $latest ] || latest=$at chosen=$pod
    }
  done
  [ "$newest" -gt 0 ] || [ "$best" -gt 1 ] || blank=yes
  [ -z "$follower" ] || { [ "$best" -le 1 ] && [ -n "$chosen" ]; } || chosen=$follower # 1: it never got anything
}

find_primary() {
  named sentinel "$password"
  [ -z "$named" ] || { primary=$named; say "the other sentinels name $named"; return 0; }
  look
  [ -z "$master" ] || { primary=$master; say "$master is the primary"; return 0; }
  choose
  [ -n "$chosen" ] || { say 'no Redis answers yet'; return 0; }
  if [ -n "$absent" ] && { [ -n "$blank" ] || [ "$(date +%s)" -lt "$deadline" ]; }; then
    say "there is no primary${blank:+, and no data here}, and before one is chosen these must answer:$absent"
    return 0
  fi
  say "there is no primary: making $chosen one"
  ask "$chosen" sentinel "$password" slaveof no one >/dev/null
}

deadline=$(($(date +%s) + PATIENCE)) primary=''
until [ -n "$primary" ]; do
  password=''
  read -r password 2>/dev/null <"$USERS_PASSWORDS/sentinel" || [ -n "$password" ] || say 'has no password yet'
  [ -z "$password" ] || find_primary
  [ -n "$primary" ] || sleep 1
done

# A sentinel learns of replicas from the primary, every ten seconds: it would have none to choose where that one dies
# before it has asked. All are known here.
others() {
  for pod in $REDIS_NODES; do
    [ "$pod" = "$primary" ] || echo "sentinel known-replica primary ${pod%:*} ${pod##*:}"
  done
  number=0
  for sentinel in $SENTINELS; do
    [ "$sentinel" = "$own" ] || echo "sentinel known-sentinel primary ${sentinel%:*} ${sentinel##*:} $(id "$number")"
    number=$((number + 1))
  done
}

id() { printf '%s' "sentinel-$1" | sha256sum | head -c 40; }

own=$(entry "${POD##*-}" $SENTINELS)
cat "$CONF" - >"$USERS_RUN/sentinel.conf" <<END
sentinel myid $(id "${POD##*-}")
sentinel announce-ip ${own%:*}
sentinel announce-port ${own##*:}
sentinel monitor primary ${primary%:*} ${primary##*:} $QUORUM
sentinel auth-pass primary $password
sentinel sentinel-pass $password
$(others)
END
