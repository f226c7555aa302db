#!/bin/sh
# Copies the keys of one tenant from the Redis of drill.sh, which holds a snapshot, into the living one: `stalk restore` runs
# it beside a drill that holds. What is there already stays as it is, and is said.
#   copy.sh <host> <port> <user> <database> <pattern…>   patterns of keys, as ACL rules have them
# Reads   the password of the user, from the first line of stdin: never an argument, never a file
# Writes  `<copied> <bindings that are there already> <in the snapshot>`; times to live go with the keys
set -eu
export LC_ALL=C
: "${SCRATCH:=/scratch}"
host=$1 port=$2 user=$3 database=$4
shift 4
read -r password

cli() { redis-cli -s "$SCRATCH/redis.sock" -n "$database" "$@"; }

# `<order> <key>`, as redis-cli reads it: each byte that is no plain letter is escaped. Queues come last: a worker that takes
# from one makes the hash of what it holds, which would then be there already.
keys='
local scanned = redis.call("SCAN", ARGV[1], "MATCH", ARGV[2], "COUNT", 2000)
local lines = { scanned[1] }
for _, key in ipairs(scanned[2]) do
  local order = redis.call("TYPE", key).ok == "list" and 2 or 1
  lines[#lines + 1] = order .. " \"" .. string.gsub(key, "[^%w:._-]", function(byte)
    return string.format("\\x%02x", string.byte(byte))
  end) .. "\""
end
return lines'

matching() {
  cursor=0
  while :; do
    step=$(cli --raw eval "$keys" 0 "$cursor" "$1")
    cursor=${step%%
*}
    case $cursor in '' | *[!0-9]*) echo "copy: $step" >&2; return 1 ;; esac
    printf '%s\n' "$step" | sed 1d
    [ "$cursor" != 0 ] || break
  done
}

umask 077
for pattern; do matching "$pattern"; done | sort -u | cut -d ' ' -f 2 >"$SCRATCH/keys"
# One key a command: the reply of several would say of the first one alone that it is there already.
while read -r key; do
  printf 'MIGRATE %s %s "" %s 60000 COPY AUTH2 %s %s KEYS %s\n' "$host" "$port" "$database" "$user" "$password" "$key"
done <"$SCRATCH/keys" | cli >"$SCRATCH/replies" 2>&1 || { echo 'copy: the Redis of the snapshot has gone' >&2; exit 1; }
# A reply for each key, an error with an empty line behind it. Workers bind their queues at their start: these are there already, and the same.
awk 'NR == FNR { key[NR] = $0; next }
  !NF { next }
  { reply++ }
  /^OK$/ { copied++; next }
  /^NOKEY/ { next }
  /BUSYKEY/ && key[reply] ~ /_kombu\.binding/ { bound++; next }
  /BUSYKEY/ { print "copy: " key[reply] " is there already, and stays" > "/dev/stderr"; next }
  { print "copy: " $0 > "/dev/stderr"; bad = 1 }
  END { print copied + 0, bound + 0, length(key); exit bad }' "$SCRATCH/keys" "$SCRATCH/replies"
