#!/bin/sh
# The files of Redis: what they are looked at for before each start, and the ways out where Redis cannot read them.
#   data.sh start <program…>  checks, then becomes the program. Redis would begin empty beside data that no manifest
#                             names, or whose base is empty, and write over it: this fails instead, and says so
# A person runs these in the container `users` while Redis is down, as it is when it ends at each start. None deletes:
# what Redis no longer reads goes to REDIS_DATA/aside-<time>. Files keep their times: sentinels take the newest data.
#   data.sh look      says what is there, and what can be read
#   data.sh cut       ends the append-only file before the first command that cannot be read
#   data.sh manifest  writes the manifest again from the files that can be read
#   data.sh snapshot  makes the last snapshot, dump.rdb, the data
#   data.sh empty     puts all data aside: a replica copies it again from its primary
# Redis, and a person who mends, hold a lock on USERS_RUN/data.lock: never both. Only Redis writes REDIS_DATA/temp-*:
# what lies there at a start is of a save that was killed, and would fill the volume in the end.
set -eu
export LC_ALL=C
: "${REDIS_DATA:=/data}" "${USERS_RUN:=/run/redis}"
folder=$REDIS_DATA/appendonlydir
manifest=$folder/appendonly.aof.manifest
aside=$REDIS_DATA/aside-$(date -u +%Y%m%dT%H%M%SZ)
nothing=200 # bytes: more than an append-only file and a snapshot without a key have, less than one with a task

say() { printf 'data: %s\n' "$*" >&2; }
refuse() { say "$*"; exit 1; }
size() { stat -c %s "$1" 2>/dev/null || echo 0; }
put_aside() { mkdir -p "$aside" && mv "$@" "$aside"; }
readable() {
  case $1 in
    *.rdb) [ -s "$1" ] && redis-check-rdb "$1" >/dev/null 2>&1 ;;
    *) [ -r "$1" ] ;;
  esac
}

# number <file>: of appendonly.aof.<number>.base.rdb
number() { set -- "${1##*/appendonly.aof.}" && echo "${1%%.*}"; }

has_data() {
  set -- "$folder"/*.base.* "$folder"/*.incr.*
  [ -s "$REDIS_DATA/appendonly.aof" ] || set -- "$@" "$REDIS_DATA/dump.rdb" # of Redis 6, which 7 reads by itself
  for file; do [ "$(size "$file")" -le $nothing ] || return 0; done
  return 1
}

OUT='the ways out: docs/operating.md, "Redis cannot read its data"'

check() {
  rm -f "$REDIS_DATA"/temp-* "$folder"/temp-* || : # a volume that cannot be written: Redis says so
  if [ ! -s "$manifest" ]; then
    ! has_data || refuse "there is data, and no manifest names it: Redis would begin empty and write over it; $OUT"
    rm -f "$manifest" || :
    return 0
  fi
  while read -r _ file _ _ _ kind; do
    case $kind:$file in b:*.rdb) ;; *) continue ;; esac
    [ ! -e "$folder/$file" ] || [ -s "$folder/$file" ] ||
      refuse "$file is empty: Redis would begin without what was in it; $OUT"
  done <"$manifest"
}

look() {
  ls -l "$REDIS_DATA" "$folder" || :
  for file in "$REDIS_DATA/dump.rdb" "$folder"/*.base.rdb; do
    [ ! -e "$file" ] || { readable "$file" && say "${file##*/} can be read" || say "${file##*/} cannot be read"; }
  done
  [ -s "$manifest" ] || { say 'the manifest is missing or empty'; return 0; }
  cat "$manifest"
  redis-check-aof "$manifest" 2>&1 | tail -n 3
}

# Where the first command begins that cannot be read, as redis-check-aof has it: sets $file, its $bytes, and $whole.
analyse() {
  file='' bytes=0 whole=0
  redis-check-aof "$manifest" >"$USERS_RUN/checked" 2>&1 && return 0
  while IFS='=' read -r about name length up _; do
    case $about in 'AOF analyzed: filename') file=${name%,*} bytes=${length%,*} whole=${up%,*} ;; esac
  done <"$USERS_RUN/checked"
  [ -n "$file" ] && [ "$whole" -lt "$bytes" ] || file=''
  return 1
}

cut_tail() {
  ! analyse || refuse 'redis-check-aof finds nothing to cut'
  case $file in
    *.incr.aof) ;;
    *) tail -n 3 "$USERS_RUN/checked" >&2; refuse 'the damage is not in the commands: cutting does not help' ;;
  esac
  mkdir -p "$aside"
  tail -c "+$((whole + 1))" "$folder/$file" >"$aside/$file.rest" || {
    rm -f "$aside/$file.rest" && rmdir "$aside"
    refuse "no room to keep what would be cut: $((bytes - whole)) bytes; let the claim grow"
  }
  touch -r "$folder/$file" "$USERS_RUN/as-old"
  echo y | redis-check-aof --fix "$manifest" >"$USERS_RUN/checked" 2>&1 ||
    { tail -n 3 "$USERS_RUN/checked" >&2; refuse 'redis-check-aof cannot cut it'; }
  touch -r "$USERS_RUN/as-old" "$folder/$file"
  commands=$(tr -d '\000' <"$aside/$file.rest" | grep -c '^\*[0-9][0-9]*.$' || :)
  say "$file ends at byte $whole of $bytes; lost: what these $((bytes - whole)) bytes held, at most $commands commands"
}

write_manifest() {
  base='' from=0
  for file in "$folder"/*.base.*; do
    [ -e "$file" ] || continue
    readable "$file" || { put_aside "$file" && say "${file##*/} cannot be read: lost what it held"; continue; }
    [ "$(number "$file")" -lt "$from" ] || { base=${file##*/} from=$(number "$file"); }
  done
  [ ! -e "$manifest" ] || put_aside "$manifest"
  newest=$folder/$base
  [ -z "$base" ] || echo "file $base seq $from type b" >"$folder/manifest.new"
  at=$from
  while [ "$at" -le $((from + 1000)) ]; do # rewrites that failed leave several, in order
    file=appendonly.aof.$at.incr.aof
    [ ! -e "$folder/$file" ] || { newest=$folder/$file && echo "file $file seq $at type i" >>"$folder/manifest.new"; }
    at=$((at + 1))
  done
  [ -e "$folder/manifest.new" ] || refuse 'nothing that can be read is left here'
  touch -r "$newest" "$folder/manifest.new"
  mv "$folder/manifest.new" "$manifest"
  [ -n "$base" ] || say 'no base is left: lost what was written before the oldest of these files'
  cat "$manifest"
}

use_snapshot() {
  readable "$REDIS_DATA/dump.rdb" || refuse 'there is no snapshot that can be read'
  [ ! -e "$folder" ] || put_aside "$folder"
  mkdir "$folder"
  mv "$REDIS_DATA/dump.rdb" "$folder/appendonly.aof.1.base.rdb"
  echo 'file appendonly.aof.1.base.rdb seq 1 type b' >"$folder/manifest.new"
  touch -r "$folder/appendonly.aof.1.base.rdb" "$folder/manifest.new"
  mv "$folder/manifest.new" "$manifest"
  of=$(date -u -r "$folder/appendonly.aof.1.base.rdb")
  say "the data is that of $of: lost what came after, and back what was done since"
}

begin_empty() {
  for file in "$folder" "$REDIS_DATA/dump.rdb" "$REDIS_DATA/member"; do [ ! -e "$file" ] || put_aside "$file"; done
  say "what was here is in $aside"
}

# A program that is started keeps the lock for as long as it, or a save of its own, runs.
exec 9>"$USERS_RUN/data.lock"
case ${1:-} in
  start) flock -n -s 9 || refuse 'somebody mends the data with data.sh: this starts when that is over' ;;
  look) ;;
  *) flock -n 9 || refuse 'Redis runs here: these are ways out where it does not start' ;;
esac
case ${1:-} in
  start) shift && check && exec "$@" ;;
  look) look ;;
  cut) cut_tail ;;
  manifest) write_manifest ;;
  snapshot) use_snapshot ;;
  empty) begin_empty ;;
  *) refuse 'usage: data.sh start <program…> | look | cut | manifest | snapshot | empty' ;;
esac
