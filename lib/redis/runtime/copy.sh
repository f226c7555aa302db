#!/bin/sh
# Copies the keys of one tenant from the Redis of drill.sh, which holds a snapshot, into the living one: `stalk restore` runs
# it beside a drill that holds. What is there already stays as it is, and is said.
#   copy.sh <host> <port> <user> <database> <pattern…>   patterns of keys, as ACL rules have them
# Reads   the password of the user, from the first line of stdin: never an argument, never a file
# Writes  `<copied> <there already> <in the snapshot>`; times to live go with the keys
set -eu
: "${SCRATCH:=/scratch}"
host=$1 port=$2 user=$3 database=$4
shift 4
read -r password

cli() { redis-cli -s "$SCRATCH/redis.sock" -n "$database" "$@"; }

# Lines that redis-cli reads, of keys that it can: each byte that is no plain letter is escaped.
keys='
local scanned = redis.call("SCAN", ARGV[1], "MATCH", ARGV[2], "COUNT", 2000)
local lines = { scanned[1] }
for _, key in ipairs(scanned[2]) do
  lines[#lines + 1] = "\"" .. string.gsub(key, "[^%w:._-]", function(byte)
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
for pattern; do matching "$pattern"; done | sort -u >"$SCRATCH/keys"
# One key a command: the reply of several would say of the first one alone that it is there already.
while read -r key; do
  printf 'MIGRATE %s %s "" %s 60000 COPY AUTH2 %s %s KEYS %s\n' "$host" "$port" "$database" "$user" "$password" "$key"
done <"$SCRATCH/keys" | cli >"$SCRATCH/replies" 2>&1 || { echo 'copy: the Redis of the snapshot has gone' >&2; exit 1; }
awk '/^OK$/ { copied++; next } /^NOKEY/ { next } /BUSYKEY/ { busy++; next } NF { print "copy: " $0 > "/dev/stderr"; bad = 1 }
  END { print copied + 0, busy + 0, wanted; exit bad }' wanted="$(wc -l <"$SCRATCH/keys" | tr -d ' ')" "$SCRATCH/replies"
