# Sends each argument as one command to the Redis of this pod as its admin, and prints @@stalk after each reply.
# `cli` is that of lib/cluster/redis-cli.ts.
set -eu
for command in "$@"; do printf '%s\nECHO @@stalk\n' "$command"; done | cli admin --raw 2>&1
