# Counts the Redis of this pod as drill.sh counts a snapshot, where it is the primary; ends with @@stalk. $1 is count.lua.
# `cli` is that of lib/cluster/redis-cli.ts, and count.sh stands in front.
set -eu
redis() { cli admin "$@"; }
case $(cli probe info replication) in *role:master*) ;; *) exit 0 ;; esac
counted=$(count "$1") # its file system is read-only
[ -z "$counted" ] || printf '%s\n' "$counted" | total
echo @@stalk
