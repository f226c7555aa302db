#!/bin/sh
# Brings a checked dump to the store of backups, encrypted, and lets old ones go.
# Reads   SCRATCH/dump.rdb, facts   what dump.sh has written; another number of bytes, or another sum, is refused
#         KEEP                      how many stay, as arguments of `restic forget`
#         UPLOADING                 seconds for the upload: two tries fit into the hour of a Job. restic alone tries a store that
#                                   has gone for a quarter of an hour and more
#         and what store-env.sh reads
# Ends with one line of JSON, which is also the container's termination message: the snapshot, when, how many bytes and keys,
# of which Redis, how long it took. A snapshot that is not whole is taken away again, so that the newest one is a good one.
# The store is made where there is none; one that another key has written is refused.
set -eu
umask 077
export LC_ALL=C
: "${SCRATCH:=/scratch}" "${KEEP:?}" "${MESSAGE:=/dev/termination-log}" "${RETRY:=30}" "${UPLOADING:=1500}"
said=$SCRATCH/said began=$(date +%s) child='' limit=''

fail() {
  printf '{"ok":false,"why":"%s"}\n' "$(printf 'store: %s' "$*" | tr '"\\\n\t\r' "'/   ")" | tee "$MESSAGE" 2>/dev/null
  exit 1
}
trap 'kill $child 2>/dev/null; exit 143' TERM INT

# Without a cache: a pod has none from before. Lets SIGTERM through at once, with which restic gives its lock back.
store() {
  $limit restic --no-cache "$@" >"$said" 2>&1 & child=$!
  status=0
  wait "$child" || status=$?
  child=''
  return $status
}

# Without restic's stack trace: of that no line has a space, but a tab.
complaint() { sed '/^\t/d; / /!d' "$said" | tr '\n' ' ' | tr -d '\000-\037' | tail -c 600; }
fact() { sed -n "s/^$1 //p" "$SCRATCH/facts"; }
of() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$said" | tail -n 1; }

# Opens the store, or makes it where there is none; `init` refuses one that is there.
open() {
  ! store_opens "$said" || return 0
  case $store_why in
    *' within '* | *'wrong password'*) fail "$store_why" ;;
  esac
  first=$store_why
  store init || fail "$first; nor can it be made: $(store_reason "$said")"
}

# Takes away what a failed upload has left.
discard() {
  why=$1
  [ -z "$snapshot" ] || store forget "$snapshot" || why="$why; snapshot $snapshot is not whole and still there: $(complaint)"
  fail "$why"
}

# An exclusive lock is not to be had while a drill or a restore reads; one whose owner has died goes after half an hour.
tidy() {
  tries=10
  until store unlock && store forget --prune --group-by '' $KEEP; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || fail "snapshot $snapshot is stored, and old ones cannot go: $(complaint)"
    sleep "$RETRY" & child=$!
    wait "$child"
  done
}

[ -s "$SCRATCH/facts" ] && [ -s "$SCRATCH/dump.rdb" ] || fail 'there is no dump'
bytes=$(fact bytes) sum=$(sha256sum "$SCRATCH/dump.rdb")
[ "${sum%% *}" = "$(fact sha256)" ] || fail "the dump has changed since it was checked"
( . "${0%/*}/store-env.sh" ) 2>"$said" || fail "$(complaint)"
. "${0%/*}/store-env.sh"
export TMPDIR="$SCRATCH"
open

snapshot=''
status=0
limit="timeout -k 20 $UPLOADING" uploads=$(date +%s)
store backup --json --host redis --tag "keys=$(fact keys)" --tag "redis=$(fact redis)" "$SCRATCH/dump.rdb" || status=$?
limit=''
[ $(($(date +%s) - uploads)) -lt "$UPLOADING" ] || discard "the upload has not ended within $UPLOADING s: $(store_reason "$said")"
snapshot=$(of snapshot_id)
[ $status -eq 0 ] || discard "the upload has failed: $(store_reason "$said")"
[ -n "$snapshot" ] && [ "$(of total_bytes_processed)" = "$bytes" ] || discard "the upload is not whole: $(complaint)"
added=$(of data_added)
tidy
rm -f "$SCRATCH/dump.rdb"
printf '{"ok":true,"snapshot":"%.8s","time":"%s","bytes":%s,"added":%s,"keys":%s,"redis":"%s","seconds":%s}\n' \
  "$snapshot" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$bytes" "$added" "$(fact keys)" "$(fact redis)" \
  $(($(fact seconds) + $(date +%s) - began)) | tee "$MESSAGE"
