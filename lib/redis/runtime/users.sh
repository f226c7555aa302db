#!/bin/sh
# Keeps the users of one Redis equal to the mounted lists, without a restart and without ACL LOAD.
#   users.sh build   init container: writes users.acl, auth.conf and passwords for `admin` and `probe`
#   users.sh watch   sidecar: every USERS_INTERVAL seconds gives the running Redis what changed, user by user
# Reads   USERS_RULES/<user>      one line of ACL rules: no name, no on/off, no password (a ConfigMap)
#         USERS_PASSWORDS/<user>  and <user>.next: both are valid (a Secret; a newline at the end does not count)
# Writes  USERS_RUN/users.acl     the aclfile, made of internal.acl and of accepted/<user>, the lines Redis has taken
#         USERS_RUN/auth.conf     masteruser and masterauth from the password of `replica`; empty without one
#         USERS_RUN/admin, probe  their passwords, new with each pod
# Redis is on 127.0.0.1, REDIS_PORT. Where it speaks TLS, REDIS_TLS is the folder of its ca.crt, tls.crt and tls.key, and
# it is asked at USERS_RUN/redis.sock: what has expired there is no hindrance. watch gives it renewed files, which new
# connections see; files that it refuses change nothing. USERS_OF=sentinel: it is a sentinel, which has commands of its
# own, never loads data and follows nobody.
# What is missing or wrong for one user leaves that user as it is, says why here, and stops nobody else. A user goes,
# and its connections with it, when its rules file goes; an empty or missing folder removes nobody (so the last user
# goes with a new pod, not before). New rules or passwords keep connections, also those that came with a password
# since dropped, as Redis asks for it at AUTH only: CLIENT KILL USER <name> ends them. Subscribers to a channel that
# new rules forbid are dropped. Users made by hand last until Redis restarts.
set -eu
umask 077
export LC_ALL=C
: "${USERS_RULES:=/etc/redis-users/rules}" "${USERS_PASSWORDS:=/etc/redis-users/passwords}"
: "${USERS_RUN:=/run/redis}" "${USERS_INTERVAL:=5}" "${REDIS_PORT:=6379}" "${USERS_OF:=redis}"
work=$USERS_RUN/work accepted=$USERS_RUN/accepted child=''
: "${REDIS_TLS:=}"
[ -n "$REDIS_TLS" ] && at="-s $USERS_RUN/redis.sock" || at="-h 127.0.0.1 -p $REDIS_PORT"
connection="$at --user admin"

say() { printf 'users: %s\n' "$*" >&2; }
any() { [ -e "$1" ]; }

# Sends $work/commands, or the arguments; passwords go through stdin and REDISCLI_AUTH, never through arguments.
redis() {
  timeout 10 redis-cli $connection "$@" <"$work/commands" >"$work/replies" 2>&1 & child=$!
  await_child
}

# `wait`, unlike a command in the foreground, lets SIGTERM through at once.
await_child() {
  status=0
  wait "$child" 2>/dev/null || status=$?
  child=''
  return $status
}

# Sets $line to the only line of a file, and $newline; fails on no line and on several.
one_line() {
  line='' more='' newline=no
  [ -r "$1" ] && { IFS= read -r line && newline=yes; IFS= read -r more || :; } <"$1" || return 1
  [ -n "$line" ] && [ -z "$more" ]
}

# Sets $hash: `@` when the file can go into one sha256sum call for all; a newline at its end costs a call of its own.
password() {
  hash='' why='has no password yet' until='until one arrives'
  [ -s "$1" ] || return 1
  why="has a password that is not one line of A-Z a-z 0-9 _ - (${1##*/})" until='until it is right'
  one_line "$1" || return 1
  case $line in *[!A-Za-z0-9_-]*) return 1 ;; esac
  hash=@
  [ $newline = no ] || hash=$(printf %s "$line" | sha256sum | head -c 64)
}

# Sets $line; lets words pass only that begin as key, channel and command rules do: no `nopass`, no `>password`.
rules() {
  why='has rules that are not one line of printable text' until='until they are right'
  one_line "$1" || return 1
  case $line in *[!\ -~]* | *[\"\'\\]*) return 1 ;; esac
  set -f
  for word in $line; do
    case $word in [~\&+%\(-]* | resetkeys | resetchannels) ;; *) why="has a rule that does not belong here ($word)" ;; esac
  done
  set +f
  case $why in *belong*) return 1 ;; esac
}

# Prints `user hash hash-of-next rules` for each complete user, and hashes the files behind the @s in the same order.
plan() {
  set --
  for file in "$USERS_RULES"/*; do
    name=${file##*/} from=$USERS_PASSWORDS/${file##*/} next=- fate='kept as it is'
    case $name in
      '*') continue ;;
      default | admin | probe | *.next | [!a-z0-9]* | *[!a-z0-9.-]*) say "$name is no name for a user: refused"; continue ;;
    esac
    password "$from" && first=$hash && rules "$file" || {
      any "$accepted/$name" || fate="left out $until"
      say "$name $why: $fate"
      continue
    }
    rule=$line
    [ "$first" != @ ] || set -- "$@" "$from"
    [ ! -s "$from.next" ] || if password "$from.next"; then next=$hash; else say "$name $why: not used"; fi
    [ "$next" != @ ] || set -- "$@" "$from.next"
    printf '%s %s %s %s%s\n' "$name" "$first" "$next" "$rule" "$setinfo"
  done
  : >"$work/hashes"
  [ $# -eq 0 ] || sha256sum "$@" >"$work/hashes"
}

# Reads the next hash; compares the path, or a file gone meanwhile would give one user the password of another.
hash_of() { read -r hash path <&3 && [ "$path" = "$1" ]; }

# Prints the commands that turn the accepted users into the planned ones; SETUSER with `reset` is one atomic step.
differences() {
  while read -r name first next rule; do
    from=$USERS_PASSWORDS/$name line='' more=''
    [ "$first" != @ ] || { hash_of "$from" || return 1; first=$hash; }
    [ "$next" != @ ] || { hash_of "$from.next" || return 1; next=$hash; }
    [ "$next" = - ] || more=" #$next"
    ! any "$accepted/$name" || read -r line <"$accepted/$name"
    [ "$line" = "user $name on #$first$more $rule" ] || echo "ACL SETUSER $name reset on #$first$more $rule"
  done <"$work/plan" 3<"$work/hashes"
  for file in "$accepted"/*; do
    any "$USERS_RULES/${file##*/}" || ! any "$file" || echo "ACL DELUSER ${file##*/}"
  done
  [ "$USERS_OF" != sentinel ] && password "$USERS_PASSWORDS/replica" || return 0
  auth="masterauth $line" line=''
  { read -r line && read -r line; } <"$USERS_RUN/auth.conf" || :
  [ "$line" = "$auth" ] || echo "CONFIG SET masteruser replica $auth"
}

# Sends the commands and notes what Redis accepts, command by command; fails when it goes away in the middle.
send() {
  redis || :
  added='' removed=''
  while read -r _ verb name _ line <&3; do
    reply=''
    while [ -z "$reply" ]; do IFS= read -r reply <&4 || return 1; done
    case $verb:$reply in
      SETUSER:OK) echo "user $name $line" >"$accepted/$name"; added="$added $name" ;;
      DELUSER:[01]) rm -f "$accepted/$name"; removed="$removed $name" ;;
      SET:OK) printf 'masteruser replica\n%s\n' "$line" >"$work/auth"; mv "$work/auth" "$USERS_RUN/auth.conf" ;;
      *) say "$name: Redis refuses this change, nothing of it applies: $reply" ;;
    esac
  done 3<"$work/commands" 4<"$work/replies"
  [ -z "$removed" ] || say "removed:$removed"
}

# Brings Redis and users.acl to what the folders say, as of fingerprint $now; fails when that has to be tried again.
apply() {
  now=$(fingerprint)
  for folder in "$USERS_RULES" "$USERS_PASSWORDS"; do
    any "$folder"/* || ! any "$accepted"/* || { say "$folder is missing or empty: users stay as they are"; return 0; }
  done
  plan >"$work/plan" && differences >"$work/commands" && [ "$(fingerprint)" = "$now" ] || {
    say 'files changed while they were read: trying again' # or a half-written password would become valid
    return 1
  }
  send || return 1
  [ -z "$added" ] || say "set:$added"
  set -- "$accepted"/*
  any "$@" || shift
  cat "$USERS_RUN/internal.acl" "$@" >"$work/acl"
  mv "$work/acl" "$USERS_RUN/users.acl"
}

# Gives a restarted Redis every accepted user, and removes those it should not have.
apply_again() {
  redis acl users || return 1
  while read -r name; do
    case $name in default | admin | probe) ;; *) any "$accepted/$name" || echo "ACL DELUSER $name" ;; esac
  done <"$work/replies" >"$work/commands"
  for file in "$accepted"/*; do
    ! any "$file" || { read -r _ name line <"$file"; echo "ACL SETUSER $name reset $line"; }
  done >>"$work/commands"
  send
}

# Sets $id to Redis' run_id; fails, and sets $why, while it is away or loading.
ready() {
  id='' loading='' why=''
  read -r REDISCLI_AUTH <"$USERS_RUN/admin" || :
  export REDISCLI_AUTH
  redis info server persistence sentinel || case $? in 124 | 143) : >"$work/replies" ;; esac # `timeout` ended it
  while IFS=: read -r key value; do
    case $key in run_id) id=${value%?} ;; loading) loading=${value%?} ;; sentinel_masters) loading=0 ;; esac
  done <"$work/replies"
  [ -n "$id" ] || read -r why <"$work/replies" || why='no answer'
  [ "$loading" != 1 ] || why='it is loading its data'
  [ "$loading" = 0 ]
}

# Changes when the folders do: the link that Kubernetes swaps, else one checksum call over the files.
fingerprint() {
  [ $# -gt 0 ] || set -- "$USERS_RULES" "$USERS_PASSWORDS"
  for folder; do
    if any "$folder/..data"; then cd -P "$folder/..data" && pwd -P; else sha256sum "$folder"/* 2>&1; fi || :
  done
}

# Makes Redis read its certificate again when the files have changed: setting the same paths does, and drops nobody.
renew() {
  print=$(fingerprint "$REDIS_TLS")
  [ "$print" != "$loaded" ] || return 0
  : >"$work/commands"
  redis config set tls-cert-file "$REDIS_TLS/tls.crt" tls-key-file "$REDIS_TLS/tls.key" \
    tls-ca-cert-file "$REDIS_TLS/ca.crt" || :
  read -r reply <"$work/replies" || reply='no answer'
  if [ "$reply" = OK ] && [ "$(fingerprint "$REDIS_TLS")" = "$print" ]; then
    [ -z "$loaded" ] || say 'Redis has taken the renewed certificate'
    loaded=$print
  elif [ "$reply" != OK ] && [ "$print" != "$refused" ]; then
    refused=$print
    say "Redis refuses the renewed certificate and keeps the one it has: $reply"
  fi
}

# A line that Redis refuses in its aclfile would keep it from starting, so build asks a scratch Redis without a port.
build() {
  rm -rf "$work" "$accepted"
  mkdir -p "$work" "$accepted"
  : >"$USERS_RUN/auth.conf"
  # Nobody can be a user that is off. But Redis reads its append-only file in that user's name, and drops every
  # transaction in it that the user may not do (redis#14541): all that workers have in hand would be lost at a restart.
  echo 'user default off resetpass allkeys allchannels +@all' >"$USERS_RUN/internal.acl"
  for user in admin probe; do
    [ $user = admin ] && rule='~* &* +@all' || rule='resetkeys resetchannels -@all +ping +info'
    secret=$(head -c 32 /dev/urandom | sha256sum | head -c 64)
    printf %s "$secret" >"$USERS_RUN/$user"
    echo "user $user on #$(printf %s "$secret" | sha256sum | head -c 64) $rule" >>"$USERS_RUN/internal.acl"
  done
  : >"$work/conf"
  set -- "$work/conf" --port 0 --unixsocket "$work/socket" --dir "$work"
  [ "$USERS_OF" = sentinel ] && set -- "$@" --sentinel || set -- "$@" --save ''
  redis-server "$@" >"$work/log" 2>&1 & scratch=$!
  trap 'kill $scratch 2>/dev/null && wait $scratch || :' EXIT
  connection="-s $work/socket" tries=100
  until redis-cli $connection ping >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] && kill -0 $scratch || { say "cannot start a Redis to try the rules on: $(cat "$work/log")"; exit 1; }
    sleep 0.1
  done
  apply
}

watch() {
  known='' seen='' state='' loaded='' refused=''
  trap '[ -z "$child" ] || kill "$child" 2>/dev/null || :; exit 0' TERM INT
  while :; do
    if ready; then
      [ "$state" != away ] || say 'Redis is back'
      state=here
      [ "$id" = "$known" ] || ! apply_again || known=$id
      [ "$(fingerprint)" = "$seen" ] || ! apply || seen=$now
      [ -z "$REDIS_TLS" ] || renew
    elif [ "$state" != away ]; then
      state=away
      say "Redis is not ready, waiting: $why"
    fi
    sleep "$USERS_INTERVAL" & child=$!
    await_child
  done
}

version=$(redis-server --version) version=${version#*v=} minor=${version#*.}
[ $((${version%%.*} * 100 + ${minor%%.*})) -lt 702 ] && setinfo='' || setinfo=' +client|setinfo' # 7.0 refuses the word
mkdir -p "$work" "$accepted"
case ${1:-} in
  build | watch) "$1" ;;
  *) say 'usage: users.sh build | watch'; exit 2 ;;
esac
