#!/bin/sh
# Brings a snapshot from the store of backups.
#   restore.sh pod     init container of a Redis: fills its volume, when that is empty and somebody has asked for it
#   restore.sh fetch   for drill.sh: SCRATCH/dump.rdb, and what is known of it in SCRATCH/dump.json
#   restore.sh list    SCRATCH/snapshots: all snapshots, in restic's JSON; said as well
# Reads   RESTORE/snapshot, pod   which one, and whose volume: the ConfigMap `redis-restore`, which `stalk restore` makes and
#                                 takes away. Without it nothing happens. Other pods with an empty volume wait until it is
#                                 gone, and copy from that one: an empty Redis that is faster would be made the primary
#         POD                     its name
#         SNAPSHOT                which one to fetch; the newest without
#         and what store-env.sh reads
# Writes  REDIS_DATA/appendonlydir   the dump as the base of an append-only file, as Redis ignores dump.rdb beside one; all of
#                                    it or nothing
#         REDIS_DATA/member          `primary`: sentinels choose the pod that was one, and has data
set -eu
umask 077
: "${REDIS_DATA:=/data}" "${RESTORE:=/restore}" "${MESSAGE:=/dev/termination-log}" "${WAIT:=2}"

say() { printf 'restore: %s\n' "$*" >&2; }
fail() {
  say "$*"
  printf '%s\n' "$*" >"$MESSAGE" 2>/dev/null || :
  exit 1
}

# What restic says of a failure, on one line, without its stack trace: of that no line has a space, but a tab.
complaint() { sed '/^\t/d; / /!d' "$1" | tr '\n' ' ' | tr -d '\000-\037' | tail -c 600; }

store() { restic --no-cache "$@"; }

# open_store <file>: for what restic says.
open_store() {
  said=$1
  . "${0%/*}/store-env.sh"
  store_opens "$said" || fail "$store_why"
}

path_in() {
  store ls "$1" 2>"$said" >"$said.ls" || : # older ones end with 0 for a snapshot that is not there
  grep '\.rdb$' "$said.ls" || fail "there is no dump in snapshot $1: $(complaint "$said")"
}

# bring <snapshot> <file>
bring() {
  path=$(path_in "$1") || exit 1
  store dump "$1" "$path" >"$2" 2>"$said" || fail "snapshot $1 could not be brought whole: $(complaint "$said")"
  [ "$(head -c 5 "$2")" = REDIS ] || [ "$(head -c 6 "$2")" = VALKEY ] || fail "snapshot $1 is no dump of a Redis"
}

line() { value='' && read -r value <"$1" || [ -n "$value" ]; }

# Whether nothing is on the volume but what it comes with, or a restore that did not come to its end.
is_empty() {
  for entry in "$REDIS_DATA"/* "$REDIS_DATA"/.[!.]*; do
    case ${entry##*/} in '*' | '.[!.]*' | lost+found | restore.part | member) ;; *) return 1 ;; esac
  done
}

pod() {
  : "${POD:?}"
  while line "$RESTORE/snapshot" 2>/dev/null; do
    snapshot=$value
    is_empty || { say "this volume has data: snapshot $snapshot is not for it"; return 0; }
    line "$RESTORE/pod" || fail 'the ConfigMap names no pod'
    [ "$value" != "$POD" ] || { fill; return 0; }
    say "waiting until $value is restored, to copy from it"
    while line "$RESTORE/snapshot" 2>/dev/null; do sleep "$WAIT"; done
  done
}

# `member` first: data without it would count as nothing where sentinels choose.
fill() {
  part=$REDIS_DATA/restore.part base=appendonly.aof.1.base.rdb
  rm -rf "$part" && mkdir -p "$part/appendonlydir"
  trap 'rm -rf "$part"' EXIT
  open_store "$part/said"
  say "bringing snapshot $snapshot"
  bring "$snapshot" "$part/appendonlydir/$base"
  echo "file $base seq 1 type b" >"$part/appendonlydir/appendonly.aof.manifest"
  echo primary >"$REDIS_DATA/member"
  sync
  mv "$part/appendonlydir" "$REDIS_DATA/appendonlydir"
  sync
  say "snapshot $snapshot is here, $(wc -c <"$REDIS_DATA/appendonlydir/$base") bytes"
}

fetch() {
  : "${SCRATCH:?}"
  open_store "$SCRATCH/said"
  store snapshots --json "${SNAPSHOT:-latest}" 2>"$said" >"$SCRATCH/found" ||
    fail "the store does not answer for snapshot ${SNAPSHOT:-latest}: $(complaint "$said")"
  found=$(sed 's/.*"short_id":"\([0-9a-f]*\)".*/\1/' "$SCRATCH/found")
  case $found in *[!0-9a-f]* | '') fail "there is no snapshot ${SNAPSHOT:-at all} in the store" ;; esac
  bring "$found" "$SCRATCH/dump.rdb"
  describe >"$SCRATCH/dump.json"
}

# The keys of the dump are a tag of the snapshot, `keys=<number>`.
describe() {
  sed 's/.*"time":"\([^"]*\)".*/{"time":"\1",/' "$SCRATCH/found"
  sed -n 's/.*"keys=\([0-9]*\)".*/"keys":\1,/p' "$SCRATCH/found"
  echo "\"snapshot\":\"$found\"}"
}

list() {
  : "${SCRATCH:?}"
  open_store "$SCRATCH/said"
  store snapshots --json >"$SCRATCH/found" 2>"$said" || fail "the store does not answer: $(complaint "$said")"
  cat "$SCRATCH/found"
  mv "$SCRATCH/found" "$SCRATCH/snapshots"
}

case ${1:-} in
  pod | fetch | list) "$1" ;;
  *) say 'usage: restore.sh pod | fetch | list'; exit 2 ;;
esac
