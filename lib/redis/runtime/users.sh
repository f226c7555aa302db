#!/bin/sh
# Keeps the users of one Redis equal to the mounted lists, without a restart and without ACL LOAD.
#   users.sh build   init container: writes users.acl, auth.conf and passwords for `admin`, `probe` and `exporter`
#   users.sh watch   sidecar: every USERS_INTERVAL seconds gives the running Redis what changed, user by user. A process
#                    of its own does the work, and is replaced when it dies: Kubernetes starts a container that ends
#                    often only after minutes, and its pod is not ready meanwhile
# Reads   USERS_RULES/roles       what each role may do: ACL rules without name, on/off and password (a ConfigMap)
#         USERS_RULES/users       whose roles they are; users-plan.awk has the form of both
#         USERS_PASSWORDS/<user>  and <user>.next: both are valid (a Secret; a newline at the end does not count)
# Writes  USERS_RUN/users.acl     the aclfile, made of internal.acl and of accepted, the lines Redis has taken
#         USERS_RUN/auth.conf     masteruser and masterauth from the password of `replica`; empty without one
#         USERS_RUN/admin, probe  their passwords, new with each pod
# With EXPORTER_RULES, what the user `exporter` may do, build also writes REDIS_PASSWORD_FILE for redis_exporter, which
# asks at REDIS_ADDR. Where that is a socket, Redis makes it in a folder that it shares with redis_exporter, and
# USERS_RUN/redis.sock leads there.
# Redis is on 127.0.0.1, REDIS_PORT. Where it speaks TLS, REDIS_TLS is the folder of its ca.crt, tls.crt and tls.key, and
# it is asked at USERS_RUN/redis.sock: what has expired there is no hindrance. watch gives it renewed files, which new
# connections see; files that it refuses change nothing. USERS_OF=sentinel: it is a sentinel, which has commands of its
# own, never loads data and follows nobody. It takes other files only when it starts: watch ends it where they fit, so
# that its container starts again; each after those with lower numbers in POD, RENEW_APART seconds later.
# What is missing or wrong for one user leaves that user as it is, says why here, and stops nobody else. A user goes,
# and its connections with it, when its line goes; a file that is empty or missing, or a line that cannot be read,
# removes nobody (so the last user goes with a new pod, not before). Work grows with the number of users, not faster,
# and no step starts a process for each: a broker has thousands. New rules or passwords keep connections, also those that came with a password
# since dropped, as Redis asks for it at AUTH only: CLIENT KILL USER <name> ends them. Subscribers to a channel that
# new rules forbid are dropped. Users made by hand last until Redis restarts.
set -eu
umask 077
export LC_ALL=C
: "${USERS_RULES:=/etc/redis-users/rules}" "${USERS_PASSWORDS:=/etc/redis-users/passwords}"
: "${USERS_RUN:=/run/redis}" "${USERS_INTERVAL:=5}" "${REDIS_PORT:=6379}" "${USERS_OF:=redis}"
work=$USERS_RUN/work accepted=$USERS_RUN/accepted child='' trial='' patience=10
: "${REDIS_TLS:=}" "${EXPORTER_RULES:=}" "${RENEW_APART:=10}"
[ -n "$REDIS_TLS" ] && at="-s $USERS_RUN/redis.sock" || at="-h 127.0.0.1 -p $REDIS_PORT"
connection="$at --user admin"

say() { printf 'users: %s\n' "$*" >&2; }
any() { [ -e "$1" ]; }
present() { [ -r "$1" ] && echo "$1" || echo /dev/null; }

# Sends $work/commands, or the arguments; passwords go through stdin and REDISCLI_AUTH, never through arguments.
redis() {
  timeout $patience redis-cli $connection "$@" <"$work/commands" >"$work/replies" 2>&1 & child=$!
  await_child
}

# `wait`, unlike a command in the foreground, lets SIGTERM through at once.
await_child() {
  status=0
  wait "$child" 2>/dev/null || status=$?
  child=''
  return $status
}

# Sends the commands and notes what Redis accepts; fails when it goes away in the middle.
send() {
  patience=$((10 + $(wc -l <"$work/commands") / 50)) # seconds: thousands of users, at a fifth of a processor
  redis || :
  patience=10 whole=yes
  : >"$work/says"
  : >"$work/set"
  rm -f "$work/auth"
  awk -v says="$work/says" -v set="$work/set" -v auth="$work/auth" -f "${0%/*}/users-note.awk" \
    kind=accepted "$accepted" kind=replies "$work/replies" kind=commands "$work/commands" >"$work/accepted" || whole=no
  mv "$work/accepted" "$accepted"
  ! any "$work/auth" || mv "$work/auth" "$USERS_RUN/auth.conf"
  cat "$work/says" >&2
  [ $whole = yes ]
}

# Writes the commands that turn the accepted users into the wanted ones, and what is wrong with those left out.
plan() {
  : >"$work/says"
  : >"$work/hashes"
  ! any "$USERS_PASSWORDS"/* || sha256sum "$USERS_PASSWORDS"/* >"$work/hashes" || return 1
  awk -v passwords="$USERS_PASSWORDS" -v auth="$USERS_RUN/auth.conf" -v of="$USERS_OF" -v more="$setinfo" \
    -v says="$work/says" -f "${0%/*}/users-plan.awk" kind=hashes "$work/hashes" \
    kind=roles "$(present "$USERS_RULES/roles")" kind=users "$(present "$USERS_RULES/users")" \
    kind=accepted "$accepted" >"$work/commands"
}

# Brings Redis and users.acl to what the folders say, as of fingerprint $now; fails when that has to be tried again.
apply() {
  now=$(fingerprint)
  for file in "$USERS_RULES/roles" "$USERS_RULES/users" "$USERS_PASSWORDS"; do
    { [ -s "$file" ] && { [ -f "$file" ] || any "$file"/*; }; } || [ ! -s "$accepted" ] || {
      say "$file is missing or empty: users stay as they are"
      return 0
    }
  done
  plan && [ "$(fingerprint)" = "$now" ] || {
    say 'files changed while they were read: trying again' # or a half-written password would become valid
    return 1
  }
  cat "$work/says" >&2
  send || return 1
  [ ! -s "$work/set" ] || say "set:$(cat "$work/set")"
  cat "$USERS_RUN/internal.acl" "$accepted" >"$work/acl"
  mv "$work/acl" "$USERS_RUN/users.acl"
}

# Gives a restarted Redis every accepted user, and removes those it should not have.
apply_again() {
  redis acl users || return 1
  awk 'kind == "accepted" { accepted[$2] = 1; sub(/^user /, ""); sub(/ on /, " reset on "); print "ACL SETUSER " $0 }
    kind == "there" && !($0 in accepted) && !/^(default|admin|probe|exporter)$/ { print "ACL DELUSER " $0 }' \
    kind=accepted "$accepted" kind=there "$work/replies" >"$work/commands"
  send
}

# Sets $id to Redis' run_id, $disk to what it says of its last write there, $saves of its last saves; fails, and sets $why, while it is away
# or loading.
ready() {
  id='' loading='' why='' disk=ok saves=ok
  read -r REDISCLI_AUTH <"$USERS_RUN/admin" || :
  export REDISCLI_AUTH
  redis info server persistence sentinel || case $? in 124 | 143) : >"$work/replies" ;; esac # `timeout` ended it
  while IFS=: read -r key value; do
    case $key in run_id) id=${value%?} ;; loading) loading=${value%?} ;; sentinel_masters) loading=0 ;;
      aof_last_write_status) disk=${value%?} ;;
      aof_last_bgrewrite_status | rdb_last_bgsave_status) [ "${value%?}" = ok ] || saves=failed ;; esac
  done <"$work/replies"
  [ -n "$id" ] || read -r why <"$work/replies" || why='no answer'
  [ "$loading" != 1 ] || why='it is loading its data'
  [ "$loading" = 0 ]
}

# One that cannot write its append-only file refuses all work, and goes on by itself when it can; a save that failed
# stops nobody.
tell_disk() {
  [ "$saves" = "$saved" ] || case $saves in
    ok) say 'Redis saves again' ;;
    *) say 'Redis could not write a snapshot, or shorten its append-only file: it works on, and its log says why' ;;
  esac
  saved=$saves
  [ "$disk" != "$written" ] || return 0
  written=$disk
  case $disk in
    ok) say 'Redis writes its append-only file again' ;;
    *) say 'Redis cannot write its append-only file and refuses all work: is its volume full? Let the claim grow, or' \
      'delete dump.rdb in /data. Do not restart it: what it took last is in memory alone' \
      '(docs/operating.md, "The volume of Redis is full")' ;;
  esac
}

# Changes when the folders do: the link that Kubernetes swaps, else one checksum call over the files.
fingerprint() {
  [ $# -gt 0 ] || set -- "$USERS_RULES" "$USERS_PASSWORDS"
  for folder; do
    if any "$folder/..data"; then cd -P "$folder/..data" && pwd -P; else sha256sum "$folder"/* 2>&1; fi || :
  done
}

renew() {
  print=$(fingerprint "$REDIS_TLS")
  [ "$print" != "$loaded" ] || return 0
  case $USERS_OF in sentinel) start_again ;; *) read_again ;; esac
}

# Setting the same paths makes Redis read its files again, and drops nobody.
read_again() {
  : >"$work/commands"
  redis config set tls-cert-file "$REDIS_TLS/tls.crt" tls-key-file "$REDIS_TLS/tls.key" \
    tls-ca-cert-file "$REDIS_TLS/ca.crt" || :
  read -r reply <"$work/replies" || reply='no answer'
  if [ "$reply" = OK ] && [ "$(fingerprint "$REDIS_TLS")" = "$print" ]; then
    [ -z "$loaded$refused" ] || say 'Redis has taken the renewed certificate'
    loaded=$print
  elif [ "$reply" != OK ] && [ "$print" != "$refused" ]; then
    refused=$print
    say "Redis refuses the renewed certificate and keeps the one it has: $reply"
  fi
}

# A sentinel that ended is back within a second or two, with all that it knew. Files that do not fit together would keep
# it from starting at all.
start_again() {
  second=$(date +%s)
  [ "$print" = "$coming" ] || coming=$print since=$second
  [ $((second - since)) -ge $((${POD##*-} * RENEW_APART)) ] && [ "$print" != "$refused" ] || return 0
  try --port 0 --tls-replication yes --tls-cert-file "$REDIS_TLS/tls.crt" --tls-key-file "$REDIS_TLS/tls.key" \
    --tls-ca-cert-file "$REDIS_TLS/ca.crt" || {
    [ "$(fingerprint "$REDIS_TLS")" != "$print" ] || refused=$print
    say "the renewed certificate does not fit, the sentinel keeps the one it has: $(grep -i tls "$work/log" | tail -n 2)"
    return 0
  }
  end_trial
  [ "$(fingerprint "$REDIS_TLS")" = "$print" ] || return 0
  loaded=$print
  printf %s "$loaded" >"$work/certificates"
  say 'the sentinel starts again with the renewed certificate'
  : >"$work/commands"
  redis shutdown || :
}

# Starts a scratch Redis without a port; fails where it does not start.
try() {
  : >"$work/conf"
  redis-server "$work/conf" --unixsocket "$work/socket" --dir "$work" "$@" >"$work/log" 2>&1 & trial=$!
  tries=100
  until redis-cli -s "$work/socket" ping >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] && kill -0 "$trial" 2>/dev/null || { end_trial; return 1; }
    sleep 0.1
  done
}

end_trial() {
  [ -z "$trial" ] || { kill "$trial" 2>/dev/null && wait "$trial" || :; }
  trial=''
}

# Sets $secret and $hash.
make_password() {
  secret=$(head -c 32 /dev/urandom | sha256sum | head -c 64)
  hash=$(printf %s "$secret" | sha256sum | head -c 64)
}

# Redis and redis_exporter start also when Redis refuses these rules. redis_exporter 1.69 looks for its password under the
# address with the user in it, 1.45 under the address alone.
build_exporter() {
  make_password
  printf '{"%s":"%s","%s":"%s"}\n' "$REDIS_ADDR" "$secret" "${REDIS_ADDR%%://*}://exporter@${REDIS_ADDR#*://}" "$secret" \
    >"$REDIS_PASSWORD_FILE"
  case $REDIS_ADDR in unix://*) ln -sf "${REDIS_ADDR#unix://}" "$USERS_RUN/redis.sock" ;; esac
  echo "ACL SETUSER exporter on #$hash $EXPORTER_RULES" >"$work/commands"
  redis || :
  read -r reply <"$work/replies" || reply='no answer'
  [ "$reply" = OK ] || { say "exporter: Redis refuses its rules, nobody can be it: $reply"; return 0; }
  echo "user exporter on #$hash $EXPORTER_RULES" >>"$USERS_RUN/internal.acl"
}

# A line that Redis refuses in its aclfile would keep it from starting, so build asks a scratch Redis without a port.
build() {
  rm -rf "$work"
  mkdir -p "$work"
  : >"$USERS_RUN/auth.conf"
  : >"$accepted"
  # Nobody can be a user that is off. But Redis reads its append-only file in that user's name, and drops every
  # transaction in it that the user may not do (redis#14541): all that workers have in hand would be lost at a restart.
  echo 'user default off resetpass allkeys allchannels +@all' >"$USERS_RUN/internal.acl"
  for user in admin probe; do
    [ $user = admin ] && rule='~* &* +@all' || rule='resetkeys resetchannels -@all +ping +info'
    make_password
    printf %s "$secret" >"$USERS_RUN/$user"
    echo "user $user on #$hash $rule" >>"$USERS_RUN/internal.acl"
  done
  [ -z "$REDIS_TLS" ] || fingerprint "$REDIS_TLS" >"$work/certificates"
  [ "$USERS_OF" = sentinel ] && set -- --sentinel || set -- --save ''
  try --port 0 "$@" || { say "cannot start a Redis to try the rules on: $(cat "$work/log")"; exit 1; }
  trap end_trial EXIT
  connection="-s $work/socket"
  [ -z "$EXPORTER_RULES" ] || build_exporter
  apply
}

watch() {
  trap leave TERM INT
  while :; do
    follow & child=$!
    await_child || :
    say "its worker ended with $status: starting it again"
    pause
  done
}

leave() {
  for process in $child $trial; do kill "$process" 2>/dev/null || :; done
  exit 0
}

follow() {
  known='' seen='' state='' loaded='' refused='' coming='' child='' written=ok saved=ok
  [ "$USERS_OF" != sentinel ] || ! any "$work/certificates" || loaded=$(cat "$work/certificates")
  trap leave TERM INT # a subshell does not inherit it
  while :; do
    if ready; then
      [ "$state" != away ] || say 'Redis is back'
      state=here
      tell_disk
      [ "$id" = "$known" ] || ! apply_again || known=$id
      [ "$(fingerprint)" = "$seen" ] || ! apply || seen=$now
      [ -z "$REDIS_TLS" ] || renew
    elif [ "$state" != away ]; then
      state=away
      say "Redis is not ready, waiting: $why"
    fi
    pause
  done
}

pause() {
  sleep "$USERS_INTERVAL" & child=$!
  await_child
}

version=$(redis-server --version) version=${version#*v=} minor=${version#*.}
[ $((${version%%.*} * 100 + ${minor%%.*})) -lt 702 ] && setinfo='' || setinfo=' +client|setinfo' # 7.0 refuses the word
mkdir -p "$work"
[ -e "$accepted" ] || : >"$accepted"
case ${1:-} in
  build | watch) "$1" ;;
  *) say 'usage: users.sh build | watch'; exit 2 ;;
esac
