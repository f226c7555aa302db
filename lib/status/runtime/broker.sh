# Prints what the Redis of this pod tells of itself and @@stalk; then, where it is the primary, a line for each of the
# commands in the first $1 bytes of stdin, which need not close. `cli` is that of lib/cluster/redis-cli.ts.
set -eu
commands=$(head -c "$1")
info=$(cli probe info)
printf '%s\n@@stalk\n' "$info"
case $info in *role:master*) printf '%s\n' "$commands" | cli admin --raw 2>&1 ;; esac
